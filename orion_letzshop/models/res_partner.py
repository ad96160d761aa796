from odoo import fields, models

from odoo.addons.orion_marketplace_import.lib.texts import language_of


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
        help="The language this customer ordered in on Letzshop, such as fr or de. The contact's "
        "own language follows it, unless somebody has set another one.",
    )

    # === CRUD === #

    def write(self, vals):
        if "letzshop_locale" not in vals or "lang" in vals:
            return super().write(vals)
        former = {partner: partner._letzshop_language() for partner in self}
        result = super().write(vals)
        for partner, language in former.items():
            wanted = partner._letzshop_language()
            if wanted and wanted != partner.lang and partner.lang in (False, language):
                partner.lang = wanted
        return result

    # === PRIVATE === #

    def _letzshop_language(self):
        """The active language of Odoo that the locale means, or False."""
        wanted = language_of(self.letzshop_locale or "")
        if not wanted:
            return False
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        return next((code for code in codes if language_of(code) == wanted), False)
