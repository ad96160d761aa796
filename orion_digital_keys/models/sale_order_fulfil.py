from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.engine import committed
from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.rpc import USER, check_caller

#: What has become of a piece, in the words of `orion_fulfill_digital`.
OUTCOMES = {
    "delivered": "fulfilled",
    "waiting": "pending",
    "claimed": "pending",
    "ordered": "pending",
    "preordered": "pending",
    "held": "failed",
}


class SaleOrder(models.Model):
    """Giving keys to what was sold, and sending them."""

    _inherit = "sale.order"

    # === BUSINESS: people === #

    def orion_fulfill_digital(self):
        """Give these orders their keys now, as far as the pool has them, and send them; what is
        to be bought, or waits, goes on by itself. Again for the same orders it says how they stand.

        :return: `{"fulfilled": n, "pending": n, "failed": n}`: pieces whose key the
            customer can see and has in the e-mail, sent or in the queue; that wait or are on
            their way; and that are held, or whose e-mail could not be sent
        :raise UserError: when none of the orders has anything digital that is confirmed and paid
        """
        check_caller(self, USER, "write")
        company_orders = {
            company: orders.ids for company, orders in self.sudo().grouped("company_id").items()
        }
        counts = {"fulfilled": 0, "pending": 0, "failed": 0}
        for company, order_ids in company_orders.items():
            for name, number in self._orion_fulfil_apart(company, order_ids).items():
                counts[name] += number
        self.env["sale.order"].invalidate_model()
        self.env["orion.digital.piece"].invalidate_model()
        self.env["orion.digital.key"].invalidate_model()
        if self and not any(counts.values()):
            raise UserError(
                self.env._(
                    "There is nothing to send for %(orders)s: keys are given for digital products "
                    "of orders that are confirmed and paid.",
                    orders=", ".join(self[:5].mapped("name")),
                )
            )
        return counts

    # === BUSINESS: engine === #

    @api.model
    def _orion_fulfil_apart(self, company, order_ids):
        """Pieces, claims and mails of committed orders, each in a transaction of its own.

        :return: counts as of `orion_fulfill_digital`
        """
        env = company.with_company(company).env
        with committed(env) as own:
            own["sale.order"].browse(order_ids)._orion_start_digital()
        with committed(env) as own:
            own["orion.digital.piece"]._claim(own["res.company"].browse(company.id), order_ids)
        with committed(env) as own:
            _done, problems = own["sale.order"].browse(order_ids)._orion_send_claimed()
        with committed(env) as own:
            return own["sale.order"].browse(order_ids)._orion_count_outcomes(problems)

    def _orion_count_outcomes(self, problems=()):
        """How the pieces of these orders stand; those that could not be sent failed."""
        counts = {"fulfilled": 0, "pending": 0, "failed": 0}
        groups = self.env["orion.digital.piece"]._read_group(
            [("order_id", "in", self.ids)], ["order_id", "state", "mail_problem"], ["__count"]
        )
        failed = {order_id for order_id, _error in problems}
        for order, state, problem, number in groups:
            name = OUTCOMES.get(state)
            if (state == "claimed" and order.id in failed) or (state == "delivered" and problem):
                name = "failed"
            if name:
                counts[name] += number
        return counts

    def _orion_send_claimed(self):
        """Send what was claimed of these orders, each in a savepoint: one that fails does not stop
        the others, and is tried again later.

        Orders that another worker, or a person, holds at this moment are left to the next run.

        :return: `(ids of orders that were sent, [(order id, error)])`
        """
        sent, problems = [], []
        for order in self._orion_take_for_sending():
            _done, error = order._orion_try(lambda one: one._orion_send_and_note())
            if error is None:
                sent.append(order.id)
                continue
            order.invalidate_recordset()
            order._orion_send_later()
            problems.append((order.id, error))
        return sent, problems

    def _orion_send_and_note(self):
        self._orion_send_keys()
        self._orion_note_digital()

    def _orion_send_keys(self):
        """Send what was claimed and not sent yet; the pieces and their keys are delivered then.

        Called in a transaction that only this does, with the orders' companies, once the claims
        are committed.
        """
        claimed = self.sudo().orion_piece_ids.filtered(lambda piece: piece.state == "claimed")
        for order, pieces in claimed.grouped("order_id").items():
            order._orion_deliver_claimed(pieces)

    def _orion_deliver_claimed(self, pieces):
        """Tell the customer of one order these keys; extended by what sends e-mails.

        :param pieces: in state `claimed`; each has its key
        """
        self.ensure_one()
        pieces._mark_delivered()

    def _orion_note_digital(self):
        """Delivered quantities follow, and an order is fulfilled once the e-mails with all its keys
        have left, and nothing is to be shipped."""
        for order in self.sudo():
            pieces = order.orion_piece_ids
            for line, found in pieces.grouped("sale_line_id").items():
                number = len(found.filtered(lambda piece: piece.state == "delivered"))
                unit = line.product_uom_id or line.product_id.uom_id
                quantity = line.product_id.uom_id._compute_quantity(number, unit, round=False)
                if line.orion_shipped_quantity != quantity:
                    line.orion_shipped_quantity = quantity
                if line.qty_delivered_method == "manual" and line.qty_delivered != quantity:
                    line.qty_delivered = quantity
            counted = pieces.filtered(lambda piece: piece.state not in ("cancelled", "refunded"))
            complete = order._orion_all_pieces_made() and all(
                piece.state == "delivered" and piece.sent_at for piece in counted
            )
            if counted and complete and not order.orion_requires_shipping:
                order._orion_advance_status("fulfilled", "system")
        self._orion_tell_screens()

    # === PRIVATE === #

    def _orion_take_for_sending(self):
        """Lock those that nobody holds, and of which something is to be sent."""
        pieces = self.env["orion.digital.piece"]
        claimed = pieces.search([("order_id", "in", self.ids), ("state", "=", "claimed")])
        orders = hold_rows(self & claimed.order_id, skip_locked=True)
        # another one may have sent them before we had our turn
        pieces.invalidate_model()
        return orders

    def _orion_send_later(self):
        claimed = self.sudo().orion_piece_ids.filtered(lambda piece: piece.state == "claimed")
        claimed.write({"try_at": fields.Datetime.add(fields.Datetime.now(), minutes=15)})

    def _orion_all_pieces_made(self):
        """Whether each digital line has as many pieces as were sold."""
        self.ensure_one()
        return all(
            len(line.orion_piece_ids.filtered(lambda piece: piece.state != "cancelled"))
            >= line._orion_digital_quantity()
            for line in self.order_line._orion_digital_lines()
        )
