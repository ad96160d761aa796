from odoo import fields, models


class ProductProduct(models.Model):
    """Keys belong to variants: an edition has keys of its own."""

    _inherit = "product.product"

    orion_key_offer_ids = fields.One2many(
        "orion.key.offer", "product_id", string="Suppliers' Offers"
    )
