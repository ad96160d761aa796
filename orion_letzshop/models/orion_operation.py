from odoo import models

from odoo.addons.orion_orders.models.sale_order_decide import OPEN_OPERATIONS

from .letzshop_inventory_unit import ACCEPTED, REFUSED

#: The decisions, and the states of pieces of which the contrary was decided.
OTHERWISE = {"confirm": (REFUSED,), "reject": ACCEPTED}


class OrionOperation(models.Model):
    _inherit = "orion.operation"

    def retry(self, reason=None):
        """See `orion.operation`; pieces whose decision is sent again are on their way again."""
        asked = self | self._followers(self)
        revived = asked - self.browse().union(*asked._orion_outdated())
        result = super().retry(reason=reason)
        decisions = revived.filtered(
            lambda operation: (
                operation.status in OPEN_OPERATIONS
                and operation.operation in OTHERWISE
                and operation.channel_id.marketplace == "letzshop"
            )
        )
        self.env["letzshop.inventory.unit"]._mark_on_their_way(decisions)
        return result

    def _orion_outdated(self):
        """A decision that was given up gives way to what was decided of its pieces since."""
        outdated = super()._orion_outdated()
        units = self.env["letzshop.inventory.unit"]
        given_up = self.filtered(
            lambda op: (
                op.operation in OTHERWISE
                and op.status in ("failed", "cancelled")
                and op.channel_id.marketplace == "letzshop"
            )
        )
        for channel, operations in given_up.grouped("channel_id").items():
            pieces = units._find(channel, units._named_in(operations))
            for operation in operations:
                named = [pieces[each] for each in units._named_in(operation) if each in pieces]
                other = OTHERWISE[operation.operation]
                if any(piece.state in other or piece.operation_id - operation for piece in named):
                    outdated[operation] = self.env._(
                        "Its pieces were decided otherwise meanwhile: %(pieces)s.",
                        pieces=", ".join(piece.external_id for piece in named),
                    )
        return outdated
