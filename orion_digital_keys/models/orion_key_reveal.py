from odoo import fields, models


class OrionKeyReveal(models.Model):
    """Somebody looked at a key in clear: lines are appended, never changed."""

    _name = "orion.key.reveal"
    _description = "Key Shown"
    _order = "id desc"
    _rec_name = "key_id"

    key_id = fields.Many2one(
        "orion.digital.key", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="key_id.company_id", store=True, index=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    place = fields.Selection(
        [("staff", "Back Office"), ("portal", "Portal"), ("link", "Signed Link")],
        required=True,
        readonly=True,
        default="staff",
    )
    address = fields.Char(string="From", readonly=True, help="Network address of who looked.")
    create_date = fields.Datetime(string="At", readonly=True)
