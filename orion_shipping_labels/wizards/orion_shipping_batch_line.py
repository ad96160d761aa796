from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_orders.models.sale_order_ship import TRACKABLE

from ..lib.parcel_number import clean_number
from ..models.sale_order_track import OWN_DELIVERIES


class OrionShippingBatchLine(models.TransientModel):
    """One order at the packing table."""

    _name = "orion.shipping.batch.line"
    _description = "Order to Ship"
    _order = "sequence, id"

    batch_id = fields.Many2one("orion.shipping.batch", required=True, ondelete="cascade")
    sequence = fields.Integer()
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    order_number = fields.Char(related="order_id.orion_order_number")
    partner_id = fields.Many2one(related="order_id.partner_shipping_id")
    shipment_number = fields.Char(related="order_id.orion_shipment_number")
    order_status = fields.Selection(related="order_id.orion_status")
    goods_text = fields.Char(string="Left to Ship", related="order_id.orion_goods_left")
    carrier_id = fields.Many2one(
        "delivery.carrier",
        compute="_compute_carrier_id",
        store=True,
        readonly=False,
        domain="[('orion_code', '!=', False)]",
    )
    tracking_number = fields.Char(
        compute="_compute_tracking_number",
        store=True,
        readonly=False,
        help="Scan or type it. Carriers that track by the shipment number have it already.",
    )
    label_id = fields.Many2one(
        "orion.shipping.label", string="Kept Label", readonly=True, ondelete="set null"
    )
    label_state = fields.Selection(related="label_id.state", string="Label")
    label_problem = fields.Char(related="label_id.error_text")
    printed_at = fields.Datetime(related="label_id.printed_at")
    result = fields.Selection(
        [("open", "Open"), ("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        default="open",
        required=True,
        readonly=True,
    )
    message = fields.Char(readonly=True)
    said = fields.Text(string="What Happened", compute="_compute_said")

    @api.depends("order_id")
    def _compute_carrier_id(self):
        for line in self:
            line.carrier_id = line.order_id.sudo().carrier_id

    @api.depends("order_id", "carrier_id")
    def _compute_tracking_number(self):
        for line in self:
            order = line.order_id.sudo()
            delivery = order._orion_label_delivery()
            number = delivery.carrier_tracking_ref or (
                order.orion_tracking_number if not order._orion_is_partly_shipped() else ""
            )
            typed, shipment = line.tracking_number, order.orion_shipment_number
            if line.carrier_id.sudo().orion_uses_shipment_number:
                number = number or shipment
            elif typed == shipment:
                # it was the number of the carrier that was chosen before
                typed = False
            line.tracking_number = typed or number or False

    @api.depends("message", "label_id.error_text")
    def _compute_said(self):
        for line in self:
            line.said = line.message or line.label_problem

    # === ACTIONS === #

    def action_open_label(self):
        """The label's file, or its page."""
        self.ensure_one()
        return self.label_id.action_open()

    def action_open_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS === #

    def _find_labels(self):
        """Labels that are kept already."""
        labels = self.env["orion.shipping.label"].search(
            [("order_id", "in", self.order_id.ids)], order="id"
        )
        by_order = {label.order_id.id: label.id for label in labels}
        for line in self:
            line.label_id = by_order.get(line.order_id.id, False)

    def _carry_chosen(self):
        """Orders are carried by what was chosen in their rows."""
        for carrier, lines in self.filtered("carrier_id").grouped("carrier_id").items():
            others = lines.order_id.sudo().filtered(
                lambda order, carrier=carrier: order.carrier_id != carrier
            )
            if others:
                others.carrier_id = carrier

    def _ship(self):
        """Ship each of these for itself: what one cannot, the others do."""
        for line in self:
            done, error = line.order_id._orion_try(lambda _order, line=line: line._ship_one())
            if error is not None:
                line._note("failed", str(error))
            else:
                line._note("done", done)

    def _ship_one(self):
        """:return: the sentence of what was done
        :raise UserError: what stops it
        """
        self.ensure_one()
        order, number = self.order_id, clean_number(self.tracking_number or "")
        if order.orion_status not in TRACKABLE:
            raise UserError(order._orion_gone_sentence())
        if not number:
            raise UserError(
                self.env._("There is no tracking number. Scan or type the one of the parcel.")
            )
        carrier = self.carrier_id.sudo().orion_code or order.orion_shipping_carrier or ""
        has_left = bool(self.batch_id.validate_delivery and order._orion_open_deliveries())
        if has_left:
            self._deliver(number, carrier)
        elif not self.batch_id.tell_marketplace:
            order.orion_mark_shipped(
                tracking_number=number, shipping_carrier=carrier, validate_delivery=False
            )
        if self.batch_id.tell_marketplace:
            return self._tell(number, carrier, has_left)
        return order._orion_shipped_message()

    def _deliver(self, number, carrier):
        """Validate the open delivery with what is reserved in it, or all where nothing is set."""
        order = self.order_id
        lines = order._orion_reserved_lines()
        if not lines:
            raise UserError(order._orion_nothing_reserved())
        order.orion_mark_shipped(
            tracking_number=number, shipping_carrier=carrier, lines=lines, validate_delivery=True
        )

    def _tell(self, number, carrier, has_left):
        order = self.order_id
        if has_left:
            # all parcels of the order, which their deliveries know already
            number = order.sudo()._orion_left_tracking()[0] or number
            order = order.with_context(**{OWN_DELIVERIES: ()})
        order.orion_set_tracking(tracking_number=number, tracking_carrier=carrier)
        left = order.orion_goods_left
        if left:
            return self.env._("Tracking on its way. Left to ship: %(goods)s", goods=left)
        return self.env._("Tracking is on its way to the marketplace.")

    def _note(self, result, message):
        self.write({"result": result, "message": message})

    def _clear_label_problem(self):
        if self.result == "failed":
            self._note("open", False)

    def _note_not_printed(self, kind):
        """Say why the label of this row is in no print."""
        label = self.label_id
        if self.result == "done" or (label.kind and label.kind != kind):
            return
        if not label:
            self.message = self.order_id._orion_no_label_reason()
        elif label.state == "link":
            self.message = self.env._("Its address gives a page: open it and print there.")
        elif label.state == "failed":
            self.message = label.error_text
        elif label.state == "waiting":
            self.message = self.env._("Its label is still being fetched.")
        elif not label.can_merge:
            self.message = self.env._(
                "%(problem)s Open it and print it alone.", problem=label.error_text
            )
        else:
            self.message = self.env._(
                "Printed already on %(date)s by %(user)s. “Print Again” prints it once more.",
                date=fields.Datetime.context_timestamp(self, label.printed_at).strftime(
                    "%Y-%m-%d %H:%M"
                ),
                user=label.printed_by_id.name,
            )
