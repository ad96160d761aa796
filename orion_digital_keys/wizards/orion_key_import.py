import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base import log_redaction, secrets
from odoo.addons.orion_base.sentences import say, say_text

from .. import vault
from ..key_store import NewKey, add_keys
from ..lib.key_list import (
    LINE_SENTENCES,
    WHOLE_LINE,
    LineProblem,
    UnreadableKeyList,
    harmless_name,
    read_key_list,
    read_pasted,
)

#: Rows the preview shows: of what is wrong, and of what will be imported.
SHOWN_PROBLEMS, SHOWN_KEYS = 200, 5
_KINDS = {"key": "text", "image": "image", "link": "link"}
_GIVEN = {"pasted", "content"}
#: Changed, these make the preview that of another list.
_PREVIEWED = {*_GIVEN, "product_id", "company_id", "source"}
#: No column was chosen by a person.
FIND_COLUMN = -2

log_redaction.protect(models={"orion.key.import"})


class OrionKeyImport(models.TransientModel):
    """Asks for keys, shows what would be imported, and imports it.

    What was given is encrypted before a row of this dialog is written.
    """

    _name = "orion.key.import"
    _description = "Import of Keys"

    product_id = fields.Many2one(
        "product.product",
        required=True,
        domain=[("orion_is_digital", "=", True)],
        help="Whose keys these are. Products are listed here once “Digital Key” is ticked.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    delivery_method = fields.Selection(related="product_id.orion_delivery_method")
    source = fields.Selection(
        [("paste", "Paste"), ("file", "File")],
        required=True,
        compute="_compute_source",
        store=True,
        readonly=False,
        precompute=True,
    )
    pasted = fields.Text(
        string="Keys", store=False, copy=False, exportable=False, help="One a line."
    )
    content = fields.Binary(string="File", store=False, copy=False, exportable=False)
    filename = fields.Char()
    sealed = fields.Text(copy=False, exportable=False, groups=fields.NO_ACCESS)
    unit_cost = fields.Monetary(string="Cost of a Key", help="Without tax; the margin rests on it.")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    expires_on = fields.Date(
        help="Last day on which these keys can be activated. Those that expire first leave first."
    )

    is_previewed = fields.Boolean(readonly=True)
    was_previewed = fields.Boolean(
        readonly=True, help="A person looks at previews, so that none is left out."
    )
    given_name = fields.Char(
        string="File Read",
        compute="_compute_given_name",
        help="The file that was given last; choose another one to replace it.",
    )
    key_count = fields.Integer(string="New Keys", readonly=True)
    alike_count = fields.Integer(
        string="Nearly the Same",
        readonly=True,
        help="New keys that differ from another one by nothing but capitals, blanks or dashes.",
    )
    take_alike = fields.Boolean(
        string="Import These Too",
        help="Off: of keys that differ by nothing but capitals, blanks or dashes the pool keeps "
        "the first, so that nobody gets a key that another one has. On: they are keys of their "
        "own.",
    )
    unusual_count = fields.Integer(string="Unusual", readonly=True)
    duplicate_count = fields.Integer(string="Duplicates", readonly=True)
    damaged_count = fields.Integer(string="Damaged", readonly=True)
    take_unusual = fields.Boolean(string="Import Unusual Ones Too")
    column = fields.Integer(readonly=True, default=FIND_COLUMN)
    column_ids = fields.One2many("orion.key.import.column", "wizard_id", string="Columns")
    line_ids = fields.One2many("orion.key.import.line", "wizard_id", string="Lines", readonly=True)

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Import Keys")

    @api.depends("delivery_method")
    def _compute_source(self):
        for wizard in self:
            is_image = wizard.delivery_method == "image"
            wizard.source = "file" if is_image else wizard.source or "paste"

    @api.depends("filename", "source")
    def _compute_given_name(self):
        for wizard in self:
            is_there = wizard.source == "file" and wizard.sudo().sealed
            wizard.given_name = is_there and (wizard.filename or self.env._("A file"))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create([_without_given(vals) for vals in vals_list])
        for wizard, vals in zip(wizards, vals_list, strict=True):
            wizard._keep(vals)
        return wizards

    def write(self, vals):
        result = super().write(_without_given(vals))
        self._keep(vals)
        if _PREVIEWED & vals.keys():
            super().write({"is_previewed": False, "column": FIND_COLUMN})
        return result

    def _keep(self, vals):
        """Encrypt what was given; `pasted` or `content`, whichever came last."""
        given = vals.get("content") or vals.get("pasted")
        if given:
            kind = "content" if vals.get("content") else "pasted"
            text = given.decode() if isinstance(given, bytes) else given
            self.sudo().write({"sealed": secrets.encrypt(self.env, f"{kind}:{text}")})

    # === ACTIONS === #

    def action_preview(self):
        """Show what would be imported, and what is wrong with the rest."""
        self.ensure_one()
        self._check_caller()
        self._show(self._read())
        return True

    def action_import(self):
        """Put the keys in the pool, and open their batch. Where a preview was shown and another
        list was given since, that is shown first."""
        self.ensure_one()
        self._check_caller()
        if self.was_previewed and not self.is_previewed:
            return self.action_preview()
        found = self._read()
        taken = self._taken(found)
        batch = self._create_batch()
        kind = _KINDS[self.delivery_method]
        result = add_keys(
            batch, [NewKey(entry.value, kind=kind, filename=entry.filename) for entry in taken]
        )
        if not result.key_ids:
            raise UserError(
                self.env._("No key was imported: the product has had all of them already.")
            )
        self.sudo().write({"sealed": False})
        lines = len(found.entries) + len(found.bad_lines)
        return self._open_batch(batch, len(result.key_ids), lines - len(result.key_ids))

    # === PRIVATE === #

    def _check_caller(self):
        keys = self.env["orion.digital.key"]
        keys._checked_product(self.product_id.id)
        keys._checked_company(self.company_id.id)

    def _read(self):
        """The `KeyList` of what was given.

        :raise UserError: when there is none in it
        """
        sealed = self.sudo().sealed
        if not sealed:
            raise UserError(self.env._("Paste the keys, or choose their file first."))
        kind, _colon, text = secrets.decrypt(self.env, sealed).partition(":")
        column = None if self.column == FIND_COLUMN else self.column
        method = self.delivery_method
        try:
            if kind == "pasted":
                return read_pasted(text, method=method, column=column)
            return read_key_list(
                base64.b64decode(text), method=method, filename=self.filename or "", column=column
            )
        except UnreadableKeyList as error:
            raise UserError(say(self.env, error)) from None

    def _show(self, found):
        known, alike = self._known(found), self._alike(found)
        fresh = [entry for entry in found.entries if entry.number not in known]
        twins = [entry for entry in fresh if entry.number in alike]
        unusual = [entry for entry in fresh if entry.is_unusual and entry.number not in alike]
        duplicates = sum(line.problem is LineProblem.DUPLICATE for line in found.bad_lines)
        self.line_ids.unlink()
        self.column_ids.unlink()
        self.write(
            {
                "is_previewed": True,
                "was_previewed": True,
                "key_count": len(fresh) - len(unusual) - len(twins),
                "alike_count": len(twins),
                "unusual_count": len(unusual),
                "duplicate_count": duplicates + len(known),
                "damaged_count": len(found.bad_lines) - duplicates,
                "line_ids": [(0, 0, values) for values in self._line_values(found, known, alike)],
                "column_ids": [(0, 0, values) for values in self._column_values(found)],
            }
        )

    def _taken(self, found):
        """Entries that are imported: without what is unusual, and what is nearly the same as
        another one, unless somebody wants them."""
        alike = {} if self.take_alike else self._alike(found)
        return [
            entry
            for entry in found.entries
            if entry.number not in alike and (self.take_unusual or not entry.is_unusual)
        ]

    def _known(self, found):
        """Lines whose key the product has had already, available or not."""
        hashes = vault.value_hashes(self.env, [entry.value for entry in found.entries])
        known = self.env["orion.digital.key"].sudo()._known_hashes(self.product_id, hashes)
        pairs = zip(found.entries, hashes, strict=True)
        return {entry.number for entry, value_hash in pairs if value_hash in known}

    def _alike(self, found):
        """`{line: sentence}` of keys that are nearly the same as another one."""
        if self.delivery_method != "key":
            return {}
        hashes = vault.likeness_hashes(self.env, [entry.value for entry in found.entries])
        keys = self.env["orion.digital.key"].sudo()
        known = keys._known_hashes(self.product_id, hashes, "likeness_hash")
        result = {}
        for entry, likeness in zip(found.entries, hashes, strict=True):
            if likeness in known:
                result[entry.number] = LINE_SENTENCES[LineProblem.ALIKE_KNOWN]
            elif entry.alike:
                result[entry.number] = LINE_SENTENCES[LineProblem.ALIKE].fill(first=entry.alike)
        return result

    def _line_values(self, found, known, alike):
        """What the preview shows: first what is wrong, then some of what is taken."""
        rows = [(line.number, line.masked, [line.sentence], False) for line in found.bad_lines]
        good = []
        for entry in found.entries:
            sentences = self._sentences_of(entry, known, alike)
            is_taken = not (entry.number in known or entry.number in alike or entry.is_unusual)
            if sentences:
                rows.append((entry.number, entry.masked, sentences, is_taken))
            else:
                good.append({"number": entry.number, "masked": entry.masked, "is_taken": True})
        rows.sort(key=lambda row: row[0])
        return [
            {
                "number": number,
                "masked": masked,
                "problem": " ".join(say_text(self.env, sentence) for sentence in sentences),
                "is_taken": is_taken,
            }
            for number, masked, sentences, is_taken in rows[:SHOWN_PROBLEMS]
        ] + good[:SHOWN_KEYS]

    def _sentences_of(self, entry, known, alike):
        """What is to be said of a line that can be read; nothing of most."""
        if entry.number in known:
            return [LINE_SENTENCES[LineProblem.KNOWN]]
        unusual = [LINE_SENTENCES[LineProblem.UNUSUAL]] if entry.is_unusual else []
        return unusual + ([alike[entry.number]] if entry.number in alike else [])

    def _column_values(self, found):
        if not found.columns:
            return []
        number = self.env._("Column %(number)s")
        rows = [
            {
                "index": column.index,
                "name": column.name or number % {"number": column.index + 1},
                "example": column.example,
                "is_chosen": column.index == found.column,
            }
            for column in found.columns
        ]
        whole = {"index": WHOLE_LINE, "name": self.env._("The whole line")}
        return [*rows, {**whole, "is_chosen": found.column == WHOLE_LINE}]

    def _create_batch(self):
        keys = self.env["orion.digital.key"].with_company(self.company_id)
        return keys._make_batch(
            self.product_id,
            self.company_id,
            self.source,
            file_name=self.source == "file" and self.filename,
            unit_cost=self.unit_cost,
            currency_id=self.currency_id.id,
            expires_on=self.expires_on,
        )

    def _open_batch(self, batch, imported, left_out):
        message = self.env._("%(count)s keys are in the pool now.", count=imported)
        if left_out:
            message += " " + self.env._("Left out: %(count)s.", count=left_out)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {
                    "type": "ir.actions.act_window",
                    "res_model": batch._name,
                    "res_id": batch.id,
                    "views": [(False, "form")],
                    "target": "main",
                },
            },
        }


def _without_given(vals):
    kept = {name: value for name, value in vals.items() if name not in _GIVEN}
    if kept.get("filename"):
        kept["filename"] = harmless_name(kept["filename"])
    return kept
