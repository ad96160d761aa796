from odoo import api, fields, models


class OrionOrderShip(models.TransientModel):
    """Notes what has left the house; the marketplace is not told."""

    _name = "orion.order.ship"
    _description = "Mark Marketplace Orders as Shipped"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True)
    tracking_number = fields.Char(compute="_compute_known", store=True, readonly=False)
    tracking_url = fields.Char(
        string="Tracking Link", compute="_compute_known", store=True, readonly=False
    )
    shipping_carrier = fields.Char(
        string="Carrier Code",
        compute="_compute_known",
        store=True,
        readonly=False,
        help="Our code of the carrier, such as greco, dhl or post_lu.",
    )
    validate_delivery = fields.Boolean(
        default=True,
        help="Odoo's open delivery is validated too, as far as the goods have left. Where that "
        "cannot be done, because goods are not in stock, the order is not marked as shipped.",
    )
    line_ids = fields.One2many(
        "orion.order.ship.line",
        "wizard_id",
        string="Goods",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("order_ids")
    def _compute_known(self):
        """What is known of all the orders alike."""
        for wizard in self:
            orders = wizard.order_ids
            wizard.tracking_number = orders._orion_common("orion_tracking_number")
            wizard.tracking_url = orders._orion_common("orion_tracking_url")
            wizard.shipping_carrier = orders._orion_common("orion_shipping_carrier")

    @api.depends("order_ids")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create(
                    {
                        "order_line_id": line.id,
                        "quantity": line.product_uom_qty - line.orion_shipped_quantity,
                    }
                )
                for line in wizard.order_ids._origin._orion_goods_lines()
                if line.product_uom_qty > line.orion_shipped_quantity
            ]

    def action_ship(self):
        """Mark as shipped what the wizard lists."""
        self.ensure_one()
        lines = [
            {"line_id": line.order_line_id.id, "quantity": line.quantity}
            for line in self.line_ids
            if line.quantity > 0
        ]
        result = self.order_ids.orion_mark_shipped(
            tracking_number=self.tracking_number or "",
            tracking_url=self.tracking_url or "",
            shipping_carrier=self.shipping_carrier or "",
            lines=lines,
            validate_delivery=self.validate_delivery,
        )
        return self.order_ids._orion_notify_and_close(result)
