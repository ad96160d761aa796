from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What keeps an order from being cancelled here only."""

    _inherit = "sale.order"

    def _orion_check_cancellable(self):
        """An order that is cancelled here must not be accepted at the marketplace afterwards, nor
        stay open there with nobody to decide the rest.

        Of a channel that is archived, nothing is told any more.
        """
        orders = self.filtered(
            lambda order: (
                order.orion_decision in ("undecided", "accepted")
                and order.orion_channel_id.active
                and not order.orion_not_found_at
            )
        )
        if not orders:
            return
        still = orders.filtered_domain(orders._orion_not_on_its_way())
        for order in orders - still:
            raise UserError(
                self.env._(
                    "A decision about %(order)s is on its way to %(channel)s. Wait for the answer, "
                    "or cancel it under Monitoring → Queue; then cancel the order.",
                    order=order.name,
                    channel=order.orion_channel_id.name,
                )
            )
        left = orders._orion_pieces_to_decide()
        for order in orders.filtered(lambda each: left.get(each.id)):
            raise UserError(
                self.env._(
                    "Pieces of %(order)s that are still to be decided: %(count)s. Refuse them, so "
                    "that %(channel)s knows it; then cancel the order.",
                    order=order.name,
                    count=len(left[order.id]),
                    channel=order.orion_channel_id.name,
                )
            )
