from odoo.tests import tagged

from .publish_common import PublishCase


@tagged("post_install", "-at_install")
class TestPublishGroups(PublishCase):
    """Rows that come back in another variant group than they were published in."""

    def shirt(self, number, group, color, price="11.70", **values):
        title = values.pop("title", f"Chemise {group} {color}")
        return self.data(number, title, price, item_group_id=group, color=color, **values)

    def product_of(self, number):
        return self.row(number).product_id

    def template_of(self, number):
        return self.row(number).product_id.product_tmpl_id

    def use(self, product):
        """Something depends on it."""
        product.is_storable = True
        self.env["stock.quant"]._update_available_quantity(
            product,
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id,
            3,
        )

    def color(self, number):
        values = self.product_of(number).product_template_attribute_value_ids
        return values.mapped("product_attribute_value_id.name")

    # === ALL OF A GROUP === #

    def test_a_group_with_another_name_keeps_its_product(self):
        self.publish(self.shirt(1, "A", "Rouge"), self.shirt(2, "A", "Bleu"))
        before = self.product_of(1), self.product_of(2)
        self.use(before[0])
        self.publish(self.shirt(1, "A2", "Rouge"), self.shirt(2, "A2", "Bleu", "12.87"))
        self.assertEqual((self.product_of(1), self.product_of(2)), before)
        self.assertEqual(before[1].lst_price, 11)
        self.assertEqual(self.template_of(1).name, "Chemise A2")
        self.assertEqual(self.row(1).published_group, "A2")
        self.assertFalse((self.row(1) | self.row(2)).filtered("is_group_left"))
        self.publish(self.shirt(3, "A2", "Vert"), self.shirt(4, "A", "Noir"))
        self.assertEqual(self.template_of(3), self.template_of(1), "later ones join it")
        self.assertNotEqual(self.template_of(4), self.template_of(1), "its former name is free")

    # === ONE OF A GROUP === #

    def test_a_variant_on_which_nothing_depends_moves(self):
        self.publish(
            self.shirt(1, "A", "Rouge", gtin="04006381333931"), self.shirt(2, "A", "Bleu"),
            self.shirt(3, "B", "Rouge"),
        )  # fmt: skip
        before, listing = self.product_of(1), self.row(1).listing_ids
        listing.write({"name": "Ours", "max_quantity": 3})
        title = self.template_of(1).name
        self.publish(self.shirt(1, "B", "Jaune", "14.04", gtin="04006381333931"))
        self.assertFalse(before.exists())
        self.assertEqual(self.template_of(1), self.template_of(3))
        product = self.product_of(1)
        self.assertEqual((product.barcode, product.default_code), ("4006381333931", "P1"))
        self.assertEqual((self.color(1), product.lst_price), (["Jaune"], 12))
        self.assertEqual(self.row(1).listing_ids, listing)
        self.assertEqual((listing.product_id, listing.name, listing.max_quantity),
                         (product, "Ours", 3))  # fmt: skip
        self.assertEqual(self.row(1).publish_status, "published")
        self.assertFalse(self.row(1).is_group_left)
        # it was the first row of its former product: another one gives the texts now
        self.assertEqual(self.template_of(2).name, title)
        self.publish(self.shirt(2, "A", "Bleu", title="Blouse bleue", brand="Lux"))
        self.assertEqual(
            (self.template_of(2).name, self.template_of(2).orion_brand), ("Blouse bleue", "Lux")
        )

    def test_a_variant_with_stock_stays_and_says_so(self):
        self.publish(self.shirt(1, "A", "Rouge"), self.shirt(2, "A", "Bleu"))
        before, template = self.product_of(1), self.template_of(1)
        self.use(before)
        self.publish(
            self.shirt(1, "B", "Jaune", "14.04"), self.shirt(2, "A", "Bleu"),
            self.shirt(3, "B", "Jaune", title="Pantalon"),
        )  # fmt: skip
        row = self.row(1)
        self.assertEqual((row.product_id, self.template_of(2)), (before, template))
        self.assertEqual((row.publish_status, row.is_group_left), ("published", True))
        self.assertIn("“B”", row.group_notice)
        self.assertEqual((self.color(1), before.lst_price), (["Rouge"], 12), "its price goes on")
        self.assertNotEqual(template.name, "Pantalon")
        self.assertNotEqual(self.template_of(3), template, "new ones go where they belong")
        self.assertFalse(self.row(3).publish_problem)
        self.publish(self.shirt(4, "B", "Noir"))
        self.assertEqual(self.template_of(4), self.template_of(3))
        self.publish(self.shirt(1, "A", "Rouge"))
        self.assertFalse(self.row(1).is_group_left, "it is back")

    def test_what_else_keeps_a_variant_where_it_is(self):
        others = self._channel(self.company)

        def price_rule(product):
            self.env["product.pricelist.item"].create(
                {"applied_on": "0_product_variant", "product_id": product.id,
                 "product_tmpl_id": product.product_tmpl_id.id, "fixed_price": 1}
            )  # fmt: skip

        def other_channel(product):
            self.env["orion.listing"].create({"channel_id": others.id, "product_id": product.id})

        def own_sku(product):
            product.default_code = "OURS"

        def own_picture(product):
            product.image_variant_1920 = (
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
                "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
            )

        reasons = (price_rule, other_channel, own_sku, own_picture)
        self.publish(*(self.shirt(n, "A", f"C{n}") for n in range(6)), self.shirt(9, "B", "C9"))
        for number, depend in enumerate(reasons, 1):
            depend(self.product_of(number))
        self.publish(*(self.shirt(n, "B", f"C{n}") for n in range(1, 6)), self.shirt(0, "A", "C0"))
        left = [self.row(number).is_group_left for number in range(6)]
        self.assertEqual(left, [False, True, True, True, True, False])
        self.assertEqual(self.template_of(5), self.template_of(9))

    def test_where_it_cannot_be_made_anew_it_is_as_it_was(self):
        self.publish(
            self.shirt(1, "A", "Rouge", gtin="04006381333931"), self.shirt(2, "A", "Bleu"),
            self.shirt(3, "B", "Jaune"),
        )  # fmt: skip
        before, values = self.product_of(1), self.row(1).published_values
        self.publish(self.shirt(1, "B", "Jaune", gtin="04006381333931"))
        row = self.row(1)
        self.assertEqual((row.publish_problem, row.product_id), ("same_variant", before))
        self.assertEqual((before.barcode, before.default_code), ("4006381333931", "P1"))
        self.assertEqual((row.published_values, row.published_group), (values, "A"))
        self.assertEqual(row.listing_ids.product_id, before)

    def test_a_variant_that_is_none_any_more(self):
        self.publish(self.shirt(1, "A", "Rouge"), self.shirt(2, "A", "Bleu"))
        kept = self.product_of(2)
        self.use(kept)
        self.publish(self.data(1, "Chemise"), self.data(2, "Blouse"))
        self.assertNotEqual(self.template_of(1), kept.product_tmpl_id)
        self.assertFalse(self.template_of(1).attribute_line_ids)
        self.assertEqual(self.product_of(2), kept)
        self.assertFalse(self.row(2).is_group_left, "the last one is alone in its product")

    # === NO GROUP BEFORE === #

    def test_products_without_variants_become_variants(self):
        self.publish(self.data(1, gtin="04006381333931"), self.data(2), self.data(3), self.data(4))
        first, third = self.product_of(1), self.product_of(3)
        self.use(first)
        self.use(third)
        self.publish(
            self.shirt(1, "A", "Rouge", gtin="04006381333931"), self.shirt(2, "A", "Bleu", "23.40"),
            self.shirt(3, "A", "Vert"), self.shirt(5, "A", "Noir"), self.data(4, "Autre"),
        )  # fmt: skip
        self.assertEqual((self.product_of(1), self.product_of(3)), (first, third))
        template = first.product_tmpl_id
        self.assertEqual((template.name, self.color(1)), ("Chemise A", ["Rouge"]))
        self.assertEqual(first.barcode, "4006381333931")
        self.assertEqual((first.lst_price, self.product_of(2).lst_price), (10, 20))
        self.assertEqual([self.template_of(2), self.template_of(5)], [template, template])
        self.assertEqual(template.product_variant_count, 3)
        left = [self.row(number).is_group_left for number in range(1, 6)]
        self.assertEqual(left, [False, False, True, False, False])
        self.assertNotIn(template, self.template_of(3) | self.template_of(4))
        self.publish(self.shirt(1, "A", "Rouge", "12.87", gtin="04006381333931"))
        self.assertEqual((first.lst_price, self.row(1).kept_values), (11, ""))

    def test_a_group_without_attributes_says_nothing(self):
        self.publish(self.data(1), self.data(2))
        before = self.product_of(1)
        self.publish(self.data(1, item_group_id="G"), self.data(2, item_group_id="G"))
        self.assertEqual(self.product_of(1), before)
        self.assertFalse(self.row(1).is_group_left or self.row(1).published_group)

    def test_the_stores_price_stays_when_it_becomes_a_variant(self):
        self.publish(self.data(1, price="11.70"))
        self.template_of(1).list_price = 99
        self.publish(self.shirt(1, "A", "Rouge"), self.shirt(2, "A", "Bleu", "14.04"))
        self.assertEqual(self.product_of(1).lst_price, 99)
        self.assertIn("Price", self.row(1).kept_values)

    # === MANY === #

    def test_queries_do_not_grow_with_the_rows(self):
        def count(start, number):
            group = f"G{start}"
            self.publish(
                *(self.shirt(start + n, group, f"C{n}") for n in range(number)),
                self.shirt(start + 90, f"{group}B", "X"), self.shirt(start + 91, group, "Y"),
            )  # fmt: skip
            for n in range(number):
                self.use(self.product_of(start + n))
            self.stage(*(self.shirt(start + n, f"{group}B", f"C{n}") for n in range(number)))
            rows = self.staged.search([("published_group", "=", group)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(rows.publish()["updated"], number)
            self.assertEqual(len(rows.filtered("is_group_left")), number)
            return self.env.cr.sql_log_count - before

        count(100, 2)
        self.assertLessEqual(count(300, 50), count(200, 10) + 6)
