from odoo import models


class ResLang(models.Model):
    _inherit = "res.lang"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            # texts that waited for their language
            self.env["orion.staging"].sudo()._show_languages()
        return result
