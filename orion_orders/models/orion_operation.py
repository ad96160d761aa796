from odoo import api, fields, models

from odoo.addons.orion_base.lib.outbox import Repeat, Verb
from odoo.addons.orion_base.rpc import iso

from ..lib.order_adapter import ROLE

#: Decisions of as many orders go in one request where the marketplace allows it.
DECISION_BATCH = 50


class OrionOperation(models.Model):
    _inherit = "orion.operation"

    operation = fields.Selection(
        selection_add=[
            ("confirm", "Confirm"),
            ("reject", "Refuse"),
            ("set_tracking", "Set tracking"),
        ],
        ondelete={
            "confirm": "cascade",
            "reject": "cascade",
            "set_tracking": "cascade",
        },
    )

    @api.model
    def _get_verbs(self):
        verbs = (
            Verb("confirm", ROLE, Repeat.RECONCILABLE, batch_size=DECISION_BATCH, guarded=True),
            Verb("reject", ROLE, Repeat.RECONCILABLE, batch_size=DECISION_BATCH),
            Verb("set_tracking", ROLE, Repeat.REPEATABLE),
        )
        return super()._get_verbs() | {verb.name: verb for verb in verbs}

    def _orion_confirmation(self):
        """That the marketplace knows it, for the details of a status history line."""
        self.ensure_one()
        return {
            "confirmed_by": f"marketplace:{self.channel_id.marketplace}",
            "confirmed_at": iso(self.completed_at),
            "operation_id": self.id,
        }

    def _reasons_not_to_send(self):
        """Nothing is confirmed whose product is not known (any more)."""
        reasons = super()._reasons_not_to_send()
        confirming = self.filtered(
            lambda op: op.operation == "confirm" and op.res_model == "sale.order"
        )
        orders = self.env["sale.order"].browse(confirming.mapped("res_id")).exists()
        blocking = orders._orion_blocking_lines().grouped("order_id")
        for operation in confirming:
            order = orders.browse(operation.res_id)
            if order in blocking:
                reasons[operation.id] = order._orion_unmatched_message(blocking[order])
        return reasons
