from odoo.tests import tagged

from odoo.addons.orion_digital_keys.lib.errors import BalanceTooLow

from ..models.orion_digital_piece_late import LATE, MINUTES_PARAMETER
from .common import KeysCase


@tagged("post_install", "-at_install")
class TestLate(KeysCase):
    """Customers who wait for too long are told to a person, once a product."""

    def wait(self, minutes=61):
        """So much time passes, and what is late is looked for."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_digital_piece SET waiting_since = waiting_since"
            " - make_interval(mins => %s)",
            [minutes],
        )
        self.env.invalidate_all()
        self.look()

    def look(self):
        self.env["orion.digital.piece"]._cron_try_again()
        self.work()

    def activities(self, product=None):
        kind = self.env.ref(LATE)
        found = (product or self.game).activity_ids
        return found.filtered(lambda one: one.activity_type_id == kind)

    def test_an_empty_pool_is_told_once_whoever_waits(self):
        self.sell(2)
        self.sell(1)
        self.work()
        self.wait(59)
        self.assertFalse(self.activities())
        self.wait(2)
        self.look()
        [activity] = self.activities()
        self.assertEqual(activity.orion_company_id, self.company)
        self.assertTrue(activity.user_id.has_group("orion_base.group_orion_manager"))
        for said in ("Game", "key: 3", "orders: 2", "The Pool Is Empty"):
            self.assertIn(said, activity.note)
        self.sell(4)
        self.wait()
        self.assertEqual(self.activities(), activity)
        self.assertIn("key: 7", activity.note)

    def test_it_closes_by_itself_when_keys_come(self):
        self.sell(2)
        self.work()
        self.wait()
        self.add_keys(1)
        self.work()
        self.assertTrue(self.activities(), "one still waits")
        self.add_keys(1, start=1)
        self.work()
        self.assertFalse(self.activities())

    def test_it_closes_by_itself_when_nobody_waits_any_more(self):
        sale = self.sell()
        self.work()
        self.wait()
        sale._action_cancel()
        self.look()
        self.assertFalse(self.activities())

    def test_what_was_ticked_off_comes_back_for_another_customer_only(self):
        self.sell()
        self.work()
        self.wait()
        self.activities().action_feedback()
        self.look()
        self.assertFalse(self.activities())
        self.sell()
        self.work()
        self.look()
        self.assertFalse(self.activities())
        self.wait()
        self.assertIn("key: 2", self.activities().note)

    def test_each_product_says_why(self):
        dear = self.create_game("Dear", orion_key_source="supplier", orion_maximum_cost=1.0)
        self.offer(dear)
        self.sell()
        self.sell(product=dear)
        self.work()
        self.wait()
        self.assertIn("The Pool Is Empty", self.activities().note)
        self.assertIn("Price above the Maximum", self.activities(dear).note)

    def test_money_that_is_missing_is_told_on_the_channel_alone(self):
        self.game.orion_key_source = "supplier"
        channel = self.offer()
        refuse = self.supplier._order

        def always(order):
            self.supplier.refusal = BalanceTooLow("0.40 EUR are left.")
            return refuse(order)

        self.supplier._order = always
        sale = self.sell()
        self.work()
        self.wait()
        self.assertEqual(sale.orion_piece_ids.reason, "balance_too_low")
        self.assertFalse(self.activities())
        self.assertTrue(channel.activity_ids)

    def test_who_gets_another_key_waits_from_then_on(self):
        self.add_keys(1)
        sale = self.sell()
        self.work()
        self.wait(600)
        sale.orion_piece_ids.replace_key(reason="Broken")
        self.look()
        self.assertFalse(self.activities())
        self.wait()
        self.assertTrue(self.activities())

    def test_how_long_is_a_setting(self):
        settings = self.env["orion.settings"].with_user(self.manager).create({})
        self.assertEqual(settings.orion_key_waiting_minutes, 60)
        settings.orion_key_waiting_minutes = 5
        self.assertEqual(self.env["ir.config_parameter"].get_param(MINUTES_PARAMETER), "5")
        self.sell()
        self.work()
        self.wait(6)
        self.assertTrue(self.activities())

    def test_it_speaks_the_language_of_who_reads_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["orion.alert"]._responsible(self.company).lang = "fr_FR"
        self.sell()
        self.work()
        self.wait()
        self.assertEqual(self.activities().summary, "Des clients attendent des clés")
        self.assertIn("La réserve est vide", self.activities().note)

    def test_another_company_is_told_of_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        known = self.game.activity_schedule(LATE, orion_company_id=other.id)
        self.sell()
        self.work()
        self.wait()
        self.assertFalse(known.exists(), "nobody waits there")
        self.assertEqual(self.activities().orion_company_id, self.company)

    # === DASHBOARD === #

    def card(self):
        return self.env["orion.dashboard"]._dashboard_data(self.storefront)[self.storefront.id]

    def figure(self):
        return next(one for one in self.card()["figures"] if one["name"] == "keys_waiting")

    def test_the_card_of_the_storefront_counts_orders_that_wait(self):
        self.assertNotIn("keys_waiting", [one["name"] for one in self.card()["figures"]])
        sales = self.sell(2) | self.sell(1)
        self.work()
        figure = self.figure()
        self.assertEqual(figure["value"], 2)
        self.assertEqual(self.env["sale.order"].search(figure["domain"]), sales)
        self.assertFalse(self.card()["problems"])
        self.wait()
        [problem] = self.card()["problems"]
        self.assertIn("60 minutes: 2", problem["message"])
        self.add_keys(3)
        self.work()
        self.assertEqual((self.figure()["value"], self.card()["problems"]), (0, []))

    # === MANY === #

    def count_queries(self, number):
        for place in range(number):
            self.sell(product=self.create_game(f"Game {number}-{place}"))
        self.work()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_digital_piece SET waiting_since = waiting_since - interval '2 hours'"
        )
        self.env.invalidate_all()
        counts = []
        for _time in range(2):
            before = self.env.cr.sql_log_count
            self.env["orion.digital.piece"]._tell_late()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.env.invalidate_all()
        return counts

    def test_telling_of_many_products_takes_no_more_queries(self):
        self.count_queries(3)
        self.assertEqual(self.count_queries(10), self.count_queries(50))
