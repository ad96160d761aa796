from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from sandbox.codeswholesale.seed.product_maker import ORDINARY

from .common import CodesWholesaleCase


@tagged("post_install", "-at_install")
class TestOffersFollow(CodesWholesaleCase):
    """Which word of the supplier's an offer follows: the last one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "cw_manager", groups="orion_base.group_orion_manager",
            company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)],
        )  # fmt: skip

    def offers(self):
        return self.env["orion.key.offer"].search([("channel_id", "=", self.channel.id)])

    def test_publishing_again_brings_no_former_stock_back(self):
        """A refusal or a quote is younger than what was staged hours ago."""
        self.sync()
        product = self.publish(ORDINARY)
        offer = product.orion_key_offer_ids
        self.assertEqual(offer.available, 500)
        price = offer.unit_price
        offer._note({"available": 0, "is_gone": True, "unit_price": price + 1})
        kind = "orion_digital_keys.mail_activity_no_source"
        self.assertTrue(product.activity_search([kind]))
        before = product.list_price
        self.channel.codeswholesale_margin = 90.0
        self.work()
        self.assertGreater(product.list_price, before)
        self.assertEqual((offer.available, offer.is_gone), (0, True))
        self.assertAlmostEqual(offer.unit_price, price + 1)
        self.assertTrue(product.activity_search([kind]))
        # the supplier speaks of it again
        self.control.change(ORDINARY, quantity=7)
        self.sync()
        self.assertEqual((offer.available, offer.is_gone), (7, False))
        self.assertFalse(product.activity_search([kind]))

    def test_an_offer_that_a_person_made_is_told_by_publishing(self):
        self.sync()
        product = self.publish(ORDINARY)
        product.orion_key_offer_ids.unlink()
        offer = self.env["orion.key.offer"].create(
            {
                "product_id": product.id,
                "channel_id": self.channel.id,
                "external_id": ORDINARY,
            }
        )
        self.channel.codeswholesale_margin = 90.0
        self.work()
        self.assertEqual((offer.available, product.orion_key_offer_ids), (500, offer))

    def test_many_changed_offers_in_few_queries(self):
        self.sync()
        rows = self.env["orion.marketplace.product"].search(
            [("channel_id", "=", self.channel.id), ("availability", "!=", "preorder")]
        )
        rows.publish()
        offers = self.offers()
        self.assertGreater(len(offers), 20)
        self.follow(rows[:2])
        few, many = self.follow(rows[2:7]), self.follow(rows[2:22])
        # those that were told of in this second already make one statement of their own
        self.assertLessEqual(many, few + 1)

    def follow(self, rows):
        """The supplier has some more of these; the queries it takes to follow."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_marketplace_product SET quantity = COALESCE(quantity, 0) + 1"
            " WHERE id = ANY(%s)",
            [rows.ids],
        )
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.channel._follow_offers(SQL("TRUE"))
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
