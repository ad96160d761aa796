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

    def _orion_note_credits(self):
        """Credited pieces are refunded, too."""
        super()._orion_note_credits()
        self._orion_refund_credited()

    # === BUSINESS === #

    def _orion_start_digital(self):
        """Make the pieces of what is confirmed and paid, and wake a worker; what has its pieces
        keeps them. Marketplace orders count as paid."""
        orders = self.sudo().filtered(
            lambda order: order.state == "sale" and not order.orion_is_history
        )
        lines = orders.order_line._orion_digital_lines()
        if not lines:
            return
        paid = lines._orion_paid_lines()
        quantities = {line: line._orion_digital_quantity() for line in paid}
        # what is not paid (any more, as the order has grown) may become fewer, never more
        for line in (lines - paid).filtered("orion_piece_ids"):
            pieces = line.orion_piece_ids.filtered(lambda piece: piece.state != "cancelled")
            quantities[line] = min(line._orion_digital_quantity(), len(pieces))
        self.env["orion.digital.piece"]._follow_lines(quantities)
        for company in paid.company_id:
            company._orion_storefront()

    def _orion_give_up_pieces(self, state):
        pieces = self.sudo().orion_piece_ids
        pieces.filtered(lambda piece: piece.state != state)._give_up(state)

    def _orion_refund_credited(self):
        """As many pieces of a line are refunded as were credited: those first that have no key."""
        lines = self.sudo().order_line.filtered("orion_piece_ids")
        for line, count in lines._orion_credited_pieces().items():
            pieces = line.orion_piece_ids.filtered(lambda piece: piece.state != "cancelled")
            refunded = pieces.filtered(lambda piece: piece.state == "refunded")
            left = (pieces - refunded).sorted(
                lambda piece: (piece.state == "delivered", piece.state == "claimed", -piece.number)
            )
            left[: max(count - len(refunded), 0)]._give_up("refunded")

    def _orion_is_paid_online(self):
        """Free, or its transactions that are done pay all of it."""
        self.ensure_one()
        order = self.sudo()
        done = order.transaction_ids.filtered(lambda transaction: transaction.state == "done")
        return (
            order.currency_id.compare_amounts(sum(done.mapped("amount")), order.amount_total) >= 0
        )

    @api.model
    def _orion_protected_fields(self):
        return super()._orion_protected_fields() | {"orion_piece_ids"}
