from dataclasses import replace
from decimal import Decimal

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_base.tests.query_log import logged_queries

from .common import HOME, OrdersCase, line, order

#: Tables of ours, but not the orders and partners that Odoo writes itself.
OURS = ("orion_", "account_fiscal_position")


def check_digit(body):
    return next(body + str(n) for n in range(10) if canonical_gtin(body + str(n)))


class TestQueries(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gtins = [check_digit(f"40000000{number:04d}") for number in range(20)]
        cls.env["product.product"].create(
            [{"name": f"G{gtin}", "barcode": gtin, "is_storable": True} for gtin in cls.gtins]
        )
        cls.env.flush_all()

    def page(self, count, prefix):
        return [
            order(
                f"{prefix}{number}",
                customer_email=f"{prefix}{number}@example.com",
                ship_to=replace(HOME, name=f"Ship {number}"),
                lines=tuple(
                    line(f"L{n}", gtin=self.gtins[(number + n) % 20], price_unit=Decimal("3.33"))
                    for n in range(2)
                ),
            )
            for number in range(count)
        ]

    def import_counted(self, count, prefix):
        page = self.page(count, prefix)
        self.env.flush_all()
        self.env.invalidate_all()
        with logged_queries(self.env) as queries:
            result = self.import_page(*page)
        self.assertEqual(result.imported, count, result.errors)
        return queries

    def test_new_orders(self):
        self.import_counted(2, "warm")
        ten = len(self.import_counted(10, "ten"))
        fifty = len(self.import_counted(50, "fifty"))
        self.assertLessEqual(fifty / 50, 12, "queries an order")
        self.assertLessEqual((fifty - ten) / 40, 10, "queries that each further order costs")

    def test_unchanged_orders(self):
        for count in (10, 50):
            page = self.page(count, f"u{count}")
            self.import_page(*page)
            self.env.flush_all()
            self.env.invalidate_all()
            with logged_queries(self.env) as queries:
                result = self.import_page(*page)
            self.assertEqual(result.unchanged, count)
            asked = [query for query in queries if "sale_order" in query]
            self.assertEqual(len(asked), 1)
            self.assertLessEqual(len(queries), 4)

    def test_decisions(self):
        counts = []
        for count in (2, 10):
            sales = self.imported(*self.page(count, f"d{count}"))
            self.env.flush_all()
            self.env.invalidate_all()
            with logged_queries(self.env) as queries:
                sales.with_user(self.clerk).orion_confirm()
                self.env.flush_all()
            counts.append(len(queries))
        self.assertLessEqual(counts[1] - counts[0], 8 * 2, counts)
