from odoo import api, fields, models

from odoo.addons.orion_base.lib.outbox import Repeat, Verb
from odoo.addons.orion_base.rpc import MANAGER, check_caller, iso

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

    def retry(self, reason=None):
        """See `orion_base`. A tracking number that is not the order's any more would replace the
        newer one at the marketplace, a decision that another one followed would undo it: they are
        given up instead, and not counted."""
        check_caller(self, MANAGER, "read")
        asked = self | self._followers(self)
        outdated = asked._orion_outdated()
        if not outdated:
            return super().retry(reason)
        for operation, why in outdated.items():
            if operation.status == "failed":
                operation.cancel(why)
            else:
                operation.sudo().cancel_reason = why
        left = asked - self.browse().union(*outdated)
        return super(OrionOperation, left).retry(reason) if left else {"retried": 0}

    def _orion_outdated(self):
        """`{operation: sentence}` of those that were given up, and would undo what was done
        since."""
        return {op: op._orion_outdated_reason() for op in self._outdated_trackings()}

    def _outdated_trackings(self):
        """Of these the tracking numbers that were given up, and that another one followed, or
        whose order is cancelled."""
        trackings = [("operation", "=", "set_tracking"), ("res_model", "=", "sale.order")]
        given_up = self.filtered_domain([*trackings, ("status", "in", ("failed", "cancelled"))])
        orders = self.env["sale.order"].sudo().browse(given_up.mapped("res_id")).exists()
        domain = [*trackings, ("res_id", "in", orders.ids), ("status", "!=", "cancelled")]
        newest = {op.res_id: op for op in self.sudo().search(domain, order="id")}
        gone = orders.filtered(lambda order: order.orion_decision != "accepted")
        return given_up.filtered(
            lambda op: op.res_id in gone.ids or newest.get(op.res_id, op).id > op.id
        )

    def _orion_outdated_reason(self):
        self.ensure_one()
        order = self.env["sale.order"].sudo().browse(self.res_id)
        if order.orion_decision != "accepted":
            return self.env._("The order was refused or cancelled meanwhile.")
        return self.env._(
            "Another tracking number followed: %(number)s.", number=order.orion_tracking_number
        )

    def _orion_confirmation(self):
        """That the marketplace knows it, for the details of a status history line."""
        self.ensure_one()
        return {
            "confirmed_by": f"marketplace:{self.channel_id.marketplace}",
            "confirmed_at": iso(self.completed_at),
            "operation_id": self.id,
        }

    def _reasons_not_to_send(self):
        """Nothing is confirmed whose product is not known (any more), or that was cancelled here
        while the confirmation waited."""
        reasons = super()._reasons_not_to_send()
        confirming = self.filtered(
            lambda op: op.operation == "confirm" and op.res_model == "sale.order"
        )
        orders = self.env["sale.order"].browse(confirming.mapped("res_id")).exists()
        blocking = orders._orion_blocking_lines().grouped("order_id")
        for operation in confirming:
            order = orders.browse(operation.res_id)
            if order.orion_decision in ("refused", "cancelled"):
                reasons[operation.id] = self.env._("The order was refused or cancelled meanwhile.")
            elif order in blocking:
                reasons[operation.id] = order._orion_unmatched_message(blocking[order])
        return reasons
