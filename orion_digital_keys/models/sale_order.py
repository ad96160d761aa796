from odoo import fields, models


class SaleOrder(models.Model):
    """The digital pieces of an order."""

    _inherit = "sale.order"

    orion_piece_ids = fields.One2many(
        "orion.digital.piece", "order_id", string="Digital Pieces", readonly=True
    )
