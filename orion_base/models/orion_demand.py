from odoo import api, models


class OrionDemand(models.AbstractModel):
    """What marketplaces have sold and no delivery counts yet. Addons that hold such sales
    extend it; those that tell the stock ask it."""

    _name = "orion.demand"
    _description = "Sold Pieces without a Delivery"

    @api.model
    def _undecided(self, company, product_ids=None):
        """Pieces sold that are in no stock move, and not refused.

        :param company: one `res.company`
        :param product_ids: just these; None for all
        :return: `{product id: quantity in the product's unit}`
        """
        return {}

    @api.model
    def _add_sold(self, result, rows):
        """Add sales to the answer of `_undecided`.

        :param result: changed, `{product id: quantity in the product's unit}`
        :param rows: `(product id, id of the unit it is sold in, quantity in that unit)`
        """
        products = self.env["product.product"].sudo().browse(row[0] for row in rows)
        units = self.env["uom.uom"].sudo()
        for product, (_id, unit_id, quantity) in zip(products, rows, strict=True):
            pieces = units.browse(unit_id)._compute_quantity(quantity, product.uom_id, round=False)
            result[product.id] = result.get(product.id, 0.0) + pieces
        return result

    @api.model
    def _note_changed(self, product_ids):
        """More or less of these products is sold without a delivery than before; to be called in
        the transaction that changes it."""
