from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    letzshop_customer_email = fields.Char(
        string="Letzshop E-mail",
        copy=False,
        help="The address this customer uses on Letzshop, as the last order gave it.",
    )
    letzshop_locale = fields.Char(
        string="Letzshop Language",
        copy=False,
        help="The language this customer ordered in on Letzshop, such as fr or de.",
    )
