from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.order_status import OrderStatus

STATUSES = [
    ("pending", "Pending"),
    ("confirmed", "Confirmed"),
    ("processing", "Processing"),
    ("ready_for_shipment", "Ready for Shipment"),
    ("shipped", "Shipped"),
    ("delivered", "Delivered"),
    ("fulfilled", "Fulfilled"),
    ("cancelled", "Cancelled"),
    ("refunded", "Refunded"),
    ("partially_refunded", "Partially Refunded"),
]


class SaleOrder(models.Model):
    """One shipment of a marketplace order, or an order made in Odoo itself."""

    _name = "sale.order"
    _inherit = ["sale.order", "orion.protected.mixin"]

    # === FIELDS === #

    orion_channel_id = fields.Many2one(
        "orion.channel",
        string="Channel",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
        check_company=True,
        help="Where it was sold; the storefront for orders made in Odoo.",
    )
    orion_external_id = fields.Char(
        string="Marketplace ID",
        copy=False,
        readonly=True,
        help="The marketplace's id of this shipment.",
    )
    orion_order_external_id = fields.Char(
        string="Marketplace Order ID",
        copy=False,
        readonly=True,
        help="The marketplace's id of the customer's order; several shipments may share it.",
    )
    orion_order_number = fields.Char(
        string="Marketplace Order Number",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The reference the customer knows.",
    )
    orion_channel_order_url = fields.Char(string="On the Marketplace", copy=False, readonly=True)
    orion_status = fields.Selection(
        STATUSES, string="Marketplace Status", copy=False, readonly=True, index=True
    )
    orion_decision = fields.Selection(
        [
            ("undecided", "To Decide"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        string="Marketplace Decision",
        copy=False,
        readonly=True,
        help="What the marketplace knows of this order. Empty for orders made in Odoo.",
    )
    orion_is_history = fields.Boolean(
        string="Order of the Past",
        copy=False,
        readonly=True,
        help="Was decided before it came to Odoo: kept for the record, moves no stock.",
    )
    orion_sync_status = fields.Selection(
        [("synced", "Synced"), ("pending", "Pending"), ("error", "Error")],
        string="Synchronisation",
        copy=False,
        readonly=True,
    )
    orion_sync_error = fields.Text(string="Synchronisation Error", copy=False, readonly=True)
    orion_hold_reason = fields.Char(
        string="On Hold",
        copy=False,
        readonly=True,
        help="Why the order cannot be confirmed yet, beside lines without a product.",
    )
    orion_not_found_at = fields.Datetime(
        string="No Longer Known There Since",
        copy=False,
        readonly=True,
        help="When the marketplace was last read to the end without finding this open order, for "
        "the second time at least.",
    )
    orion_missed_at = fields.Datetime(
        string="Missed Since",
        copy=False,
        readonly=True,
        help="When the marketplace was first read to the end without finding this open order; a "
        "second reading has to agree.",
    )
    orion_vain_looks = fields.Integer(
        string="Looked For in Vain",
        copy=False,
        readonly=True,
        default=0,
        help="Readings in a row that did not tell what became of this order, which is open here "
        "and not among those to decide there.",
    )
    orion_looked_at = fields.Datetime(
        string="Last Looked For",
        copy=False,
        readonly=True,
        help="When the marketplace was last read for what became of this open order.",
    )
    orion_last_synced_at = fields.Datetime(string="Last Synced", copy=False, readonly=True)
    orion_digest = fields.Char(
        copy=False, readonly=True, help="Digest of the newest payload taken over."
    )
    orion_version = fields.Datetime(
        copy=False, readonly=True, help="Time of the newest data taken over; older data is dropped."
    )
    orion_ordered_at = fields.Datetime(string="Ordered At", copy=False, readonly=True)
    orion_confirmed_at = fields.Datetime(string="Confirmed At", copy=False, readonly=True)
    orion_shipped_at = fields.Datetime(string="Shipped At", copy=False, readonly=True)
    orion_delivered_at = fields.Datetime(string="Delivered At", copy=False, readonly=True)
    orion_fulfilled_at = fields.Datetime(
        string="Fulfilled At", copy=False, readonly=True, help="All keys sent and nothing to ship."
    )
    orion_shipment_number = fields.Char(string="Shipment Number", copy=False, readonly=True)
    orion_shipping_carrier = fields.Char(
        string="Carrier Code",
        copy=False,
        readonly=True,
        help="Our code of the carrier, such as greco or dhl.",
    )
    orion_tracking_number = fields.Char(string="Tracking Number", copy=False, readonly=True)
    orion_tracking_url = fields.Char(string="Tracking Link", copy=False, readonly=True)
    orion_requires_shipping = fields.Boolean(
        string="Has Goods to Ship", compute="_compute_orion_shipping", store=True
    )
    orion_is_fully_digital = fields.Boolean(
        string="Fully Digital", compute="_compute_orion_shipping", store=True
    )
    orion_customer_email = fields.Char(string="Customer E-mail", copy=False, readonly=True)
    orion_customer_phone = fields.Char(string="Customer Phone", copy=False, readonly=True)
    orion_marketplace_total = fields.Monetary(
        string="Total at the Marketplace",
        copy=False,
        readonly=True,
        help="What the marketplace says the whole order costs, as information: it may cover "
        "delivery and other stores' shipments.",
    )
    orion_status_history_ids = fields.One2many(
        "orion.order.status.history", "order_id", string="Status History", readonly=True
    )
    orion_unmatched_count = fields.Integer(
        string="Lines without a Product", compute="_compute_orion_unmatched_count"
    )

    # === CONSTRAINTS === #

    _orion_external_id_unique = models.UniqueIndex(
        "(orion_channel_id, orion_external_id) WHERE orion_external_id IS NOT NULL",
        "This marketplace order was imported already.",
    )
    _orion_open_index = models.Index("(orion_channel_id) WHERE orion_decision = 'undecided'")

    # === COMPUTE === #

    @api.depends("order_line.orion_is_digital", "order_line.product_id", "order_line.display_type")
    def _compute_orion_shipping(self):
        for order in self:
            sold = order.order_line.filtered(lambda line: line.product_id and not line.display_type)
            goods = sold._orion_goods()
            order.orion_requires_shipping = bool(goods)
            order.orion_is_fully_digital = bool(sold) and all(sold.mapped("orion_is_digital"))

    @api.depends("order_line.orion_needs_product_match", "order_line.product_uom_qty")
    def _compute_orion_unmatched_count(self):
        for order in self:
            order.orion_unmatched_count = len(order._orion_unmatched_lines())

    @api.depends("order_line.extra_tax_data")
    def _compute_amounts(self):
        super()._compute_amounts()

    def _get_update_prices_lines(self):
        """Sold prices are no list prices."""
        return super()._get_update_prices_lines()._orion_own_lines()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._orion_check_protected(*vals_list)
        vals_list = self._orion_add_storefront(vals_list)
        orders = super(SaleOrder, self._orion_without_defaults()).create(vals_list)
        orders._orion_log_first_status()
        return orders

    def write(self, vals):
        self._orion_check_protected(vals)
        self._orion_check_state_write(vals)
        before = {order.id: order.state for order in self} if "state" in vals else {}
        if vals.get("company_id"):
            vals = self._orion_follow_company(vals)
        result = super().write(vals)
        if {"state", "orion_decision"} & vals.keys():
            self.env["orion.demand"]._note_lines(self.order_line)
        if before:
            self.filtered(lambda order: before[order.id] != order.state)._orion_follow_state()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_marketplace(self):
        for order in self:
            if order.orion_decision:
                raise UserError(
                    self.env._(
                        "%(order)s was sold on %(channel)s and stays for the record. Refuse or "
                        "cancel it instead.",
                        order=order.name,
                        channel=order.sudo().orion_channel_id.name,
                    )
                )

    @api.model
    def _orion_protected_fields(self):
        return super()._orion_protected_fields() | self._orion_readonly_fields("orion_")

    @api.model
    def _orion_instead(self):
        return self.env._(
            "Use the buttons of the order, or orion_confirm, orion_reject and orion_set_status."
        )

    # === STOREFRONT === #

    def _orion_follow_company(self, vals):
        """An order made in Odoo goes to the storefront of its new company; what was bought on a
        marketplace stays with the company that sold it, as `check_company` says."""
        if any(order.orion_decision for order in self):
            return vals
        company = self.env["res.company"].browse(vals["company_id"])
        return {**vals, "orion_channel_id": company._orion_storefront().id}

    def _orion_add_storefront(self, vals_list):
        """Orders made in Odoo belong to their company's storefront channel."""
        channels = {}
        result = []
        for vals in vals_list:
            if vals.get("orion_channel_id"):
                result.append(vals)
                continue
            company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
            if company not in channels:
                channels[company] = company._orion_storefront().id
            result.append(
                {
                    **vals,
                    "orion_channel_id": channels[company],
                    "orion_status": OrderStatus.PENDING.value,
                }
            )
        return result
