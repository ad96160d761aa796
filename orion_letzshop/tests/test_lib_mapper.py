import unittest
from datetime import datetime, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_letzshop.lib.carriers import provider_name
from odoo.addons.orion_letzshop.lib.mapper import map_shipment, variant_of_line
from odoo.addons.orion_orders.lib.order_data import (
    AddressData,
    OrderData,
    OrderProblem,
    OrderState,
    PieceState,
)

from .shipments import ADDRESS, shipment, unit, variant

READ_AT = datetime(2026, 1, 5, 12, tzinfo=timezone.utc)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


class TestMapper(unittest.TestCase):
    def order(self, **values):
        mapped = map_shipment(shipment(**values), READ_AT)
        self.assertIsInstance(mapped, OrderData, getattr(mapped, "message", ""))
        return mapped

    def test_example_of_the_documents(self):
        order = self.order()
        self.assertEqual(order.external_id, "pWk8ZtQeLr2mNb")
        self.assertEqual(order.order_external_id, "nvDv5RQEmCwbjo")
        self.assertEqual(order.number, "R532332163")
        self.assertEqual(order.shipment_number, "H74683403433")
        self.assertEqual(order.shipping_carrier, "greco")
        self.assertEqual(order.ordered_at, datetime(2025, 12, 17, 8, 14, 3, tzinfo=timezone.utc))
        self.assertEqual(order.version, READ_AT)
        self.assertEqual((order.currency, order.total), ("EUR", Decimal("105.91")))
        self.assertEqual(order.language, "fr")
        self.assertEqual(order.state, OrderState.UNDECIDED)
        self.assertEqual(
            order.ship_to,
            AddressData(
                name="Anna Test",
                street="Rue Exemple 12",
                zip="1111",
                city="Luxembourg",
                country_code="LU",
                phone="+352000000",
            ),
        )
        [line] = order.lines
        self.assertEqual((line.quantity, line.price_unit), (Decimal(2), Decimal("49.95")))
        self.assertEqual((line.sku, line.gtin), ("SKU-1", "4006381333931"))
        self.assertEqual(line.name, "Stylo")
        self.assertEqual(line.external_id, "vA1vA2vA3vA4vA")
        self.assertEqual(
            [piece.external_id for piece in line.pieces], ["aB3dE5fG7hJ9kL", "aB3dE5fG7hJ9kM"]
        )

    def test_pieces_are_grouped_by_variant_and_price(self):
        order = self.order(
            inventoryUnits=[
                unit("a"),
                unit("b", variant=variant(id="other", price="1.00")),
                unit("c"),
                unit("d", variant=variant(price="39.95")),
            ]
        )
        self.assertEqual(
            [(line.external_id, line.quantity, line.price_unit) for line in order.lines],
            [
                ("vA1vA2vA3vA4vA", Decimal(2), Decimal("49.95")),
                ("other", Decimal(1), Decimal("1.00")),
                ("vA1vA2vA3vA4vA#2", Decimal(1), Decimal("39.95")),
            ],
        )

    def test_variant_of_a_line(self):
        cases = {"vA1v": "vA1v", "vA1v#2": "vA1v", "unit:aB3d": "", "": ""}
        self.assertEqual({line: variant_of_line(line) for line in cases}, cases)

    def test_a_piece_named_twice_counts_once(self):
        order = self.order(inventoryUnits=[unit("a"), unit("a")])
        self.assertEqual(order.lines[0].quantity, 1)

    def test_state_comes_from_the_pieces(self):
        cases = [
            (["unconfirmed", "confirmed_available"], "unconfirmed", OrderState.UNDECIDED),
            (["confirmed_available", "confirmed_unavailable"], "confirmed", OrderState.ACCEPTED),
            (["returned"], "confirmed", OrderState.ACCEPTED),
            (["confirmed_unavailable"] * 2, "confirmed", OrderState.REFUSED),
            (["unconfirmed"], "frozen", OrderState.OTHER),
            (["molten"], "frozen", OrderState.OTHER),
            (["confirmed_available"], "frozen", OrderState.ACCEPTED),
        ]
        for states, raw_state, expected in cases:
            with self.subTest(states=states, raw_state=raw_state):
                units = [unit(f"u{index}", state) for index, state in enumerate(states)]
                order = self.order(inventoryUnits=units, state=raw_state)
                self.assertEqual(order.state, expected)
                self.assertEqual(order.raw_state, raw_state)

    def test_tracking_makes_it_shipped(self):
        order = self.order(
            state="confirmed",
            inventoryUnits=[unit("a", "confirmed_available")],
            tracking={"code": "T1", "provider": "DHL"},
        )
        self.assertEqual(order.state, OrderState.SHIPPED)
        self.assertEqual((order.tracking_number, order.tracking_provider), ("T1", "DHL"))

    def test_unknown_state_of_a_piece_is_other(self):
        [line] = self.order(inventoryUnits=[unit("a", "evaporated")]).lines
        self.assertEqual(line.pieces[0].state, PieceState.OTHER)
        self.assertEqual(line.pieces[0].raw_state, "evaporated")

    def test_money_in_every_shape(self):
        for price in ("99.99", 99.99, "99.99 EUR", "99,99 €"):
            with self.subTest(price=price):
                order = self.order(inventoryUnits=[unit("a", variant=variant(price=price))])
                self.assertEqual(order.lines[0].price_unit, Decimal("99.99"))
                self.assertEqual(order.currency, "EUR")

    def test_a_whole_number_is_whole_units_of_money(self):
        order = self.order(inventoryUnits=[unit("a", variant=variant(price=99))])
        self.assertEqual(order.lines[0].price_unit, Decimal(99))

    def test_a_named_currency_overrules_the_euro(self):
        order = self.order(
            order={"total": "12.00 CHF"},
            inventoryUnits=[unit("a", variant=variant(price="12.00 CHF"))],
        )
        self.assertEqual(order.currency, "CHF")

    def test_product_that_letzshop_forgot(self):
        order = self.order(inventoryUnits=[unit("a", variant=None), unit("b", variant=None)])
        self.assertEqual([line.external_id for line in order.lines], ["unit:a", "unit:b"])
        for line in order.lines:
            self.assertEqual((line.price_unit, line.sku, line.gtin), (0, "", ""))

    def test_name_falls_back(self):
        cases = [
            ({"fr": None, "de": "Stift", "en": "Pen"}, "lb", "Stift"),
            ({"fr": "Stylo", "de": "Stift"}, "lb", "Stylo"),
            ({"en": "Pen"}, "fr", "Pen"),
            ({"lb": "Bic"}, "de", "Bic"),
            ({"fr": "Stylo", "de": "Stift"}, "de-LU", "Stift"),
            ({}, "fr", "SKU-1"),
            (None, "fr", "SKU-1"),
        ]
        for name, locale, expected in cases:
            with self.subTest(name=name, locale=locale):
                product = {"name": name, "_brand": {}}
                order = self.order(
                    order={"locale": locale},
                    inventoryUnits=[unit("a", variant=variant(product=product))],
                )
                self.assertEqual(order.lines[0].name, expected)

    def test_what_is_missing_stays_empty(self):
        order = self.order(
            number=None,
            tracking=None,
            data=None,
            order={
                "number": None,
                "email": None,
                "total": None,
                "completedAt": None,
                "locale": None,
                "billAddress": None,
            },
            inventoryUnits=[unit("a", variant={"id": "v", "price": "1.00"})],
        )
        self.assertEqual(order.number, "pWk8ZtQeLr2mNb")
        self.assertEqual(order.ordered_at, READ_AT)
        self.assertIsNone(order.total)
        self.assertEqual((order.customer_email, order.language), ("", ""))
        self.assertEqual((order.shipping_carrier, order.shipment_number), ("", ""))
        self.assertEqual(order.bill_to, order.ship_to)

    def test_company_and_foreign_country(self):
        address = {**ADDRESS, "company": "Muster AG", "country": {"name": "Suisse", "iso": "ch"}}
        order = self.order(order={"shipAddress": address})
        self.assertEqual((order.ship_to.company, order.ship_to.country_code), ("Muster AG", "CH"))

    def test_time_without_zone_is_utc(self):
        order = self.order(order={"completedAt": "2025-12-17T09:14:03"})
        self.assertEqual(order.ordered_at, datetime(2025, 12, 17, 9, 14, 3, tzinfo=timezone.utc))

    def test_what_cannot_be_mapped_says_why(self):
        cases = [
            ({"id": None}, "no id"),
            ({"inventoryUnits": []}, "no pieces"),
            ({"inventoryUnits": [unit("")]}, "no id"),
            ({"inventoryUnits": [unit("a", variant=variant(price=None))]}, "no price"),
            ({"inventoryUnits": [unit("a", variant=variant(price="gratis"))]}, "not an amount"),
            (
                {
                    "inventoryUnits": [
                        unit("a", variant=variant(price="1.00 EUR")),
                        unit("b", variant=variant(price="2.00 CHF")),
                    ]
                },
                "several currencies",
            ),
        ]
        for values, words in cases:
            with self.subTest(values=values):
                node = shipment(**values)
                problem = map_shipment(node, READ_AT)
                self.assertIsInstance(problem, OrderProblem)
                self.assertIn(words, problem.message)
                self.assertIs(problem.raw, node)

    @given(
        field=st.sampled_from(["order", "inventoryUnits", "state", "tracking", "data"]), value=JSON
    )
    def test_no_shape_crashes_it(self, field, value):
        node = {**shipment(), field: value}
        self.assertIsInstance(map_shipment(node, READ_AT), OrderData | OrderProblem)

    @given(field=st.sampled_from(["price", "tradeId", "product", "sku", "id"]), value=JSON)
    def test_no_shape_of_a_variant_crashes_it(self, field, value):
        node = shipment(inventoryUnits=[unit("a", variant=variant(**{field: value}))])
        self.assertIsInstance(map_shipment(node, READ_AT), OrderData | OrderProblem)

    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9999)), min_size=1, max_size=20))
    def test_sum_of_lines_is_sum_of_pieces(self, pieces):
        units = [
            unit(f"u{index}", variant=variant(id=f"v{which}", price=f"{cents / 100:.2f}"))
            for index, (which, cents) in enumerate(pieces)
        ]
        order = self.order(inventoryUnits=units)
        total = sum(line.quantity * line.price_unit for line in order.lines)
        self.assertEqual(total, Decimal(sum(cents for _which, cents in pieces)) / 100)
        identities = [line.external_id for line in order.lines]
        self.assertEqual(len(set(identities)), len(identities))


class TestCarriers(unittest.TestCase):
    def test_provider_is_the_name_there_else_our_code(self):
        self.assertEqual(provider_name("POST Luxembourg", "post_lu"), "POST Luxembourg")
        self.assertEqual(provider_name("", " By bicycle "), "By bicycle")
