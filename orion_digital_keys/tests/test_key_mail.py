import base64
import re
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_digital_keys import link
from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

from .common import PLAIN
from .mail_common import KeyMailCase
from .test_key_import import picture


@tagged("post_install", "-at_install")
class TestKeyMail(KeyMailCase):
    # === WHAT IS SENT === #

    def test_the_keys_stand_in_the_e_mail_and_nowhere_in_the_database(self):
        plains = self.add_keys(2)
        sale = self.delivered(2)
        stored = self.everything_stored_of_mails(sale)
        self.assertIn("AB12****", stored, "the e-mail is in the queue, masked")
        for plain in plains:
            self.assertNotIn(plain, stored)
        [sent] = self.send(sale)
        for plain in plains:
            self.assertIn(plain, sent["body"])
            self.assertIn(plain, sent["body_alternative"])
        stored = self.everything_stored_of_mails(sale)
        for plain in plains:
            self.assertNotIn(plain, stored)

    def test_the_customer_reads_the_own_language(self):
        self.customer.lang = "fr_FR"
        self.add_keys(1)
        [sent] = self.send(self.delivered())
        self.assertIn("Saisissez-la dans", sent["body"])
        self.assertIn("merci pour votre commande", sent["body"])
        self.assertIn("clés", sent["subject"])

    def test_it_goes_to_the_buyer_alone(self):
        self.add_keys(1)
        template = self.env.ref("orion_digital_keys.mail_template_digital_keys")
        template.email_cc = "everybody@example.com"
        [sent] = self.send(self.delivered())
        self.assertEqual(sent["email_to"], ["lea@example.com"])
        self.assertFalse(sent["email_cc"])

    def test_what_the_marketplace_told_of_the_buyer_comes_first(self):
        self.add_keys(1)
        sale = self.sell()
        sale.sudo().orion_customer_email = "told@marketplace.example"
        self.work()
        [sent] = self.send(sale)
        self.assertEqual(sent["email_to"], ["told@marketplace.example"])

    def test_one_e_mail_an_order_whatever_was_bought(self):
        other = self.create_game("Other game")
        self.add_keys(2)
        self.add_keys(1, other, start=50)
        sale = self.sell(2)
        sale.write({"order_line": [(0, 0, {"product_id": other.id, "price_unit": 0.0})]})
        self.work()
        [sent] = self.send(sale)
        for number in (0, 1, 50):
            self.assertIn(PLAIN % number, sent["body"])

    def test_what_comes_later_comes_in_an_e_mail_of_its_own(self):
        [first] = self.add_keys(1)
        sale = self.delivered(2)
        [sent] = self.send(sale)
        self.assertIn(first, sent["body"])
        [second] = self.add_keys(1, start=1)
        self.work()
        [sent] = self.send(sale)
        self.assertIn(second, sent["body"])
        self.assertNotIn(first, sent["body"])

    def test_a_picture_is_attached_when_it_leaves(self):
        card = self.create_game("Card", orion_delivery_method="image")
        batch = self.env["orion.digital.key"]._make_batch(card, self.company, "file")
        add_keys(batch, [NewKey(picture(), kind="image", filename="card.png")])
        sale = self.delivered(product=card)
        attachments = self.env["ir.attachment"].search_count([])
        [sent] = self.send(sale)
        name = f"key-{sale.orion_piece_ids.key_id.id}.png"
        self.assertEqual(sent["attachments"], [(name, picture(), "image/png")])
        self.assertIn(name, sent["body"])
        self.assertEqual(self.env["ir.attachment"].search_count([]), attachments)
        self.assertNotIn(base64.b64encode(picture()).decode(), sent["body"])

    def test_a_download_link_can_be_clicked(self):
        film = self.create_game("Film", orion_delivery_method="link")
        batch = self.env["orion.digital.key"]._make_batch(film, self.company, "paste")
        add_keys(batch, [NewKey("https://example.com/d?a=1&b=2", kind="link")])
        [sent] = self.send(self.delivered(product=film))
        self.assertIn('href="https://example.com/d?a=1&amp;b=2"', sent["body"])

    def test_a_key_is_no_html(self):
        batch = self.env["orion.digital.key"]._make_batch(self.game, self.company, "paste")
        add_keys(batch, [NewKey("<img src=x>&1")])
        [sent] = self.send(self.delivered())
        self.assertIn("&lt;img src=x&gt;&amp;1", sent["body"])

    def test_the_address_in_it_opens_the_order_and_is_kept_nowhere(self):
        self.add_keys(1)
        sale = self.delivered()
        [sent] = self.send(sale)
        [token] = re.findall(r'href="[^"]*/orion/keys/([^"]+)"', sent["body"])
        self.assertEqual(link.order_of(self.env, token), sale)
        self.assertNotIn(token, self.everything_stored_of_mails(sale))

    def test_it_leaves_at_once_and_not_with_the_hourly_queue(self):
        self.add_keys(1)
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.delivered()
        fresh = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertTrue(fresh)

    # === PROOF === #

    def test_when_it_was_sent_is_noted_when_it_was_sent(self):
        self.add_keys(1)
        sale = self.delivered()
        piece = sale.orion_piece_ids
        self.assertEqual(piece.state, "delivered")
        self.assertFalse(piece.sent_at)
        self.assertEqual(piece.sent_to, "lea@example.com")
        self.send(sale)
        self.assertTrue(piece.sent_at)
        self.assertIn("1 × Game", sale.message_ids[0].body)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_mail_server_that_refuses_is_told_to_a_person_once(self):
        self.add_keys(1)
        sale = self.delivered()
        mails = self.queued(sale)
        with (
            self.mock_mail_gateway(),
            patch.object(
                type(self.env["ir.mail_server"]),
                "send_email",
                side_effect=AssertionError("550 unknown"),
            ),
        ):
            mails.send()
        self.assertFalse(sale.orion_piece_ids.sent_at)
        self.assertTrue(sale.orion_piece_ids.mail_problem)
        [activity] = sale.activity_ids
        sale.orion_resend_keys()
        self.send(sale)
        self.assertTrue(sale.orion_piece_ids.sent_at)
        self.assertFalse(sale.orion_piece_ids.mail_problem)
        self.assertFalse(activity.exists())

    def test_without_an_address_the_keys_wait_and_one_person_is_asked(self):
        self.customer.email = False
        self.add_keys(1)
        sale = self.delivered()
        self.assertEqual(self.states(sale), ["claimed"])
        self.assertEqual(sale.orion_piece_ids.reason, "no_email")
        self.time_passes()
        self.work()
        self.assertEqual(len(sale.activity_ids), 1)
        self.customer.email = "lea@example.com"
        self.time_passes()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertEqual(len(self.send(sale)), 1)

    # === NOBODY ELSE === #

    def test_a_place_for_the_key_of_another_order_stays_masked(self):
        plains = self.add_keys(2)
        one, two = self.delivered(), self.delivered()
        self.send(one)
        mail = self.queued(two)
        foreign = one.orion_piece_ids
        mail.body_html += f'<span data-orion-piece="{foreign.id}">AB12****</span>'
        [sent] = self.send(two)
        self.assertIn(plains[1], sent["body"])
        self.assertNotIn(plains[0], sent["body"])

    def test_changed_recipients_get_nothing(self):
        self.add_keys(1)
        sale = self.delivered()
        mail = self.queued(sale)
        for values in (
            {"email_to": "thief@example.com"},
            {"email_cc": "thief@example.com"},
            {"recipient_ids": [(4, self.env.user.partner_id.id)]},
        ):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                mail.write(values)
                with self.assertRaises(UserError):
                    mail._prepare_outgoing_list()
                savepoint.rollback()
                mail.invalidate_recordset()

    def test_no_program_says_whose_keys_an_e_mail_holds(self):
        self.add_keys(1)
        sale = self.delivered()
        administrator = self.env.ref("base.user_admin")
        mails = self.env["mail.mail"].with_user(administrator)
        with self.assertRaises(AccessError):
            mails.create(
                {
                    "email_to": "thief@example.com",
                    "body_html": f'<b data-orion-piece="{sale.orion_piece_ids.id}"/>',
                    "orion_piece_ids": [(6, 0, sale.orion_piece_ids.ids)],
                }
            )
        with self.assertRaises(AccessError):
            self.queued(sale).with_user(administrator).read(["orion_piece_ids"])

    def test_a_refunded_key_leaves_no_more(self):
        self.add_keys(1)
        sale = self.delivered()
        mail = self.queued(sale)
        sale.orion_piece_ids._give_up("refunded")
        self.assertEqual(self.send(sale), [])
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(sale.orion_piece_ids.sent_at)
        self.assertNotIn("Keys have left", "".join(sale.message_ids.mapped("body")))

    def test_answers_that_quote_the_key_are_masked(self):
        [plain] = self.add_keys(1)
        sale = self.delivered()
        sale.message_post(body=f"It does not work: {plain}", message_type="email")
        self.assertIn("AB12****", sale.message_ids[0].body)
        self.assertNotIn(plain, self.everything_stored_of_mails(sale))

    def test_replaced_keys_are_masked_too(self):
        [plain] = self.add_keys(1)
        sale = self.delivered()
        sale.orion_piece_ids.replace_key(reason="Broken")
        sale.message_post(body=f"I tried {plain} again.")
        self.assertNotIn(plain, self.everything_stored_of_mails(sale))

    # === AGAIN === #

    def test_again_is_the_same_key(self):
        plains = self.add_keys(2)
        sale = self.delivered()
        self.send(sale)
        answer = sale.with_user(self.manager).orion_resend_keys()
        self.assertTrue(answer["success"])
        [sent] = self.send(sale)
        self.assertIn(plains[0], sent["body"])
        self.assertNotIn(plains[1], sent["body"])
        self.assertEqual(len(sale.orion_piece_ids), 1)

    def test_elsewhere_takes_a_manager_and_ends_former_addresses(self):
        self.add_keys(1)
        self.clerk.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        sale = self.delivered()
        [sent] = self.send(sale)
        [token] = re.findall(r'href="[^"]*/orion/keys/([^"]+)"', sent["body"])
        self.customer.email = "thief@example.com"
        with self.assertRaises(AccessError):
            sale.with_user(self.clerk).orion_resend_keys(email="thief@example.com")
        sale.with_user(self.clerk).orion_resend_keys()
        self.assertEqual(self.send(sale)[0]["email_to"], ["lea@example.com"])
        self.assertTrue(link.order_of(self.env, token))
        sale.with_user(self.manager).orion_resend_keys(email="lea@home.example")
        self.assertEqual(self.send(sale)[0]["email_to"], ["lea@home.example"])
        self.assertFalse(link.order_of(self.env, token))

    def test_what_waits_for_a_former_address_does_not_leave_any_more(self):
        self.add_keys(2)
        sale, other = self.delivered(), self.delivered()
        former, unconcerned = self.queued(sale), self.queued(other)
        sale.with_user(self.manager).orion_resend_keys(email="lea@home.example")
        self.assertEqual((former.state, unconcerned.state), ("cancel", "outgoing"))
        self.assertEqual([sent["email_to"] for sent in self.send(sale)], [["lea@home.example"]])
        sale.with_user(self.manager).orion_resend_keys()
        again = self.queued(sale)
        sale.with_user(self.manager).orion_resend_keys()
        self.assertEqual(again.state, "cancel", "one e-mail leaves")
        self.assertEqual(len(self.send(sale)), 1)

    def test_wrong_use_of_again(self):
        sale = self.sell()
        with self.assertRaises(UserError):
            sale.orion_resend_keys()
        self.add_keys(1)
        self.work()
        with self.assertRaises(UserError):
            sale.orion_resend_keys(email="nobody")
        with self.assertRaises(AccessError):
            sale.with_user(self.seller).orion_resend_keys()

    # === REPLACING === #

    def test_a_defective_key_is_locked_and_another_one_sent(self):
        plains = self.add_keys(2)
        sale = self.delivered()
        self.send(sale)
        piece = sale.orion_piece_ids
        old = piece.key_id
        self.clerk.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        action = piece.with_user(self.clerk).action_open_replace()
        dialog = self.env[action["res_model"]].with_user(self.clerk)
        dialog.with_context(**action["context"]).create({"reason": "Used already"}).action_replace()
        self.assertEqual((old.state, old.reason), ("replaced", "Used already"))
        self.assertIn("Used already", "".join(sale.message_ids.mapped("body")))
        self.work()
        [sent] = self.send(sale)
        self.assertIn(plains[1], sent["body"])
        self.assertNotIn(plains[0], sent["body"])
        self.assertEqual(piece.key_id.state, "delivered")
        self.assertEqual(old.state, "replaced")
        self.assertEqual(old.piece_id, piece)

    def test_without_another_key_the_order_waits(self):
        self.add_keys(1)
        sale = self.delivered()
        sale.orion_piece_ids.replace_key(reason="Broken")
        self.work()
        self.assertEqual(self.states(sale), ["waiting"])
        self.assertEqual(sale.orion_waiting_key_reason, "The Pool Is Empty")
        self.add_keys(1, start=7)
        self.work()
        self.assertEqual(self.keys_of(sale), [PLAIN % 7])

    def test_replacing_needs_a_reason_and_a_delivered_key(self):
        self.add_keys(1)
        sale = self.delivered()
        with self.assertRaises(UserError):
            sale.orion_piece_ids.replace_key(reason=" ")
        sale.orion_piece_ids.replace_key(reason="Broken")
        with self.assertRaises(UserError):
            sale.orion_piece_ids.replace_key(reason="Broken")

    def test_another_company_replaces_and_resends_nothing(self):
        self.add_keys(1)
        sale = self.delivered()
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            sale.orion_piece_ids.with_user(self.manager).replace_key(reason="Mine now")
        with self.assertRaises(AccessError):
            sale.with_user(self.manager).orion_resend_keys()
