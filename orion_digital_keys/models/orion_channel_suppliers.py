from odoo import models
from odoo.exceptions import UserError

from .orion_schedule import PURCHASE_JOB

#: States of purchases whose keys may still come.
OPEN_PURCHASES = ("draft", "ordering", "waiting", "preorder", "unknown")


class OrionChannel(models.Model):
    """What becomes of waiting pieces when a supplier is asked no more, or again."""

    _inherit = "orion.channel"

    def write(self, vals):
        archived = self.filtered("active") if vals.get("active") is False else self.browse()
        archived._check_keys_have_come()
        result = super().write(vals)
        if "active" in vals:
            self._orion_offers_changed()
        return result

    # === BUSINESS === #

    def _buys_keys(self):
        """Whether keys are bought here: it was connected, and its purchases are not switched
        off."""
        self.ensure_one()
        return self.active and any(
            schedule.enabled and schedule.job_type == PURCHASE_JOB
            for schedule in self.sudo().schedule_ids
        )

    def _orion_offers_changed(self):
        """What may be bought here may be bought (no more): it is looked at anew."""
        offers = self.env["orion.key.offer"].sudo().search([("channel_id", "in", self.ids)])
        offers._pools_changed()

    # === PRIVATE === #

    def _check_keys_have_come(self):
        """An archived supplier is asked for nothing: what was paid would be lost.

        :raise UserError: while keys are on their way
        """
        purchases = self.env["orion.key.purchase"].sudo()
        coming = purchases.search(
            [("channel_id", "in", self.ids), ("state", "in", OPEN_PURCHASES)], limit=5
        )
        if coming:
            raise UserError(
                self.env._(
                    "Keys that were bought have not come yet: %(purchases)s. Wait for them, or "
                    "cancel what was not sent, and archive the channel then.",
                    purchases=", ".join(coming.mapped("reference")),
                )
            )
