from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestChannelWithoutFeed(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env["orion.channel"].create(
            {"name": "Our shop", "marketplace": "storefront"}
        )

    def test_says_so(self):
        self.assertFalse(self.channel.has_feed)
        for method in (self.channel.export_products, self.channel.action_new_feed_address):
            with self.subTest(method=method), self.assertRaisesRegex(UserError, "no product feed"):
                method()

    def test_category_above_gives_the_google_category(self):
        category = self.env["product.category"]
        top = category.create({"name": "Shoes", "orion_google_category": "Apparel > Shoes"})
        below = category.create({"name": "Boots", "parent_id": top.id})
        self.assertEqual(below._orion_google_category(), "Apparel > Shoes")
        below.orion_google_category = "Apparel > Shoes > Boots"
        self.assertEqual(below._orion_google_category(), "Apparel > Shoes > Boots")
        self.assertEqual(category.create({"name": "Other"})._orion_google_category(), "")
