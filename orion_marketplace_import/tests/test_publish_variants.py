from odoo.tests import tagged

from .publish_common import PublishCase


@tagged("post_install", "-at_install")
class TestPublishVariants(PublishCase):
    def shirt(self, number, color, size, price="11.70", **values):
        title = values.pop("title", f"T-Shirt Moselle {color} {size}")
        return self.data(number, title, price, item_group_id="G1", color=color, size=size, **values)

    def variant(self, number):
        return self.row(number).product_id

    def values_of(self, product):
        values = product.product_template_attribute_value_ids
        return sorted(values.mapped("product_attribute_value_id.name"))

    def test_a_group_becomes_one_product(self):
        self.publish(
            self.shirt(1, "Rouge", "M", gtin="04006381333931"),
            self.shirt(2, "Rouge", "L", "14.04"),
            self.shirt(3, "Bleu", "M", "12.87"),
        )
        red_m, red_l, blue_m = map(self.variant, (1, 2, 3))
        template = red_m.product_tmpl_id
        self.assertEqual(red_l.product_tmpl_id | blue_m.product_tmpl_id, template)
        self.assertEqual(template.name, "T-Shirt Moselle")
        self.assertEqual(template.product_variant_count, 3, "not all combinations")
        self.assertEqual((red_m.default_code, red_m.barcode), ("P1", "4006381333931"))
        self.assertEqual(self.values_of(red_l), ["L", "Rouge"])
        self.assertEqual([red_m.lst_price, red_l.lst_price, blue_m.lst_price], [10, 12, 11])
        self.assertEqual(
            [self.row(number).listing_ids.effective_price for number in (1, 2, 3)],
            [11.7, 14.04, 12.87],
        )

    def test_later_rows_join(self):
        self.publish(self.shirt(1, "Rouge", "M"))
        self.publish(self.shirt(1, "Rouge", "M"), self.shirt(2, "Vert", "XL", "23.40"))
        self.assertEqual(self.variant(1).product_tmpl_id, self.variant(2).product_tmpl_id)
        self.assertEqual((self.variant(1).lst_price, self.variant(2).lst_price), (10, 20))
        self.assertTrue(self.variant(1).active)

    def test_prices_that_are_no_sum_stand_on_the_listing(self):
        self.publish(
            self.shirt(1, "Rouge", "M"),
            self.shirt(2, "Rouge", "L", "12.87"),
            self.shirt(3, "Bleu", "M", "14.04"),
            self.shirt(4, "Bleu", "L", "99.00"),
        )
        self.assertEqual(self.row(4).listing_ids.price, 99.0)
        self.assertEqual(self.row(4).listing_ids.effective_price, 99.0)
        self.assertEqual([self.row(n).listing_ids.price for n in (1, 2, 3)], [0, 0, 0])

    def test_a_margin_on_a_price_that_is_no_sum(self):
        self.publish(*self.square(blue_m="100.00"))
        listing = self.row(4).listing_ids
        self.assertEqual(listing.price, 100)
        listing.write({"price_rule": "margin", "price_margin": 10})
        self.assertEqual(listing.effective_price, 110)
        self.publish(*self.square(blue_m="200.00"))
        self.assertEqual(listing.effective_price, 220, "it follows the feed")
        self.publish(*self.square())
        self.assertEqual(listing.effective_price, 16.73, "also once it is a sum again")
        listing.price = 50
        self.assertEqual(listing.effective_price, 16.73, "a price of the store's own is not used")

    def test_prices_change_with_the_feed_unless_the_store_has_set_one(self):
        self.publish(self.shirt(1, "Rouge", "M"), self.shirt(2, "Rouge", "L", "12.87"))
        self.publish(self.shirt(1, "Rouge", "M", "23.40"), self.shirt(2, "Rouge", "L", "24.57"))
        self.assertEqual((self.variant(1).lst_price, self.variant(2).lst_price), (20, 21))
        self.variant(1).product_tmpl_id.list_price = 5
        self.publish(self.shirt(1, "Rouge", "M", "35.10"), self.shirt(2, "Rouge", "L", "35.10"))
        self.assertEqual((self.variant(1).lst_price, self.variant(2).lst_price), (5, 6))
        self.assertIn("Price", self.row(1).kept_values)

    def test_a_price_that_changes_while_another_variant_joins_is_the_feeds(self):
        self.publish(self.shirt(1, "Rouge", "M"), self.shirt(2, "Rouge", "L", "12.87"))
        self.publish(self.shirt(1, "Rouge", "M", "23.40"), self.shirt(3, "Bleu", "M"))
        self.assertEqual([self.variant(n).lst_price for n in (1, 2, 3)], [20, 11, 10])
        self.assertFalse(any(self.row(number).kept_values for number in (1, 2, 3)))
        self.publish(self.shirt(1, "Rouge", "M", "35.10"), self.shirt(2, "Rouge", "L", "12.87"))
        self.assertEqual([self.variant(n).lst_price for n in (1, 2, 3)], [30, 11, 10])

    def square(self, **prices):
        """Two colours in two sizes; without taxes 10, 12, 11 and 13."""
        told = {"red_s": "11.70", "red_m": "14.04", "blue_s": "12.87", "blue_m": "15.21", **prices}
        return (
            self.shirt(1, "Rouge", "S", told["red_s"]),
            self.shirt(2, "Rouge", "M", told["red_m"]),
            self.shirt(3, "Bleu", "S", told["blue_s"]),
            self.shirt(4, "Bleu", "M", told["blue_m"]),
        )

    def told_prices(self):
        return [self.row(number).listing_ids.effective_price for number in (1, 2, 3, 4)]

    def test_one_variant_on_offer_leaves_the_prices_of_the_others(self):
        self.publish(*self.square())
        self.assertEqual(self.told_prices(), [11.7, 14.04, 12.87, 15.21])
        self.publish(*self.square(red_s="14.04"))
        self.assertEqual(self.told_prices(), [14.04, 14.04, 12.87, 15.21])
        self.publish(*self.square(red_s="10.53"))
        self.assertEqual(self.told_prices(), [10.53, 14.04, 12.87, 15.21])
        self.publish(*self.square())
        self.assertEqual(self.told_prices(), [11.7, 14.04, 12.87, 15.21], "the offer is over")
        self.assertEqual(self.row(4).listing_ids.price, 0)
        self.assertFalse(any(self.row(number).kept_values for number in (1, 2, 3, 4)))

    def test_the_stores_price_of_a_sibling_stays(self):
        self.publish(*self.square())
        self.row(4).listing_ids.price = 20
        self.publish(*self.square(red_s="14.04"))
        self.assertEqual(self.told_prices(), [14.04, 14.04, 12.87, 20])

    def test_a_missing_attribute_is_a_value_of_its_own(self):
        self.publish(self.shirt(1, "Rouge", "M"), self.shirt(2, "Rouge", ""))
        self.assertEqual(self.values_of(self.variant(2)), ["Rouge", "—"])

    def test_same_and_new_attributes_are_clashes(self):
        self.publish(self.shirt(1, "Rouge", "M"), self.shirt(2, "Rouge", "M"))
        self.assertEqual(self.row(2).publish_problem, "same_variant")
        self.publish(self.shirt(3, "Rouge", "M"), self.shirt(4, "Bleu", "M", pattern="Rayé"))
        self.assertEqual(self.row(3).publish_problem, "same_variant")
        self.assertEqual(self.row(4).publish_problem, "new_attribute")

    def test_attributes_that_the_feed_corrects(self):
        self.publish(self.shirt(1, "Rouge", "M"), self.shirt(2, "Rouge", "S", "14.04"))
        product = self.variant(1)
        self.publish(self.shirt(1, "Rouge", "L", "16.38"), self.shirt(2, "Rouge", "S", "14.04"))
        self.assertEqual((self.variant(1), self.values_of(product)), (product, ["L", "Rouge"]))
        self.assertEqual((product.lst_price, self.variant(2).lst_price), (14, 12))
        self.publish(self.shirt(1, "Rouge", "L", "17.55"), self.shirt(2, "Rouge", "S", "14.04"))
        self.assertEqual(product.lst_price, 15, "prices go on")
        self.publish(self.shirt(1, "Rouge", "S"), self.shirt(2, "Rouge", "S", "14.04"))
        self.assertEqual(self.row(1).publish_problem, "same_variant")
        self.publish(self.shirt(1, "Rouge", "L", pattern="Uni"))
        self.assertEqual(self.row(1).publish_problem, "new_attribute")
        self.assertEqual(self.values_of(product), ["L", "Rouge"])

    def test_a_group_without_attributes_is_plain_products(self):
        self.publish(
            self.data(1, item_group_id="G2"), self.data(2, item_group_id="G2", price="5.00")
        )
        self.assertNotEqual(self.variant(1).product_tmpl_id, self.variant(2).product_tmpl_id)

    def test_texts_of_the_first_row_follow_the_feed(self):
        self.publish(self.shirt(1, "Rouge", "M"), self.shirt(2, "Bleu", "M"))
        self.publish(
            self.shirt(1, "Rouge", "M", title="Chemise rouge", brand="Lux"),
            self.shirt(2, "Bleu", "M", title="Chemise bleue", brand="Lux"),
        )
        template = self.variant(1).product_tmpl_id
        self.assertEqual((template.name, template.orion_brand), ("Chemise", "Lux"))

    def test_attributes_of_the_shop_are_used_if_they_are_dynamic(self):
        ours = self.env["product.attribute"].create({"name": "Taille", "create_variant": "dynamic"})
        self.publish(self.shirt(1, "Rouge", "M"))
        lines = self.variant(1).product_tmpl_id.attribute_line_ids
        self.assertIn(ours, lines.attribute_id)

    def test_queries_do_not_grow_with_the_rows(self):
        def many(start, count):
            return [
                self.data(
                    start + n, gtin="", product_type="A > B", brand=f"B{n}", price=f"{n + 2}.30"
                )
                for n in range(count)
            ]

        def count(rows, changed=False):
            self.stage(*rows)
            wanted = self.staged.search([("external_id", "in", [row.external_id for row in rows])])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            result = wanted.publish()
            self.assertEqual(result["updated" if changed else "published"], len(rows))
            return self.env.cr.sql_log_count - before

        count(many(1, 2))
        few, lots = count(many(100, 10)), count(many(200, 50))
        # one for each product is Odoo's own: it keeps the history of its cost
        self.assertLessEqual(lots - 50, few - 10 + 6, "new products")
        dearer = [self.data(100 + n, price=f"{n + 50}.70", brand=f"C{n}") for n in range(10)]
        many_dearer = [self.data(200 + n, price=f"{n + 50}.70", brand=f"C{n}") for n in range(50)]
        few, lots = count(dearer, True), count(many_dearer, True)
        self.assertLessEqual(lots, few + 6, "changed products")
