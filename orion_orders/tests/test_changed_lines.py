from datetime import timedelta
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.orion_orders.lib.order_data import OrderState, PieceData, PieceState

from .common import GTIN, GTIN_2, T0, OrdersCase, line, order


@tagged("post_install", "-at_install")
class TestChangedLines(OrdersCase):
    """What the marketplace changes on a line that is here already."""

    def setUp(self):
        super().setUp()
        self.readings = 0

    def read_again(self, sale, *lines, **values):
        self.readings += 1
        data = order(
            sale.orion_external_id,
            lines=lines,
            version=T0 + timedelta(hours=1 + self.readings),
            raw={"id": sale.orion_external_id, "reading": self.readings},
            **values,
        )
        result = self.import_page(data)
        self.assertEqual((result.updated, result.failed), (1, 0), result.errors)

    def notes(self, sale):
        return [body for body in sale.message_ids.mapped("body") if "Played shop" in body]

    # === lines that wait for their product === #

    def test_a_corrected_number_finds_the_product(self):
        sale = self.imported(order(lines=(line(name="Pn", gtin=GTIN_2),)))
        self.assertTrue(sale.order_line.orion_needs_product_match)
        self.read_again(sale, line(name="Sold pen", gtin=GTIN))
        self.assertRecordValues(
            sale.order_line,
            [
                {
                    "product_id": self.pen.id,
                    "orion_needs_product_match": False,
                    "orion_product_gtin": GTIN,
                    "orion_product_name": "Sold pen",
                    "name": "Sold pen",
                    "price_total": 9.99,
                }
            ],
        )
        [note] = self.notes(sale)
        self.assertIn(f"GTIN {GTIN_2} → {GTIN}", note)
        self.assertIn("name Pn → Sold pen", note)
        self.assertIn("follows it", note)

    def test_a_number_that_is_said_no_more_is_kept(self):
        sale = self.imported(order(lines=(line(gtin=GTIN_2, sku="OLD"),)))
        self.read_again(sale, line(gtin="", sku="PEN"))
        self.assertTrue(sale.order_line.orion_needs_product_match, "its GTIN is not the pen's")
        self.assertEqual(sale.order_line.orion_match_problem, "gtin_mismatch")
        self.assertEqual(
            (sale.order_line.orion_product_gtin, sale.order_line.orion_product_sku),
            (GTIN_2, "PEN"),
        )

    # === lines that have their product === #

    def test_another_price_is_told_once_and_not_followed(self):
        sale = self.imported(order())
        self.read_again(sale, line(price_unit=Decimal("12.5")))
        self.read_again(sale, line(price_unit=Decimal("12.50")))
        self.assertEqual(sale.amount_total, 9.99)
        self.assertFalse(sale.orion_hold_reason)
        [note] = self.notes(sale)
        self.assertIn("price of a piece 9.99 → 12.5", note)
        self.assertIn("stays as it was sold", note)
        self.read_again(sale, line())
        self.assertIn("price of a piece 12.5 → 9.99", self.notes(sale)[0])

    def test_another_name_of_a_known_product_is_told(self):
        sale = self.imported(order())
        self.read_again(sale, line(name="Sold pen, blue"))
        self.assertEqual(sale.order_line.name, "Sold pen")
        self.assertIn("name Sold pen → Sold pen, blue", self.notes(sale)[0])

    def test_a_number_of_another_product_is_followed_until_the_decision(self):
        ink = self.env["product.product"].create({"name": "Ink", "barcode": GTIN_2})
        open_, accepted = self.imported(order("S1"), order("S2"))
        self.read_again(accepted, line(), state=OrderState.ACCEPTED)
        for sale in (open_, accepted):
            self.read_again(sale, line(gtin=GTIN_2))
        self.assertEqual(open_.order_line.product_id, ink)
        self.assertEqual(open_.order_line.orion_product_gtin, GTIN_2)
        self.assertEqual(open_.amount_total, 9.99)
        self.assertEqual(accepted.order_line.product_id, self.pen)
        self.assertEqual(accepted.order_line.orion_product_gtin, GTIN)
        self.assertIn("stays as it was sold", self.notes(accepted)[0])

    def test_a_number_that_nobody_knows_makes_the_line_wait(self):
        sale = self.imported(order())
        self.read_again(sale, line(gtin=GTIN_2))
        self.assertTrue(sale.order_line.orion_needs_product_match)
        self.assertEqual(sale.orion_unmatched_count, 1)

    def test_what_a_person_has_chosen_stays(self):
        ink = self.env["product.product"].create({"name": "Ink", "list_price": 3.0})
        sale = self.imported(order())
        sale.with_user(self.clerk).order_line.product_id = ink
        self.read_again(sale, line(gtin=GTIN_2))
        self.assertEqual(sale.order_line.product_id, ink)
        self.assertFalse(sale.order_line.orion_needs_product_match)
        self.assertIn("stays as it was sold", self.notes(sale)[0])

    # === quantities === #

    def test_quantities_are_the_marketplaces_until_the_decision(self):
        sale = self.imported(order(lines=(line(quantity=Decimal(3)),)))
        self.read_again(sale, line(quantity=Decimal(2)))
        self.assertEqual((sale.order_line.product_uom_qty, sale.amount_total), (2, 19.98))
        self.assertEqual(sale.order_line.orion_sold_quantity, 2)
        self.read_again(sale, line(quantity=Decimal(2)), state=OrderState.ACCEPTED)
        self.read_again(sale, line(quantity=Decimal(1)), state=OrderState.ACCEPTED)
        self.assertEqual(sale.order_line.product_uom_qty, 2)
        self.assertIn("quantity 2 → 1", self.notes(sale)[0])

    def test_pieces_are_counted_by_what_became_of_them(self):
        pieces = tuple(PieceData(f"P{number}", PieceState.UNDECIDED) for number in (1, 2))
        sale = self.imported(order(lines=(line(quantity=Decimal(2), pieces=pieces),)))
        self.read_again(sale, line(quantity=Decimal(1), pieces=pieces[:1]))
        self.assertFalse(self.notes(sale))

    def test_one_lookup_for_many(self):
        """Products are looked up for the whole page at once."""
        importer = self.env.registry["orion.order.importer"]
        fetch, lookups = importer._fetch_products, []

        def counting(records, *arguments):
            lookups.append(arguments)
            return fetch(records, *arguments)

        self.patch(importer, "_fetch_products", counting)
        counts = []
        for count in (3, 12):
            sales = self.imported(
                *[order(f"Q{count}-{n}", lines=(line(gtin=GTIN_2),)) for n in range(count)]
            )
            lookups.clear()
            self.import_page(
                *[
                    order(
                        sale.orion_external_id,
                        lines=(line(gtin=GTIN_2, name="Other"),),
                        version=T0 + timedelta(hours=9),
                        raw={"id": sale.orion_external_id, "again": True},
                    )
                    for sale in sales
                ]
            )
            self.assertEqual(set(sales.order_line.mapped("orion_product_name")), {"Other"})
            counts.append(len(lookups))
        self.assertEqual(counts, [1, 1])
