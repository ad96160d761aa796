from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .publish_common import PublishCase


@tagged("post_install", "-at_install")
class TestPublishNew(PublishCase):
    def test_a_row_becomes_a_product_and_a_listing(self):
        product = self.published(
            1,
            title="Stylo",
            description="Écrit bien.",
            price="11.70",
            gtin="04006381333931",
            brand="Lux",
            mpn="M-1",
            product_type="Bureau > Stylos",
            weight=Decimal("0.123"),
            condition="used",
            sale_price=Decimal("8.50"),
        )
        self.assertEqual(
            (product.name, product.default_code, product.barcode, product.company_id),
            ("Stylo", "P1", "4006381333931", self.company),
        )
        self.assertEqual((product.taxes_id, product.list_price), (self.tax, 10.0))
        self.assertEqual((product.orion_brand, product.orion_mpn), ("Lux", "M-1"))
        self.assertEqual(product.categ_id.complete_name, "Bureau / Stylos")
        self.assertEqual((product.weight, product.type), (0.12, "consu"))
        self.assertEqual(product.description_sale, "Écrit bien.")
        listing = self.row(1).listing_ids
        self.assertEqual(
            (listing.product_id, listing.external_sku, listing.condition, listing.sale_price),
            (product, "P1", "used", 8.5),
        )
        self.assertFalse(listing.price, "the price is the product's")
        self.assertEqual(listing.effective_price, 11.7)

    def test_prices_come_out_right_whatever_the_tax(self):
        for price in ("49.95", "0.01", "1299.00", "7.77", "3.33"):
            with self.subTest(price=price):
                on_top = self.published(1, price=price)
                inside = self.published(2, price=price, tax_rate=Decimal(3))
                self.assertEqual(inside.list_price, float(price))
                self.assertEqual(self.row(1).listing_ids.effective_price, float(price))
                total = on_top.taxes_id.compute_all(on_top.list_price)["total_included"]
                self.assertAlmostEqual(total, float(price), delta=0.011)

    def test_texts_in_all_languages_with_their_fallback(self):
        self.stage(self.data(1, title="Stylo"), self.data(2, title="Tasse"))
        self.publish(self.data(1, title="Stift", description="Schreibt."), language="de")
        pen, cup = self.row(1).product_id, self.row(2).product_id
        for code, name in (("fr_FR", "Stylo"), ("de_DE", "Stift"), ("en_US", "Stylo")):
            self.assertEqual(pen.with_context(lang=code).name, name)
        self.assertEqual(pen.with_context(lang="fr_FR").description_sale, "Schreibt.")
        self.assertEqual(cup.with_context(lang="de_DE").name, "Tasse")

    def test_a_language_that_is_activated_later(self):
        self.stage(self.data(1, title="Penna"), language="fr")
        self.env.cr.execute(
            "UPDATE orion_marketplace_product SET texts = texts || %s::jsonb",
            ['{"it": {"title": "Penna italiana"}}'],
        )
        self.staged.invalidate_model()
        product = self.row(1).publish() and self.row(1).product_id
        self.env["res.lang"]._activate_lang("it_IT")
        self.assertEqual(self.row(1).with_context(lang="it_IT").title, "Penna italiana")
        self.assertEqual(self.row(1).publish_status, "changed")
        self.row(1).publish()
        self.assertEqual(product.with_context(lang="it_IT").name, "Penna italiana")
        self.assertEqual(product.with_context(lang="fr_FR").name, "Penna")

    def test_what_is_digital_is_a_service(self):
        service_tax = self._tax(17, "tax_excluded", tax_scope="service")
        product = self.published(1, is_digital=True)
        self.assertEqual((product.type, product.taxes_id), ("service", service_tax))
        self.assertEqual(self.published(2, is_digital=False, quantity=3).is_storable, True)

    def test_no_rate_is_taken_for_a_delivery_to_another_country(self):
        abroad = self.env["account.fiscal.position"].create(
            {"name": "Intra-Community", "company_id": self.company.id, "sequence": 99}
        )
        self._tax(0, "tax_excluded", sequence=1, fiscal_position_ids=abroad.ids)
        self.publish(self.data(1, tax_rate=Decimal(0)))
        self.assertEqual(self.row(1).publish_problem, "no_tax")
        own = self._tax(0, "tax_excluded", sequence=9)
        self.row(1).publish()
        self.assertEqual(self.row(1).product_id.taxes_id, own)

    def test_a_price_of_nothing_is_no_price(self):
        product = self.published(1, price="11.70")
        self.publish(self.data(1, price="0.00"))
        self.assertEqual((self.row(1).publish_problem, product.list_price), ("no_price", 10))

    def test_a_rate_without_tax_is_reported(self):
        result = self.publish(self.data(1, tax_rate=Decimal(8)), self.data(2))
        self.assertEqual((result["published"], result["clashes"]), (1, 1))
        row = self.row(1)
        self.assertEqual((row.publish_status, row.publish_problem), ("clash", "no_tax"))
        self.assertIn("8 %", row.publish_problem_text)
        self.assertFalse(row.product_id)
        self._tax(8, "tax_included")
        self.assertEqual(row.publish()["published"], 1)
        self.assertFalse(row.publish_problem)

    def test_without_a_rate_the_companys_own_tax_holds(self):
        product = self.published(1, price="11.70", tax_rate=None)
        self.assertEqual((product.taxes_id, product.list_price), (self.tax, 10.0))
        product = self.published(2, tax_rate=Decimal(0)) if self._tax(0, "tax_excluded") else None
        self.assertEqual(product.taxes_id.amount, 0.0)

    def test_no_price_and_foreign_currencies(self):
        self.publish(self.data(1, price=None), self.data(2, currency="XXX"))
        self.assertEqual(self.row(1).publish_problem, "no_price")
        self.assertEqual(self.row(2).publish_problem, "currency")

    def test_categories_are_made_once_and_can_be_mapped(self):
        self.publish(
            self.data(1, product_type="Maison > Cuisine"),
            self.data(2, product_type="maison > Jardin"),
            self.data(3, google_product_category="Maison > Cuisine"),
        )
        kitchen, garden = self.row(1).product_id.categ_id, self.row(2).product_id.categ_id
        self.assertEqual(kitchen, self.row(3).product_id.categ_id)
        self.assertEqual(kitchen.parent_id, garden.parent_id)
        own = self.env["product.category"].create({"name": "Our kitchen"})
        mapping = self.env["orion.category.mapping"].search([("path", "=", "Maison > Cuisine")])
        mapping.category_id = own
        self.assertEqual(self.row(1).publish_status, "changed")
        self.row(1).publish()
        self.assertEqual(self.row(1).product_id.categ_id, own)

    def test_one_that_odoo_refuses_does_not_stop_the_others(self):
        self.stage(self.data(1), self.data(2))
        original, refusal = type(self.env["product.product"]).create, "Not this one."

        def create(products, vals_list):
            if any(vals.get("default_code") == "P1" for vals in vals_list):
                raise UserError(refusal)
            return original(products, vals_list)

        self.patch(type(self.env["product.product"]), "create", create)
        result = (self.row(1) | self.row(2)).publish()
        self.assertEqual((result["published"], result["clashes"]), (1, 1))
        self.assertEqual(self.row(1).publish_problem_text, refusal)


@tagged("post_install", "-at_install")
class TestPublishAgain(PublishCase):
    def test_nothing_changed_writes_nothing(self):
        product = self.published(1)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin::text FROM product_template WHERE id = %s", [product.product_tmpl_id.id]
        )
        before = self.env.cr.fetchone()
        self.assertEqual(self.publish(self.data(1))["unchanged"], 1)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin::text FROM product_template WHERE id = %s", [product.product_tmpl_id.id]
        )
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_only_what_changed_is_written(self):
        product = self.published(1, brand="Lux", price="11.70")
        product.orion_brand = "Ours"
        product.with_context(lang="de_DE").name = "Unser Stift"
        result = self.publish(
            self.data(1, title="Nouveau", brand="New", price="23.40", gtin="04006381333931")
        )
        self.assertEqual((result["updated"], result["published"]), (1, 0))
        self.assertEqual((product.list_price, product.barcode), (20.0, "4006381333931"))
        self.assertEqual(product.orion_brand, "Ours", "the store has changed it")
        self.assertEqual(product.with_context(lang="de_DE").name, "Unser Stift")
        self.assertEqual(product.with_context(lang="fr_FR").name, "Nouveau")
        self.assertIn("Brand", self.row(1).kept_values)
        self.assertIn("Name", self.row(1).kept_values)
        self.assertNotIn("Price", self.row(1).kept_values)

    def test_the_stores_overrides_on_the_listing_stay(self):
        self.published(1, condition="new", sale_price=Decimal("5.00"))
        listing = self.row(1).listing_ids
        own = {
            "name": "Ours",
            "description": "Our text",
            "price": 7.0,
            "sale_price": 6.0,
            "availability": "preorder",
            "condition": "used",
            "is_featured": True,
            "display_order": 3,
            "min_quantity": 2,
            "max_quantity": 9,
        }
        listing.write(own)
        self.publish(
            self.data(1, price="99.00", condition="refurbished", sale_price=Decimal("50.00"))
        )
        self.assertEqual({name: listing[name] for name in own}, own)
        listing.active = False
        self.publish(self.data(1, price="88.00"))
        self.assertFalse(listing.active)

    def test_a_sale_price_above_the_stores_price_is_none_until_it_is_below(self):
        self.published(1, sale_price=Decimal("5.00"))
        listing = self.row(1).listing_ids
        listing.price = 8
        for told, expected in (("9.00", 0), ("7.00", 7), ("8.50", 0), ("6.00", 6)):
            self.publish(self.data(1, sale_price=Decimal(told)))
            self.assertEqual(listing.sale_price, expected, told)
        listing.sale_price = 0
        self.publish(self.data(1, sale_price=Decimal("4.00")))
        self.assertEqual(listing.sale_price, 0, "the store has none")

    def test_a_tax_that_changes_takes_the_price_along(self):
        product = self.published(1, price="11.70")
        self.publish(self.data(1, price="11.70", tax_rate=Decimal(3)))
        self.assertEqual((product.taxes_id, product.list_price), (self.low_tax, 11.7))

    def test_a_price_set_by_hand_stays_through_price_changes(self):
        product = self.published(1, price="11.70")
        product.list_price = 12
        self.publish(self.data(1, price="23.40"))
        self.assertEqual(product.list_price, 12)

    def test_a_deleted_product_stays_away_until_asked_for(self):
        self.published(1).product_tmpl_id.unlink()
        self.assertFalse(self.row(1).product_id)
        self.assertFalse(self.channel._rows_to_publish({"rule": "all"}, None))
        self.assertEqual(self.row(1).publish()["clashes"], 0)
        self.assertTrue(self.row(1).product_id)


@tagged("post_install", "-at_install")
class TestPublishRights(PublishCase):
    def test_managers_only_and_of_the_company(self):
        self.stage(self.data(1))
        row = self.row(1)
        user = new_test_user(
            self.env,
            "seller",
            groups="base.group_user,orion_base.group_orion_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        other = self._company("Other")
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="base.group_user,orion_base.group_orion_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for who in (user, stranger):
            for method in ("publish", "unpublish", "action_publish", "action_unpublish"):
                with self.subTest(who=who.login, method=method), self.assertRaises(AccessError):
                    getattr(
                        row.with_user(who).with_context(allowed_company_ids=who.company_ids.ids),
                        method,
                    )()
            with self.assertRaises(AccessError):
                self.channel.with_user(who).with_context(
                    allowed_company_ids=who.company_ids.ids
                ).publish_products()
        with self.assertRaises(AccessError):
            row.with_user(user).write({"product_id": 1})

    def test_a_manager_needs_no_rights_on_products(self):
        self.stage(self.data(1))
        manager = new_test_user(
            self.env,
            "boss",
            groups="base.group_user,orion_base.group_orion_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        row = self.row(1).with_user(manager).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(
            row.publish(), {"published": 1, "updated": 0, "unchanged": 0, "clashes": 0}
        )

    def test_products_of_other_companies_are_nobodys_match(self):
        other = self._company("Other")
        theirs = self.env["product.product"].create(
            {"name": "Theirs", "barcode": "4006381333931", "company_id": other.id}
        )
        product = self.published(1, gtin="04006381333931")
        self.assertNotEqual(product, theirs)
        self.assertEqual(product.company_id, self.company)
