from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """What the pages of buyers say by script is said in their language, too."""
        return [*super()._get_translation_frontend_modules_name(), "orion_digital_keys"]
