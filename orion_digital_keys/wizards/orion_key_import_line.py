from odoo import fields, models


class OrionKeyImportLine(models.TransientModel):
    """A line of the preview: masked, and what is wrong with it."""

    _name = "orion.key.import.line"
    _description = "Line of a List of Keys"
    _order = "id"

    wizard_id = fields.Many2one("orion.key.import", required=True, index=True, ondelete="cascade")
    number = fields.Integer(string="Line", readonly=True)
    masked = fields.Char(string="Key", readonly=True)
    problem = fields.Char(string="What Is Wrong", readonly=True)
    is_taken = fields.Boolean(string="Will Be Imported", readonly=True)
