import unittest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_codeswholesale.lib.catalogue import (
    BANDS,
    bands_of,
    bands_text,
    map_description,
    map_page,
    read_bands,
)
from odoo.addons.orion_codeswholesale.lib.catalogue_adapter import (
    CodesWholesaleCatalogueAdapter,
    TokenGone,
)
from odoo.addons.orion_digital_keys.lib.keys_adapter import PriceBand, unit_price
from odoo.addons.orion_digital_keys.lib.purchasing import Buy, decide

from sandbox.codeswholesale.seed.product_maker import IMAGE, ORDINARY, PREORDER
from sandbox.gtin import with_check_digit, with_wrong_check_digit

from .lib_common import NOW, SupplierCase, quoting

ITEM = {
    "productId": "a",
    "name": "Iron Harbour",
    "platform": "Steam",
    "quantity": 3,
    "regions": ["EU"],
    "prices": [{"from": 10, "to": None, "value": 5.2}, {"from": 1, "to": 9, "value": 5.3}],
    "releaseDate": "2020-01-02T00:00:00.000Z",
}
prices = st.decimals(min_value="0.01", max_value="9999", places=2)
spans = st.fixed_dictionaries(
    {
        "from": st.integers(0, 40),
        "to": st.none() | st.integers(0, 60),
        "value": prices.map(float) | st.just(0),
    }
)


def item(**changes):
    return {**ITEM, **changes}


class TestMapping(unittest.TestCase):
    def test_a_product(self):
        (product,) = map_page([ITEM], NOW).products
        self.assertEqual((product.external_id, product.price), ("a", Decimal("5.3")))
        self.assertEqual((product.currency, product.availability), ("EUR", "in_stock"))
        self.assertEqual((product.platform, product.regions), ("Steam", ("EU",)))
        self.assertTrue(product.is_digital)
        self.assertEqual(product.attributes["price_bands"], "1-9=5.30; 10+=5.20")

    def test_availability(self):
        for changes, expected in (
            ({"quantity": 0}, "out_of_stock"),
            ({"quantity": None}, "out_of_stock"),
            ({"quantity": -4}, "out_of_stock"),
            ({"releaseDate": "2027-01-01T00:00:00Z"}, "preorder"),
            ({"releaseDate": "soon"}, "in_stock"),
            ({"releaseDate": None}, "in_stock"),
        ):
            with self.subTest(changes=changes):
                (product,) = map_page([item(**changes)], NOW).products
                self.assertEqual(product.availability, expected)

    def test_what_cannot_be_read_does_not_stop_the_others(self):
        page = map_page([None, item(productId=None), item(name=""), ITEM], NOW)
        self.assertEqual([one.external_id for one in page.products], ["a"])
        self.assertEqual([one.external_id for one in page.problems], ["", "", "a"])

    def test_without_a_price_it_has_left_the_list(self):
        for bands in ([], None, [{"from": 1, "value": 0}], [{"from": "x", "value": 3}]):
            with self.subTest(bands=bands):
                page = map_page([item(prices=bands)], NOW)
                self.assertEqual((page.products, page.withdrawn), ([], ["a"]))
        page = map_page([item(prices=[]), ITEM], NOW)
        self.assertEqual((len(page.products), page.withdrawn), (1, []))
        page = map_page([ITEM, item(prices=[])], NOW)
        self.assertEqual((len(page.products), page.withdrawn), (0, ["a"]))

    def test_the_decimal_sign_of_a_text_is_a_point(self):
        for text, expected in (("1.299", "1.299"), ("1,299.50", "1299.50"), ("5.3", "5.3")):
            with self.subTest(text=text):
                (band,) = bands_of({"prices": [{"from": 1, "value": text}]})
                self.assertEqual(band.price, Decimal(expected))

    def test_the_first_valid_number_is_the_gtin(self):
        good = with_check_digit("590000000001")
        wrong = with_wrong_check_digit(good)
        record = {"eans": ["n/a", wrong, good, None, with_check_digit("590000000002")]}
        self.assertEqual(map_description(record).gtin, f"0{good}")
        self.assertEqual(map_description({"eans": None}).gtin, "")
        sheets = [{"description": ""}, {"description": "<p>A <b>game</b></p>"}]
        self.assertEqual(map_description({"factSheets": sheets}).text, "A game")


class TestBands(unittest.TestCase):
    @given(st.lists(prices, min_size=1, max_size=5), st.integers(1, 60))
    def test_the_band_that_holds_the_quantity_counts(self, values, quantity):
        last = len(values) - 1
        bands = tuple(
            PriceBand(1 + 10 * n, None if n == last else 10 + 10 * n, value)
            for n, value in enumerate(values)
        )
        self.assertEqual(unit_price(bands, quantity), values[min(last, (quantity - 1) // 10)])
        self.assertEqual(read_bands(bands_text(bands)), bands)

    @given(st.lists(spans, max_size=5), st.integers(1, 60))
    def test_the_price_list_and_the_quote_say_the_same(self, prices, quantity):
        """Whatever the bands are: what is shown for a piece is what is expected when buying."""
        record = {"productId": "p", "name": "Game", "quantity": 60, "prices": prices}
        page = map_page([record], NOW)
        quote = quoting(record).quote(["p"]).get("p")
        if quote is None:
            self.assertEqual(page.withdrawn, ["p"])
            return
        (product,) = page.products
        self.assertEqual(quote.unit_price(1), product.price)
        kept = read_bands(product.attributes[BANDS])
        self.assertEqual(unit_price(kept, quantity), quote.unit_price(quantity))
        self.assertIsInstance(decide(quote, quantity, None), Buy)


class TestAdapter(SupplierCase):
    def setUp(self):
        super().setUp()
        self.catalogue = CodesWholesaleCatalogueAdapter(
            self.connection(), now=self.control.clock.now
        )
        self.catalogue._client = self.client()

    def test_pages_with_what_is_special(self):
        found, token = {}, None
        while True:
            page = self.catalogue.page(None, token)
            found.update((one.external_id, one) for one in page.mapped.products)
            token = page.token
            if token is None:
                break
        self.assertEqual(len(found), 250)
        self.assertEqual(found[PREORDER].availability, "preorder")
        self.assertEqual(found[ORDINARY].quantity, 500)

    def test_only_what_changed(self):
        self.control.set_clock(advance=60)
        self.control.change(IMAGE, percent=10)
        self.control.change(ORDINARY, listed=False)
        page = self.catalogue.page(NOW, None)
        self.assertEqual([one.external_id for one in page.mapped.products], [IMAGE])
        self.assertEqual((page.mapped.withdrawn, page.token), ([ORDINARY], None))

    def test_a_lost_token_says_so(self):
        token = self.catalogue.page(None, None).token
        self.control.arm("token_gone")
        with self.assertRaises(TokenGone):
            self.catalogue.page(None, token)

    def test_the_description(self):
        found = self.catalogue.description(ORDINARY, "fr")
        self.assertTrue(found.text.startswith("[fr]"))
        self.assertEqual(len(found.gtin), 14)
