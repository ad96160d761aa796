from odoo import models

from ..lib.texts import language_of


class ResLang(models.Model):
    _inherit = "res.lang"

    def write(self, vals):
        """A language that becomes active has texts of feeds waiting for it."""
        waking = self.filtered(lambda lang: not lang.active) if vals.get("active") else self[:0]
        result = super().write(vals)
        if waking:
            self.env["orion.staging"].sudo()._say_again({language_of(lang.code) for lang in waking})
        return result
