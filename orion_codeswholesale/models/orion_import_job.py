from odoo import fields, models


class OrionImportJob(models.Model):
    """Reading the price list: where it stands."""

    _inherit = "orion.import.job"

    codeswholesale_cursor = fields.Json(
        copy=False,
        groups=fields.NO_ACCESS,
        help="Where the next page begins. Here rather than on the channel, whose settings people "
        "save meanwhile.",
    )
