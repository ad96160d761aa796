from ast import literal_eval
from datetime import datetime, timezone
from unittest.mock import patch

from lxml import etree

from odoo.tests import new_test_user, tagged

from odoo.addons.orion_digital_keys.lib.purchasing import LONG_CHECKS

from sandbox.codeswholesale.seed.product_maker import IMAGE, ORDINARY

from ..lib.client import CodesWholesaleClient
from .buying_common import BuyingCase
from .common import CodesWholesaleCase

NO_SOURCE = "orion_digital_keys.mail_activity_no_source"
LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestBuyingTrouble(BuyingCase):
    def tasks(self):
        return self.channel.activity_ids.mapped("orion_key_reason")

    # === THE CALL THAT BUYS === #

    def test_who_does_not_serve_is_asked_before_it_is_bought_again(self):
        """A gateway may answer 503 or 429 behind the purchase."""
        self.control.configure(finds_by_reference=False)
        product = self.publish(ORDINARY)
        for status in (429, 503):
            for when in ("before", "after"):
                with self.subTest(status=status, when=when):
                    self.control.arm("status", operation="buy", when=when, status=status)
                    order = self.sell(product)
                    for _time in range(4):
                        self.time_passes()
                    self.assertEqual(self.states(order), ["delivered"])
                    purchase = order.orion_piece_ids.purchase_id
                    self.assertEqual(self.bought()[purchase.reference], 1)
        self.assertEqual(list(self.bought().values()), [1] * 4)

    def test_refusals_that_the_offer_contradicts(self):
        product = self.publish(ORDINARY)
        for fault, state, reason in (
            ("stock_short", "held", "purchase_failed"),
            ("product_gone", "waiting", "product_gone"),
            ("balance_low", "waiting", "balance_too_low"),
        ):
            with self.subTest(fault=fault):
                self.control.arm(fault, operation="buy", times=None)
                order = self.sell(product)
                self.work()
                self.assertEqual(self.states(order), [state])
                self.assertEqual(order.orion_piece_ids.reason, reason)
                self.control.clear_faults()
        self.assertEqual(self.bought(), {})

    # === THE ORDER === #

    def test_an_order_that_never_gets_on_is_told(self):
        self.control.arm("stuck_order", operation="order", times=None)
        order = self.buy()
        self.assertEqual((self.states(order), self.purchases().state), (["ordered"], "waiting"))
        self.assertEqual(self.tasks(), [])
        self.purchases().check_count = LONG_CHECKS - 1
        self.time_passes()
        self.assertEqual(self.tasks(), ["codes_missing"])
        self.control.clear_faults()
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])
        self.time_passes()
        self.assertEqual(self.tasks(), [])

    def test_words_of_orders_and_codes_that_nobody_knows(self):
        product = self.publish(ORDINARY)
        for fault, option, state in (
            ("odd_status", {"status": "Shipped?"}, "delivered"),
            ("odd_code_type", {"type": "CODE_HOLOGRAM"}, "delivered"),
            ("odd_status", {"status": "Refunded"}, "held"),
        ):
            with self.subTest(option):
                self.control.arm(fault, operation="order", times=None, **option)
                order = self.sell(product)
                self.work()
                if state == "held":
                    # what it has delivered all the same is paid, and given
                    self.assertEqual(order.orion_piece_ids.purchase_id.state, "failed")
                else:
                    self.assertEqual(self.states(order), [state])
                self.control.clear_faults()

    def test_a_text_and_a_picture_of_one_piece(self):
        """The second one is locked until a person says what it is."""
        self.control.change(ORDINARY, kind="both")
        order = self.buy()
        self.assertEqual(self.states(order), ["delivered"])
        [purchase] = self.purchases()
        self.assertEqual((purchase.state, purchase.surplus_key_count), ("done", 1))
        self.assertEqual(self.tasks(), ["surplus_codes"])
        surplus = purchase.batch_ids.key_ids.filtered("is_surplus")
        self.assertEqual((surplus.kind, surplus.state), ("image", "invalid"))
        surplus.discard_surplus()
        self.assertEqual(self.tasks(), [])

    # === ONE PRODUCT IN TROUBLE === #

    def test_one_product_in_trouble_stops_nobody_else(self):
        bad, good = self.publish(ORDINARY), self.publish(IMAGE)
        for options in (
            {"kind": "status", "status": 410},
            {"kind": "status", "status": 500},
            {"kind": "html"},
        ):
            with self.subTest(options), self.broken(ORDINARY, **options):
                stuck, fine = self.sell(bad), self.sell(good)
                self.work()
                self.assertEqual(self.states(stuck + fine), ["waiting", "delivered"])

    def broken(self, external_id, **fault):
        """The supplier fails whenever it is asked for this product."""
        product = CodesWholesaleClient.product

        def asked(client, product_id):
            if product_id == external_id:
                self.control.arm(operation="product", **fault)
            return product(client, product_id)

        return patch.object(CodesWholesaleClient, "product", asked)

    # === STOCK AND REGIONS === #

    def test_what_was_bought_is_not_told_as_stock_by_what_was_read_before(self):
        self.control.change(ORDINARY, quantity=3)
        self.sync()
        product = self.publish(ORDINARY)
        # the change that the purchase makes is not among those that are read next
        self.control.set_clock(LONG_AGO, freeze=True)
        order = self.sell(product, 3)
        self.work()
        self.assertEqual(self.states(order), ["delivered"] * 3)
        self.assertEqual(product.orion_key_offer_ids.available, 0)
        self.sync()
        self.assertEqual(self.staged(ORDINARY).quantity, 3)
        self.assertEqual(product.orion_key_offer_ids.available, 0)
        self.assertEqual(product._orion_key_quantities(self.company)[product.id], 0)

    def test_todays_regions_hold_before_anything_is_bought(self):
        product = self.publish(ORDINARY)
        for regions, state in (
            (["PL"], "held"),
            (["EU"], "delivered"),
            (["MOON"], "delivered"),
            (["PL", "WORLDWIDE"], "delivered"),
        ):
            with self.subTest(regions=regions):
                self.control.change(ORDINARY, regions=regions)
                order = self.sell(product)
                self.work()
                self.assertEqual(self.states(order), [state])
                if state == "held":
                    self.assertEqual(order.orion_piece_ids.reason, "supplier_region")
                    self.assertEqual(self.bought(), {})


@tagged("post_install", "-at_install")
class TestDeadProducts(CodesWholesaleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "keys_manager",
            groups="orion_base.group_orion_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.sync()
        self.product = self.publish(ORDINARY)

    def shown(self):
        """What the screen of the price list shows at first."""
        action = self.channel.action_codeswholesale_products()
        context = literal_eval(action["context"])
        view = self.env["orion.marketplace.product"].get_view(view_type="search")
        arch = etree.fromstring(view["arch"])
        domain = list(action["domain"])
        for name, value in context.items():
            if name.startswith("search_default_") and value:
                [found] = arch.findall(f".//filter[@name='{name[15:]}']")
                domain += literal_eval(found.get("domain"))
        return self.env["orion.marketplace.product"].search(domain)

    def test_the_price_list_hides_them(self):
        row = self.staged(ORDINARY)
        self.assertIn(row, self.shown())
        self.control.change(ORDINARY, listed=False)
        self.sync()
        self.assertTrue(row.exists())
        self.assertNotIn(row, self.shown())

    def test_somebody_is_told_of_products_without_another_source(self):
        for tells in (True, False):
            with self.subTest(tells_withdrawn=tells):
                self.control.configure(tells_withdrawn=tells)
                self.control.change(ORDINARY, listed=False)
                self.sync(full=not tells)
                self.assertTrue(self.product.orion_key_offer_ids.is_gone)
                [activity] = self.product.activity_search([NO_SOURCE])
                self.assertEqual(activity.user_id, self.manager)
                self.assertEqual(
                    self.product._orion_key_quantities(self.company)[self.product.id], 0
                )
                self.control.change(ORDINARY, listed=True)
                self.sync()
                self.assertFalse(self.product.orion_key_offer_ids.is_gone)
                self.assertFalse(self.product.activity_search([NO_SOURCE]))


@tagged("post_install", "-at_install")
class TestPriceInFrancs(CodesWholesaleCase):
    def test_the_margin_rule_counts_in_the_companys_currency(self):
        francs = self.env.ref("base.CHF")
        francs.active = True
        self.company.currency_id = francs
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref("base.EUR").id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.5,
            }
        )
        self.channel.write({"codeswholesale_margin": 20.0, "codeswholesale_surcharge": 1.0})
        self.sync()
        product = self.publish(ORDINARY)
        cost = self.staged(ORDINARY).price
        self.assertAlmostEqual(product.list_price, cost * 2 * 1.2 + 1.0, delta=0.011)
        self.assertAlmostEqual(product.standard_price, cost * 2, delta=0.011)
