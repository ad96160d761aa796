from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.orion_marketplace_import.lib.product_data import ProductData

from .feed_common import FeedCase

GTIN = "04006381333931"


@tagged("post_install", "-at_install")
class TestPublish(FeedCase):
    """Publishing where marketplaces, orders and feeds are installed together."""

    def publish(self, *products):
        job = self.env["orion.import.job"].create({"channel_id": self.channel.id, "language": "fr"})
        self.env["orion.staging"]._merge(job, list(products))
        staged = self.env["orion.marketplace.product"].search(
            [("channel_id", "=", self.channel.id)]
        )
        return staged, staged.publish()

    def data(self, number, price="9.90", **values):
        values = {"tax_rate": Decimal(17), **values}
        return ProductData(f"P{number}", f"Produit {number}", price=Decimal(price), **values)

    def test_the_feed_out_says_what_the_feed_in_said_to_the_cent(self):
        self.tax.price_include_override = "tax_excluded"
        prices = {
            f"P{number}": f"{number * 7 % 100}.{number % 99 + 1:02d}" for number in range(1, 120)
        }
        self.publish(
            *(
                self.data(sku[1:], price, sale_price=Decimal(price) / 2)
                for sku, price in prices.items()
            )
        )
        rows = self.rows(language="fr")
        self.assertEqual({sku: rows[sku]["price"] for sku in prices}, prices)

    def test_variants_come_out_as_they_came_in(self):
        shirt = {"item_group_id": "G", "brand": "Lux", "gtin": ""}
        self.publish(
            self.data(1, "20.00", color="Rouge", size="M", **shirt),
            self.data(2, "22.50", color="Rouge", size="L", **shirt),
            self.data(3, "21.00", color="Bleu", size="M", **shirt),
        )
        rows = self.rows(language="fr")
        self.assertEqual(
            [
                (rows[f"P{n}"]["price"], rows[f"P{n}"]["color"], rows[f"P{n}"]["size"])
                for n in (1, 2, 3)
            ],
            [("20.00", "Rouge", "M"), ("22.50", "Rouge", "L"), ("21.00", "Bleu", "M")],
        )
        self.assertEqual(len({rows[f"P{n}"]["item_group_id"] for n in (1, 2, 3)}), 1)

    def test_an_alias_decides_between_two_products_with_one_gtin(self):
        first, second = self.product("A", barcode=GTIN), self.product("B", barcode="4006381333931")
        staged, result = self.publish(self.data(1, gtin=GTIN))
        self.assertEqual((result["clashes"], staged.publish_problem), (1, "duplicate_gtin"))
        self.env["orion.product.alias"].create(
            {"kind": "gtin", "value": GTIN, "product_id": second.id, "company_id": self.company.id}
        )
        self.assertEqual(staged.publish()["published"], 1)
        self.assertEqual(staged.product_id, second)
        self.assertNotEqual(staged.product_id, first)

    def test_an_alias_finds_a_product_under_another_number(self):
        product = self.product("OTHER")
        aliases = self.env["orion.product.alias"]
        values = {"product_id": product.id, "company_id": self.company.id}
        aliases.create([{"kind": "sku", "value": "P1", **values}])
        staged, _result = self.publish(self.data(1))
        self.assertEqual(staged.product_id, product)
        other = self.env["res.company"].create({"name": "Other"})
        aliases.create(
            {
                "kind": "sku",
                "value": "P2",
                "product_id": self.product("X").id,
                "company_id": other.id,
            }
        )
        staged, _result = self.publish(self.data(2))
        row = staged.filtered(lambda each: each.external_id == "P2")
        self.assertTrue(row.is_product_created, "another company has learned it")

    def test_without_stock_the_feeds_own_availability_holds(self):
        self.publish(
            self.data(1, is_digital=True, availability="out_of_stock"),
            self.data(2, is_digital=True),
        )
        rows = self.rows(language="fr")
        self.assertEqual(
            [rows[sku]["availability"] for sku in ("P1", "P2")], ["out of stock", "in stock"]
        )

    def test_a_margin_is_in_the_feed(self):
        staged, _result = self.publish(self.data(1, "10.00"))
        staged.listing_ids.write(
            {"price_rule": "margin", "price_margin": 10, "price_rounding": 0.5}
        )
        self.assertEqual(self.rows(language="fr")["P1"]["price"], "11.00")

    def test_products_in_orders_are_not_archived(self):
        staged, _result = self.publish(self.data(1))
        partner = self.env["res.partner"].create({"name": "Customer"})
        self.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": staged.product_id.id})]}
        )
        self.assertEqual(staged.unpublish()["products_archived"], 0)
        self.assertTrue(staged.product_id.active)
