from odoo import api, fields, models

from .orion_key_purchase_tell import SURPLUS


class OrionKeyPurchase(models.Model):
    """Codes beyond those that were bought."""

    _inherit = "orion.key.purchase"

    surplus_key_count = fields.Integer(string="Surplus Keys", compute="_compute_surplus_key_count")

    @api.depends("batch_ids.key_ids.is_surplus")
    def _compute_surplus_key_count(self):
        groups = self.env["orion.digital.key"]._read_group(
            [("batch_id.purchase_id", "in", self.ids), ("is_surplus", "=", True)],
            ["batch_id"],
            ["__count"],
        )
        self.surplus_key_count = 0
        for batch, count in groups:
            batch.purchase_id.surplus_key_count += count

    def action_open_surplus(self):
        """The surplus keys of this purchase, to be put into the pool or thrown away."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_digital_key_surplus"
        )
        domain = [("batch_id.purchase_id", "=", self.id), ("is_surplus", "=", True)]
        return {**action, "domain": domain, "context": {}}

    # === BUSINESS === #

    def _lock_surplus(self, keys):
        """They may belong to the pieces that were bought (a game and its extension)."""
        reason = self.env._(
            "The supplier sent more keys than were bought: %(count)s in all for %(quantity)s.",
            count=self.quantity + len(keys),
            quantity=self.quantity,
        )
        keys.write({"state": "invalid", "is_surplus": True, "reason": reason})
        self.write({"reason": SURPLUS, "reason_text": reason})
        self._tell(SURPLUS)

    def _surplus_settled(self, body):
        """A person has said what becomes of surplus keys.

        :param body: for the chatter
        """
        self._message_log_batch(dict.fromkeys(self.ids, body))
        settled = self.filtered(lambda one: one.reason == SURPLUS and not one.surplus_key_count)
        settled.write({"reason": False, "reason_text": False})
        for channel in self.channel_id:
            channel._close_told()
