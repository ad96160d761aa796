from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .feed_common import PIXEL, FeedCase


@tagged("post_install", "-at_install")
class TestFeedRows(FeedCase):
    def test_published_products_and_listings(self):
        self.product("A")
        self.product("B", letzshop_published=False)
        self.listing(self.product("C", letzshop_published=False))
        self.listing(self.product("D"), active=False)
        self.product("E", active=False)
        self.product("F", sale_ok=False)
        self.assertEqual(set(self.rows()), {"A", "C"})
        rows = self.rows(include_inactive=True)
        self.assertEqual(set(rows), {"A", "C", "D", "E"})
        self.assertEqual(rows["E"]["availability"], "out of stock")
        self.assertEqual(rows["E"]["atalanda:quantity"], "0")

    def test_what_letzshop_is_told_of_a_product(self):
        category = self.env["product.category"].create(
            {"name": "Pens", "orion_google_category": "Office Supplies > Pens"}
        )
        self.channel.feed_link_pattern = "https://shop.example/p/{sku}?e={gtin}"
        self.product(
            "PEN 1",
            quantity=7.5,
            barcode="4006381333931",
            description_sale="Writes\n\tblue",
            categ_id=category.id,
            orion_brand="Stabilo",
            orion_adult=True,
            letzshop_tax_rate="8",
            letzshop_preorder_days=3,
            letzshop_boost_sort=6.5,
            letzshop_delivery_method="nationwide",
            image_1920=PIXEL,
        )
        row = self.rows()["PEN 1"]
        link = row.pop("image_link")
        self.assertRegex(link, r"^https?://.+/orion/feed/image/\d+/[0-9a-f]{32}/[0-9a-f]{16}\.png$")
        self.assertEqual(
            {name: value for name, value in row.items() if value},
            {
                "id": "PEN 1",
                "title": "Product PEN 1",
                "description": "Writes blue",
                "link": "https://shop.example/p/PEN%201?e=04006381333931",
                "availability": "in stock",
                "price": "9.90",
                "brand": "Stabilo",
                "gtin": "4006381333931",
                "google_product_category": "Office Supplies > Pens",
                "product_type": "Pens",
                "adult": "true",
                "atalanda:tax_rate": "8",
                "atalanda:quantity": "7",
                "atalanda:preorder_days": "3",
                "atalanda:boost_sort": "6.5",
                "atalanda:delivery_method": "nationwide",
            },
        )

    def test_listing_overrides_the_product(self):
        self.listing(
            self.product("A", quantity=10, list_price=20),
            external_sku="A-LUX",
            name="=Cheap!",
            price=15,
            sale_price=12.5,
            stock_policy="own",
            safety_stock=2,
            stock_limit=5,
        )
        self.listing(self.product("B", quantity=9), stock_policy="fixed", fixed_quantity=3)
        self.listing(self.product("C", quantity=1), availability="preorder", display_order=1)
        rows = self.rows()
        self.assertEqual(list(rows), ["C", "A-LUX", "B"])
        self.assertEqual(rows["A-LUX"]["title"], "'=Cheap!")
        self.assertEqual((rows["A-LUX"]["price"], rows["A-LUX"]["sale_price"]), ("15.00", "12.50"))
        self.assertEqual(rows["A-LUX"]["atalanda:quantity"], "5")
        self.assertEqual(rows["B"]["atalanda:quantity"], "3")
        self.assertEqual(rows["C"]["availability"], "preorder")

    def test_own_rules_hold_where_no_stock_is_sent(self):
        self.assertFalse(self.channel.stock_sync_enabled)
        scarce = self.product("SCARCE", quantity=2)
        self.listing(scarce, stock_policy="fixed", fixed_quantity=5)
        self.listing(
            self.product("MADE"), stock_policy="fixed", fixed_quantity=5, fixed_beyond_stock=True
        )
        self.listing(self.product("NEVER", quantity=5), stock_policy="never")
        told = {code: row["atalanda:quantity"] for code, row in self.rows().items()}
        self.assertEqual(told, {"SCARCE": "2", "MADE": "5", "NEVER": "0"})

    def test_availability_follows_from_the_stock(self):
        self.product("EMPTY")
        self.product("SOON", letzshop_preorder_days=4)
        self.product("SERVICE", is_storable=False, type="service")
        rows = self.rows()
        found = {
            code: (row["availability"], row["atalanda:quantity"]) for code, row in rows.items()
        }
        self.assertEqual(
            found,
            {
                "EMPTY": ("out of stock", "0"),
                "SOON": ("preorder", "0"),
                "SERVICE": ("in stock", ""),
            },
        )

    def test_prices_are_gross(self):
        without = self._tax(17, "tax_excluded")
        self.product("IN", list_price=11.7)
        self.product("EX", list_price=10, taxes_id=[(6, 0, without.ids)])
        self.product("OTHER", list_price=10, taxes_id=[(6, 0, without.ids)], letzshop_tax_rate="3")
        self.product("FREE", list_price=0)
        rows = self.rows()
        prices = {code: row["price"] for code, row in rows.items()}
        self.assertEqual(prices, {"IN": "11.70", "EX": "11.70", "OTHER": "10.30"})
        self.assertEqual(rows["OTHER"]["atalanda:tax_rate"], "3")
        self.assertEqual(rows["IN"]["atalanda:tax_rate"], "17")

    def test_a_surcharge_in_another_currency_becomes_euros(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "rate": 2.0, "company_id": self.company.id}
        )
        self.listing(
            self.product("A", list_price=20, company_id=self.company.id),
            currency_id=dollar.id,
            price_rule="margin",
            price_margin=10,
            price_surcharge=3,
        )
        self.assertEqual(self.rows()["A"]["price"], "23.50")

    def test_prices_of_another_currency_are_euros(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "rate": 2.0, "company_id": self.company.id}
        )
        self.listing(self.product("A"), currency_id=dollar.id, price=15.01)
        self.assertEqual(self.rows()["A"]["price"], "7.51")

    def test_texts_fall_back(self):
        for code in ("fr_FR", "de_DE"):
            self.env["res.lang"]._activate_lang(code)
        pen = self.product("A", name="Pen")
        pen.with_context(lang="fr_FR").name = "Stylo"
        shirt = self.product("B", name="Shirt")
        shirt.with_context(lang="fr_FR").name = "Chemise"
        shirt.with_context(lang="de_DE").name = "Hemd"
        listing = self.listing(pen)
        self.assertEqual(
            [row["title"] for row in self.rows(language="de").values()], ["Stylo", "Hemd"]
        )
        self.assertEqual(
            [row["title"] for row in self.rows(language="en").values()], ["Pen", "Shirt"]
        )
        listing.with_context(lang="de_DE").name = "Stift"
        self.assertEqual(self.rows(language="de_DE")["A"]["title"], "Stift")

    def test_variants_share_a_group(self):
        attributes = self.env["product.attribute"].create(
            [
                {"name": name, "value_ids": [(0, 0, {"name": value}) for value in values]}
                for name, values in (("Farbe", ["rot", "blau"]), ("Gender", ["Damen"]))
            ]
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "letzshop_published": True,
                "list_price": 5,
                "attribute_line_ids": [
                    (0, 0, {"attribute_id": each.id, "value_ids": [(6, 0, each.value_ids.ids)]})
                    for each in attributes
                ],
            }
        )
        for number, variant in enumerate(template.product_variant_ids):
            variant.default_code = f"S{number}"
        rows = self.rows()
        self.assertEqual({row["item_group_id"] for row in rows.values()}, {f"t{template.id}"})
        self.assertEqual({row["color"] for row in rows.values()}, {"rot", "blau"})
        self.assertEqual({row["gender"] for row in rows.values()}, {"female"})
        self.assertEqual({row["title"] for row in rows.values()}, {"Shirt (rot)", "Shirt (blau)"})

    def test_queries_do_not_grow_with_the_products(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.rows()
            return self.env.cr.sql_log_count - before

        def fill(numbers):
            for number in numbers:
                product = self.product(f"P{number}", quantity=2, image_1920=PIXEL)
                if number % 2:
                    self.listing(product, price=3)

        def warm_count():
            # creating products has emptied caches of the registry
            count()
            return count()

        fill(range(10))
        few = warm_count()
        fill(range(10, 50))
        self.assertEqual(warm_count(), few)


@tagged("post_install", "-at_install")
class TestFeedRights(FeedCase):
    def test_several_channels_answer_in_order(self):
        other = self.channel.copy({"name": "Second"})
        self.product("A")
        answers = (other + self.channel).export_products(language="fr")
        self.assertEqual([answer["rows"] for answer in answers], [1, 1])
        self.assertEqual(answers[0]["filename"], "picerie-muller_letzshop_export.csv")

    def test_wrong_language(self):
        for language in ("xx", "", None, "lb"):
            with self.subTest(language=language), self.assertRaisesRegex(UserError, "fr, de, en"):
                self.channel.export_products(language=language)

    def test_who_may_export(self):
        self.product("A", quantity=3)
        user = new_test_user(
            self.env,
            "feed_user",
            "base.group_user,orion_base.group_orion_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        clerk = new_test_user(self.env, "feed_clerk", "base.group_user")
        main = self.env.ref("base.main_company")
        other = new_test_user(
            self.env,
            "feed_other",
            "base.group_user,orion_base.group_orion_user",
            company_id=main.id,
            company_ids=main.ids,
        )
        answer = self.channel.with_user(user).export_products()
        self.assertEqual(answer, self.channel.export_products())
        for stranger in (clerk, other):
            channel = self.channel.with_user(stranger).with_context(allowed_company_ids=False)
            with self.assertRaises(AccessError):
                channel.export_products()
        with self.assertRaises(AccessError):
            self.channel.with_user(user).action_new_feed_address()

    def test_products_of_other_companies_stay_out(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.product("A", company_id=other.id, taxes_id=False)
        self.assertFalse(self.rows())


@tagged("post_install", "-at_install")
class TestFeedWizard(FeedCase):
    def written(self, **values):
        wizard = self.env["orion.feed.wizard"].create({"channel_id": self.channel.id, **values})
        wizard.action_write()
        return wizard

    def test_report_preview_and_file(self):
        self.product("A", barcode="4006381333931", image_1920=PIXEL, name="<b>Pen</b>")
        self.product("B")
        self.product("C", list_price=0, barcode="12345")
        self.product("", image_1920=PIXEL, barcode="96385074")
        wizard = self.written()
        self.assertEqual((wizard.row_count, wizard.left_out_count), (2, 2))
        found = {(line.product_id.default_code or "", line.problem) for line in wizard.problem_ids}
        self.assertEqual(
            found,
            {
                ("", "missing_id"),
                ("B", "missing_gtin"),
                ("B", "missing_image"),
                ("C", "missing_price"),
                ("C", "missing_gtin"),
                ("C", "missing_image"),
            },
        )
        wizard.invalidate_recordset(["problem_ids"])
        self.assertEqual(wizard.problem_ids.mapped("is_left_out"), [True] * 2 + [False] * 4)
        self.assertIn("&lt;b&gt;Pen", wizard.preview)
        self.assertNotIn("<b>Pen", wizard.preview)
        self.assertEqual(wizard.filename, "picerie-muller_letzshop_export.csv")
        self.assertTrue(wizard.content)

    def test_nothing_is_published(self):
        wizard = self.written(language="en")
        self.assertEqual((wizard.row_count, wizard.left_out_count), (0, 0))
        self.assertFalse(wizard.problem_ids)

    def test_checking_again_forgets_the_former_problems(self):
        product = self.product("A", list_price=0)
        wizard = self.written()
        product.list_price = 4
        wizard.action_write()
        self.assertNotIn("missing_price", wizard.problem_ids.mapped("problem"))
        self.assertEqual(wizard.row_count, 1)
