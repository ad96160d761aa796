from odoo import api, fields, models

from ..lib.reading import FIELD_NAMES, IGNORED_FIELD


class OrionImportWizardColumn(models.TransientModel):
    """A column of a feed, and the field that it fills."""

    _name = "orion.import.wizard.column"
    _description = "Column of a Product Feed"
    _order = "id"

    wizard_id = fields.Many2one("orion.import.wizard", required=True, ondelete="cascade")
    name = fields.Char(string="Column", readonly=True)
    examples = fields.Char(string="In the Feed", readonly=True)
    target = fields.Selection(
        "_select_target", string="Becomes", help="Empty: kept among the further columns."
    )

    @api.model
    def _select_target(self):
        """Fields of a staged product, the required ones first."""
        labels = self.env["orion.marketplace.product"].fields_get(list(FIELD_NAMES), ["string"])
        return [
            *((name, labels[name]["string"]) for name in FIELD_NAMES),
            (IGNORED_FIELD, self.env._("Not imported")),
        ]
