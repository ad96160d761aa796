from odoo import fields, models


class OrionChannel(models.Model):
    """Settings of a channel that concern orders."""

    _inherit = "orion.channel"

    orion_order_ids = fields.One2many("sale.order", "orion_channel_id", string="Orders")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Delivers the orders of this channel; empty: the company's first one.",
    )
    sales_team_id = fields.Many2one(
        "crm.team",
        check_company=True,
        help="Of the orders of this channel; empty: that of the responsible.",
    )
    rounding_tolerance = fields.Float(
        digits=(16, 2),
        default=0.05,
        help="An order that differs from the sum of its sold prices by up to this much gets a "
        "visible rounding line; one that differs by more is held.",
    )
    notify_by_email = fields.Boolean(
        string="Notify by E-mail Too",
        default=lambda self: self.env.company.orion_notify_by_email,
        help="The responsible is told of imported orders in the inbox; this sends an e-mail, too.",
    )
