from odoo import api, fields, models

from odoo.addons.orion_base.rpc import USER, check_caller


class OrionImportCorrection(models.TransientModel):
    """The cells of a row that was not imported, to be corrected."""

    _name = "orion.import.correction"
    _description = "Correct a Row"

    error_id = fields.Many2one("orion.import.error", required=True, ondelete="cascade")
    error_message = fields.Char(related="error_id.error_message")
    cell_ids = fields.One2many(
        "orion.import.correction.cell",
        "correction_id",
        compute="_compute_cell_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("error_id")
    def _compute_cell_ids(self):
        for correction in self:
            error = correction.error_id
            cells = error.corrected_data or error.row_data or {}
            names = dict.fromkeys((error.import_job_id.sudo().detection or {}).get("columns", ()))
            names.update(dict.fromkeys(cells))
            correction.cell_ids = [
                (5,),
                *((0, 0, {"name": name, "value": cells.get(name, "")}) for name in names),
            ]

    def action_keep(self):
        """Keep the corrected cells; they are imported with the others that are corrected."""
        self._keep()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_import(self):
        """Keep the corrected cells, and import all corrected rows of this import."""
        self._keep()
        return self.error_id.import_job_id.action_import_corrected()

    def _keep(self):
        self.ensure_one()
        error = self.error_id
        check_caller(error, USER, "read")
        cells = {cell.name: cell.value for cell in self.cell_ids if cell.value}
        error.sudo().write(
            {
                "corrected_data": cells,
                "state": "corrected",
                "identifier": error.import_job_id._row_identifier(cells) or error.identifier,
            }
        )


class OrionImportCorrectionCell(models.TransientModel):
    """One cell."""

    _name = "orion.import.correction.cell"
    _description = "Cell of a Row"
    _order = "id"

    correction_id = fields.Many2one("orion.import.correction", required=True, ondelete="cascade")
    name = fields.Char(string="Column", readonly=True)
    value = fields.Text(string="Cell")
