from markupsafe import Markup, escape

from odoo import fields, models

#: The contacts of an order, and the field that holds the key of the address last read for each.
ADDRESS_KEYS = {
    "partner_shipping_id": "orion_delivery_key",
    "partner_invoice_id": "orion_invoice_key",
}


class SaleOrder(models.Model):
    """What was received last, and what is said of newer data: in the language of who reads it."""

    _inherit = "sale.order"

    orion_delivery_key = fields.Char(
        string="Delivery Address Read",
        copy=False,
        readonly=True,
        help="Key of the delivery address as the marketplace said it.",
    )
    orion_invoice_key = fields.Char(
        string="Invoice Address Read",
        copy=False,
        readonly=True,
        help="Key of the invoice address as the marketplace said it.",
    )
    orion_other_currency = fields.Char(
        string="Contradicting Currency",
        copy=False,
        readonly=True,
        help="Currency that the marketplace names for the total, or by now for the pieces, and "
        "that is not the order's; while there is one, the order is on hold.",
    )

    def _orion_check_currency(self):
        """Hold the orders of which the marketplace names several currencies, while they wait for
        their decision; once it names one only, they are free again."""
        for order in self.filtered(lambda order: order.orion_decision == "undecided"):
            if order.orion_other_currency:
                told = order._orion_for_reader()
                order._orion_hold(
                    told.env._(
                        "The pieces are priced in %(currency)s, but %(channel)s names %(other)s "
                        "too. Ask there which is right. When it is corrected there, read the order "
                        "again; else decide it in the marketplace's own screen, or refuse it.",
                        currency=told.currency_id.name,
                        channel=told.orion_channel_id.name,
                        other=told.orion_other_currency,
                    )
                )
            elif order.orion_hold_reason:
                order._orion_release_hold()

    def _orion_for_reader(self):
        """The order in the language of who looks after it: for sentences that are stored."""
        self.ensure_one()
        reader = self.user_id or self.orion_channel_id.responsible_id
        return self.with_context(lang=reader.lang)

    def _orion_sold_total(self):
        """Sum of the sold prices, rounded; what only evens it out is no part of it."""
        self.ensure_one()
        return self.currency_id.round(
            sum(
                line.orion_price_unit * line.product_uom_qty
                for line in self.order_line
                if line.orion_line_external_id
            )
        )

    def _orion_hold(self, reason):
        """Let the order wait until what is wrong with its money is settled.

        :param reason: a sentence that says what to do
        """
        self.sudo().write(
            {
                "orion_hold_reason": reason,
                "orion_sync_status": "error",
                "orion_sync_error": reason,
            }
        )

    def _orion_note_moved(self, address):
        """Say that the marketplace has another delivery address, and whether it is followed.

        :param address: one line of text
        """
        told = self._orion_for_reader()
        names = {"channel": told.orion_channel_id.name, "address": address}
        if self.orion_decision == "undecided":
            text = told.env._(
                "The delivery address was changed on %(channel)s; the order follows it: "
                "%(address)s. Where the country has changed, check the taxes.",
                **names,
            )
        else:
            text = told.env._(
                "The delivery address was changed on %(channel)s after the order was accepted: "
                "%(address)s. The delivery still goes to the former one; change it there.",
                **names,
            )
        self._orion_note(text)

    def _orion_note_added(self, names):
        """Say that the marketplace has added products, which have lines by now."""
        told = self._orion_for_reader()
        self._orion_note(
            told.env._(
                "Added on %(channel)s after the order came in: %(names)s.",
                channel=told.orion_channel_id.name,
                names=", ".join(names),
            )
        )

    def _orion_note_added_late(self, names):
        """Say that the marketplace has added products to an order that is settled here."""
        told = self._orion_for_reader()
        self._orion_note(
            told.env._(
                "Added on %(channel)s after the order was decided, and not part of it here: "
                "%(names)s. Decide it in the marketplace's own screen.",
                channel=told.orion_channel_id.name,
                names=", ".join(names),
            )
        )

    def _orion_note_changed(self, changes, is_followed):
        """Say what the marketplace has changed on lines.

        :param changes: `{order line: {key: (before, now)}}`, keys as in `lib/line_changes.py`
        :param is_followed: whether the lines follow it
        """
        told = self._orion_for_reader()
        names = {"channel": told.orion_channel_id.name}
        if is_followed:
            heading = told.env._("Corrected on %(channel)s; the order follows it:", **names)
        else:
            heading = told.env._(
                "Changed on %(channel)s after the order came in. Here it stays as it was sold; "
                "compare with %(channel)s before you deliver and invoice:",
                **names,
            )
        rows = [
            f"{line.orion_product_name or line.name}: {told._orion_change_text(news)}"
            for line, news in changes.items()
        ]
        self._orion_note(Markup("<br/>").join(map(escape, (heading, *rows))))

    def _orion_change_text(self, news):
        """`{key: (before, now)}` in one line."""
        labels = {
            "name": self.env._("name"),
            "gtin": self.env._("GTIN"),
            "sku": self.env._("SKU"),
            "price": self.env._("price of a piece"),
            "quantity": self.env._("quantity"),
        }
        return "; ".join(
            self.env._(
                "%(what)s %(before)s → %(now)s", what=labels[key], before=before or "–", now=now
            )
            for key, (before, now) in news.items()
        )
