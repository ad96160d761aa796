from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from ..lib.order_data import OrderState, PieceState

#: Odoo's state of an order of the past, by the marketplace's word.
REFUSED_STATES = (OrderState.REFUSED, OrderState.CANCELLED)


class OrionOrderImporter(models.AbstractModel):
    """Values of new orders and lines, and the proof of their totals."""

    _inherit = "orion.order.importer"

    # === HOOKS === #

    def _prepare_order_values(self, batch, data):
        """Values of a new order, without its lines."""
        partners = batch.partners[data.external_id]
        return {
            **batch.common["order_defaults"],
            "company_id": batch.company.id,
            "partner_id": partners.customer,
            "partner_invoice_id": partners.invoice,
            "partner_shipping_id": partners.delivery,
            "pricelist_id": batch.pricelists[data.currency].id,
            "payment_term_id": False,
            "preferred_payment_method_line_id": False,
            "fiscal_position_id": self._fiscal_position(batch, data).id,
            "warehouse_id": batch.common["warehouse"],
            "user_id": batch.common["user"],
            "team_id": batch.common["team"],
            "require_signature": False,
            "require_payment": False,
            "prepayment_percent": 1.0,
            "validity_date": False,
            "date_order": self._naive(data.ordered_at),
            "client_order_ref": data.number,
            **self._marketplace_values(batch, data),
            **self._decision_values(batch, data),
        }

    def _marketplace_values(self, batch, data):
        """The fields that say what the marketplace says."""
        return {
            "orion_channel_id": batch.channel.id,
            "orion_external_id": data.external_id,
            "orion_order_external_id": data.order_external_id or False,
            "orion_order_number": data.number,
            "orion_channel_order_url": data.url or False,
            "orion_digest": data.digest,
            "orion_version": self._naive(data.version),
            "orion_last_synced_at": self._naive(data.version),
            "orion_ordered_at": self._naive(data.ordered_at),
            "orion_sync_status": "synced",
            "orion_customer_email": data.customer_email or False,
            "orion_customer_phone": self._customer_phone(data) or False,
            "orion_marketplace_total": float(data.total or 0),
            "orion_shipment_number": data.shipment_number or False,
            "orion_shipping_carrier": data.shipping_carrier or False,
            "orion_tracking_number": data.tracking_number or False,
            "orion_other_currency": self._other_currency(data, data.currency),
            **self._address_keys(data),
        }

    def _decision_values(self, batch, data):
        """State, status and decision: orders of the past come in as they ended."""
        if not self._is_past(batch, data):
            return {"orion_decision": "undecided", "orion_status": "pending"}
        refused = data.state in REFUSED_STATES
        return {
            "orion_decision": "refused" if refused else "accepted",
            "orion_status": self.env["sale.order"]._orion_history_status(data),
            "orion_is_history": True,
            "orion_confirmed_at": False if refused else self._naive(data.ordered_at),
            "state": "cancel" if refused else "sale",
            "locked": True,
        }

    def _prepare_line_values(self, batch, data, line):
        """Values of a new line."""
        match = batch.matches[data.external_id, line.external_id]
        product = (
            batch.common["products"][match.product_id]
            if match.product_id
            else batch.company.orion_placeholder_product_id
        )
        fiscal_position = self._fiscal_position(batch, data)
        taxes = self._line_taxes(batch, line, product, fiscal_position)
        quantity = self._ordered_quantity(batch, data, line)
        pinned = self.env["sale.order.line"]._orion_pinned_values(
            line.price_unit, quantity, taxes, batch.pricelists[data.currency].currency_id, product
        )
        return {
            **batch.common["line_defaults"],
            "product_id": product.id,
            "product_uom_id": match.unit_id or product.uom_id.id,
            "name": line.name or product.display_name,
            "product_uom_qty": float(quantity),
            "discount": 0.0,
            "tax_ids": [Command.set(taxes.ids)],
            "orion_is_sold": True,
            "orion_line_external_id": line.external_id,
            "orion_price_unit": float(line.price_unit),
            "orion_sold_quantity": float(line.quantity),
            "orion_counted_quantity": float(quantity),
            "orion_product_name": line.name or False,
            "orion_product_sku": line.sku or False,
            "orion_product_gtin": line.gtin or False,
            "orion_product_image_url": line.image_url or False,
            "orion_is_digital": line.is_digital,
            "orion_needs_product_match": bool(match.problem),
            "orion_match_problem": match.problem,
            **pinned,
        }

    # === PRIVATE === #

    @api.model
    def _other_currency(self, data, currency):
        """A currency that the marketplace names beside that of the order, or False."""
        named = (data.currency, data.total_currency)
        return next((other for other in named if other and other != currency), False)

    def _prepare_lines(self, batch, data):
        return [
            Command.create(self._prepare_line_values(batch, data, line) | {"sequence": 10 + index})
            for index, line in enumerate(data.lines)
        ]

    def _ordered_quantity(self, batch, data, line):
        """Pieces that are part of the order: all but the refused ones, and all of an order
        that was refused as a whole."""
        if not line.pieces or data.state in REFUSED_STATES:
            return line.quantity
        refused = sum(piece.state is PieceState.REFUSED for piece in line.pieces)
        return line.quantity - Decimal(refused)

    def _settle_totals(self, batch, pairs):
        """Each order costs the sum of its sold prices, to the cent: what still differs becomes
        a visible line, or holds the order."""
        for order, data in pairs:
            sold = (
                line.price_unit * self._ordered_quantity(batch, data, line) for line in data.lines
            )
            self._settle_total(batch, order, order.currency_id.round(float(sum(sold, Decimal(0)))))
            if order.orion_other_currency:
                order._orion_check_currency()

    def _settle_total(self, batch, order, expected):
        """:param expected: rounded sum of the sold prices"""
        currency = order.currency_id
        difference = currency.round(expected - order.amount_total)
        if currency.is_zero(difference):
            return
        if abs(difference) <= batch.channel.rounding_tolerance:
            self._add_rounding_line(batch, order, difference)
        else:
            order._orion_hold(
                order._orion_for_reader().env._(
                    "The lines add up to %(total)s, the sold prices to %(sold)s. Correct the "
                    "taxes of the lines, or raise the channel's tolerance and import again.",
                    total=order.amount_total,
                    sold=expected,
                )
            )

    def _add_rounding_line(self, batch, order, difference):
        product = batch.company._orion_rounding()
        self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": product.id,
                "name": product.name,
                "product_uom_qty": 1.0,
                "price_unit": difference,
                "discount": 0.0,
                "tax_ids": [Command.clear()],
                "orion_is_sold": True,
                "orion_price_unit": difference,
                "sequence": 1000,
            }
        )
