"""An order is fulfilled when its e-mails have left, and nothing else is said before."""

from ast import literal_eval
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .mail_common import KeyMailCase

MAILS = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestKeyMailLeft(KeyMailCase):
    def refuse(self, sale):
        server = type(self.env["ir.mail_server"])
        with (
            self.mock_mail_gateway(),
            mute_logger(MAILS),
            patch.object(server, "send_email", side_effect=AssertionError("550 unknown")),
        ):
            self.queued(sale).send()

    def fulfil(self, orders):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            result = orders.with_user(self.manager).orion_fulfill_digital()
        self.env.invalidate_all()
        return result

    def test_an_order_is_fulfilled_once_its_mail_has_left(self):
        self.add_keys(1)
        sale = self.delivered()
        self.assertEqual((self.states(sale), sale.orion_status), (["delivered"], "confirmed"))
        self.send(sale)
        self.assertEqual(sale.orion_status, "fulfilled")

    def test_a_refused_mail_leaves_the_order_open_and_is_told(self):
        self.add_keys(1)
        sale = self.delivered()
        self.refuse(sale)
        self.assertEqual(sale.orion_status, "confirmed")
        self.assertIn("550 unknown", sale.orion_piece_ids.mail_problem)
        self.assertEqual(self.fulfil(sale), {"fulfilled": 0, "pending": 0, "failed": 1})
        self.assertIn(sale, self.env["sale.order"].search(self.waiting_domain()))
        self.assertEqual(sale.orion_unsent_key_count, 1)
        sale.with_user(self.manager).orion_resend_keys()
        self.send(sale)
        self.assertEqual(sale.orion_status, "fulfilled")
        self.assertFalse(sale.activity_ids)
        self.assertNotIn(sale, self.env["sale.order"].search(self.waiting_domain()))

    def waiting_domain(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_order_waiting"
        )
        return literal_eval(action["domain"])

    # === THE TEMPLATE === #

    def test_a_mail_without_a_place_for_the_key_does_not_leave(self):
        template = self.env.ref("orion_digital_keys.mail_template_digital_keys")
        template.body_html = "<p>Thank you for your order.</p>"
        self.add_keys(1)
        sale = self.delivered()
        with mute_logger(MAILS):
            self.assertFalse(self.send(sale))
        piece = sale.orion_piece_ids
        self.assertFalse(piece.sent_at)
        self.assertIn("has no place for the key of Game", piece.mail_problem)
        self.assertIn("has no place", sale.activity_ids.note)
        self.assertNotIn("Keys have left", "".join(sale.message_ids.mapped("body")))

    def test_a_deleted_template_stops_no_other_order(self):
        self.add_keys(2)
        template = self.env.ref("orion_digital_keys.mail_template_digital_keys")
        copy = template.copy()
        orders = self.env.registry["sale.order"]
        find = orders._orion_key_template
        bad, good = self.sell(), self.sell()
        gone = self.env.ref

        def ref(env, xmlid, raise_if_not_found=True):
            wanted = xmlid == "orion_digital_keys.mail_template_digital_keys"
            if wanted and env.context.get("gone"):
                return None
            return gone(xmlid, raise_if_not_found)

        def finding(order):
            is_bad = order.id == bad.id
            if not is_bad:
                return copy.sudo()
            with patch.object(type(order.env), "ref", ref):
                return find(order.with_context(gone=True))

        self.patch(orders, "_orion_key_template", finding)
        self.work()
        self.assertEqual(self.states(bad + good), ["claimed", "delivered"])
        self.assertIn("was deleted", bad.activity_ids.note)

    # === WHAT CUSTOMERS READ === #

    def test_customers_do_not_read_the_shops_own_number(self):
        self.game.default_code = "CW000000"
        self.add_keys(1)
        sale = self.delivered()
        [sent] = self.send(sale)
        self.assertIn("Game", sent["body"])
        self.assertNotIn("CW000000", sent["body"])

    def test_the_german_mail_is_german(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        self.add_keys(1)
        [sent] = self.send(self.delivered())
        self.assertIn("vielen Dank für Ihre Bestellung", sent["body"])

    # === THE CHATTER === #

    def test_keys_that_are_written_into_a_message_later_are_masked(self):
        [plain] = self.add_keys(1)
        sale = self.delivered()
        self.send(sale)
        message = sale.message_post(body="See below.", message_type="comment")
        sale._message_update_content(message, body=f"It was {plain}, he says.")
        self.assertNotIn(plain, message.body)
        self.assertIn("AB12****", message.body)
        self.assertNotIn(plain, self.everything_stored_of_mails(sale))
