from odoo import fields, models


class OrionImportJob(models.Model):
    """Reading the price list: where the next page begins. It stands here rather than on the
    channel, whose settings people save meanwhile."""

    _inherit = "orion.import.job"

    codeswholesale_cursor = fields.Json(copy=False, groups=fields.NO_ACCESS)
