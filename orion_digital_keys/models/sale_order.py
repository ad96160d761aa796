from odoo import api, fields, models


class SaleOrder(models.Model):
    """The digital pieces of an order, from its confirmation and payment on."""

    _inherit = "sale.order"

    orion_piece_ids = fields.One2many(
        "orion.digital.piece", "order_id", string="Digital Pieces", readonly=True
    )
    orion_customer_ip = fields.Char(
        string="Customer's Address",
        copy=False,
        readonly=True,
        groups="orion_base.group_orion_user",
        help="Network address from which it was paid; for the check of buyers.",
    )

    # === EVENTS === #

    def _orion_follow_state(self):
        """Confirmed orders get their pieces, cancelled ones give them up."""
        super()._orion_follow_state()
        self.filtered(lambda order: order.state == "cancel")._orion_give_up_pieces("cancelled")
        self._orion_start_digital()

    def _orion_write_status(self, status, actor=None, reason=None, details=None, each=None):
        """A person, or the marketplace, may say by the status alone how an order ended."""
        result = super()._orion_write_status(status, actor, reason, details, each)
        if status in ("cancelled", "refunded"):
            self._orion_give_up_pieces(status)
        return result

    # === BUSINESS === #

    def _orion_start_digital(self):
        """Make the pieces of what is confirmed and paid, and wake a worker; what has its pieces
        keeps them. Marketplace orders count as paid."""
        orders = self.sudo().filtered(
            lambda order: order.state == "sale" and not order.orion_is_history
        )
        lines = orders.order_line._orion_digital_lines()
        # a product was put on the line of which no key is given: nor is one of the former
        astray = (orders.order_line - lines).filtered(
            lambda line: line.orion_piece_ids.filtered(
                lambda piece: piece.product_id != line.product_id and piece.state != "cancelled"
            )
        )
        if not lines and not astray:
            return
        paid = lines._orion_paid_lines()
        quantities = {line: line._orion_digital_quantity() for line in paid}
        # what is not paid (any more, as the order has grown) may become fewer, never more
        for line in (lines - paid).filtered("orion_piece_ids"):
            pieces = line.orion_piece_ids.filtered(lambda piece: piece.state != "cancelled")
            quantities[line] = min(line._orion_digital_quantity(), len(pieces))
        quantities |= dict.fromkeys(astray, 0)
        self.env["orion.digital.piece"]._follow_lines(quantities)
        for company in paid.company_id:
            company._orion_storefront()

    def _orion_give_up_pieces(self, state):
        pieces = self.sudo().orion_piece_ids
        pieces.filtered(lambda piece: piece.state != state)._give_up(state)

    def _orion_is_paid_online(self):
        """Free, or its transactions that are done pay all of it."""
        self.ensure_one()
        return (
            self.currency_id.compare_amounts(self._orion_collected(), self.sudo().amount_total) >= 0
        )

    def _orion_collected(self):
        """What online payments have brought, in the order's currency: where a part was captured,
        that part; less what was paid back. Captures and refunds are children of a payment."""
        self.ensure_one()
        total = 0.0
        for payment in self.sudo().transaction_ids:
            if payment.state != "done" or payment.operation == "refund":
                continue
            done = payment.child_transaction_ids.filtered(lambda child: child.state == "done")
            captures = done.filtered(lambda child: child.operation != "refund")
            refunds = (done - captures) | captures.child_transaction_ids.filtered(
                lambda child: child.state == "done" and child.operation == "refund"
            )
            total += sum(captures.mapped("amount")) if captures else payment.amount
            total -= sum(abs(amount) for amount in refunds.mapped("amount"))
        return total

    def _orion_follow_payback(self):
        """All that was paid online was paid back, and nothing in another way: no more keys, and
        those that were sent are refunded."""
        for order in self.sudo().filtered("orion_piece_ids"):
            is_paid_back = order.currency_id.compare_amounts(order._orion_collected(), 0.0) <= 0
            if (
                order.amount_total
                and is_paid_back
                and not any(order.order_line._orion_paid_quantities().values())
            ):
                order._orion_give_up_pieces("refunded")

    def _orion_ask_about_held(self, reason):
        """One activity an order whose keys are held."""
        labels = self.env["orion.digital.piece"]._fields["reason"]
        for order in self.sudo():
            told = order._orion_for_reader()
            why = dict(labels._description_selection(told.env))[reason]
            order._ask_about_keys(
                told.env._(
                    "Keys are held: %(why)s. Correct the cause, or let a Marketplace Manager press "
                    "“Release Held Keys” on the order.",
                    why=why,
                )
            )

    @api.model
    def _orion_protected_fields(self):
        return super()._orion_protected_fields() | {"orion_piece_ids"}
