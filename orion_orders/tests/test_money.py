from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command

from odoo.addons.orion_orders.lib.order_data import PieceData, PieceState

from .common import OrdersCase, line, order

RATES = (0, 3, 8, 14, 17)
PRICES = st.integers(0, 99999).map(lambda cents: Decimal(cents) / 100)
SOLD = st.tuples(st.sampled_from(RATES), st.integers(1, 12), PRICES)
SEARCH = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


class MoneyCase(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = {
            (rate, included): cls.env["account.tax"].create(
                {
                    "name": f"{rate} {included}",
                    "amount": rate,
                    "type_tax_use": "sale",
                    "price_include_override": included,
                }
            )
            for rate in RATES
            for included in ("tax_included", "tax_excluded")
        }
        cls.number = 0

    def sold_products(self, included):
        products = self.env["product.product"].create(
            [
                {
                    "name": f"P{rate}",
                    "default_code": f"P{rate}",
                    "list_price": 77.77,
                    "invoice_policy": "order",
                    "taxes_id": [Command.set(self.taxes[rate, included].ids)],
                }
                for rate in RATES
            ]
        )
        return dict(zip(RATES, products, strict=True))

    def sell(self, sold, currency="EUR"):
        type(self).number += 1
        lines = tuple(
            line(f"L{index}", sku=f"P{rate}", gtin="", quantity=Decimal(count), price_unit=price)
            for index, (rate, count, price) in enumerate(sold)
        )
        return self.imported(order(f"M{self.number}", lines=lines, currency=currency))

    def assert_total(self, sale, expected):
        self.assertEqual(f"{sale.amount_total:.2f}", f"{expected:.2f}")
        self.assertEqual(f"{sale.amount_untaxed + sale.amount_tax:.2f}", f"{sale.amount_total:.2f}")

    def check(self, sold, method, included, currency="EUR"):
        self.company.tax_calculation_rounding_method = method
        if not self.env["product.product"].search_count([("default_code", "=", "P17")]):
            self.sold_products(included)
        with self.env.cr.savepoint() as savepoint:
            sale = self.sell(sold, currency)
            expected = sum((count * price for _rate, count, price in sold), Decimal(0))
            self.assertEqual(len(sale.order_line), len(sold), "no rounding line was needed")
            self.assert_total(sale, expected)
            for sale_line, (_rate, count, price) in zip(sale.order_line, sold, strict=True):
                self.assertEqual(f"{sale_line.price_total:.2f}", f"{count * price:.2f}")
            sale._orion_accepted()
            invoice = sale._create_invoices() if expected else None
            if invoice:
                self.assertEqual(f"{invoice.amount_total:.2f}", f"{expected:.2f}")
                self.assertEqual(f"{invoice.amount_tax:.2f}", f"{sale.amount_tax:.2f}")
            savepoint.rollback()


class TestMoneyPerLine(MoneyCase):
    @SEARCH
    @given(st.lists(SOLD, min_size=1, max_size=5))
    def test_taxes_in_the_price(self, sold):
        self.check(sold, "round_per_line", "tax_included")

    @SEARCH
    @given(st.lists(SOLD, min_size=1, max_size=5))
    def test_taxes_on_top(self, sold):
        self.check(sold, "round_per_line", "tax_excluded")


class TestMoneyGlobally(MoneyCase):
    @SEARCH
    @given(st.lists(SOLD, min_size=1, max_size=5))
    def test_taxes_in_the_price(self, sold):
        self.check(sold, "round_globally", "tax_included")

    @SEARCH
    @given(st.lists(SOLD, min_size=1, max_size=5))
    def test_taxes_on_top(self, sold):
        self.check(sold, "round_globally", "tax_excluded")

    def test_foreign_currency(self):
        chf = self.env.ref("base.CHF")
        self.env["res.currency.rate"].create(
            {"currency_id": chf.id, "rate": 0.9371, "name": "2026-01-01"}
        )
        sold = [(3, 3, Decimal("19.99")), (8, 7, Decimal("0.33")), (17, 1, Decimal("104.95"))]
        self.check(sold, "round_globally", "tax_excluded", "CHF")


class TestWhatWasSoldStays(MoneyCase):
    def setUp(self):
        super().setUp()
        self.company.tax_calculation_rounding_method = "round_globally"
        self.products = self.sold_products("tax_excluded")
        self.sale = self.sell([(17, 3, Decimal("9.99")), (3, 2, Decimal("0.35"))])

    def assert_sold(self, name="Sold pen"):
        sold = self.sale.order_line[0]
        self.assertEqual(sold.name, name)
        self.assertEqual(sold.discount, 0.0)
        self.assertEqual(sold.tax_ids, self.taxes[17, "tax_excluded"])
        self.assertEqual(f"{sold.price_total / sold.product_uom_qty:.4f}", "9.9900")
        self.assertEqual(self.sale.currency_id.name, "EUR")

    def test_smaller_quantity(self):
        self.sale.order_line[0].product_uom_qty = 2
        self.assert_sold()
        self.assert_total(self.sale, Decimal("20.68"))

    def test_other_product(self):
        self.sale.order_line[0]._orion_set_product(self.products[3])
        self.assertEqual(self.sale.order_line[0].product_id, self.products[3])
        self.assert_sold()
        self.assert_total(self.sale, Decimal("30.67"))

    def test_update_prices_and_taxes_buttons(self):
        self.sale.action_update_prices()
        self.sale.action_update_taxes()
        self.assert_sold()
        self.assert_total(self.sale, Decimal("30.67"))

    def test_other_customer_and_pricelist(self):
        half = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "currency_id": self.sale.currency_id.id,
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 50})],
            }
        )
        self.sale.partner_id = self.env["res.partner"].create({"name": "Somebody", "lang": "en_US"})
        self.sale.pricelist_id = half
        self.sale.order_line[0].product_uom_qty = 3
        self.assertEqual(f"{self.sale.order_line[0].price_total:.2f}", "29.97")

    def test_price_a_person_changes(self):
        tax = self.taxes[17, "tax_included"]
        sold = self.sale.order_line[0]
        sold.tax_ids = tax
        self.assertEqual(f"{sold.price_total:.2f}", "29.97")
        sold.price_unit = 8.01
        self.assertEqual(f"{sold.price_total:.2f}", "24.03")

    def test_partial_invoices_add_up(self):
        self.products[17].invoice_policy = "delivery"
        self.products[3].invoice_policy = "delivery"
        self.sale._orion_accepted()
        total = Decimal(0)
        for quantity in (1, 2, 3):
            self.sale.order_line[0].qty_delivered = quantity
            if quantity == 3:
                self.sale.order_line[1].qty_delivered = 2
            invoice = self.sale._create_invoices()
            invoice.action_post()
            total += Decimal(f"{invoice.amount_total:.2f}")
        self.assertEqual(total, Decimal("30.67"))


class TestDifference(MoneyCase):
    def test_rounding_line_within_tolerance(self):
        self.sold_products("tax_included")
        lines = tuple(
            line(f"L{n}", sku="P17", gtin="", price_unit=Decimal("0.333")) for n in range(3)
        )
        sale = self.imported(order(lines=lines))
        self.assert_total(sale, Decimal("1.00"))
        self.assertEqual(len(sale.order_line), 4)
        self.assertEqual(sale.order_line[-1].product_id, self.company.orion_rounding_product_id)
        self.assertFalse(sale.orion_hold_reason)

    def test_held_beyond_tolerance(self):
        self.channel.rounding_tolerance = 0.0
        self.sold_products("tax_included")
        lines = tuple(
            line(f"L{n}", sku="P17", gtin="", price_unit=Decimal("0.333")) for n in range(3)
        )
        sale = self.imported(order(lines=lines))
        self.assertTrue(sale.orion_hold_reason)
        self.assertEqual(sale.orion_sync_status, "error")
        with self.assertRaisesRegex(Exception, "on hold"):
            sale.orion_confirm()

    def test_refused_pieces_are_no_part_of_the_order(self):
        self.sold_products("tax_included")
        states = (PieceState.REFUSED, PieceState.ACCEPTED, PieceState.UNDECIDED)
        pieces = tuple(PieceData(f"U{n}", state) for n, state in enumerate(states))
        sold = line(sku="P17", gtin="", quantity=Decimal(3), pieces=pieces)
        sale = self.imported(order(lines=(sold,)))
        self.assertEqual(sale.order_line.product_uom_qty, 2.0)
        self.assertEqual(sale.order_line.orion_sold_quantity, 3.0)
        self.assert_total(sale, Decimal("19.98"))

    def test_rate_of_the_marketplace_goes_before_the_product(self):
        self.sold_products("tax_included")
        sold = line(sku="P17", gtin="", tax_rate=Decimal(3))
        sale = self.imported(order(lines=(sold,)))
        self.assertEqual(sale.order_line.tax_ids.amount, 3.0)
        self.assert_total(sale, Decimal("9.99"))
