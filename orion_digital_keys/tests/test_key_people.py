"""What people do with orders and keys on their screens."""

from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.orion_digital_keys.models import product_product

from .mail_common import KeyMailCase


@tagged("post_install", "-at_install")
class TestKeyPeople(KeyMailCase):
    # === RELEASING === #

    def held(self):
        self.game.orion_region_country_ids = self.env.ref("base.us")
        sale = self.sell()
        self.work()
        self.assertEqual(sale.orion_held_key_count, 1)
        return sale

    def dialog(self, action, user):
        dialogs = self.env[action["res_model"]].with_user(user)
        return dialogs.with_context(**action["context"]).create({"reason": "Lives there"})

    def test_held_keys_are_released_by_a_button(self):
        self.add_keys(2)
        first, second = self.held(), self.held()
        orders = (first | second).with_user(self.manager)
        dialog = self.dialog(orders.action_orion_open_release(), self.manager)
        self.assertEqual(len(dialog.piece_ids), 2)
        dialog.action_release()
        self.work()
        self.assertEqual(self.states(first + second), ["delivered"] * 2)
        self.assertIn("Lives there", "".join(first.message_ids.mapped("body")))
        with self.assertRaises(UserError):
            orders.action_orion_open_release()

    def test_only_managers_release(self):
        sale = self.held()
        with self.assertRaises(AccessError):
            sale.with_user(self.clerk).action_orion_open_release()
        with self.assertRaises(AccessError):
            sale.orion_piece_ids.with_user(self.clerk).action_open_release()
        with self.assertRaises(AccessError):
            self.env["orion.key.release"].with_user(self.clerk).create({"reason": "x"})

    def test_nobody_is_asked_about_keys_that_were_refunded(self):
        sale = self.held()
        self.assertTrue(sale.activity_ids)
        sale._orion_give_up_pieces("refunded")
        self.assertFalse(sale.activity_ids)

    # === THE CHATTER === #

    def test_no_way_into_the_chatter_leaves_a_key_in_clear(self):
        [plain] = self.add_keys(1)
        sale = self.delivered()
        self.send(sale)
        message = sale.message_post(body="See below.", message_type="comment")
        message.body = f"<p>It was {plain}.</p>"
        activity = sale.activity_schedule(
            "mail.mail_activity_data_todo", note=f"Ask about {plain}", user_id=self.manager.id
        )
        self.assertNotIn(plain, f"{message.body}{activity.note}")
        activity.note = f"Again: {plain}"
        self.assertIn("Again: AB12****", activity.note)

    # === WHAT BECAME DIGITAL LATER === #

    def test_a_product_that_becomes_digital_later_may_leave_its_orders(self):
        """There may be years of orders that got their keys in another way."""
        service = self.env["product.product"].create(
            {"name": "Service", "type": "service", "list_price": 0, "taxes_id": False}
        )
        sale, unpaid = self.sell(product=service), self.sell(product=service, paid=False)
        service.write({"orion_is_digital": True, "orion_leave_open_orders": True})
        self.add_keys(1, product=service)
        self.work()
        self.assertFalse(sale.orion_piece_ids)
        self.assertEqual((sale + unpaid).mapped("orion_lacks_pieces"), [True, False])
        self.assertEqual((sale + unpaid).mapped("orion_keys_await_payment"), [False, True])
        with self.enter_registry_test_mode():
            sale.with_user(self.manager).action_orion_fulfill_digital()
        self.env.invalidate_all()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertFalse(sale.orion_lacks_pieces)

    # === DELETING === #

    def test_a_cancelled_order_without_keys_can_be_deleted(self):
        sale = self.sell(2)
        sale._action_cancel()
        sale.unlink()
        self.assertFalse(sale.exists())

    def test_an_order_whose_keys_left_is_kept(self):
        self.add_keys(1)
        sale = self.delivered()
        sale._action_cancel()
        with self.assertRaisesRegex(UserError, "proves what was delivered"):
            sale.unlink()
        with self.assertRaisesRegex(UserError, "proves what was delivered"):
            sale.order_line.unlink()

    # === READING === #

    def test_who_reads_all_fields_of_a_key_reads_them(self):
        self.add_keys(1)
        [read] = self.env["orion.digital.key"].with_user(self.clerk).search_read([])
        self.assertEqual(read["masked"], "AB12****")
        self.assertNotIn("reveal_ids", read)

    def test_what_is_the_merchants_own_matter_is_not_for_everybody(self):
        for record, name in (
            (self.game.product_tmpl_id, "orion_maximum_cost"),
            (self.game.product_tmpl_id, "orion_low_pool_threshold"),
            (self.sell(), "orion_customer_ip"),
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.seller).read([name])

    # === DAYS === #

    def test_keys_expire_at_midnight_of_the_company(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        with self.at("2027-03-01 12:30:00"):
            self.assertEqual(self.company._orion_today(), fields.Date.to_date("2027-03-02"))
            self.add_keys(1, expires_on="2027-03-01")
            self.add_keys(1, start=1, expires_on="2027-03-02")
            self.assertEqual(self.game._orion_free_keys(self.company), {self.game.id: 1})
            sale = self.sell(2)
            self.env["orion.digital.piece"]._claim(self.company)
        self.assertEqual(sorted(self.states(sale)), ["claimed", "waiting"])

    def at(self, time):
        now = datetime.fromisoformat(time)
        return patch.object(fields.Datetime, "now", lambda *args: now)

    def test_keys_that_have_expired_are_told_to_channels(self):
        yesterday = fields.Date.subtract(fields.Date.today(), days=2)
        self.add_keys(1, expires_on=yesterday)
        told = []
        demand = self.env.registry["orion.demand"]
        with patch.object(demand, "_note_changed", lambda _model, ids: told.extend(ids)):
            self.env["product.product"]._cron_watch_pools()
        self.assertIn(self.game.id, told)

    # === IMPORTS === #

    def test_a_pool_of_another_company_is_watched_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids += other
        self.game.orion_low_pool_threshold = 1
        self.game.with_company(other)._orion_watch_pools()
        low = self.env.ref("orion_digital_keys.mail_activity_type_low_pool")
        domain = [("activity_type_id", "=", low.id), ("orion_company_id", "=", other.id)]
        self.assertTrue(self.env["mail.activity"].search(domain))
        self.env["orion.digital.key"].with_user(self.manager).with_context(
            allowed_company_ids=(self.company + other).ids
        ).import_keys(self.game.id, ["AAAA-1111", "AAAA-2222"], company_id=other.id)
        self.assertFalse(self.env["mail.activity"].search(domain))

    def import_keys(self, *keys, product=None, **values):
        model = self.env["orion.digital.key"].with_user(self.manager)
        return model.import_keys((product or self.game).id, list(keys), **values)

    def test_programs_import_no_nonsense(self):
        link = self.create_game("Film", orion_delivery_method="link")
        card = self.create_game("Card", orion_delivery_method="image")
        for words, keys, values in (
            ("begin with https", ["javascript:alert(1)"], {"product": link}),
            ("begin with https", ["not a link"], {"product": link}),
            ("as pictures", ["AAAA-1111"], {"product": card}),
            ("is no day", ["AAAA-1111"], {"expires_on": "31.12.2026"}),
            ("have expired", ["AAAA-1111"], {"expires_on": "2020-01-01"}),
            ("less than nothing", ["AAAA-1111"], {"unit_cost": -5}),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.import_keys(*keys, **values)
        good = "https://example.com/film"
        self.assertEqual(self.import_keys(good, product=link), {"imported": 1, "duplicates": 0})

    def test_who_was_sold_to_during_a_long_import_is_looked_for_when_it_is_over(self):
        self.add_keys(1)
        sale = self.sell()
        piece = sale.orion_piece_ids
        piece.try_at = False
        with self.enter_registry_test_mode():
            product_product._wake_for(self.env, self.game.ids)
        self.env.invalidate_all()
        self.assertTrue(piece.try_at)

    def test_an_import_says_so_once_it_is_committed(self):
        before = len(self.env.cr.postcommit)
        self.add_keys(1)
        self.assertEqual(len(self.env.cr.postcommit), before + 1)

    # === MANY === #

    def import_queries(self, number):
        text = "\n".join(f"LONG-{number}-{place:04d}" for place in range(number))
        wizards = self.env["orion.key.import"].with_user(self.manager)
        wizard = wizards.create({"product_id": self.game.id, "pasted": text})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        wizard.action_import()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_importing_many_takes_no_more_queries(self):
        self.import_queries(3)
        few, many = self.import_queries(10), self.import_queries(50)
        self.assertLessEqual(many, few)

    def send_queries(self, number):
        self.add_keys(number, start=number * 100)
        sale = self.sell(number)
        self.env["orion.digital.piece"]._claim(self.company)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        _sent, problems = sale._orion_send_claimed()
        self.env.flush_all()
        self.assertFalse(problems)
        return self.env.cr.sql_log_count - before

    def test_sending_many_keys_takes_no_more_queries(self):
        self.send_queries(3)
        few, many = self.send_queries(10), self.send_queries(50)
        self.assertLessEqual(many, few)
