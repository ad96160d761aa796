import base64

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import USER, check_caller

from ..lib.reading import ColumnMapping
from ..lib.reading.cells import clean_text
from ..lib.row_file import row_file


class OrionImportJob(models.Model):
    """Rows that were not imported, corrected and imported by themselves."""

    _inherit = "orion.import.job"

    def action_download_errors(self):
        """Download the rows that are still to be corrected, as a feed."""
        self.ensure_one()
        check_caller(self, USER, "read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/orion/import/{self.id}/rows",
            "target": "download",
        }

    def action_upload_corrected(self):
        """Open the dialog for a file with the corrected rows."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "orion_marketplace_import.action_orion_import_wizard"
            ),
            "context": {
                "default_channel_id": self.channel_id.id,
                "default_language": self.language,
                "default_batch_size": self.batch_size,
                "default_source": "file",
                "default_is_full": False,
                "default_corrects_id": self.id,
            },
        }

    def action_import_corrected(self):
        """Import the rows that were corrected here, and only those."""
        self.ensure_one()
        check_caller(self, USER, "read")
        corrected = self.error_ids.filtered(lambda error: error.state == "corrected")
        if not corrected:
            raise UserError(
                self.env._("No row is corrected yet. Open one, correct its cells, and save it.")
            )
        content = b"".join(row_file(self._row_columns(corrected), corrected._to_correct()))
        values = {
            "content": base64.b64encode(content),
            "source_name": self.env._("Corrected rows of %(name)s", name=self.source_name),
            "language": self.language,
            "batch_size": self.batch_size,
            "is_full": False,
            "mapping": self.sudo().mapping,
            "corrects_id": self.id,
        }
        return self._start(self.channel_id, values)._action_open()

    def _iter_row_file(self):
        """The rows still to be corrected, as pieces of a file."""
        waiting = self.error_ids.filtered(lambda error: error.state != "imported")
        return row_file(self._row_columns(waiting), waiting._to_correct())

    @api.model
    def _row_columns(self, errors):
        """Columns of the file, and those that only some rows have, as in XML. What stood behind
        the last column has no name that could be imported."""
        columns = dict.fromkeys((self.sudo().detection or {}).get("columns", ()))
        for error in errors:
            columns.update(dict.fromkeys(error.corrected_data or error.row_data or {}))
        return [column for column in columns if not column.startswith("+")]

    def _row_identifier(self, cells):
        """The product id among the cells of a row, as the import reads it."""
        chosen = ColumnMapping.from_json(self.sudo().mapping) if self.sudo().mapping else None
        columns = ColumnMapping.recognise(
            list(cells), channel=self.channel_id._feed_columns(), remembered=chosen
        ).columns_of("external_id")
        return clean_text(cells[columns[0]]) if columns else ""
