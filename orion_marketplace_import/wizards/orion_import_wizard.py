import base64
import tempfile
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.rpc import MANAGER, USER, check_caller
from odoo.addons.orion_base.sentences import say, say_kept

from ..lib.reading import (
    HEAD,
    IGNORED_FIELD,
    ColumnMapping,
    Container,
    Detection,
    ReadOptions,
    UnreadableFeed,
    preview,
    preview_again,
    recognised_mapping,
    sniff_container,
)
from ..lib.texts import language_of

PREVIEW_ROWS = 10
#: A person waits for the preview.
PREVIEW_SECONDS = 30.0
#: What is fetched of a plain file in order to show its first rows.
PREVIEW_BYTES = 2 * 1024 * 1024
LARGEST_PREVIEW = 200 * 1024 * 1024
_REPEATABLE = "additional_image_links"


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
        help="In which language the feed's titles and descriptions are.",
    )
    source = fields.Selection(
        [("saved", "Feed of the channel"), ("address", "Other address"), ("file", "File")],
        required=True,
        compute="_compute_source",
        store=True,
        readonly=False,
        precompute=True,
    )
    has_fr = fields.Boolean(compute="_compute_saved", compute_sudo=True)
    has_de = fields.Boolean(compute="_compute_saved", compute_sudo=True)
    has_en = fields.Boolean(compute="_compute_saved", compute_sudo=True)
    saved_name = fields.Char(
        string="Address", compute="_compute_saved", compute_sudo=True, help="Without its keys."
    )
    source_url = fields.Char(string="Address of the Feed")
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
    corrects_id = fields.Many2one("orion.import.job", string="Corrected Rows of", readonly=True)
    is_language_active = fields.Boolean(compute="_compute_is_language_active")

    sample = fields.Json(readonly=True, help="The first rows, and what the file was found to be.")
    found_text = fields.Char(string="File Is", compute="_compute_found_text")
    is_remembered = fields.Boolean(readonly=True)
    column_ids = fields.One2many("orion.import.wizard.column", "wizard_id", string="Columns")
    mapping_problem = fields.Char(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    # === COMPUTE === #

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Import a Product Feed")

    @api.model
    def _default_channel(self):
        return self.env["orion.channel"].search([]).filtered("has_feed")[:1]

    @api.depends("channel_id")
    def _compute_source(self):
        for wizard in self:
            wizard.source = wizard.source or (
                "saved" if wizard.channel_id.has_feed_url else "address"
            )

    @api.depends("channel_id", "language")
    def _compute_saved(self):
        jobs = self.env["orion.import.job"]
        for wizard in self:
            channel = wizard.channel_id
            wizard.has_fr = bool(channel.feed_url_fr)
            wizard.has_de = bool(channel.feed_url_de)
            wizard.has_en = bool(channel.feed_url_en)
            url = wizard.language and channel[f"feed_url_{wizard.language}"]
            wizard.saved_name = jobs._address_values(url)["source_name"] if url else False

    @api.depends("language")
    def _compute_is_language_active(self):
        active = {language_of(code) for code, _name in self.env["res.lang"].get_installed()}
        for wizard in self:
            wizard.is_language_active = wizard.language in active

    @api.depends("sample")
    def _compute_found_text(self):
        for wizard in self:
            found = wizard.sample and Detection.from_json(wizard.sample["detection"])
            wizard.found_text = wizard._describe(found) if found else False

    @api.depends("sample", "column_ids.target", "language", "channel_id")
    def _compute_preview(self):
        for wizard in self:
            wizard.mapping_problem = wizard.preview = False
            if not wizard.sample:
                continue
            wizard.mapping_problem = wizard._mapping_problem()
            found = Detection.from_json(wizard.sample["detection"])
            rows = [(number, cells) for number, cells in wizard.sample["rows"]]
            products, errors = preview_again(found, wizard._mapping(), rows, wizard._options())
            messages = [
                (error.row_number, say_kept(self.env, error.message, error.sentence.kept()))
                for error in errors
            ]
            wizard.preview = wizard._preview_table(
                products, sorted([*messages, *map(tuple, wizard.sample["errors"])])
            )

    # === ACTIONS === #

    def action_fill_fr(self):
        """The channel's French feed."""
        return self._fill("fr")

    def action_fill_de(self):
        """The channel's German feed."""
        return self._fill("de")

    def action_fill_en(self):
        """The channel's English feed."""
        return self._fill("en")

    def action_preview(self):
        """Show the first rows, and what the columns were taken for."""
        self.ensure_one()
        check_caller(self.channel_id, USER, "read")
        try:
            with tempfile.NamedTemporaryFile() as file:
                self._write_source(file)
                file.flush()
                found = preview(Path(file.name), rows=PREVIEW_ROWS, options=self._options())
        except UnreadableFeed as error:
            message = say_kept(self.env, str(error), error.sentence.kept())
            raise UserError(message) from None
        except OrionError as error:
            raise UserError(say(self.env, error)) from None
        self._take_sample(found)
        return True

    def action_as_recognised(self):
        """Forget what was chosen for these columns."""
        self.ensure_one()
        check_caller(self.channel_id, USER, "read")
        found = Detection.from_json(self.sample["detection"])
        self.env["orion.feed.mapping"]._remember(self.channel_id, found.columns, None)
        recognised = recognised_mapping(found, self._options())
        for line in self.column_ids:
            line.target = recognised.fields.get(line.name) or False
        self.is_remembered = False
        return True

    def action_activate_language(self):
        """Make the feed's language one of Odoo's."""
        self.ensure_one()
        check_caller(self.channel_id, MANAGER, "read")
        languages = self.env["res.lang"].sudo().with_context(active_test=False)
        found = languages.search([("iso_code", "=", self.language)], limit=1)
        found = found or languages.search([("code", "=like", f"{self.language}_%")], limit=1)
        install = self.env["base.language.install"].sudo()
        install.create({"lang_ids": [(6, 0, found.ids)], "overwrite": False}).lang_install()
        return True

    def action_start(self):
        """Start the import in the background, and open it."""
        self.ensure_one()
        check_caller(self.channel_id, USER, "read")
        jobs = self.env["orion.import.job"]
        values = jobs._checked_arguments(
            self._url(),
            self.source == "file" and self.content,
            self.language,
            self.batch_size,
        )
        if self.source == "file" and self.filename:
            values["source_name"] = self.filename
        values |= {"is_full": self.is_full, "corrects_id": self.corrects_id.id}
        if self.sample:
            values["mapping"] = self._remember_mapping()
        elif self.corrects_id:
            values["mapping"] = self.corrects_id.sudo().mapping
        return jobs._start(self.channel_id, values)._action_open()

    # === BUSINESS === #

    def _fill(self, language):
        self.ensure_one()
        self.write({"source": "saved", "language": language})
        return self.action_preview()

    def _options(self):
        return ReadOptions(language=self.language, channel=self.channel_id._feed_columns())

    def _url(self):
        if self.source == "saved":
            url = self.channel_id.sudo()[f"feed_url_{self.language}"]
            if not url:
                raise UserError(
                    self.env._(
                        "The channel has no feed in this language. Choose another source, or "
                        "enter the feed's address in the channel."
                    )
                )
            return url
        return self.source == "address" and self.source_url

    def _write_source(self, file):
        """The file, or as much of it as the first rows need."""
        if self.source == "file":
            if not self.content:
                raise UserError(self.env._("Choose the file of the feed first."))
            file.write(base64.b64decode(self.content))
            return
        jobs = self.env["orion.import.job"]
        url = jobs._address_values(self._url() or "")["source_url"]
        jobs._download(url, file, PREVIEW_BYTES, PREVIEW_SECONDS, cut=True)
        if file.tell() < PREVIEW_BYTES:
            return
        file.seek(0)
        if sniff_container(file.read(HEAD)) is Container.PLAIN:
            # up to the last whole row
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1 or PREVIEW_BYTES)
            return
        file.seek(0)
        file.truncate()
        jobs._download(url, file, LARGEST_PREVIEW, PREVIEW_SECONDS)

    def _take_sample(self, found):
        remembered = self.channel_id._remembered_mapping(found.detection.columns)
        if self.corrects_id:
            remembered = self.corrects_id.sudo().mapping or remembered
        chosen = ColumnMapping.from_json(remembered) if remembered else None
        mapping = recognised_mapping(found.detection, self._options(), chosen)
        whole = {number for number, _cells in found.whole}
        broken = [
            (error.row_number, say_kept(self.env, error.message, error.sentence.kept()))
            for error in found.errors
            if error.row_number not in whole
        ]
        self.column_ids.unlink()
        self.write(
            {
                "sample": {
                    "detection": found.detection.to_json(),
                    "rows": [
                        [number, [cell[:1000] for cell in row]] for number, row in found.whole
                    ],
                    "errors": broken,
                },
                "is_remembered": bool(remembered),
                "column_ids": [
                    (
                        0,
                        0,
                        {
                            "name": name,
                            "target": mapping.fields.get(name) or False,
                            "examples": _examples(found.whole, place),
                        },
                    )
                    for place, name in enumerate(found.detection.columns)
                ],
            }
        )

    def _mapping(self):
        return ColumnMapping({line.name: line.target or "" for line in self.column_ids})

    def _mapping_problem(self):
        """What is wrong with the columns as they are chosen, or False."""
        labels = dict(self.env["orion.import.wizard.column"]._select_target())
        mapping = self._mapping()
        if mapping.missing:
            names = ", ".join(labels[name] for name in mapping.missing)
            return self.env._("Choose the column of: %(names)s.", names=names)
        targets = [
            line.target
            for line in self.column_ids
            if line.target and line.target not in (IGNORED_FIELD, _REPEATABLE)
        ]
        twice = sorted({labels[name] for name in targets if targets.count(name) > 1})
        if twice:
            return self.env._(
                "Two columns are chosen for: %(names)s. Choose one.", names=", ".join(twice)
            )
        return False

    def _remember_mapping(self):
        """The chosen columns, kept for the next feed of this kind unless we know them anyway."""
        problem = self._mapping_problem()
        if problem:
            raise UserError(problem)
        found = Detection.from_json(self.sample["detection"])
        mapping = self._mapping().to_json()
        if not self.corrects_id:
            recognised = recognised_mapping(found, self._options()).to_json()
            kept = None if mapping == recognised else mapping
            self.env["orion.feed.mapping"]._remember(self.channel_id, found.columns, kept)
        return mapping


def _examples(rows, place):
    cells = dict.fromkeys(row[place].strip() for _number, row in rows if row[place].strip())
    text = " · ".join(list(cells)[:3])
    return text if len(text) <= 100 else f"{text[:99]}…"
