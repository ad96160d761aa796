from odoo import api, fields, models

from odoo.addons.orion_base.lib.outbox import Repeat, Verb

from ..lib.keys_adapter import ROLE, VERB

#: Money: a supplier may take minutes before an order stands in its history.
_BUYING = Verb(VERB, ROLE, Repeat.RECONCILABLE, guarded=True, settle_seconds=180)


class OrionOperation(models.Model):
    _inherit = "orion.operation"

    operation = fields.Selection(selection_add=[(VERB, "Buy keys")], ondelete={VERB: "cascade"})

    @api.model
    def _get_verbs(self):
        return super()._get_verbs() | {VERB: _BUYING}

    def _reasons_not_to_send(self):
        """Nothing is bought for which nobody waits, or that was settled in another way."""
        reasons = super()._reasons_not_to_send()
        buying = self.filtered(lambda op: op.operation == VERB)
        purchases = self.env["orion.key.purchase"].browse(buying.mapped("res_id")).exists()
        for operation in buying:
            purchase = purchases.filtered(lambda one, op=operation: one.id == op.res_id)
            purchase = purchase.with_env(operation.channel_id._for_key_reader().env)
            reason = purchase._reason_not_to_send() if purchase else None
            if reason:
                reasons[operation.id] = reason
        return reasons

    def retry(self, reason=None):
        """Purchases that were given up, and may have been made, are looked for once more, and
        their keys are for those who still wait for them."""
        result = super().retry(reason)
        unknown = self.sudo().filtered(lambda op: op.operation == VERB and op.status == "unknown")
        self.env["orion.key.purchase"].sudo().browse(unknown.mapped("res_id"))._take_up_again()
        return result

    def _notify_failure(self):
        """What follows from a refused purchase is told by the purchase, once for all."""
        if self.operation != VERB:
            super()._notify_failure()
