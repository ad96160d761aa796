from odoo import fields, models

from odoo.addons.orion_base.json_field import ReadableJson

from .sale_order import STATUSES


class OrionOrderStatusHistory(models.Model):
    """A change of an order's status: lines are appended, never changed."""

    _name = "orion.order.status.history"
    _description = "Order Status Change"
    _order = "id desc"
    _rec_name = "to_status"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    from_status = fields.Selection(STATUSES, string="From", readonly=True)
    to_status = fields.Selection(STATUSES, string="To", required=True, readonly=True)
    changed_by = fields.Char(
        string="By",
        required=True,
        readonly=True,
        help="Who brought it about: user:<id> for what a person decided here, marketplace:<code> "
        "for what was decided there, or system. That the marketplace has confirmed a person's "
        "decision stands in the details.",
    )
    changed_by_name = fields.Char(string="Changed By", compute="_compute_changed_by_name")
    reason = fields.Char(readonly=True)
    details = ReadableJson(readonly=True)
    create_date = fields.Datetime(string="At", readonly=True)

    def _compute_changed_by_name(self):
        """The name behind `changed_by`; it is not stored, names change."""
        user_ids = {
            line.id: int(line.changed_by.partition(":")[2])
            for line in self
            if line.changed_by.startswith("user:")
        }
        users = self.env["res.users"].sudo().browse(set(user_ids.values())).exists()
        names = {user.id: user.name for user in users}
        for line in self:
            line.changed_by_name = names.get(user_ids.get(line.id), line.changed_by)
