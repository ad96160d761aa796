import time

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from odoo.addons.orion_order_exceptions.lib.candidates import Reason, UnknownProduct

PEN = "04006381333931"
PEN_13 = "4006381333931"
CUP_13 = "5901234123457"


@tagged("post_install", "-at_install")
class TestCandidates(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create({"name": "Seller"})
        cls.candidates = cls.env["orion.product.candidates"]

    def product(self, name="Blue pen", **values):
        return self.env["product.product"].create({"name": name, **values})

    def ranked(self, gtin=PEN, sku="SOLD-1", name=""):
        unknown = UnknownProduct(gtin, sku, name)
        return self.candidates._rank(self.company, {"it": unknown})["it"]

    def found(self, **sold):
        return [
            (candidate.product_id, candidate.reason) for candidate in self.ranked(**sold).candidates
        ]

    def test_same_gtin_in_another_notation(self):
        product = self.product(barcode=PEN_13)
        self.assertEqual(self.found(), [(product.id, Reason.GTIN)])
        self.assertEqual(self.ranked().proposal, product.id)

    def test_barcode_of_a_package(self):
        product = self.product()
        self.env["product.uom"].create(
            {
                "product_id": product.id,
                "uom_id": product.uom_id.id,
                "barcode": PEN,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.found(), [(product.id, Reason.GTIN)])

    def test_barcode_of_another_companys_package(self):
        product = self.product()
        package = self.env["product.uom"].create(
            {"product_id": product.id, "uom_id": product.uom_id.id, "barcode": PEN}
        )
        package.company_id = self.env["res.company"].create({"name": "Buyer"})
        self.assertEqual(self.found(), [])

    def test_two_products_with_the_gtin_are_shown_side_by_side(self):
        other_company = self.env["res.company"].create({"name": "Buyer"})
        shared = self.product(barcode=PEN_13)
        own = self.product(barcode=PEN, company_id=self.company.id)
        self.product(barcode="0" + PEN_13[1:], company_id=other_company.id)
        ranking = self.ranked()
        self.assertEqual(
            [candidate.product_id for candidate in ranking.candidates], [shared.id, own.id]
        )
        self.assertFalse(ranking.proposal)
        self.assertTrue(ranking.is_duplicate)

    def test_alias(self):
        product = self.product()
        self.env["orion.product.alias"].create(
            {"company_id": self.company.id, "kind": "gtin", "value": PEN, "product_id": product.id}
        )
        self.assertEqual(self.found(), [(product.id, Reason.ALIAS)])

    def test_alias_of_another_company(self):
        self.env["orion.product.alias"].create(
            {"kind": "sku", "value": "SOLD-1", "product_id": self.product().id}
        )
        self.assertEqual(self.found(), [])

    def test_same_sku(self):
        product = self.product(default_code="SOLD-1")
        self.assertEqual(self.found(), [(product.id, Reason.SKU)])

    def test_same_sku_with_another_gtin_is_not_proposed(self):
        product = self.product(default_code="SOLD-1", barcode=CUP_13)
        ranking = self.ranked()
        self.assertEqual(self.found(), [(product.id, Reason.SKU)])
        self.assertFalse(ranking.proposal)
        (shown,) = self.candidates._describe({"it": ranking})["it"]
        self.assertEqual(shown["note"], "Same SKU, but another GTIN")

    def test_code_of_a_vendor(self):
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        product = self.product(
            seller_ids=[
                Command.create(
                    {"partner_id": vendor.id, "product_code": "SOLD-1", "company_id": False}
                )
            ]
        )
        self.assertEqual(self.found(), [(product.id, Reason.SUPPLIER)])

    def test_similar_name_in_any_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        product = self.product("Enamel jug")
        product.with_context(lang="fr_FR").name = "Cruche émaillée"
        self.assertEqual(self.found(name="CRUCHE EMAILLEE"), [(product.id, Reason.TITLE)])
        self.assertFalse(self.ranked(name="Enamel jug").proposal)

    def test_similar_name_of_a_variant(self):
        size = self.env["product.attribute"].create({"name": "Size"})
        values = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": size.id} for name in ("Small", "Large")]
        )
        template = self.env["product.template"].create(
            {
                "name": "Zinc bucket",
                "attribute_line_ids": [
                    Command.create(
                        {"attribute_id": size.id, "value_ids": [Command.set(values.ids)]}
                    )
                ],
            }
        )
        _small, large = template.product_variant_ids
        first = self.found(name="Zinc bucket, large")[0]
        self.assertEqual(first, (large.id, Reason.TITLE))

    def test_products_that_cannot_be_sold_here(self):
        self.product(barcode=PEN_13, sale_ok=False)
        self.product(default_code="SOLD-1", active=False)
        self.product("Sold as this", company_id=self.env["res.company"].create({"name": "B"}).id)
        self.assertEqual(self.found(name="Sold as this"), [])

    def test_queries_do_not_grow(self):
        def count(number):
            self.env["product.product"].create(
                [
                    {"name": f"Thing {number}-{index}", "default_code": f"Q{number}-{index}"}
                    for index in range(number)
                ]
            )
            unknowns = {
                str(index): UnknownProduct(
                    None, f"Q{number}-{index}" if index % 2 else "", f"Thing {number}-{index}"
                )
                for index in range(number)
            }
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            ranked = self.candidates._rank(self.company, unknowns)
            self.candidates._describe(ranked)
            self.assertTrue(all(ranking.candidates for ranking in ranked.values()))
            return self.env.cr.sql_log_count - before

        count(3)
        few, many = count(10), count(50)
        self.assertLessEqual(many, few)
        self.assertLess(many, 16)

    def test_three_hundred_titles_against_ten_thousand_products_are_quick(self):
        self.add_products(10_000)
        self.env.cr.execute("SELECT md5(number::text) FROM generate_series(1, 300) AS number")
        unknowns = {
            word: UnknownProduct(None, "", f"Article {word}") for (word,) in self.env.cr.fetchall()
        }
        started = time.perf_counter()
        ranked = self.candidates._rank(self.company, unknowns)
        took = time.perf_counter() - started
        self.assertTrue(all(ranking.candidates for ranking in ranked.values()))
        self.assertLess(took, 8, "seconds for 300 titles and 10,000 products")

    def add_products(self, count):
        """Products called “Article” and two words of their own, copies of one in all else."""
        self.product("Template of the articles").flush_recordset()
        self.env.cr.execute(
            "INSERT INTO product_template SELECT (jsonb_populate_record(template,"
            " jsonb_build_object('id', nextval('product_template_id_seq'), 'name',"
            " jsonb_build_object('en_US', 'Article ' || md5(number::text)"
            " || ' ' || md5((number / 10)::text))))).*"
            " FROM generate_series(1, %s) AS number, product_template template"
            " WHERE template.name->>'en_US' = 'Template of the articles'",
            (count,),
        )
        self.env.cr.execute(
            "INSERT INTO product_product SELECT (jsonb_populate_record(product,"
            " jsonb_build_object('id', nextval('product_product_id_seq'),"
            " 'product_tmpl_id', article.id))).*"
            " FROM product_template article, product_product product"
            " JOIN product_template template ON template.id = product.product_tmpl_id"
            " WHERE template.name->>'en_US' = 'Template of the articles'"
            " AND article.name->>'en_US' LIKE 'Article %'"
        )
        self.env.cr.execute("ANALYZE product_template, product_product")
