"""Keys reach whom they were sold to, and what is noted of it is true."""

import re
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.orion_digital_keys import link

from .common import PLAIN
from .mail_common import KeyMailCase

FIRST, OTHER = "lea@example.com", "lea@home.example"


@tagged("post_install", "-at_install")
class TestKeyMailSafety(KeyMailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")

    def refuse(self, sale):
        """The mail server refuses what waits for an order."""
        mails = self.queued(sale)
        server = type(self.env["ir.mail_server"])
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
            patch.object(server, "send_email", side_effect=AssertionError("550 unknown")),
        ):
            mails.send()

    def resend_dialog(self, sale, user):
        action = sale.with_user(user).action_orion_open_resend()
        dialogs = self.env[action["res_model"]].with_user(user)
        return dialogs.with_context(**action["context"]).create({})

    # === WHERE === #

    def test_after_a_resend_elsewhere_the_former_address_gets_nothing_more(self):
        self.add_keys(1)
        sale = self.delivered()
        self.send(sale)
        sale.with_user(self.manager).orion_resend_keys(email=OTHER)
        self.assertEqual(sale.orion_piece_ids.sent_to, OTHER)
        self.assertIn(f"Before they went to {FIRST}.", sale.message_ids[0].body)
        self.send(sale)
        with self.assertRaises(AccessError):
            sale.with_user(self.clerk).orion_resend_keys(email=FIRST)
        dialog = self.resend_dialog(sale, self.clerk)
        self.assertEqual((dialog.email, dialog.sent_to), (OTHER, OTHER))
        dialog.action_send()
        [sent] = self.send(sale)
        self.assertEqual(sent["email_to"], [OTHER])

    def test_keys_that_went_to_different_addresses_take_a_manager(self):
        self.add_keys(1)
        sale = self.delivered(2)
        [sent] = self.send(sale)
        [token] = re.findall(r'href="[^"]*/orion/keys/([^"]+)"', sent["body"])
        self.customer.email = OTHER
        self.add_keys(1, start=1)
        self.work()
        [sent] = self.send(sale)
        self.assertEqual(sent["email_to"], [OTHER])
        dialog = self.resend_dialog(sale, self.manager)
        self.assertEqual((dialog.email, dialog.sent_to), (OTHER, f"{FIRST}, {OTHER}"))
        for address in (FIRST, OTHER, False):
            with self.subTest(address=address), self.assertRaises(AccessError):
                sale.with_user(self.clerk).orion_resend_keys(email=address)
        dialog.action_send()
        self.assertEqual(sale.orion_piece_ids.mapped("sent_to"), [OTHER, OTHER])
        self.assertFalse(link.order_of(self.env, token))
        sale.with_user(self.clerk).orion_resend_keys()

    def test_another_key_goes_where_the_defective_one_went(self):
        plains = self.add_keys(3)
        sale = self.delivered()
        self.send(sale)
        self.customer.email = "thief@example.com"
        sale.orion_piece_ids.with_user(self.clerk).replace_key(reason="Broken")
        sale.order_line.product_uom_qty = 2
        self.work()
        sent = {mail["email_to"][0]: mail["body"] for mail in self.send(sale)}
        self.assertEqual(set(sent), {FIRST, "thief@example.com"})
        self.assertIn(plains[1], sent[FIRST])
        self.assertNotIn(plains[1], sent["thief@example.com"])

    # === WHAT IS TOLD === #

    def test_another_e_mail_that_leaves_does_not_settle_one_that_failed(self):
        self.add_keys(1)
        sale = self.delivered(2)
        self.refuse(sale)
        [activity] = sale.activity_ids
        self.add_keys(1, start=1)
        self.work()
        self.send(sale)
        self.assertTrue(activity.exists(), "the first key has not reached the customer")
        sale.orion_resend_keys()
        self.send(sale)
        self.assertFalse(activity.exists())

    def test_only_keys_that_left_are_noted_as_sent(self):
        plains = self.add_keys(2)
        sale = self.delivered(2)
        refunded, kept = sale.orion_piece_ids
        refunded._give_up("refunded")
        [sent] = self.send(sale)
        self.assertNotIn(plains[0], sent["body"])
        self.assertIn(plains[1], sent["body"])
        self.assertFalse(refunded.sent_at)
        self.assertTrue(kept.sent_at)
        self.assertIn("1 × Game", sale.message_ids[0].body)

    def test_the_e_mail_with_a_replaced_key_leaves_no_more(self):
        self.add_keys(1)
        sale = self.delivered()
        mail = self.queued(sale)
        sale.orion_piece_ids.replace_key(reason="Broken")
        self.assertEqual(self.send(sale), [])
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(sale.orion_piece_ids.sent_at)

    def test_a_mail_server_that_is_away_is_no_trouble_of_a_refunded_key(self):
        self.add_keys(1)
        sale = self.delivered()
        mail = self.queued(sale)
        sale.orion_piece_ids._give_up("refunded")
        mail._postprocess_sent_message([], [], failure_type="mail_smtp")
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(sale.activity_ids)

    # === WHAT PEOPLE WRITE === #

    def test_a_reason_that_quotes_the_key_is_masked_before_it_is_kept(self):
        [plain] = self.add_keys(1)
        sale = self.delivered()
        key = sale.orion_piece_ids.key_id
        dialogs = self.env["orion.key.replace"].with_user(self.clerk)
        dialog = dialogs.create(
            {"piece_id": sale.orion_piece_ids.id, "reason": f"{plain} is used already"}
        )
        self.assertEqual(dialog.reason, "AB12**** is used already")
        dialog.reason = f"Used already: {plain}"
        self.assertEqual(dialog.reason, "Used already: AB12****")
        sale.orion_piece_ids.with_user(self.clerk).replace_key(reason=f" No luck with {plain} ")
        self.assertEqual(key.reason, "No luck with AB12****")
        stored = self.everything_stored_of_mails(sale)
        self.assertIn("No luck with AB12****", stored)
        self.assertNotIn(plain, stored)

    def test_the_reason_of_letting_go_is_masked(self):
        [plain] = self.add_keys(1)
        sale = self.delivered(2)
        sale.orion_piece_ids[1]._hold("fraud")
        sale.orion_piece_ids.with_user(self.manager).release(f"He has sent {plain} as a proof")
        stored = self.everything_stored_of_mails(sale)
        self.assertIn("He has sent AB12**** as a proof", stored)
        self.assertNotIn(plain, stored)

    def test_the_reason_of_locking_is_masked(self):
        plains = self.add_keys(2)
        keys = self.env["orion.digital.key"].search([("product_id", "=", self.game.id)])
        dialogs = self.env["orion.key.lock"].with_user(self.manager)
        dialog = dialogs.with_context(default_key_ids=keys.ids).create(
            {"reason": f"{plains[0]} leaked"}
        )
        self.assertEqual(dialog.reason, "AB12**** leaked")
        dialog.write({"reason": f"{plains[1]} leaked"})
        self.assertEqual(dialog.reason, "AB12**** leaked")
        keys[0].with_user(self.manager)._lock_free(f"{plains[0]} leaked")
        self.assertEqual(keys[0].reason, "AB12**** leaked")

    # === WITHOUT THE ENCRYPTION KEY === #

    def test_orders_can_be_written_to_where_no_key_can_be_opened(self):
        self.add_keys(2)
        sale = self.delivered(2)
        lost, gone = sale.orion_piece_ids.key_id.sudo()
        lost.value = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
        gone.value = False
        sale.message_post(body=f"About {PLAIN % 0}")
        self.assertIn("About", sale.message_ids[0].body)
