import hashlib
import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.orion_base.rpc import USER, check_caller

#: Statuses of operations that stand in the way of another decision.
OPEN_OPERATIONS = ("pending", "processing", "unknown")


class SaleOrder(models.Model):
    """Telling the marketplace what was decided."""

    _inherit = "sale.order"

    # === PUBLIC METHODS === #

    def orion_confirm(self, inventory_unit_ids=None):
        """Tell the marketplace that the goods will be delivered.

        The orders are confirmed in Odoo once the marketplace has accepted.

        :param inventory_unit_ids: marketplace ids of single pieces; without it every piece
            that is neither decided nor on its way to be
        :return: `{"success": True, "message": text, "operation_ids": [ids]}`; the same call
            again returns the same operations
        :raise UserError: nothing to decide, unknown pieces, or lines without a product
        """
        check_caller(self, USER, "write")
        self._orion_check_named(inventory_unit_ids)
        return self._orion_decide_each("confirm", inventory_unit_ids or None)

    def orion_reject(self, reason=None, inventory_unit_ids=None):
        """Tell the marketplace that the goods will not be delivered.

        :param reason: kept here; marketplaces that take one are told
        :param inventory_unit_ids: as for `orion_confirm`
        :return: as `orion_confirm`
        :raise UserError: no reason, nothing to decide, or unknown pieces
        """
        check_caller(self, USER, "write")
        self._orion_check_named(inventory_unit_ids)
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the order is refused: give a reason."))
        return self._orion_decide_each("reject", inventory_unit_ids or None, reason)

    # === BUSINESS === #

    def _orion_check_named(self, unit_ids=None):
        """:raise UserError: no order, or a list of pieces that names none"""
        if not self:
            raise UserError(
                self.env._("No order was named: give the ids of the orders this is about.")
            )
        if isinstance(unit_ids, (list, tuple)) and not unit_ids:
            raise UserError(
                self.env._(
                    "The list of pieces is empty. Name the pieces, or leave the list out: then "
                    "it is about all that are left."
                )
            )

    def _orion_decide_each(self, verb, unit_ids=None, reason=None):
        """Decide, each order by itself; the answer of `orion_confirm` and `orion_reject`."""
        orders = self if unit_ids is None else self._orion_with_pieces(unit_ids) or self
        return self._orion_decide_result(
            *orders._orion_each(lambda some: some._orion_decide(verb, unit_ids, reason))
        )

    def _orion_each(self, work):
        """Do `work` on all orders at once; where one of them stops that, on each alone, so that
        none stops the others.

        :param work: takes orders, returns records
        :return: the records, and the sentences of the orders that were stopped
        :raise UserError: when no order is left to go on with
        """
        done, error = self._orion_try(work)
        if error is None:
            return done, []
        if len(self) < 2:
            raise error
        tried = [order._orion_try(work) for order in self]
        results = [done for done, error in tried if error is None]
        if not results:
            raise error
        problems = [str(error) for _done, error in tried if error is not None]
        return results[0].union(*results[1:]), problems

    def _orion_try(self, work):
        """What `work` returns, or the error that stopped it; then nothing of it is left."""
        try:
            with self.env.cr.savepoint():
                return work(self), None
        except UserError as error:
            return None, error

    def _orion_decide(self, verb, unit_ids=None, reason=None):
        """Enqueue the decision about these orders, one operation an order.

        :param verb: `confirm` or `reject`
        :param unit_ids: marketplace ids of pieces, those of other orders among them, or None for
            all that are left
        :return: the operations in order of the records, new ones and those that exist
        """
        self._orion_check_decidable()
        self._orion_lock()
        pieces = self._orion_pieces_to_decide(unit_ids)
        existing = self._orion_existing_decisions(verb)
        deciding = self.filtered(lambda order: order.id in pieces)
        for order in self - deciding:
            if order.id not in existing:
                raise UserError(order._orion_nothing_to_decide())
        if verb == "confirm":
            deciding._orion_check_confirmable(unit_ids)
        created = deciding._orion_enqueue_decisions(verb, pieces, reason)
        operations = self.env["orion.operation"].browse()
        for order in self:
            operations |= created.get(order.id) or existing[order.id]
        return operations

    def _orion_enqueue_decisions(self, verb, pieces, reason):
        """Write the operations, by channel; what failed before is sent again."""
        result = {}
        for channel, orders in self.sudo().grouped("orion_channel_id").items():
            operations = self.env["orion.operation"]._enqueue(
                channel,
                verb,
                [
                    {
                        "idempotency_key": order._orion_key(verb, sorted(pieces[order.id])),
                        "payload": {
                            "order": order.orion_external_id,
                            "units": sorted(pieces[order.id]),
                            "reason": reason or "",
                        },
                        "record": order,
                        "reference": order.orion_order_number or order.name,
                    }
                    for order in orders
                ],
            )
            given_up = operations.sudo().filtered(lambda op: op.status in ("failed", "cancelled"))
            if given_up:
                given_up.retry()
            orders._orion_pieces_on_their_way(operations)
            result.update({order.id: op for order, op in zip(orders, operations, strict=True)})
        self.sudo().write({"orion_sync_status": "pending", "orion_sync_error": False})
        return result

    def _orion_key(self, verb, parts):
        """Idempotency key: the same decision about the same pieces is one operation."""
        self.ensure_one()
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        facts = [database, self.sudo().orion_channel_id.id, self.id, verb, *parts]
        digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
        return f"{verb}:{self.id}:{digest[:40]}"

    def _orion_existing_decisions(self, verb):
        """`{order id: operations}` of this verb that are on their way or were accepted."""
        operations = (
            self.env["orion.operation"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("operation", "=", verb),
                    ("status", "in", (*OPEN_OPERATIONS, "completed")),
                ],
                order="id",
            )
        )
        return {
            res_id: found.sudo(self.env.su)
            for res_id, found in operations.grouped("res_id").items()
        }

    # === HOOKS === #

    def _orion_with_pieces(self, unit_ids):
        """The orders of these to which the pieces belong.

        Here: orders decided as a whole. See docs/architecture.md.

        :raise UserError: for pieces that are of none of them
        """
        if unit_ids:
            raise UserError(
                self.env._(
                    "This marketplace decides orders as a whole. Leave the list of pieces empty."
                )
            )
        return self

    def _orion_pieces_to_decide(self, unit_ids=None):
        """`{order id: [piece ids]}` that are neither decided nor on their way to be.

        Here: orders decided as a whole. See docs/architecture.md.
        """
        busy = set(
            self.env["orion.operation"]
            .sudo()
            .search(self._orion_unsettled_decisions() & Domain("res_id", "in", self.ids))
            .mapped("res_id")
        )
        return {
            order.id: []
            for order in self
            if order.orion_decision == "undecided" and order.id not in busy
        }

    @api.model
    def _orion_unsettled_decisions(self):
        """Domain of the operations that decide orders and are not settled here: in the queue, or
        answered a moment ago and not taken over yet."""
        return (
            Domain("res_model", "=", self._name)
            & Domain("operation", "in", ("confirm", "reject"))
            & (
                Domain("status", "in", OPEN_OPERATIONS)
                | (Domain("status", "=", "completed") & Domain("applied", "=", False))
            )
        )

    @api.model
    def _orion_not_on_its_way(self):
        """Domain of the orders about which no decision is on its way, as the queue has it."""
        operations = self.env["orion.operation"].sudo()
        query = operations._search(self._orion_unsettled_decisions())
        return Domain("id", "not in", query.subselect("res_id"))

    def _orion_lines_unmatched(self, lines):
        """New lines came in without a product: `orion_match_problem` says why."""

    def _orion_pieces_on_their_way(self, operations):
        """Operations were enqueued: mark their pieces."""

    def _orion_check_confirmable(self, unit_ids=None):
        """Refuse to confirm while a line still to be decided has no product, or the order is
        on hold. Refusing is never blocked.

        :raise UserError: says how many lines, and where
        """
        for order in self.filtered("orion_hold_reason"):
            if not order._orion_release_hold():
                raise UserError(
                    self.env._(
                        "%(order)s is on hold: %(reason)s",
                        order=order.name,
                        reason=order.orion_hold_reason,
                    )
                )
        lines = self._orion_blocking_lines()
        if lines:
            raise UserError(self._orion_unmatched_message(lines))
        self._orion_check_warehouse()

    def _orion_check_warehouse(self):
        """Without a warehouse Odoo makes no delivery: better known before the marketplace is told.

        :raise UserError: names the order and the company
        """
        for order in self.filtered(lambda order: not order.warehouse_id):
            chosen = order.sudo().orion_channel_id.warehouse_id
            if chosen:
                order.sudo().warehouse_id = chosen
            else:
                order.sudo()._compute_warehouse_id()
            if not order.warehouse_id and order._orion_goods_lines():
                raise UserError(
                    self.env._(
                        "%(company)s has no warehouse to deliver %(order)s from. Make one "
                        "(Inventory → Configuration → Warehouses), then confirm.",
                        order=order.name,
                        company=order.company_id.name,
                    )
                )

    def _orion_blocking_lines(self):
        """Lines without a product of which something would be delivered if these orders were
        confirmed at the marketplace now."""
        return self._orion_unmatched_lines()

    def _orion_check_products_known(self):
        """:raise UserError: when a line of these orders waits for its product"""
        lines = self._orion_unmatched_lines()
        if lines:
            raise UserError(self._orion_unmatched_message(lines))

    # === PRIVATE === #

    def _orion_release_hold(self):
        """Whether the total equals the sold prices by now, in one currency; then the order is
        free again."""
        self.ensure_one()
        if self.orion_other_currency:
            return False
        if not self.currency_id.is_zero(self._orion_sold_total() - self.amount_total):
            return False
        self.sudo().write(
            {"orion_hold_reason": False, "orion_sync_status": "synced", "orion_sync_error": False}
        )
        return True

    def _orion_lock(self):
        """Two users who decide at once: the second waits here, its transaction is repeated by
        Odoo because the row changed, and then finds the operations of the first."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET write_date = now() AT TIME ZONE 'UTC' WHERE id IN "
                "(SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) "
                "RETURNING id",
                self.ids,
            ),
            log_exceptions=False,
        )

    def _orion_check_decidable(self):
        for order in self:
            if not order.orion_decision:
                raise UserError(
                    self.env._(
                        "%(order)s was made in Odoo: there is no marketplace to tell. Use Odoo's "
                        "own Confirm or Cancel.",
                        order=order.name,
                    )
                )

    def _orion_unmatched_message(self, lines):
        names = {
            "orders": ", ".join(lines.order_id.mapped("name")),
            "names": ", ".join(
                (line.orion_product_name or line.name or "")[:60] for line in lines[:5]
            ),
        }
        if len(lines) == 1:
            return self.env._(
                "One line has no product yet, in %(orders)s: %(names)s. Choose its product, then "
                "confirm. Refusing is possible without.",
                **names,
            )
        return self.env._(
            "%(count)s lines have no product yet, in %(orders)s: %(names)s. Choose their products, "
            "then confirm. Refusing is possible without.",
            count=len(lines),
            **names,
        )

    def _orion_nothing_to_decide(self):
        self.ensure_one()
        labels = dict(self._fields["orion_decision"]._description_selection(self.env))
        if self.orion_decision == "undecided":
            return self.env._(
                "The decision about %(order)s is on its way to %(channel)s already. Wait for the "
                "answer; the queue shows it.",
                order=self.name,
                channel=self.sudo().orion_channel_id.name,
            )
        return self.env._(
            "There is nothing left to decide about %(order)s: %(channel)s knows it as "
            "“%(decision)s”.",
            order=self.name,
            channel=self.sudo().orion_channel_id.name,
            decision=labels.get(self.orion_decision),
        )

    def _orion_decide_result(self, operations, problems=()):
        failed = operations.sudo().filtered(lambda operation: operation.status == "failed")
        waiting = operations.sudo().filtered(lambda op: op.status in OPEN_OPERATIONS)
        if len(waiting) == 1:
            message = self.env._("The decision is on its way to the marketplace.")
        elif waiting:
            message = self.env._(
                "%(count)s decisions are on their way to the marketplace.", count=len(waiting)
            )
        elif failed:
            message = self.env._(
                "The marketplace refused it before: %(error)s", error=failed[0]._said_error() or ""
            )
        else:
            message = self.env._("The marketplace knows it already.")
        return {
            "success": not (failed or problems),
            "message": " ".join((message, *problems)),
            "operation_ids": operations.ids,
        }
