from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_compare

from .sale_order_late import BEFORE_SHIPMENT


class SaleOrder(models.Model):
    """Orders at the packing table."""

    _inherit = "sale.order"

    orion_goods_left = fields.Char(
        string="Left to Ship",
        compute="_compute_orion_goods_left",
        compute_sudo=True,
        help="Goods that have not left, with their quantities.",
    )
    orion_partly_shipped = fields.Boolean(
        string="A Part Has Left",
        compute="_compute_orion_partly_shipped",
        search="_search_orion_partly_shipped",
        compute_sudo=True,
    )
    orion_is_gift = fields.Boolean(
        string="Gift", copy=False, help="The packing slip shows no prices."
    )
    orion_gift_message = fields.Text(
        string="Gift Note", copy=False, help="Printed on the packing slip."
    )
    orion_label_ids = fields.One2many("orion.shipping.label", "order_id", string="Labels")
    orion_age_days = fields.Integer(
        string="Days Waiting",
        compute="_compute_orion_age_days",
        help="Whole days since the order was confirmed.",
    )

    @api.depends("order_line.orion_shipped_quantity", "order_line.product_uom_qty")
    def _compute_orion_goods_left(self):
        for order in self:
            order.orion_goods_left = ", ".join(
                f"{line.product_uom_qty - line.orion_shipped_quantity:g} × "
                f"{line.orion_product_name or line.product_id.display_name}"
                for line in order._orion_goods_lines()
                if float_compare(
                    line.product_uom_qty, line.orion_shipped_quantity, precision_digits=6
                )
                > 0
            )

    @api.depends("order_line.orion_shipped_quantity", "order_line.product_uom_qty")
    def _compute_orion_partly_shipped(self):
        for order in self:
            order.orion_partly_shipped = order._orion_is_partly_shipped()

    @api.model
    def _search_orion_partly_shipped(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["sale.order.line"].sudo()
        begun = lines.search(
            [
                ("orion_shipped_quantity", ">", 0),
                ("order_id.orion_status", "in", BEFORE_SHIPMENT),
            ]
        ).order_id
        found = Domain("id", "in", begun.filtered("orion_partly_shipped").ids)
        return found if True in value else ~found

    @api.depends("orion_confirmed_at")
    def _compute_orion_age_days(self):
        now = fields.Datetime.now()
        for order in self:
            confirmed = order.orion_confirmed_at
            order.orion_age_days = (now - confirmed).days if confirmed else 0

    # === ACTIONS === #

    def action_orion_open_batch(self):
        """Ship these orders: labels, slips and tracking numbers on one page."""
        return self.env["orion.shipping.batch"]._open_for(self)

    def action_orion_label(self):
        """The order's label: its file, or its page while there is none."""
        self.ensure_one()
        url = self._orion_label_url()
        label = self.orion_label_ids.filtered("attachment_id")._for_address(url)[:1]
        if label:
            return label.action_open()
        if not url:
            return self._orion_notify(self._orion_no_label_reason(), "warning")
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # === PRIVATE === #

    def _orion_no_label_reason(self):
        """Why an order has no address of a label, and what to do."""
        self.ensure_one()
        order = self.sudo()
        if not order.orion_shipment_number:
            return self.env._("The marketplace gave no shipment number, so there is no label.")
        if not order.carrier_id:
            if order.orion_shipping_carrier:
                return self.env._(
                    "Carrier “%(name)s” is not known here. Map it in Configuration → Unknown "
                    "Carriers.",
                    name=order.orion_shipping_carrier,
                )
            return self.env._("No carrier is known. Choose one.")
        return self.env._(
            "%(carrier)s has no label URL prefix. Set it in Settings → Shipping.",
            carrier=order.carrier_id.name,
        )

    def _orion_gone_sentence(self):
        """Why an order is not shipped any more."""
        labels = dict(self._fields["orion_status"]._description_selection(self.env))
        return self.env._(
            "%(order)s is “%(status)s” meanwhile: take it off the table.",
            order=self.orion_order_number or self.name,
            status=labels.get(self.orion_status, "–"),
        )

    def _orion_slip_lines(self, delivery=None):
        """What stands on the packing slip of a parcel.

        :param delivery: the parcel's; without it the next one that leaves, else the last
        :return: `[(order line, its quantity in the parcel)]` of all goods of the order
        """
        self.ensure_one()
        order = self.sudo()
        parcel = (delivery and delivery.sudo()) or order._orion_label_delivery()
        lines = order._orion_goods_lines()
        if parcel:
            held = parcel._orion_held_quantities()
            return [(line, held.get(line, 0.0)) for line in lines]
        if order._orion_all_shipped():
            return [(line, line.product_uom_qty) for line in lines]
        return [(line, line.product_uom_qty - line.orion_shipped_quantity) for line in lines]

    def _orion_slip_parts(self, delivery=None):
        """`{order line: text}`: the components in a parcel of what is not whole in it.

        :param delivery: as of `_orion_slip_lines`
        """
        self.ensure_one()
        parcel = (delivery or self._orion_label_delivery()).sudo()
        return parcel._orion_parts_texts() if parcel else {}
