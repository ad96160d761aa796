from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .sale_order_decide import OPEN_OPERATIONS
from .sale_order_outcome import RESULTS


class SaleOrder(models.Model):
    """What an order shows of its operations: the worst of what is not settled."""

    _inherit = "sale.order"

    # === BUSINESS === #

    def _orion_update_sync_status(self, operations):
        """Show the outcome of these operations, and what is left of earlier ones."""
        orders = self.browse(set(operations.mapped("res_id")))
        unsettled = orders._orion_unsettled_operations()
        failures = orders._orion_failures(unsettled)
        failures |= {op.res_id: op for op in operations.sudo() if op.status == "failed"}
        # what is being applied right now counts as applied
        stuck = unsettled.filtered(lambda op: op.apply_error and not op.applied)
        stopped = {op.res_id: op for op in stuck - operations}
        by_status = unsettled.grouped("status")
        unknown = set(by_status.get("unknown", stuck.browse()).mapped("res_id"))
        open_ids = {op.res_id for op in unsettled if op.status in OPEN_OPERATIONS}
        for order in orders:
            order.write(order._orion_sync_values(failures, stopped, unknown, open_ids))

    @api.model
    def _orion_operations_not_applied(self, operations):
        """The marketplace has answered, and Odoo could not follow: the orders say so."""
        for operation in operations.sudo():
            for order in self.sudo().browse(operation.res_id).exists():
                order.write(order._orion_sync_values({}, {order.id: operation}, (), ()))
                order._orion_tell_screens()

    # === PRIVATE === #

    def _orion_unsettled_operations(self):
        """Operations of these orders that are on their way, have failed, or could not be taken
        over; and later trackings, which make failed ones old news."""
        return (
            self.env["orion.operation"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name)
                & Domain("res_id", "in", self.ids)
                & (
                    Domain("status", "in", (*OPEN_OPERATIONS, "failed"))
                    | Domain("applied", "=", False)
                    | Domain("operation", "not in", list(RESULTS))
                ),
                order="id",
            )
        )

    def _orion_failures(self, operations):
        """`{order id: operation}` that has failed and still means something: a decision while
        some of its pieces are not decided, anything else while it is the newest of its kind.

        :param operations: in order of creation
        """
        failed = operations.filtered(lambda op: op.status == "failed")
        if not failed:
            return {}
        to_decide = self._orion_pieces_to_decide()
        newest = {(op.res_id, op.operation): op for op in operations if op.status != "cancelled"}
        result = defaultdict(operations.browse)
        for operation in failed:
            if operation.operation in RESULTS:
                units = set((operation.payload or {}).get("units") or ())
                waiting = to_decide.get(operation.res_id)
                counts = waiting is not None and (not units or not units.isdisjoint(waiting))
            else:
                counts = newest[operation.res_id, operation.operation] == operation
            if counts:
                result[operation.res_id] = operation
        return dict(result)

    def _orion_sync_values(self, failures, stopped, unknown, open_ids):
        """Sentences are in the language of who looks after the order: they are stored."""
        self.ensure_one()
        told = self._orion_for_reader()
        if self.id in stopped:
            return {
                "orion_sync_status": "error",
                "orion_sync_error": told.env._(
                    "The marketplace has taken it, and in Odoo it stopped with: %(error)s Remove "
                    "the cause; it is tried again by itself.",
                    error=(stopped[self.id].apply_error or "").rstrip(" .") + ".",
                ),
            }
        if self.id in failures:
            failed = failures[self.id].with_env(told.env).sudo()
            return {
                "orion_sync_status": "error",
                "orion_sync_error": failed._said_error() or failed.error_code or "",
            }
        if self.id in unknown:
            return {
                "orion_sync_status": "pending",
                "orion_sync_error": told.env._(
                    "The marketplace gave no clear answer. It is asked again by itself."
                ),
            }
        if self.id in open_ids:
            return {"orion_sync_status": "pending", "orion_sync_error": False}
        return {
            "orion_sync_status": "synced",
            "orion_sync_error": False,
            "orion_last_synced_at": fields.Datetime.now(),
        }
