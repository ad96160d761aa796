import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_orders.models.sale_order_ship import TRACKABLE

from ..lib.parcel_number import clean_number
from ..models.sale_order_track import OWN_DELIVERIES

_logger = logging.getLogger(__name__)

#: Where a row leads to: the records that its owner must be allowed to read.
_LEADS_TO = ("batch_id", "order_id", "picking_id", "carrier_id", "label_id")


class OrionShippingBatchLine(models.TransientModel):
    """One parcel at the packing table: an order, or one of its open deliveries."""

    _name = "orion.shipping.batch.line"
    _description = "Order to Ship"
    _order = "sequence, id"

    batch_id = fields.Many2one("orion.shipping.batch", required=True, ondelete="cascade")
    sequence = fields.Integer()
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    picking_id = fields.Many2one(
        "stock.picking", string="Delivery", readonly=True, ondelete="set null"
    )
    # no related fields: what a row would lead to is asked for before it is kept, too
    order_number = fields.Char("Marketplace Order Number", compute="_compute_order_facts")
    partner_id = fields.Many2one(
        "res.partner", string="Delivery Address", compute="_compute_order_facts"
    )
    shipment_number = fields.Char(compute="_compute_order_facts")
    order_status = fields.Selection(
        selection="_selection_order_status",
        string="Marketplace Status",
        compute="_compute_order_facts",
    )
    goods_text = fields.Char(string="Left to Ship", compute="_compute_goods_text")
    carrier_id = fields.Many2one(
        "delivery.carrier",
        compute="_compute_carrier_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('orion_code', '!=', False)]",
    )
    tracking_number = fields.Char(
        compute="_compute_tracking_number",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Scan or type it. Carriers that track by the shipment number have it already.",
    )
    label_id = fields.Many2one(
        "orion.shipping.label",
        string="Kept Label",
        compute="_compute_label_id",
        compute_sudo=False,
    )
    label_state = fields.Selection(related="label_id.state", string="Label", related_sudo=False)
    label_problem = fields.Char(related="label_id.error_text", related_sudo=False)
    printed_at = fields.Datetime(related="label_id.printed_at", related_sudo=False)
    result = fields.Selection(
        [("open", "Open"), ("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        default="open",
        required=True,
        readonly=True,
    )
    message = fields.Char(readonly=True)
    said = fields.Text(string="What Happened", compute="_compute_said")

    # === COMPUTE === #

    @api.model
    def _selection_order_status(self):
        return self.env["sale.order"]._fields["orion_status"]._description_selection(self.env)

    @api.depends("order_id.orion_status")
    def _compute_order_facts(self):
        for line in self:
            order = line._readable_order()
            line.order_number = order.orion_order_number
            line.partner_id = order.partner_shipping_id
            line.shipment_number = order.orion_shipment_number
            line.order_status = order.orion_status

    @api.depends("order_id.orion_goods_left", "picking_id")
    def _compute_goods_text(self):
        """Of an order with several open deliveries the row is about one."""
        for line in self:
            order, delivery = line._readable_order(), line.picking_id.sudo()
            line.goods_text = order.orion_goods_left
            still_open = order._orion_open_deliveries()
            if delivery in still_open and (len(still_open) > 1 or delivery._orion_is_dropship()):
                line.goods_text = delivery._orion_goods_text()

    @api.depends("order_id")
    def _compute_carrier_id(self):
        for line in self:
            line.carrier_id = line._readable_order().carrier_id

    @api.depends("order_id", "picking_id", "carrier_id")
    def _compute_tracking_number(self):
        for line in self:
            order = line._readable_order()
            typed, shipment = line.tracking_number, order.orion_shipment_number
            number = order and order._orion_parcel_number(line.picking_id.sudo())
            if line.carrier_id.sudo().orion_uses_shipment_number:
                number = number or shipment
            elif typed == shipment:
                # it was the number of the carrier that was chosen before
                typed = False
            line.tracking_number = typed or number or False

    @api.depends("order_id.orion_label_ids", "picking_id", "carrier_id")
    def _compute_label_id(self):
        """The kept label that is the parcel's: of another carrier, or of an address that is not
        today's, it would lead the parcel astray.

        Not stored: what is bought while the delivery is validated is kept by a transaction that
        only the next request sees.
        """
        labels = self.env["orion.shipping.label"].search(
            [("order_id", "in", self.order_id._origin.ids)], order="id desc"
        )
        by_order = labels.grouped("order_id")
        for line in self:
            kept = by_order.get(line.order_id._origin, labels.browse())
            line.label_id = line._own_label(kept)

    @api.depends("message", "label_id.error_text")
    def _compute_said(self):
        for line in self:
            line.said = line.message or line.label_problem

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_readable()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(_LEADS_TO):
            self._check_readable()
        return result

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

    def _check_readable(self):
        """:raise AccessError: a row that leads to what its owner may not read"""
        for name in _LEADS_TO:
            self[name].check_access("read")

    def _readable_order(self):
        """The order in sudo, for its deliveries and carrier; empty where it is not one's own."""
        return self.order_id._origin._filtered_access("read").sudo()

    def _label_url(self):
        """Where the label of the row's carrier is; empty where that is not known."""
        order = self._readable_order()
        carrier = self.carrier_id.with_company(order.company_id)
        return carrier._orion_label_url(order.orion_shipment_number)

    def _own_label(self, kept):
        """Of an order's labels, newest first, the one of this row."""
        self.ensure_one()
        bought = kept.filtered(
            lambda label: label.purchase_key and label.carrier_id == self.carrier_id
        )
        own = bought.filtered(lambda label: label.picking_id == self.picking_id._origin)
        fetched = kept.filtered(lambda label: not label.purchase_key)
        # where the delivery was not kept yet when its label was
        unassigned = bought.filtered(lambda label: not label.picking_id)
        return (own or unassigned)[:1] or fetched._for_address(self._label_url())[:1]

    def _labels(self):
        """The rows' labels in their order, each with the other bought ones of its order."""
        result = self.env["orion.shipping.label"]
        of_rows = self.label_id
        for line in self:
            bought = line.order_id.orion_label_ids.filtered("purchase_key").sorted("id")
            result |= line.label_id | (bought - of_rows)
        return result

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
            line._ship_apart()

    def _ship_apart(self):
        try:
            done, error = self.order_id._orion_try(lambda _order: self._ship_one())
        except OperationalError:
            # somebody works on the same records: the request begins anew
            raise
        except Exception:
            # of a carrier's addon, whatever that is: it is this row's and no other's
            _logger.exception("%s could not be shipped", self.order_id.name)
            self._note(
                "failed",
                self.env._(
                    "Odoo could not do it: the server's log says why. Nothing of it was kept."
                ),
            )
            return
        if error is not None:
            self._note("failed", str(error))
        else:
            self._note("done", done)

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
        delivery = self._delivery()
        parcel = order.with_context(**{OWN_DELIVERIES: delivery.ids}) if delivery else order
        is_open = bool(delivery) and delivery.state != "done"
        if is_open and self.batch_id.validate_delivery:
            self._deliver(parcel, delivery, number, carrier)
        elif not self.batch_id.tell_marketplace:
            parcel.orion_mark_shipped(
                tracking_number=number,
                shipping_carrier=carrier,
                lines=_entries(delivery),
                validate_delivery=False,
            )
        if self.batch_id.tell_marketplace:
            return self._tell(parcel, number, carrier)
        return order._orion_shipped_message()

    def _delivery(self):
        """The row's delivery; the order's own where it has one only by now."""
        delivery = self.picking_id.sudo()
        if delivery and delivery.state != "cancel":
            return delivery
        return self.order_id._orion_open_deliveries().sorted("id")[:1]

    def _deliver(self, parcel, delivery, number, carrier):
        """Validate the open delivery with what is reserved in it."""
        lines = _entries(delivery, reserved=True, with_kits=False)
        is_empty = not lines and not any(
            move.quantity for moves in delivery._orion_kit_moves().values() for move in moves
        )
        if is_empty and parcel._orion_all_shipped() != parcel:
            raise UserError(
                self.env._(
                    "Nothing is reserved for %(delivery)s. Correct the stock, or switch “Validate "
                    "Deliveries” off.",
                    delivery=delivery.name,
                )
            )
        parcel.orion_mark_shipped(
            tracking_number=number,
            shipping_carrier=carrier,
            lines=lines,
            validate_delivery=True,
        )

    def _tell(self, parcel, number, carrier):
        parcel.orion_set_tracking(tracking_number=number, tracking_carrier=carrier)
        order = self.order_id
        left, kept = order.orion_goods_left, order.orion_kept_numbers_text
        if order._orion_keeps(number):
            said = order._orion_shipped_message()
        elif left:
            said = self.env._("Tracking on its way. Left to ship: %(goods)s", goods=left)
        else:
            said = self.env._("Tracking is on its way to the marketplace.")
        return f"{said} {kept}" if kept else said

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
        if not label and self._label_url():
            self.message = self.env._("Its label is not here yet: get the labels first.")
        elif not label:
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


def _entries(delivery, **options):
    """What a delivery holds as `orion_mark_shipped` takes it; None, for all of the order, where
    there is no delivery. An empty list says that nothing of it is left.

    :param options: of `_orion_line_quantities`
    """
    if not delivery:
        return None
    quantities = delivery._orion_line_quantities(**options)
    return [{"line_id": line.id, "quantity": quantity} for line, quantity in quantities.items()]
