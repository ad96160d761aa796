from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.orion_base.json_field import ReadableJson
from odoo.addons.orion_base.rpc import USER, check_caller

from ..lib.row_file import RowToCorrect


class OrionImportError(models.Model):
    """A row of a feed that could not be imported, and why."""

    _name = "orion.import.error"
    _description = "Row Not Imported"
    _order = "import_job_id desc, row_number, id"
    _rec_name = "identifier"

    import_job_id = fields.Many2one(
        "orion.import.job",
        string="Import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
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
        string="Kind",
        required=True,
        readonly=True,
    )
    error_message = fields.Char(string="What Is Wrong", readonly=True)
    row_data = ReadableJson(readonly=True, help="The cells of the row by column.")
    is_cut = fields.Boolean(
        readonly=True, help="The row was too large to be kept whole: correct it in the file."
    )
    corrected_data = ReadableJson(readonly=True, help="The cells as a person has corrected them.")
    state = fields.Selection(
        [("open", "To Correct"), ("corrected", "Corrected"), ("imported", "Imported")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        help="Corrected: the cells were changed here, and wait for being imported.",
    )
    row_shown = fields.Text(string="Row", compute="_compute_row_shown")

    @api.depends("row_data", "corrected_data")
    def _compute_row_shown(self):
        for error in self:
            cells = error.corrected_data or error.row_data or {}
            error.row_shown = "\n".join(f"{column}: {cell}" for column, cell in cells.items())

    # === ACTIONS === #

    def action_correct(self):
        """Open the cells of the row."""
        self.ensure_one()
        check_caller(self, USER, "read")
        if self.is_cut:
            raise UserError(
                self.env._(
                    "This row is too large to be corrected here. Download the rows to correct, or "
                    "correct the feed itself."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct Row %(number)s", number=self.row_number),
            "res_model": "orion.import.correction",
            "view_mode": "form",
            "target": "new",
            "context": {"default_error_id": self.id},
        }

    def action_import_corrected(self):
        """Import the corrected ones among all rows of these imports."""
        jobs = self.import_job_id
        if len(jobs) != 1:
            raise UserError(self.env._("Choose rows of one import."))
        return jobs.action_import_corrected()

    # === BUSINESS === #

    def _to_correct(self):
        """These rows for a file, as they are now; constantly many queries."""
        return [
            RowToCorrect(
                error.row_number,
                error.error_message or "",
                error.corrected_data or error.row_data or {},
            )
            for error in self.sorted(lambda error: (error.row_number, error.id))
        ]

    def _take_over_corrections(self, job):
        """An import of corrected rows is over: those that it has met are settled."""
        if not self:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_import_error e
                   SET state = CASE WHEN met.external_id IS NULL THEN 'open' ELSE 'imported' END
                  FROM orion_import_error was
                  LEFT JOIN (SELECT p.external_id
                               FROM (%(met)s) met
                               JOIN orion_marketplace_product p ON p.id = met.id) met
                    ON met.external_id = was.identifier
                 WHERE e.id = was.id AND e.id = ANY(%(ids)s)
                   AND (met.external_id IS NOT NULL
                        OR (e.state = 'corrected' AND e.write_date <= %(asked)s))
                """,
                met=self.env["orion.staging"]._sql_all_met(job),
                ids=list(self.ids),
                asked=job.create_date,
            )
        )
        # what was not taken has an error of its own in the import of the corrected rows
        self.invalidate_model(["state"])
