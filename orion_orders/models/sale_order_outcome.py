from collections import defaultdict

from odoo import api, models

#: What an order is once the marketplace has taken the decision.
RESULTS = {"confirm": "accepted", "reject": "refused"}


class SaleOrder(models.Model):
    """What follows here from the marketplace's answer to what it was told.

    Called again and again until it returns, so everything here is idempotent.
    """

    _inherit = "sale.order"

    # === BUSINESS === #

    def _orion_operation_done(self, operation):
        """Apply what follows from one operation; see docs/architecture.md."""
        self._orion_operations_done(operation)

    @api.model
    def _orion_operations_done(self, operations):
        """Apply what follows from many operations at once.

        :param operations: status completed, failed, cancelled or unknown; their records exist
        """
        orders = self.sudo().browse(operations.mapped("res_id")).exists()
        by_status = operations.grouped("status")
        completed = by_status.get("completed", operations.browse())
        given_up = by_status.get("failed", operations.browse()) | by_status.get(
            "cancelled", operations.browse()
        )
        decided = completed.filtered(lambda operation: operation.operation in RESULTS)
        orders._orion_apply_decisions(decided)
        orders._orion_apply_tracking(completed - decided)
        orders._orion_release_pieces(given_up)
        orders._orion_update_sync_status(operations)
        orders._orion_tell_screens()

    def _orion_tell_screens(self):
        """Screens that are open on these orders read them anew. All Marketplace Users are told
        nothing but ids: what they may see is asked for by their own screens."""
        if self:
            group = self.env.ref("orion_base.group_orion_user")
            group._bus_send("orion_orders.changed", {"ids": self.ids})

    def _orion_lock_for_outcomes(self):
        """Hold the stock that confirming these orders reserves: people who deliver the same
        goods at this moment are waited for here, and then the step begins anew, rather than
        fail half-way in Odoo's own code.

        :raise TransactionRollbackError: to be begun again
        """
        self.env.cr.execute(
            """
            SELECT quant.id
              FROM stock_quant quant
             WHERE quant.product_id IN (
                   SELECT line.product_id FROM sale_order_line line WHERE line.order_id = ANY(%s))
             ORDER BY quant.id
               FOR NO KEY UPDATE
            """,
            (self.ids,),
            log_exceptions=False,
        )

    def _orion_apply_decisions(self, operations):
        """The marketplace took the decision: accepted orders are confirmed here, wholly
        refused ones cancelled, what was partly refused shrinks."""
        if not operations:
            return
        self._orion_settle_pieces(operations)
        orders = self.browse(set(operations.mapped("res_id")))
        by_pieces = orders._orion_decision_by_pieces()
        decisions = {op.res_id: RESULTS[op.operation] for op in operations} | by_pieces
        accepted = orders.filtered(lambda order: decisions[order.id] == "accepted")
        refused = orders.filtered(lambda order: decisions[order.id] == "refused")
        statements = self._orion_statements(operations, decisions)
        confirmed = operations.filtered(lambda op: op.operation == "confirm").mapped("res_id")
        accepted.filtered(lambda order: order.id in confirmed)._orion_tell_accepted_too_late()
        accepted._orion_accepted(statements)
        refused._orion_refused(statements)
        (orders - accepted - refused)._orion_shrink_to_pieces()
        self._orion_note_refusals(operations, refused)

    @api.model
    def _orion_statements(self, operations, decisions):
        """What the history says of decisions that were made here: who made them, and that the
        marketplace has confirmed them. What came out otherwise is the marketplace's own.

        :param decisions: `{order id: "accepted" / "refused" / "undecided"}`
        :return: `{order id: dict of actor, reason, details}`
        """
        return {
            operation.res_id: {
                "actor": self.with_user(operation.create_uid)._orion_actor(),
                "reason": (operation.payload or {}).get("reason") or False,
                "details": operation._orion_confirmation(),
            }
            for operation in operations
            if decisions.get(operation.res_id) == RESULTS[operation.operation]
        }

    def _orion_accepted(self, statements=None):
        """The marketplace has accepted these orders, or some pieces of them.

        :param statements: see `_orion_statements`
        """
        fresh = self.filtered(lambda order: order.orion_decision == "undecided").sudo()
        fresh.write({"orion_decision": "accepted"})
        self._orion_shrink_to_pieces()
        for orders in fresh.grouped("orion_channel_id").values():
            orders._orion_advance_status(
                "confirmed", orders[0]._orion_marketplace_actor(), each=statements
            )
        self._orion_confirm_here()

    def _orion_confirm_here(self):
        """Odoo's own confirmation of what the marketplace has accepted; makes the delivery."""
        waiting = self.filtered(
            lambda order: order.orion_decision == "accepted" and order.state in ("draft", "sent")
        )
        unknown = waiting._orion_unmatched_lines().order_id
        for order in unknown:
            order._orion_wait_for_products()
        if waiting - unknown:
            (waiting - unknown).with_context(send_email=False).action_confirm()

    def _orion_tell_accepted_too_late(self):
        """A person settles what the marketplace has accepted of orders that are cancelled here."""
        for order in self.filtered(lambda each: each.orion_decision == "cancelled").sudo():
            user = order.orion_channel_id._person_to_tell(order.user_id)
            told = order.with_context(lang=user.lang, mail_activity_automation_skip=False)
            told.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=told.env._("Accepted on the marketplace, cancelled in Odoo"),
                note=told.env._(
                    "%(channel)s took the confirmation of %(order)s, which was cancelled here "
                    "meanwhile: the customer waits for the goods. Have it cancelled there, or send "
                    "the goods with an order of their own.",
                    channel=order.orion_channel_id.name,
                    order=order.name,
                ),
                user_id=user.id,
            )

    def _orion_refused(self, statements=None):
        """The marketplace knows that these orders are refused, wholly.

        :param statements: see `_orion_statements`
        """
        fresh = self.filtered(lambda order: order.orion_decision == "undecided").sudo()
        fresh.write({"orion_decision": "refused"})
        fresh._action_cancel()
        for orders in fresh.grouped("orion_channel_id").values():
            orders._orion_advance_status(
                "cancelled", orders[0]._orion_marketplace_actor(), each=statements
            )

    @api.model
    def _orion_note_refusals(self, operations, refused):
        """Say in the chatter why something was refused, in the words of who refused it.

        :param refused: the orders of which nothing is left
        """
        given = operations.filtered(
            lambda op: op.operation == "reject" and (op.payload or {}).get("reason")
        )
        for user, said in given.grouped("create_uid").items():
            orders = self.with_context(lang=user.lang).browse(set(said.mapped("res_id")))
            notes = defaultdict(list)
            for op in said:
                is_whole = op.res_id in refused.ids
                note = orders.browse(op.res_id)._orion_refusal_note(op.payload, is_whole)
                notes[op.res_id].append(note)
            bodies = {order_id: " ".join(texts) for order_id, texts in notes.items()}
            orders._message_log_batch(bodies, author_id=user.partner_id.id)

    def _orion_refusal_note(self, payload, is_whole):
        """The sentence for the chatter, plain text."""
        names = {"channel": self.orion_channel_id.name, "reason": payload["reason"]}
        count = len(payload.get("units") or ())
        if is_whole or not count:
            return self.env._("Refused on %(channel)s. Reason: %(reason)s", **names)
        if count == 1:
            return self.env._("One piece refused on %(channel)s. Reason: %(reason)s", **names)
        return self.env._(
            "%(count)s pieces refused on %(channel)s. Reason: %(reason)s", count=count, **names
        )

    def _orion_shrink_to_pieces(self):
        """Order lines take the quantity their pieces say. What people have changed since the
        order was confirmed in Odoo stays, until the marketplace says something new of it."""
        for line, quantity in self._orion_line_quantities().items():
            order = line.order_id
            is_news = line.orion_counted_quantity != quantity
            if is_news:
                line.orion_counted_quantity = quantity
            if line.product_uom_qty == quantity or (order.state == "sale" and not is_news):
                continue
            relock = order.locked and not order.orion_is_history
            if relock:
                order.locked = False
            line.product_uom_qty = quantity
            if relock:
                order.locked = True

    def _orion_apply_tracking(self, operations):
        """The marketplace knows the tracking number. Where only a part has left so far, it is
        that part's, and the order waits for the rest."""
        told = operations.filtered(lambda op: op.operation == "set_tracking")
        orders = self.browse(told.mapped("res_id"))
        for operation in told:
            number = (operation.payload or {}).get("tracking_number")
            order = orders.browse(operation.res_id).with_prefetch(orders.ids)
            if order._orion_waits_for_parcels():
                continue
            order._orion_advance_shipped(
                self.with_user(operation.create_uid)._orion_actor(),
                reason=order._orion_for_reader().env._("Tracking set"),
                details={**operation._orion_confirmation(), "tracking_number": number},
            )

    # === HOOKS === #

    def _orion_waits_for_parcels(self):
        """Whether goods of an order are still to leave with a tracking number of their own."""
        return self._orion_is_partly_shipped()

    def _orion_settle_pieces(self, operations):
        """Operations are completed: take over what the marketplace says of the pieces."""

    def _orion_release_pieces(self, operations):
        """Operations failed or were cancelled: their pieces can be decided again."""

    def _orion_decision_by_pieces(self):
        """`{order id: decision}` where orders have pieces; see docs/architecture.md."""
        return {}

    def _orion_known_pieces(self):
        """`{order id: {the marketplace's id of a piece: its id of the piece's line here, or
        False}}`; empty where there are no pieces."""
        return {}

    def _orion_line_quantities(self):
        """`{line: quantity}` as the pieces say; empty where there are none."""
        return {}
