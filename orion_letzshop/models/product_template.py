from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    letzshop_external_id = fields.Char(
        string="Letzshop ID",
        index="btree_not_null",
        copy=False,
        help="Letzshop's id of the variant. Learned from the first order line that was matched "
        "by barcode or reference, and from then on matched first.",
    )
    letzshop_tax_rate = fields.Selection(
        [("0", "0 %"), ("3", "3 %"), ("8", "8 %"), ("14", "14 %"), ("17", "17 %")],
        string="Letzshop VAT",
        help="VAT rate told to Letzshop. When set, it is also the tax of imported order "
        "lines; when empty, the product's own customer taxes are.",
    )
    letzshop_preorder_days = fields.Integer(
        string="Preorder Days", help="Days until a product that is not in stock can be delivered."
    )
    letzshop_boost_sort = fields.Float(
        string="Boost",
        digits=(3, 1),
        help="0.0 to 10.0: the higher, the further up in Letzshop's lists. Keep most below 7.",
    )
    letzshop_delivery_method = fields.Selection(
        [
            ("package_delivery", "Parcel"),
            ("nationwide", "Nationwide"),
            ("self_collect", "Pick-up in the store"),
        ],
        string="Letzshop Delivery",
        default="package_delivery",
    )
    letzshop_published = fields.Boolean(
        string="On Letzshop", help="Part of the product feed that Letzshop reads."
    )

    @api.constrains("letzshop_preorder_days", "letzshop_boost_sort")
    def _check_letzshop_numbers(self):
        for template in self:
            if template.letzshop_preorder_days < 0:
                raise ValidationError(
                    self.env._(
                        "%(product)s: the preorder days on Letzshop cannot be negative.",
                        product=template.display_name,
                    )
                )
            if not 0 <= template.letzshop_boost_sort <= 10:
                raise ValidationError(
                    self.env._(
                        "%(product)s: the boost on Letzshop goes from 0 to 10.",
                        product=template.display_name,
                    )
                )
