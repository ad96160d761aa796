from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from odoo.addons.orion_base.rpc import USER, check_caller

from ..lib.order_status import BEFORE_SHIPMENT, OrderStatus
from .sale_order_takeover import MOST_LOOKS

#: Statuses in which goods may leave. After a credit note for a part the rest still does, and
#: the status stays.
SHIPPABLE = frozenset(status.value for status in BEFORE_SHIPMENT) | {"partially_refunded"}
#: Statuses in which the tracking of goods that leave by themselves is worth telling.
TRACKABLE = SHIPPABLE | {"shipped", "delivered"}


class SaleOrder(models.Model):
    """Shipping, and statuses set by people."""

    _inherit = "sale.order"

    # === PUBLIC METHODS === #

    def orion_mark_shipped(
        self,
        tracking_number=None,
        tracking_url=None,
        shipping_carrier=None,
        lines=None,
        validate_delivery=None,
    ):
        """Note that goods have left. Local only: the marketplace is not told.

        :param lines: `[{"line_id": id, "quantity": number}]` for a part; without it everything
        :param validate_delivery: Odoo's open delivery is validated, as far as the goods have
            left. True: an order whose delivery cannot be validated is not marked either. False:
            deliveries are left alone. Left out: those that cannot be validated stay open, and
            the message says why
        :return: `{"success": True, "message": text}`
        :raise UserError: an order that is not accepted, or lines that are not of these orders
        """
        check_caller(self, USER, "write")
        self._orion_check_named()
        parts = self._orion_lines_by_order(lines)
        values = {
            "orion_tracking_number": str(tracking_number or "").strip(),
            "orion_tracking_url": self._orion_clean_url(tracking_url),
            "orion_shipping_carrier": str(shipping_carrier or "").strip(),
        }
        news = {name: value for name, value in values.items() if value}
        noted, problems = self._orion_each(
            lambda orders: orders._orion_ship(news, parts, bool(validate_delivery))
        )
        still_open = noted._orion_deliver_where_possible() if validate_delivery is None else []
        return {
            "success": not problems,
            "message": " ".join((noted._orion_shipped_message(), *problems, *still_open)),
        }

    def orion_set_status(self, status=None, reason=None):
        """Set a status by hand, where the transition is allowed.

        `cancelled` cancels the order in Odoo too.

        :return: `{"success": True, "message": text}`
        :raise UserError: unknown status, or a transition that is not allowed
        """
        check_caller(self, USER, "write")
        self._orion_check_named()
        labels = dict(self._fields["orion_status"]._description_selection(self.env))
        if status not in labels:
            raise UserError(
                self.env._(
                    "“%(status)s” is no status. Use one of: %(known)s.",
                    status=status,
                    known=", ".join(labels),
                )
            )
        _done, problems = self._orion_each(lambda orders: orders._orion_set_by_hand(status, reason))
        message = self.env._("Set to “%(status)s”.", status=labels[status])
        return {"success": not problems, "message": " ".join((message, *problems))}

    # === BUSINESS === #

    def _orion_ship(self, news, parts, deliver):
        """Note what has left.

        :param news: values of the order: tracking and carrier
        :param parts: `{order id: entries of lines}`, or None for everything
        :param deliver: validate the deliveries too, or do nothing
        """
        self._orion_check_shippable()
        if news:
            self.sudo().write(news)
        for order in self:
            order._orion_add_shipped(None if parts is None else parts.get(order.id, ()))
        self._orion_ship_complete(news)
        if news.get("orion_tracking_number"):
            self._orion_track_deliveries(
                news["orion_tracking_number"], news.get("orion_shipping_carrier")
            )
        if deliver:
            self._orion_deliver()
        return self

    def _orion_shipped_message(self):
        if self._orion_all_shipped() != self:
            return self.env._("Noted. Some goods are still to be shipped.")
        if len(self) == 1:
            return self.env._("%(order)s is marked as shipped.", order=self.name)
        return self.env._("%(count)s orders are marked as shipped.", count=len(self))

    def _orion_goods_lines(self):
        """Lines with goods that leave the house."""
        return self.order_line._orion_goods()

    def _orion_is_partly_shipped(self):
        """Something has left, and something else has not."""
        self.ensure_one()
        goods = self._orion_goods_lines()
        left = goods.filtered(
            lambda line: (
                float_compare(line.orion_shipped_quantity, line.product_uom_qty, precision_digits=6)
                < 0
            )
        )
        return bool(left) and any(goods.mapped("orion_shipped_quantity"))

    def _orion_lines_by_order(self, lines):
        """The entries of `lines` by order.

        :return: `{order id: [(line, quantity)]}`; None where everything has left
        :raise UserError: for an entry that is no line of these orders
        """
        if not lines and lines != []:
            return None
        own = {line.id: line for line in self._orion_goods_lines().sudo()}
        parts = defaultdict(list)
        for entry in lines if isinstance(lines, (list, tuple)) else [lines]:
            entry = entry if isinstance(entry, dict) else {"line_id": str(entry)}
            line_id, quantity = entry.get("line_id"), entry.get("quantity")
            line = own.get(line_id) if isinstance(line_id, int) else None
            if line is None or not isinstance(quantity, (int, float)) or quantity <= 0:
                raise UserError(
                    self.env._(
                        "Line %(line)s is no line of these orders with goods, or its quantity is "
                        "not positive. Read the order's lines again.",
                        line=line_id,
                    )
                )
            parts[line.order_id.id].append((line, quantity))
        return parts

    def _orion_add_shipped(self, entries=None):
        """Raise the shipped quantity of lines of one order, of all to the full without
        `entries`."""
        if entries is None:
            for line in self._orion_goods_lines().sudo():
                line.orion_shipped_quantity = line.product_uom_qty
            return
        for line, quantity in entries:
            total = line.orion_shipped_quantity + quantity
            if float_compare(total, line.product_uom_qty, precision_digits=6) > 0:
                raise UserError(
                    self.env._(
                        "%(order)s, %(product)s: %(left)s are left to ship, not %(quantity)s.",
                        order=self.name,
                        product=line.name,
                        left=line.product_uom_qty - line.orion_shipped_quantity,
                        quantity=quantity,
                    )
                )
            line.orion_shipped_quantity = total

    def _orion_ship_complete(self, details=None, actor=None):
        """Orders whose goods are all shipped become `shipped`."""
        self._orion_all_shipped()._orion_advance_shipped(actor, details=details or None)

    def _orion_all_shipped(self):
        """Those of these orders whose goods have all left."""
        return self.filtered(
            lambda order: all(
                float_compare(line.orion_shipped_quantity, line.product_uom_qty, precision_digits=6)
                >= 0
                for line in order._orion_goods_lines()
            )
        )

    def _orion_advance_shipped(self, actor=None, reason=None, details=None):
        """The goods have left. Where the status stays, because a part was credited before, the
        time tells it."""
        self._orion_advance_status("shipped", actor, reason, details)
        credited = self.filtered(
            lambda order: order.orion_status == "partially_refunded" and not order.orion_shipped_at
        )
        if credited:
            credited.sudo().orion_shipped_at = fields.Datetime.now()

    # === PRIVATE === #

    def _orion_check_shippable(self):
        """An order whose tracking was told before its goods left is `shipped` already: they may
        still leave, as long as a delivery is open for them."""
        for order in self:
            may_leave = order.orion_status in SHIPPABLE or (
                order.orion_status in TRACKABLE and order._orion_open_deliveries()
            )
            if not may_leave:
                raise UserError(order._orion_transition_refusal("shipped"))

    def _orion_check_manual_status(self, status):
        """Confirming and refusing are the marketplace's to answer; a person cannot set it, but
        for an order that the marketplace no longer knows, or says nothing of."""
        for order in self:
            is_void = status == OrderStatus.CANCELLED.value and (
                order.orion_not_found_at
                or order.orion_vain_looks >= MOST_LOOKS
                or not order.orion_channel_id.active
            )
            if order.orion_decision == "undecided" and not is_void:
                raise UserError(
                    order._orion_state_refusal("cancel" if status == "cancelled" else "sale")
                )
            if not order.orion_decision and order.orion_status == "pending":
                raise UserError(
                    self.env._(
                        "%(order)s was made in Odoo: use its own Confirm or Cancel.",
                        order=order.name,
                    )
                )

    def _orion_set_by_hand(self, status, reason):
        self._orion_check_manual_status(status)
        if status == OrderStatus.CANCELLED.value:
            self._orion_cancel_by_hand(reason)
        else:
            self._orion_change_status(status, reason=reason)
        return self

    def _orion_cancel_by_hand(self, reason):
        if not str(reason or "").strip():
            raise UserError(self.env._("Say why the order is cancelled: give a reason."))
        self._orion_check_cancellable()
        self._orion_change_status("cancelled", reason=reason)
        marketplace = self.filtered("orion_decision").sudo()
        marketplace.write({"orion_decision": "cancelled"})
        marketplace.filtered(lambda order: order.locked and not order.orion_is_history).write(
            {"locked": False}
        )
        (self - marketplace).action_cancel()
        marketplace._action_cancel()

    def _orion_clean_url(self, url):
        """Only web addresses: the link is clicked by people."""
        url = str(url or "").strip()
        if url and not url.lower().startswith(("http://", "https://")):
            raise UserError(self.env._("The tracking link must start with https:// or http://."))
        return url
