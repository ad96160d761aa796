from odoo import api, fields, models

from odoo.addons.orion_base.json_field import ReadableJson


class OrionImportError(models.Model):
    """A row of a feed that could not be imported, and why."""

    _name = "orion.import.error"
    _description = "Row Not Imported"
    _order = "import_job_id desc, row_number, id"
    _rec_name = "identifier"

    import_job_id = fields.Many2one(
        "orion.import.job", required=True, readonly=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(related="import_job_id.channel_id", store=True, index=True)
    company_id = fields.Many2one(related="import_job_id.company_id", store=True, index=True)
    row_number = fields.Integer(
        readonly=True, help="As a spreadsheet counts: the header is row 1 as a rule."
    )
    identifier = fields.Char(readonly=True, help="Id of the product, else what tells it best.")
    error_type = fields.Selection(
        [
            ("missing_id", "No Product ID"),
            ("missing_title", "No Title"),
            ("parse_error", "Cannot Be Read"),
            ("validation_error", "Not Allowed"),
            ("duplicate_id", "Repeated ID"),
        ],
        required=True,
        readonly=True,
    )
    error_message = fields.Char(readonly=True)
    row_data = ReadableJson(readonly=True, help="The cells of the row by column, long ones cut.")
    row_shown = fields.Text(string="Row", compute="_compute_row_shown")

    @api.depends("row_data")
    def _compute_row_shown(self):
        for error in self:
            error.row_shown = "\n".join(
                f"{column}: {cell}" for column, cell in (error.row_data or {}).items()
            )
