"""What the tests of buying share: a customer, sales, and what the stand-in has sold."""

from datetime import timedelta

from odoo import fields

from odoo.addons.orion_base.adapters import open_adapter
from odoo.addons.orion_digital_keys.vault import open_key

from sandbox.codeswholesale.seed.product_maker import ORDINARY

from .common import CodesWholesaleCase


class BuyingCase(CodesWholesaleCase):
    """From a sale to its key, by the workers, over HTTP to the stand-in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Léa",
                "email": "lea@example.com",
                "country_id": cls.env.ref("base.lu").id,
            }
        )
        cls.storefront = cls.company._orion_storefront()

    def setUp(self):
        super().setUp()
        self.control.configure(complete_seconds=0)
        self.sync()
        (self.storefront | self.channel).schedule_ids.filtered(
            lambda schedule: schedule.job_type in ("key_fulfilment", "key_purchases")
        ).enabled = True
        self.channel.schedule_ids.next_run_at = fields.Datetime.now() + timedelta(days=1)

    def sell(self, product, quantity=1, **values):
        """A confirmed order that costs nothing, and so is paid."""
        line = {"product_id": product.id, "product_uom_qty": quantity, "price_unit": 0.0}
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [(0, 0, line)],
                **values,
            }
        )
        order.action_confirm()
        return order

    def buy(self, external_id=ORDINARY, quantity=1, **values):
        """Sell a product of the supplier, and let the workers buy its keys."""
        order = self.sell(self.publish(external_id), quantity, **values)
        self.work()
        return order

    def purchases(self):
        return self.env["orion.key.purchase"].search([("channel_id", "=", self.channel.id)])

    def bought(self):
        return self.control.effects()["bought"]

    def channel_quote(self):
        return open_adapter(self.channel, "keys").quote([ORDINARY])[ORDINARY]

    def states(self, order):
        return order.orion_piece_ids.mapped("state")

    def keys(self, order):
        return sorted(str(open_key(piece.key_id)) for piece in order.orion_piece_ids)

    def told(self):
        """All codes that the supplier has sold."""
        return sorted(code for codes in self.control.codes().values() for code in codes)

    def time_passes(self):
        """Every wait is over."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_digital_piece SET try_at = now() AT TIME ZONE 'UTC' WHERE try_at"
            " IS NOT NULL OR state = 'waiting';"
            "UPDATE orion_key_purchase SET check_at = check_at - interval '1 day',"
            " bill_at = bill_at - interval '2 days';"
            "UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL;"
            "UPDATE orion_circuit SET next_probe_at = NULL"
        )
        self.env.invalidate_all()
        self.work()
