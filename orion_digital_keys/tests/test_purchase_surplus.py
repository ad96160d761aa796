from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.orion_digital_keys.lib.errors import StockShort
from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    CodeKind,
    FraudScore,
)

from .common import quote
from .trouble_common import TroubleCase


@tagged("post_install", "-at_install")
class TestSurplus(TroubleCase):
    def setUp(self):
        super().setUp()
        self.supplier.kinds = [CodeKind.TEXT] * 3
        self.sale = self.sell()
        self.work()
        self.purchase = self.purchases()
        self.surplus = self.env["orion.digital.key"].search([("is_surplus", "=", True)])

    def test_they_are_locked_and_told(self):
        self.assertEqual(self.surplus.mapped("state"), ["invalid"] * 2)
        self.assertEqual(self.purchase.surplus_key_count, 2)
        self.assertEqual(self.told().orion_key_reason, "surplus_codes")
        action = self.purchase.with_user(self.manager).action_open_surplus()
        self.assertEqual(self.env["orion.digital.key"].search(action["domain"]), self.surplus)

    def test_into_the_pool(self):
        result = self.surplus[0].with_user(self.manager).release_surplus()
        self.assertEqual(result, {"released": 1})
        self.assertEqual(self.game.orion_free_key_count, 1)
        self.assertTrue(self.told(), "one is left")
        self.surplus[1].with_user(self.manager).action_release_surplus()
        self.assertFalse(self.told())
        self.assertFalse(self.purchase.reason)
        self.assertIn("put surplus keys", "".join(self.purchase.message_ids.mapped("body")))
        other = self.sell(2)
        self.work()
        self.assertEqual(self.states(other), ["delivered"] * 2)
        self.assertEqual(len(self.supplier.sent), 1)

    def test_thrown_away(self):
        self.assertEqual(self.surplus.with_user(self.manager).discard_surplus(), {"discarded": 2})
        self.assertEqual(self.surplus.mapped("state"), ["invalid"] * 2)
        self.assertIn(self.manager.name, self.surplus[0].reason)
        self.assertFalse(self.told())
        with self.assertRaises(UserError):
            self.surplus.with_user(self.manager).release_surplus()

    def test_other_locked_keys_stay_locked(self):
        given = self.sale.orion_piece_ids.key_id
        for keys in (given, given | self.surplus, self.surplus.browse()):
            with self.assertRaises(UserError):
                keys.with_user(self.manager).release_surplus()
        self.assertEqual(given.state, "delivered")

    def test_only_managers_of_the_company_say_so(self):
        user = new_test_user(self.env, "keys_user", groups="orion_base.group_orion_user")
        for method in ("release_surplus", "discard_surplus"):
            with self.assertRaises(AccessError):
                getattr(self.surplus.with_user(user), method)()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="orion_base.group_orion_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            self.surplus.with_user(stranger).release_surplus()
        self.assertEqual(self.surplus.mapped("state"), ["invalid"] * 2)


@tagged("post_install", "-at_install")
class TestBuyers(TroubleCase):
    def test_nobody_is_asked_about_buyers_unless_that_is_wanted(self):
        self.sell()
        self.work()
        self.assertEqual(self.supplier.assessed, [])

    def test_the_whole_order_of_a_risky_buyer_is_held(self):
        """Also keys of the pool, as far as they have not left."""
        self.channel_2.key_fraud_check = True
        self.supplier.scores["lea@example.com"] = FraudScore(Decimal("1.6"))
        own = self.create_game("Own")
        self.add_keys(1, product=own)
        sale = self.sell(product=own)
        sale.order_line.create({"order_id": sale.id, "product_id": self.game.id, "price_unit": 0.0})
        sale._orion_start_digital()
        pieces = self.env["orion.digital.piece"]
        pieces._claim(self.company)
        self.assertEqual(sorted(self.states(sale)), ["claimed", "waiting"])
        self.channel_2.sudo()._buyers_of(pieces)
        for step in self.channel_2.sudo()._buy_steps(self.supplier):
            self.assertFalse(step.failed)
        self.assertEqual(self.states(sale), ["held"] * 2)
        self.assertEqual(self.reasons(sale), ["fraud"] * 2)
        self.assertEqual(own.orion_free_key_count, 1)
        self.assertFalse(self.supplier.sent)
        sale.orion_piece_ids.with_user(self.manager).release()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)

    def test_a_buyer_who_was_not_checked_is_told(self):
        self.channel_2.key_fraud_check = True
        sale = self.sell()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        said = [body for body in sale.message_ids.mapped("body") if "was not checked" in body]
        self.assertEqual(len(said), 1)
        self.supplier.scores["lea@example.com"] = FraudScore(Decimal(0))
        sale = self.sell()
        self.work()
        self.assertNotIn("was not checked", "".join(sale.message_ids.mapped("body")))

    def test_the_suppliers_own_regions_hold_before_anything_is_bought(self):
        countries = {"PL": self.env.ref("base.pl"), "LU": self.luxembourg}
        self.patch(
            self.env.registry["orion.channel"],
            "_key_countries",
            lambda channel, regions: channel.env["res.country"].union(
                *(countries[word] for word in regions)
            ),
        )
        self.supplier.quotes["G1"] = quote(regions=("PL",))
        sale = self.sell()
        self.work()
        self.quarter_hours(2)
        self.assertEqual((self.states(sale), self.reasons(sale)), (["held"], ["supplier_region"]))
        self.assertFalse(self.supplier.sent)
        self.assertEqual(len(sale.activity_ids), 1)
        self.supplier.quotes["G1"] = quote(regions=("PL", "LU"))
        fine = self.sell()
        self.work()
        self.assertEqual(self.states(fine), ["delivered"])
        sale.orion_piece_ids.with_user(self.manager).release()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_a_refused_purchase_for_lack_of_stock_leaves_less(self):
        self.supplier.refusal = StockShort("One is left.")
        self.sell(2)
        self.work()
        self.assertEqual(self.offer_1.available, 3)
