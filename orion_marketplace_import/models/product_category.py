from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    orion_google_category = fields.Char(
        string="Google Category",
        help="Path or number in Google's taxonomy, such as “Apparel & Accessories > Shoes”. "
        "Written in product feeds for the products of this category.",
    )

    def _orion_google_category(self):
        """The category's own, else that of the nearest category above it."""
        self.ensure_one()
        category = self
        while category and not category.orion_google_category:
            category = category.parent_id
        return category.orion_google_category or ""
