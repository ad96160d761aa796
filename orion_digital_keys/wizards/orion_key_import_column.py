from odoo import fields, models


class OrionKeyImportColumn(models.TransientModel):
    """A column of a list that may hold the keys."""

    _name = "orion.key.import.column"
    _description = "Column of a List of Keys"
    _order = "id"

    wizard_id = fields.Many2one("orion.key.import", required=True, index=True, ondelete="cascade")
    index = fields.Integer(readonly=True)
    name = fields.Char(string="Column", readonly=True)
    example = fields.Char(readonly=True)
    is_chosen = fields.Boolean(string="Holds the Keys", readonly=True)

    def action_choose(self):
        """Take the keys from this column."""
        self.ensure_one()
        wizard = self.wizard_id
        wizard.column = self.index
        return wizard.action_preview()
