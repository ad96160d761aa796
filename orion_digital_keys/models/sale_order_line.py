import math

from odoo import api, fields, models

#: What makes pieces more, fewer or others.
PIECE_FIELDS = frozenset({"product_id", "product_uom_qty", "product_uom_id"})


class SaleOrderLine(models.Model):
    """A line of a digital product is digital, whoever sold it."""

    _inherit = "sale.order.line"

    orion_is_digital = fields.Boolean(
        compute="_compute_orion_is_digital", store=True, precompute=True, readonly=False
    )
    orion_piece_ids = fields.One2many(
        "orion.digital.piece", "sale_line_id", string="Digital Pieces", readonly=True
    )

    # === COMPUTE === #

    @api.depends("product_id")
    def _compute_orion_is_digital(self):
        """What the marketplace calls digital stays so, whatever product is put on it."""
        for line in self:
            line.orion_is_digital = (
                line.product_id.orion_is_digital or line._origin.orion_is_digital
            )

    @api.model
    def _orion_protected_fields(self):
        """Computed, and yet the importer may say it: nobody else."""
        return super()._orion_protected_fields() | {"orion_is_digital"}

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._orion_start_confirmed()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if PIECE_FIELDS & vals.keys():
            self._orion_start_confirmed()
        return result

    # === BUSINESS === #

    def _orion_digital_lines(self):
        """Those of these lines that need keys."""
        return self.filtered(
            lambda line: (
                not line.display_type
                and not line.orion_needs_product_match
                and line.product_id.orion_is_digital
            )
        )

    def _orion_digital_quantity(self):
        """Whole pieces of the line, in the product's own unit."""
        self.ensure_one()
        unit = self.product_uom_id or self.product_id.uom_id
        pieces = unit._compute_quantity(self.product_uom_qty, self.product_id.uom_id, round=False)
        return max(math.floor(pieces + 1e-6), 0)

    def _orion_paid_lines(self):
        """Those of these lines that are paid: sold on a marketplace, free, in an order whose
        transactions are done for all of it, or wholly on invoices that are paid. Two queries."""
        paid = self.filtered(
            lambda line: (
                line.order_id.orion_decision == "accepted" or line.order_id._orion_is_paid_online()
            )
        )
        open_lines = self - paid
        if not open_lines:
            return paid
        invoiced = open_lines._orion_paid_quantities()
        return paid | open_lines.filtered(
            lambda line: invoiced.get(line, 0.0) >= line.product_uom_qty - 1e-6
        )

    def _orion_paid_quantities(self):
        """`{line: quantity}` on posted invoices that are paid, in the line's unit."""
        found = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("sale_line_ids", "in", self.ids),
                    ("move_type", "=", "out_invoice"),
                    ("parent_state", "=", "posted"),
                    ("move_id.payment_state", "in", ("paid", "in_payment")),
                ]
            )
        )
        return self._orion_sum_by_line(found)

    # === PRIVATE === #

    def _orion_sum_by_line(self, move_lines):
        result = {}
        for move_line in move_lines:
            for line in move_line.sale_line_ids & self:
                quantity = move_line.product_uom_id._compute_quantity(
                    move_line.quantity, line.product_uom_id, round=False
                )
                result[line] = result.get(line, 0.0) + quantity
        return result

    def _orion_start_confirmed(self):
        """Lines of orders that are confirmed already have their pieces follow."""
        confirmed = self.filtered(lambda line: line.order_id.state == "sale")
        if confirmed._orion_digital_lines() or confirmed.orion_piece_ids:
            confirmed.order_id._orion_start_digital()
