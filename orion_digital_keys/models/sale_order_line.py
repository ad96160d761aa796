from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """A line of a digital product is digital, whoever sold it."""

    _inherit = "sale.order.line"

    orion_is_digital = fields.Boolean(
        compute="_compute_orion_is_digital", store=True, precompute=True
    )
    orion_piece_ids = fields.One2many(
        "orion.digital.piece", "sale_line_id", string="Digital Pieces", readonly=True
    )

    @api.depends("product_id")
    def _compute_orion_is_digital(self):
        """What the marketplace calls digital stays so, whatever product is put on it."""
        for line in self:
            line.orion_is_digital = (
                line.product_id.orion_is_digital or line._origin.orion_is_digital
            )
