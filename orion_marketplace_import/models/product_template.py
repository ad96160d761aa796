from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    orion_brand = fields.Char(string="Brand", help="Brand as marketplaces show it.")
    orion_mpn = fields.Char(
        string="Manufacturer Number",
        help="The manufacturer's part number (MPN); with the brand it names a product that has "
        "no GTIN.",
    )
    orion_adult = fields.Boolean(
        string="Adults Only", help="Sold to people of 18 and older only; said in product feeds."
    )
