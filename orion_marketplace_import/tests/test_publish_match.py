from contextlib import closing

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID
from odoo.sql_db import db_connect
from odoo.tests import tagged

from .publish_common import PublishCase

GTIN = "04006381333931"


@tagged("post_install", "-at_install")
class TestPublishMatch(PublishCase):
    def product(self, **values):
        return self.env["product.product"].create({"name": "Ours", "list_price": 5, **values})

    def clash(self, number=1):
        row = self.row(number)
        self.assertFalse(row.product_id)
        self.assertEqual(row.publish_status, "clash")
        return row.publish_problem

    def test_a_product_with_the_gtin_is_linked_and_keeps_its_values(self):
        ours = self.product(barcode="4006381333931")
        product = self.published(1, gtin=GTIN, brand="Lux", price="11.70")
        self.assertEqual(product, ours)
        self.assertEqual((ours.name, ours.list_price), ("Ours", 5))
        self.assertEqual((ours.orion_brand, ours.default_code), ("Lux", "P1"), "were empty")
        self.assertFalse(self.row(1).is_product_created)
        self.publish(self.data(1, gtin=GTIN, brand="Better", price="23.40"))
        self.assertEqual((ours.list_price, ours.orion_brand), (5, "Better"))

    def test_other_notations_are_the_same_gtin(self):
        ours = self.product(barcode="036000291452")
        self.assertEqual(self.published(1, gtin="00036000291452"), ours)

    def test_a_sku_counts_unless_the_gtin_contradicts(self):
        ours = self.product(default_code="P1")
        self.assertEqual(self.published(1, gtin=GTIN), ours)
        self.assertEqual(ours.barcode, "4006381333931")
        self.product(default_code="P2", barcode="9783161484100")
        self.publish(self.data(2, gtin="00036000291452"))
        self.assertEqual(self.clash(2), "other_gtin")

    def test_two_products_with_one_number(self):
        twin = self.product(barcode=GTIN)
        self.product(barcode="4006381333931")
        self.product(default_code="P2")
        self.product(default_code="P2")
        result = self.publish(self.data(1, gtin=GTIN), self.data(2), self.data(3))
        self.assertEqual((result["published"], result["clashes"]), (1, 2))
        self.assertEqual(self.clash(1), "duplicate_gtin")
        self.assertIn("Ours", self.row(1).publish_problem_text)
        self.assertEqual(self.clash(2), "duplicate_sku")
        twin.barcode = False
        self.assertEqual(self.row(1).publish()["published"], 1)

    def test_packagings_and_archived_products(self):
        self.product(
            product_uom_ids=[
                (
                    0,
                    0,
                    {
                        "barcode": "4006381333931",
                        "uom_id": self.env.ref("uom.product_uom_dozen").id,
                    },
                )
            ]
        )
        self.product(barcode="036000291452", active=False)
        self.publish(self.data(1, gtin=GTIN), self.data(2, gtin="00036000291452"))
        self.assertEqual(self.clash(1), "packaging")
        self.assertEqual(self.clash(2), "archived")

    def test_two_rows_with_one_gtin(self):
        result = self.publish(self.data(1, gtin=GTIN), self.data(2, gtin=GTIN))
        self.assertEqual((result["published"], result["clashes"]), (1, 1))
        self.assertEqual(self.clash(2), "taken")
        self.publish(self.data(3, gtin=GTIN))
        self.assertEqual(self.clash(3), "taken")
        self.assertIn("P1", self.row(3).publish_problem_text)

    def test_a_feed_that_gives_its_products_new_ids(self):
        self.channel.publish_missing = "archive"
        product = self.published(1, gtin=GTIN, price="11.70")
        listing = self.row(1).listing_ids
        listing.description = "Ours"
        self.stage(self.data(9, gtin=GTIN, price="23.40", title="Autre"), is_full=True)
        self.env["orion.publisher"]._follow_missing(self.channel)
        self.assertFalse(listing.active)
        self.assertEqual(self.row(9).publish()["published"], 1)
        self.assertEqual(self.row(9).product_id, product)
        self.assertEqual((product.name, product.list_price), ("Autre", 20), "still the feed's")
        self.assertEqual((product.default_code, listing.external_sku), ("P9", "P9"))
        self.assertEqual(
            (listing.active, listing.marketplace_product_id, listing.description),
            (True, self.row(9), "Ours"),
        )
        self.assertFalse(self.row(1).product_id or self.row(1).published_at)
        self.env["orion.publisher"]._follow_missing(self.channel)
        self.assertTrue(listing.active)

    def test_a_row_that_was_taken_back_leaves_its_product_to_another(self):
        ours = self.product(barcode=GTIN)
        self.published(1, gtin=GTIN)
        self.row(1).unpublish()
        self.stage(self.data(2))
        self.row(2).publish()
        self.row(2).unpublish()
        self.env["orion.publish.link"].create(
            {"marketplace_product_id": self.row(2).id, "product_id": ours.id}
        ).action_apply()
        self.assertEqual(self.row(2).product_id, ours)
        self.assertEqual(self.row(2).listing_ids.product_id, ours)
        self.row(2).unpublish()
        self.stage(self.data(4, gtin=GTIN))
        self.assertEqual(self.row(4).publish()["published"], 1)
        self.assertEqual(self.row(4).product_id, ours)

    def test_a_changed_gtin_that_another_product_has(self):
        product = self.published(1, gtin=GTIN)
        self.product(barcode="036000291452")
        self.publish(self.data(1, title="Autre", gtin="00036000291452"))
        self.assertEqual(self.row(1).publish_problem, "duplicate_gtin")
        self.assertEqual((product.barcode, product.name), ("4006381333931", "Produit 1"))

    def test_a_manager_chooses_the_product(self):
        ours = self.product(barcode=GTIN)
        self.product(barcode="4006381333931")
        self.publish(self.data(1, gtin=GTIN))
        self.env["orion.publish.link"].create(
            {"marketplace_product_id": self.row(1).id, "product_id": ours.id}
        ).action_apply()
        self.assertEqual(self.row(1).publish_status, "clash", "the GTIN is still twice")

    def test_two_who_make_one_product_at_a_time_collide(self):
        claims = self.env["orion.product.claim"].with_user(SUPERUSER_ID)
        company = self.env.ref("base.main_company")
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            there = claims.with_env(claims.env(cr=other))
            self.addCleanup(self.forget_claims)
            for _time in range(2):  # also where a claim is left from before
                there._claim(company.with_env(there.env), {GTIN})
                other.commit()
                with (
                    self.assertNoLogs("odoo.sql_db", "ERROR"),
                    self.assertRaises(TransactionRollbackError),
                    self.env.cr.savepoint(),
                ):
                    claims._claim(company, {"00036000291452", GTIN})
        claims._claim(company, {"00036000291452"})

    def forget_claims(self):
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            other.execute("DELETE FROM orion_product_claim")
            other.commit()

    def test_publishing_claims_what_it_makes(self):
        self.product(barcode=GTIN)
        self.publish(self.data(1, gtin=GTIN), self.data(2, gtin="00036000291452"))
        claims = self.env["orion.product.claim"].search([("company_id", "=", self.company.id)])
        self.assertEqual(claims.mapped("gtin"), ["00036000291452"])

    def test_filters_find_each_status(self):
        self.product(barcode=GTIN)
        self.product(barcode="4006381333931")
        self.publish(self.data(1, gtin=GTIN), self.data(2), self.data(3))
        self.stage(self.data(3, title="Autre"), self.data(4))
        for status, number in (("clash", 1), ("published", 2), ("changed", 3), ("new", 4)):
            domain = [("channel_id", "=", self.channel.id), ("publish_status", "=", status)]
            self.assertEqual(self.staged.search(domain), self.row(number), status)
