from odoo.exceptions import UserError
from odoo.tests import tagged

from sandbox.codeswholesale.seed.product_maker import IMAGE, ORDINARY, POOR, PREORDER

from .common import CodesWholesaleCase


@tagged("post_install", "-at_install")
class TestProducts(CodesWholesaleCase):
    """Products made of staged rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "17 %",
                "amount": 17.0,
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.lu").id,
                "tax_group_id": cls.env["account.tax.group"]
                .create({"name": "VAT", "country_id": cls.env.ref("base.lu").id,
                         "company_id": cls.company.id})
                .id,
            }
        )  # fmt: skip
        cls.company.account_sale_tax_id = cls.tax

    def cost(self, external_id=ORDINARY):
        return self.staged(external_id).price

    def offer(self, product):
        return product.orion_key_offer_ids

    def test_a_service_with_an_offer_and_the_vendors_prices(self):
        self.sync()
        product = self.publish(ORDINARY)
        self.assertEqual((product.type, product.orion_is_digital), ("service", True))
        self.assertEqual((product.orion_key_source, product.orion_platform), ("supplier", "Steam"))
        self.assertEqual(product.default_code, "CW000000")
        self.assertEqual(product.taxes_id, self.tax)
        # 17 % tax, then 20 % margin; the tax is not in the product's own price
        expected = round(round(self.cost() * 1.17 * 1.2, 2) / 1.17, 2)
        self.assertAlmostEqual(product.list_price, expected, 2)
        self.assertAlmostEqual(product.standard_price, self.cost())
        offer = self.offer(product)
        self.assertEqual((offer.external_id, offer.available), (ORDINARY, 500))
        self.assertAlmostEqual(offer.unit_price, self.cost())
        sellers = product.seller_ids.sorted("min_qty")
        self.assertEqual(sellers.mapped("min_qty"), [1, 10, 100])
        self.assertAlmostEqual(sellers[0].price, self.cost())
        self.assertFalse(self.env["orion.listing"].search([("product_id", "=", product.id)]))

    def test_prices_follow_unless_the_store_has_its_own(self):
        self.sync()
        product, own = self.publish(ORDINARY), self.publish(IMAGE)
        own.list_price = 99.0
        before = product.list_price
        for external_id in (ORDINARY, IMAGE):
            self.control.change(external_id, percent=50, quantity=7)
        self.sync()
        self.work()
        self.assertAlmostEqual(product.list_price, before * 1.5, 1)
        self.assertEqual(own.list_price, 99.0)
        self.assertEqual(self.offer(own).available, 7)
        self.assertAlmostEqual(self.offer(own).unit_price, self.cost(IMAGE))
        self.assertEqual(len(own.seller_ids), 3)

    def test_another_rule_is_another_price(self):
        self.sync()
        product = self.publish(ORDINARY)
        row = self.staged(ORDINARY)
        self.channel.write(
            {
                "codeswholesale_margin": 50.0,
                "codeswholesale_surcharge": 1.0,
                "codeswholesale_rounding": 0.5,
            }
        )
        self.work()
        gross = self.cost() * 1.17 * 1.5 + 1.0
        expected = int(gross / 0.5 + 0.5) * 0.5
        self.assertAlmostEqual(row.codeswholesale_sales_price, expected, 2)
        self.assertAlmostEqual(product.list_price, expected / 1.17, 2)

    def test_what_is_dead_is_offered_by_nobody(self):
        self.sync()
        product = self.publish(ORDINARY)
        self.control.change(ORDINARY, listed=False)
        self.sync()
        self.assertEqual(self.offer(product).available, 0)
        self.control.change(ORDINARY, listed=True)
        self.sync()
        self.assertEqual(self.offer(product).available, 500)

    def test_texts_and_numbers_come_on_demand_and_stay(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.sync()
        row = self.staged(ORDINARY)
        self.assertFalse(row.gtin)
        self.assertEqual(self.control.effects()["requests"].get("description", 0), 0)
        self.assertEqual(row.codeswholesale_fetch_texts(), {"fetched": 1, "failed": 0})
        self.assertTrue(row.gtin)
        self.assertIn("[fr]", row.with_context(lang="fr_FR").description)
        product = self.publish(ORDINARY)
        self.assertEqual(f"0{product.barcode}", row.gtin)
        self.assertIn("[fr]", product.with_context(lang="fr_FR").description_sale)
        self.control.change(ORDINARY, quantity=2)
        self.sync()
        self.assertTrue(row.gtin)
        self.assertIn("[fr]", row.with_context(lang="fr_FR").description)
        self.work()
        self.assertEqual(f"0{product.barcode}", row.gtin)

    def test_publishing_by_hand_fetches_what_is_missing(self):
        self.sync()
        self.staged(ORDINARY).action_publish()
        self.assertTrue(self.staged(ORDINARY).product_id.barcode)

    def test_only_a_free_number_becomes_the_barcode(self):
        self.sync()
        number = self.control.change(ORDINARY)["eans"][0]
        self.control.change(IMAGE, eans=[number])
        self.control.change(POOR, eans=["1234567890123"])
        rows = self.staged(ORDINARY) | self.staged(IMAGE) | self.staged(POOR)
        rows.codeswholesale_fetch_texts()
        products = self.publish(ORDINARY, IMAGE, POOR)
        self.assertEqual(len(products), 3)
        self.assertEqual(sorted(filter(None, products.mapped("barcode"))), [number])
        self.env["product.product"].create({"name": "Box", "barcode": self._free_number(PREORDER)})
        self.staged(PREORDER).codeswholesale_fetch_texts()
        self.assertFalse(self.publish(PREORDER).barcode)

    def _free_number(self, external_id):
        return self.control.change(external_id)["eans"][0]

    def test_regions(self):
        self.control.change(ORDINARY, regions=["EU", "UK"])
        self.control.change(IMAGE, regions=["ROW"])
        self.sync()
        product, unclear = self.publish(ORDINARY), self.publish(IMAGE)
        self.assertEqual(product.orion_region_group_ids, self.env.ref("base.europe"))
        self.assertEqual(product.orion_region_country_ids, self.env.ref("base.uk"))
        self.assertTrue(product.sale_ok)
        self.assertFalse(unclear.sale_ok)
        self.assertIn("ROW", unclear.product_tmpl_id.activity_ids.note)
        self.assertEqual(self.staged(IMAGE).codeswholesale_unknown_regions, "ROW")

    def test_taken_back_and_published_again(self):
        self.sync()
        product = self.publish(ORDINARY)
        self.staged(ORDINARY).unpublish()
        self.assertFalse(product.active)
        self.assertFalse(self.offer(product))
        self.assertEqual(self.publish(ORDINARY), product)
        self.assertTrue(product.active)
        self.assertTrue(self.offer(product))

    def test_many_rows_in_few_queries(self):
        self.sync()
        rows = self.env["orion.marketplace.product"].search(
            [("channel_id", "=", self.channel.id), ("availability", "!=", "preorder")]
        )
        self.publish(ORDINARY)
        counts = []
        for few in (rows[:5], rows[5:25]):
            before = self.env.cr.sql_log_count
            few.publish()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] * 2, counts)

    def test_texts_of_what_is_gone(self):
        self.sync()
        self.control.change(IMAGE, listed=False)
        rows = self.staged(ORDINARY) | self.staged(IMAGE)
        self.assertEqual(rows.codeswholesale_fetch_texts(), {"fetched": 1, "failed": 1})
        self.control.arm("status", operation="description", status=503, times=None)
        with self.assertRaises(UserError):
            rows.codeswholesale_fetch_texts()
