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
            Verb("confirm", ROLE, Repeat.RECONCILABLE, batch_size=DECISION_BATCH),
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
