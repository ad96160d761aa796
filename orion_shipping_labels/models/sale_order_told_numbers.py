from odoo import api, fields, models

from ..lib.parcel_number import split_numbers


class SaleOrder(models.Model):
    """Which numbers of an order's parcels its marketplace is told: some take one an order."""

    _inherit = "sale.order"

    orion_kept_numbers_text = fields.Char(
        string="Numbers Kept Here",
        compute="_compute_orion_kept_numbers_text",
        compute_sudo=True,
        help="What the marketplace is not told of this order's tracking numbers, and why.",
    )

    @api.depends("orion_tracking_number", "orion_channel_id")
    @api.depends_context("lang")
    def _compute_orion_kept_numbers_text(self):
        for order in self:
            order.orion_kept_numbers_text = order._orion_kept_numbers_sentence()

    # === BUSINESS === #

    def _orion_told_and_kept_numbers(self):
        """The order's tracking numbers: those that its marketplace takes, then the others.

        :return: two tuples of texts
        """
        self.ensure_one()
        numbers = split_numbers(self.orion_tracking_number or "")
        most = self.orion_channel_id and self.orion_channel_id._most_tracking_numbers()
        return (numbers[:most], numbers[most:]) if most else (numbers, ())

    def _orion_keeps(self, number):
        """Whether the marketplace is told nothing of a number, or of several."""
        _told, kept = self.sudo()._orion_told_and_kept_numbers()
        numbers = split_numbers(number or "")
        return bool(numbers) and set(numbers) <= set(kept)

    def _orion_kept_numbers_sentence(self):
        told, kept = self._orion_told_and_kept_numbers()
        if not kept:
            return False
        return self.env._(
            "%(channel)s takes one tracking number of an order: it is told %(told)s. %(kept)s stay "
            "here, and stand on the customer's page.",
            channel=self.orion_channel_id.name,
            told=", ".join(told),
            kept=", ".join(kept),
        )

    def _orion_tracking_message(self, operations, number):
        """With what is not told."""
        said = [order.orion_kept_numbers_text for order in self if order.orion_kept_numbers_text]
        if not all(order._orion_keeps(number) for order in self):
            said.insert(0, super()._orion_tracking_message(operations, number))
        return " ".join(said[:2])
