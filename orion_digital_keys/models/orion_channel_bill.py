from odoo import fields, models

from odoo.addons.orion_base.lib.errors import Rejected
from odoo.addons.orion_base.lib.job import PAUSE, JobStep


class OrionChannel(models.Model):
    """Bills of a supplier."""

    _inherit = "orion.channel"

    key_vendor_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        check_company=True,
        help="Whose bills are drafted. Empty: the supplier becomes a contact when it is first "
        "needed.",
    )

    def _key_vendor(self):
        """The contact behind a supplier's channel, made when there is none."""
        self.ensure_one()
        channel = self.sudo()
        if not channel.key_vendor_id:
            labels = dict(self._fields["marketplace"]._description_selection(self.env))
            channel.key_vendor_id = channel.env["res.partner"].create(
                {
                    "name": labels.get(channel.marketplace, channel.name),
                    "is_company": True,
                    "company_id": channel.company_id.id,
                }
            )
        return channel.key_vendor_id

    # === JOB === #

    def _account_steps(self, adapter):
        """One invoice a step."""
        yield from super()._account_steps(adapter)
        seen = []
        while True:
            purchase = self.env["orion.key.purchase"].search(
                [
                    ("channel_id", "=", self.id),
                    ("bill_at", "<=", fields.Datetime.now()),
                    ("id", "not in", seen),
                ],
                order="bill_at, id",
                limit=1,
            )
            if not purchase:
                return
            seen += purchase.ids
            order_id = purchase.supplier_order_id
            # whatever happens now, it is asked for again later only, and not for ever
            purchase._ask_for_bill_later()
            yield PAUSE
            try:
                invoice = adapter.invoice(order_id)
            except Rejected:
                # refused for good is as good as not there
                invoice = None
            if invoice is not None:
                purchase._take_bill(invoice)
            yield JobStep(processed=1, succeeded=1, counts={"bills_drafted": int(bool(invoice))})
