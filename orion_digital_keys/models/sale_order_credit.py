from odoo import models

from .orion_digital_piece_make import GIVEN_UP


class SaleOrder(models.Model):
    """What credit notes take back of the keys of an order, and give again."""

    _inherit = "sale.order"

    # === EVENTS === #

    def _orion_note_credits(self):
        """Credited pieces are refunded, too; noted as such before the status takes all back."""
        self._orion_refund_credited()
        super()._orion_note_credits()

    def _orion_start_digital(self):
        """What was credited before there were pieces gets no key; what is invoiced and paid anew
        is its customer's again."""
        super()._orion_start_digital()
        lines = self.sudo().order_line.filtered("orion_piece_ids")
        if lines:
            self._orion_refund_credited()
            self._orion_give_again(lines._orion_paid_lines(), is_paid=True)

    # === BUSINESS === #

    def _orion_refund_credited(self):
        """As many pieces of a line are refunded as were credited: those first that have no key."""
        lines = self.sudo().order_line.filtered("orion_piece_ids")
        for line, kept in lines._orion_pieces_to_keep().items():
            left = line.orion_piece_ids.filtered(lambda piece: piece.state not in GIVEN_UP)
            refunded = left._first_to_give_up()[: max(len(left) - kept, 0)]
            refunded._give_up("refunded")
            refunded.is_credited = True

    def _orion_note_credits_withdrawn(self):
        """Credit notes are drafts again. Who has a key may use it as before; what has none waits
        for a person, for the credit note may be posted again in a moment."""
        self._orion_give_again(self.sudo().order_line.filtered("orion_piece_ids"), is_paid=False)

    def _orion_give_again(self, lines, is_paid):
        """Pieces that a credit note took back are sold again, as far as it does so no more."""
        credited = lines.orion_piece_ids.filtered(
            lambda piece: piece.state == "refunded" and piece.is_credited
        )
        if not credited:
            return
        kept = credited.sale_line_id._orion_pieces_to_keep()
        for line, pieces in credited.grouped("sale_line_id").items():
            sold = line.orion_piece_ids.filtered(lambda piece: piece.state not in GIVEN_UP)
            number = kept.get(line, line._orion_digital_quantity()) - len(sold)
            pieces.sorted(lambda piece: (not piece.key_id, piece.number))[
                : max(number, 0)
            ]._sell_again(is_paid)
