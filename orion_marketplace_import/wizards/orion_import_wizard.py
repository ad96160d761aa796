import base64
import tempfile
from pathlib import Path

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.safe_url import fetch_url
from odoo.addons.orion_base.rpc import USER, check_caller

from ..lib.reading import ReadOptions, UnreadableFeed, preview

PREVIEW_ROWS = 10
#: A person waits for the preview.
PREVIEW_SECONDS = 20.0


class OrionImportWizard(models.TransientModel):
    """Asks for a feed, shows what would be read, and starts the import."""

    _name = "orion.import.wizard"
    _description = "Import a Product Feed"

    channel_id = fields.Many2one(
        "orion.channel", required=True, default=lambda self: self._default_channel()
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    language = fields.Selection(
        [("fr", "French"), ("de", "German"), ("en", "English")],
        required=True,
        default=lambda self: self.env["orion.import.job"]._default_language_code(),
    )
    source = fields.Selection(
        [("address", "Address"), ("file", "File")], required=True, default="address"
    )
    source_url = fields.Char(
        string="Address of the Feed",
        compute="_compute_source_url",
        store=True,
        readonly=False,
        help="Filled in from the channel's settings for the language chosen.",
    )
    content = fields.Binary(
        string="File", help="CSV, XLSX or XML, also packed as gz or zip, up to 100 MB."
    )
    filename = fields.Char()
    batch_size = fields.Integer(default=1000, help="Rows in one transaction, 100 to 5,000.")
    is_full = fields.Boolean(
        string="Whole Catalogue",
        default=True,
        help="Products that this feed lacks are marked as missing.",
    )
    preview = fields.Html(readonly=True, sanitize_attributes=False)

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Import a Product Feed")

    @api.model
    def _default_channel(self):
        return self.env["orion.channel"].search([]).filtered("has_feed")[:1]

    @api.depends("channel_id", "language")
    def _compute_source_url(self):
        for wizard in self:
            found = wizard.channel_id[f"feed_url_{wizard.language}"] if wizard.language else False
            wizard.source_url = found or wizard.source_url

    def action_preview(self):
        """Show the first rows, and what the columns were taken for."""
        self.ensure_one()
        check_caller(self.channel_id, USER, "read")
        options = ReadOptions(language=self.language, channel=self.channel_id._feed_columns())
        try:
            with tempfile.NamedTemporaryFile() as file:
                file.write(self._content())
                file.flush()
                found = preview(Path(file.name), rows=PREVIEW_ROWS, options=options)
        except UnreadableFeed as error:
            raise UserError(str(error)) from None
        except OrionError as error:
            raise UserError(error.message) from None
        self.preview = self._preview_table(found)
        return True

    def action_start(self):
        """Start the import in the background, and open it."""
        self.ensure_one()
        jobs = self.env["orion.import.job"]
        by_address = self.source == "address"
        values = jobs._checked_arguments(
            by_address and self.source_url,
            not by_address and self.content,
            self.language,
            self.batch_size,
        )
        if not by_address and self.filename:
            values["source_name"] = self.filename
        return jobs._start(self.channel_id, {**values, "is_full": self.is_full})._action_open()

    def _content(self):
        if self.source == "file":
            if not self.content:
                raise UserError(self.env._("Choose the file of the feed first."))
            return base64.b64decode(self.content)
        values = self.env["orion.import.job"]._address_values(self.source_url or "")
        parameters = self.env["ir.config_parameter"].sudo()
        allow_private = parameters.get_param("orion_base.allow_private_addresses") == "True"
        return fetch_url(
            values["source_url"], allow_private=allow_private, timeout=PREVIEW_SECONDS
        ).body

    @api.model
    def _preview_table(self, found):
        """The rows as a table; under each column the field it fills."""
        fields_by_column = found.mapping.to_json()
        columns = list(found.detection.columns)
        heads = Markup("").join(
            Markup("<th>%s<br/><small class='text-muted'>%s</small></th>")
            % (name, fields_by_column.get(name) or "–")
            for name in columns
        )
        rows = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(Markup("<td>%s</td>") % cell[:60] for cell in cells)
            for cells in found.cells
        )
        errors = Markup("").join(
            Markup("<li>%s</li>") % f"{error.row_number}: {error.message}" for error in found.errors
        )
        return Markup(
            '<ul class="text-danger">%s</ul><div class="table-responsive">'
            '<table class="table table-sm text-nowrap"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table></div>"
        ) % (errors, heads, rows)
