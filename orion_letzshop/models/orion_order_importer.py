from decimal import Decimal

from odoo import models

from odoo.addons.orion_orders.lib.order_data import OrderState, PieceState

from ..lib.mapper import variant_of_line


class OrionOrderImporter(models.AbstractModel):
    _inherit = "orion.order.importer"

    # === HOOKS: orders === #

    def _prepare_order_values(self, batch, data):
        values = super()._prepare_order_values(batch, data)
        if batch.channel.marketplace == "letzshop":
            values.update(
                letzshop_order_id=data.order_external_id or False,
                letzshop_shipment_id=data.external_id,
                letzshop_order_number=data.number,
                letzshop_state=data.raw_state or False,
                letzshop_has_tracking=bool(data.tracking_number),
            )
        return values

    def _prepare_partner_values(self, batch, data):
        values = super()._prepare_partner_values(batch, data)
        if batch.channel.marketplace == "letzshop":
            values.update(
                letzshop_customer_email=data.customer_email or False,
                letzshop_locale=data.language or False,
            )
        return values

    def _create_pieces(self, channel, pairs):
        super()._create_pieces(channel, pairs)
        if channel.marketplace == "letzshop":
            self.env["letzshop.inventory.unit"]._take_orders(channel, pairs)
            self._letzshop_take_customers(pairs)
            self._letzshop_warn_of_totals(pairs)

    def _update_pieces(self, channel, pairs):
        super()._update_pieces(channel, pairs)
        if channel.marketplace != "letzshop":
            return
        self.env["letzshop.inventory.unit"]._take_orders(channel, pairs)
        for order, data in pairs:
            values = {"letzshop_state": data.raw_state} if data.raw_state else {}
            if data.tracking_number:
                values["letzshop_has_tracking"] = True
            news = {name: value for name, value in values.items() if order[name] != value}
            if news:
                order.sudo().write(news)

    def _take_over_new(self, pairs):
        """A shipment of which other hands have accepted a part is confirmed for that part,
        though Letzshop still waits for the rest."""
        super()._take_over_new(pairs)
        partly = [
            (order, data)
            for order, data in pairs
            if order.letzshop_shipment_id
            and data.state is OrderState.UNDECIDED
            and not order.orion_is_history
            and any(
                piece.state in (PieceState.ACCEPTED, PieceState.RETURNED)
                for line in data.lines
                for piece in line.pieces
            )
        ]
        if partly:
            self.env["sale.order"]._orion_take_over(partly)

    # === HOOKS: products === #

    def _line_tax_rate(self, batch, line, product):
        rate = super()._line_tax_rate(batch, line, product)
        if rate is None and batch.channel.marketplace == "letzshop" and product.letzshop_tax_rate:
            return Decimal(product.letzshop_tax_rate)
        return rate

    def _match_first(self, channel, lines):
        """Products whose Letzshop id was learned or entered. Two products with one id are
        no match: the GTIN decides then."""
        result = super()._match_first(channel, lines)
        if channel.marketplace != "letzshop":
            return result
        variants = {index: variant_of_line(line.external_id) for index, line in enumerate(lines)}
        templates = (
            self.env["product.template"]
            .sudo()
            .search(
                [
                    ("letzshop_external_id", "in", list(filter(None, set(variants.values())))),
                    ("company_id", "in", [False, *channel.company_id.parent_ids.ids]),
                    ("sale_ok", "=", True),
                ]
            )
        )
        by_variant = templates.grouped("letzshop_external_id")
        for index, variant in variants.items():
            products = by_variant[variant].product_variant_ids if variant in by_variant else ()
            if len(products) == 1:
                result[index] = products.id
        return result

    def _match_products(self, batch, datas):
        super()._match_products(batch, datas)
        if batch.channel.marketplace == "letzshop":
            self._letzshop_learn(batch)

    def _letzshop_learn(self, batch):
        """Keep Letzshop's id of the variant on products that the catalogue knew another way.
        What a person has said can be taken back, and a packaging is sold in a unit of its own:
        neither is learned."""
        learned = {}
        for (_order_id, line_id), match in batch.matches.items():
            variant = variant_of_line(line_id or "")
            if variant and match.product_id and not match.learned and not match.unit_id:
                template = batch.common["products"][match.product_id].product_tmpl_id
                if not template.letzshop_external_id and template.product_variant_count == 1:
                    learned.setdefault(template, variant)
        for template, variant in learned.items():
            template.sudo().letzshop_external_id = variant

    # === BUSINESS === #

    def _letzshop_warn_of_totals(self, pairs):
        """The customer's whole order may cover other shops and delivery, so it may cost more
        than this shipment; when it costs less, the pieces' prices are not what was paid."""
        for order, data in pairs:
            sold = sum((line.price_unit * line.quantity for line in data.lines), Decimal(0))
            if data.total is not None and data.total < sold and not order.orion_is_history:
                order._orion_note(
                    order._orion_for_reader().env._(
                        "Letzshop says that the customer's whole order costs %(total)s "
                        "%(currency)s, but the prices of these pieces add up to %(sold)s. "
                        "Compare with Letzshop's own screen before you invoice.",
                        total=data.total,
                        sold=sold,
                        currency=data.currency,
                    )
                )

    def _letzshop_take_customers(self, pairs):
        """Keep on the customers how they are known on Letzshop; the last order wins."""
        known = {}
        for order, data in pairs:
            values = {
                "letzshop_customer_email": data.customer_email,
                "letzshop_locale": data.language,
            }
            known.setdefault(order.partner_id, {}).update(
                {name: value for name, value in values.items() if value}
            )
        for partner, values in known.items():
            news = {name: value for name, value in values.items() if partner[name] != value}
            if news:
                partner.sudo().write(news)
