from odoo import fields, models


class OrionImportRow(models.Model):
    """Which staged products an import has met so far, a batch a line: what it has not met at its
    end is missing in the feed. Emptied when the import ends; written in SQL only."""

    _name = "orion.import.row"
    _description = "Rows Met by an Import"
    _log_access = False

    import_job_id = fields.Many2one(
        "orion.import.job", required=True, index=True, ondelete="cascade"
    )
    product_ids = fields.Json(help="Ids of staged products.")
