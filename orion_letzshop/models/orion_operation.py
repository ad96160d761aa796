from odoo import models


class OrionOperation(models.Model):
    _inherit = "orion.operation"

    def retry(self, reason=None):
        """See `orion.operation`; pieces whose decision is sent again are on their way again."""
        revived = self | self._followers(self)
        result = super().retry(reason=reason)
        decisions = revived.filtered(
            lambda operation: (
                operation.status == "pending"
                and operation.operation in ("confirm", "reject")
                and operation.channel_id.marketplace == "letzshop"
            )
        )
        self.env["letzshop.inventory.unit"]._mark_on_their_way(decisions)
        return result
