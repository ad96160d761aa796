import json

from markupsafe import Markup

from odoo import api, models

from ..lib.redaction import Redactor

#: Keys of an error entry that are shown in columns of their own.
MESSAGE_KEYS = ("message", "error")


class OrionJsonScreen(models.AbstractModel):
    """Shows JSON fields to people: indented, secrets masked, errors as a table."""

    _name = "orion.json.screen"
    _description = "Readable JSON"

    @api.model
    def _pretty_json(self, value):
        """`value` as indented JSON without secrets; False when there is nothing to show."""
        if not value:
            return False
        return Redactor()(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))

    @api.model
    def _error_table(self, entries):
        """HTML table of error entries: the sentence, and behind it what else is known.

        :param entries: list of dicts or strings, as `orion.sync.log.error_details` holds them
        """
        if not entries:
            return False
        rows = Markup().join(self._error_row(entry) for entry in entries)
        return Markup(
            '<table class="table table-sm o_orion_errors"><thead><tr><th>%s</th><th>%s</th></tr>'
            "</thead><tbody>%s</tbody></table>"
        ) % (self.env._("Error"), self.env._("Details"), rows)

    @api.model
    def _error_row(self, entry):
        redact = Redactor()
        if not isinstance(entry, dict):
            return Markup("<tr><td>%s</td><td></td></tr>") % redact(str(entry))
        message = next((entry[key] for key in MESSAGE_KEYS if entry.get(key)), "")
        details = [
            f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
            for key, value in entry.items()
            if key not in MESSAGE_KEYS and value not in (None, False, "")
        ]
        return Markup("<tr><td>%s</td><td>%s</td></tr>") % (
            redact(str(message)),
            Markup("<br/>").join(redact(detail) for detail in details),
        )
