import base64
import json
import logging
import re
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.orion_base import secrets
from odoo.addons.orion_base.tests.watch_common import ignore_missing_library
from odoo.addons.orion_digital_keys import link
from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

from .mail_common import InTestModeMixin, KeyMailCase
from .test_key_import import picture


@tagged("post_install", "-at_install")
class TestKeyPages(InTestModeMixin, KeyMailCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(ignore_missing_library())
        cls.portal = cls._portal_user("keys_buyer", cls.customer)
        cls.stranger = cls._portal_user(
            "keys_stranger", cls.env["res.partner"].create({"name": "Stranger"})
        )

    @classmethod
    def _portal_user(cls, login, partner):
        return cls.env["res.users"].create(
            {
                "login": login,
                "password": login,
                "partner_id": partner.id,
                "group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)],
            }
        )

    def setUp(self):
        super().setUp()
        self.plains = self.add_keys(3)
        self.sale = self.delivered()
        self.piece = self.sale.orion_piece_ids

    def token(self, sale=None):
        sale = sale or self.sale
        [sent] = self.send(sale)
        [token] = re.findall(r'href="[^"]*/orion/keys/([^"]+)"', sent["body"])
        return token

    def reveal(self, url, **parameters):
        answer = self.url_open(
            url, json={"jsonrpc": "2.0", "method": "call", "params": parameters}
        ).json()
        self.env.invalidate_all()
        return answer.get("result") or {"error": answer["error"]}

    def by_account(self, login, sale=None, piece=None):
        self.authenticate(login, login)
        sale = sale or self.sale
        url = f"/my/orders/{sale.id}/keys/reveal"
        return self.reveal(url, piece_id=(piece or self.piece).id)

    def by_link(self, token, piece=None):
        self.authenticate(None, None)
        return self.reveal("/orion/keys/reveal", token=token, piece_id=(piece or self.piece).id)

    # === WITH AN ACCOUNT === #

    def test_the_page_shows_masked_keys_and_a_post_shows_one(self):
        self.authenticate("keys_buyer", "keys_buyer")
        page = self.url_open(f"/my/orders/{self.sale.id}/keys")
        self.assertIn("AB12****", page.text)
        self.assertNotIn("SECRET", page.text)
        self.assertIn("Enter it in", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertFalse(self.piece.first_seen_at)
        key = self.by_account("keys_buyer")
        self.assertEqual(key, {"kind": "text", "value": self.plains[0], "filename": False})
        self.assertTrue(self.piece.first_seen_at)
        [line] = self.piece.key_id.reveal_ids
        self.assertEqual((line.user_id, line.place), (self.portal, "portal"))
        self.assertTrue(line.address)

    def test_first_seen_stays_the_first(self):
        self.by_account("keys_buyer")
        first = self.piece.first_seen_at - timedelta(days=3)
        self.piece.first_seen_at = first
        self.by_account("keys_buyer")
        self.assertEqual(self.piece.first_seen_at, first)
        self.assertEqual(len(self.piece.key_id.reveal_ids), 2)

    def test_the_order_page_leads_there_and_only_for_the_buyer(self):
        self.authenticate("keys_buyer", "keys_buyer")
        address = f"/my/orders/{self.sale.id}/keys"
        self.assertIn(address, self.url_open(f"/my/orders/{self.sale.id}").text)
        self.authenticate("admin", "admin")
        self.assertNotIn(address, self.url_open(f"/my/orders/{self.sale.id}").text)

    def test_reading_an_address_shows_nothing(self):
        self.authenticate("keys_buyer", "keys_buyer")
        with mute_logger("odoo.http", "werkzeug"):
            answer = self.url_open(
                f"/my/orders/{self.sale.id}/keys/reveal?piece_id={self.piece.id}"
            )
        self.assertNotIn("SECRET", answer.text)
        self.assertFalse(self.piece.first_seen_at)

    def test_reading_the_address_of_the_staff_shows_nothing(self):
        key = self.piece.key_id
        self.authenticate("admin", "admin")
        with mute_logger("odoo.http", "werkzeug"):
            answer = self.url_open(f"/orion/key/{key.id}/reveal")
        self.assertGreaterEqual(answer.status_code, 400)
        self.assertNotIn("SECRET", answer.text)
        self.assertFalse(key.reveal_ids)

    def test_the_page_speaks_the_buyers_language_also_by_script(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        page = self.url_open(f"/orion/keys/{self.token()}").text
        self.assertIn("Ihre Schlüssel", page)
        said = self.url_open("/website/translations?lang=de_DE").text
        self.assertIn("orion_digital_keys", json.loads(said)["modules"])

    def test_the_order_calls_keys_ready_that_can_be_seen(self):
        self.authenticate("keys_buyer", "keys_buyer")
        self.assertIn("See my keys", self.url_open(f"/my/orders/{self.sale.id}").text)
        self.sale._orion_give_up_pieces("refunded")
        self.assertNotIn("See my keys", self.url_open(f"/my/orders/{self.sale.id}").text)

    def test_access_logs_hold_no_signed_address(self):
        logger = logging.getLogger("werkzeug")
        line = "GET /orion/keys/gAAAAAB-signed/page?x=1 HTTP/1.1"
        record = logger.makeRecord("", logging.INFO, "", 1, '"%s" %s', (line, 200), None)
        logger.filter(record)
        self.assertEqual(record.getMessage(), '"GET /orion/keys/***/page?x=1 HTTP/1.1" 200')

    def test_another_customer_sees_nothing(self):
        self.assertIn("problem", self.by_account("keys_stranger"))
        self.authenticate("keys_stranger", "keys_stranger")
        page = self.url_open(f"/my/orders/{self.sale.id}/keys")
        self.assertNotIn("AB12", page.text)
        self.assertFalse(self.piece.first_seen_at)
        self.assertFalse(self.piece.key_id.reveal_ids)

    def test_the_key_of_another_order_is_not_reached_through_an_own_one(self):
        theirs = self.delivered(partner_id=self.stranger.partner_id.id)
        self.stranger.partner_id.email = "stranger@example.com"
        self.time_passes()
        self.work()
        self.assertEqual(self.states(theirs), ["delivered"])
        self.assertIn("problem", self.by_account("keys_buyer", piece=theirs.orion_piece_ids))
        self.assertIn("value", self.by_account("keys_stranger", theirs, theirs.orion_piece_ids))

    def test_who_becomes_the_orders_customer_later_is_not_its_buyer(self):
        self.sale.partner_id = self.stranger.partner_id
        self.assertIn("problem", self.by_account("keys_stranger"))

    def test_staff_has_no_portal_to_look_through(self):
        token = self.sale._portal_ensure_token()
        for login in ("keys_manager", "orders_seller"):
            self.assertIn("problem", self.by_account(login))
            page = self.url_open(f"/my/orders/{self.sale.id}/keys?access_token={token}")
            self.assertNotIn("o_orion_key_show", page.text)

    def test_the_token_of_the_order_page_opens_no_keys(self):
        token = self.sale._portal_ensure_token()
        self.authenticate(None, None)
        page = self.url_open(f"/my/orders/{self.sale.id}?access_token={token}")
        self.assertNotIn("AB12", page.text)
        page = self.url_open(f"/my/orders/{self.sale.id}/keys?access_token={token}")
        self.assertIn("/web/login", page.url)
        self.assertIn("problem", self.by_link(token))

    def test_replaced_and_refunded_keys_are_closed(self):
        self.piece.replace_key(reason="Broken")
        self.assertIn("problem", self.by_account("keys_buyer"))
        self.work()
        self.assertEqual(self.by_account("keys_buyer")["value"], self.plains[1])
        self.piece._give_up("refunded")
        self.assertIn("problem", self.by_account("keys_buyer"))

    def test_pictures_and_links(self):
        card = self.create_game("Card", orion_delivery_method="image")
        batch = self.env["orion.digital.key"]._make_batch(card, self.company, "file")
        add_keys(batch, [NewKey(picture(), kind="image", filename="card.png")])
        sale = self.delivered(product=card)
        key = self.by_account("keys_buyer", sale, sale.orion_piece_ids)
        encoded = base64.b64encode(picture()).decode()
        self.assertEqual(key["value"], f"data:image/png;base64,{encoded}")
        self.assertEqual(key["filename"], f"key-{sale.orion_piece_ids.key_id.id}.png")

    # === BY THE SIGNED ADDRESS === #

    def test_without_an_account_by_the_address_in_the_e_mail(self):
        token = self.token()
        self.authenticate(None, None)
        page = self.url_open(f"/orion/keys/{token}")
        self.assertIn("AB12****", page.text)
        self.assertNotIn("SECRET", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertFalse(self.piece.first_seen_at)
        self.assertEqual(self.by_link(token)["value"], self.plains[0])
        self.assertTrue(self.piece.first_seen_at)
        [line] = self.piece.key_id.reveal_ids
        self.assertEqual((line.place, bool(line.user_id)), ("link", False))

    def test_the_page_speaks_the_language_of_the_customer(self):
        self.customer.lang = "fr_FR"
        page = self.url_open(f"/orion/keys/{self.token()}")
        self.assertIn("Vos clés", page.text)
        self.assertIn("Saisissez-la dans", page.text)

    def closed(self, token):
        self.authenticate(None, None)
        page = self.url_open(f"/orion/keys/{token}")
        self.assertEqual(page.status_code, 403)
        self.assertNotIn("AB12", page.text)
        self.assertIn("problem", self.by_link(token))
        self.assertFalse(self.piece.first_seen_at)

    def test_an_altered_address_is_closed(self):
        token = self.token()
        for altered in (
            token[:-3] + "AAA",
            token[5:],
            "x",
            f"{token}x",
            self.piece.key_id.sudo().value,
        ):
            with self.subTest(altered=altered):
                self.closed(altered)

    def test_an_expired_address_is_closed(self):
        token = self.token()
        month = 31 * 24 * 3600
        now = link.time.time()
        with patch.object(link.time, "time", lambda: now + month):
            self.closed(token)
        with patch.object(link.time, "time", lambda: now + month - 3 * 24 * 3600):
            self.assertTrue(link.order_of(self.env, token))

    def test_a_withdrawn_address_is_closed(self):
        token = self.token()
        link.withdraw(self.sale)
        self.closed(token)

    def test_an_address_opens_its_own_order_only(self):
        token = self.token()
        other = self.delivered()
        self.assertIn("problem", self.by_link(token, other.orion_piece_ids))

    def test_what_is_no_text_is_no_address(self):
        for token in (None, 1, [], {"a": 1}, ""):
            self.assertIn("problem", self.by_link(token))

    def test_other_secrets_of_the_suite_are_no_address(self):
        for plain in ("text", "[]", "{}", '{"purpose": "other", "order": 1}', "1"):
            self.closed(secrets.encrypt(self.env, plain))

    # === IN THE BACK OFFICE === #

    def test_a_manager_sees_a_key_and_it_is_noted(self):
        key = self.piece.key_id
        self.authenticate("keys_manager", "keys_manager")
        answer = self.reveal(f"/orion/key/{key.id}/reveal")
        self.assertEqual(answer["value"], self.plains[0])
        [line] = key.reveal_ids
        self.assertEqual((line.user_id, line.place), (self.manager, "staff"))
        self.assertFalse(self.piece.first_seen_at, "staff is not the buyer")

    @mute_logger("odoo.http")
    def test_nobody_else_does(self):
        key = self.piece.key_id
        for login in ("orders_clerk", "orders_seller", "keys_buyer", "keys_stranger"):
            with self.subTest(login=login):
                self.authenticate(login, login)
                self.assertIn("error", self.reveal(f"/orion/key/{key.id}/reveal"))
        self.authenticate(None, None)
        self.assertIn("error", self.reveal(f"/orion/key/{key.id}/reveal"))
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.authenticate("keys_manager", "keys_manager")
        self.assertIn("error", self.reveal(f"/orion/key/{key.id}/reveal"))
        self.assertFalse(key.reveal_ids)

    # === IN A BROWSER === #

    def test_show_and_copy_in_a_browser(self):
        code = """(async () => {
            const until = async (condition) => {
                for (let tries = 0; tries < 200; tries++) {
                    if (condition()) return;
                    await new Promise((done) => setTimeout(done, 50));
                }
                throw new Error(document.body.innerText);
            };
            const value = () => document.querySelector(".o_orion_key_value").textContent;
            await until(() => {
                // until the page has come to life
                document.querySelector(".o_orion_key_show").click();
                return value() === "PLAIN";
            });
            document.querySelector(".o_orion_key_copy").click();
            const copy = document.querySelector(".o_orion_key_copy");
            await until(() => copy.innerText.match(/Copied|Marked/));
            console.log("test successful");
        })();""".replace("PLAIN", self.plains[0])
        ready = "!!document.querySelector('.o_orion_key_show')"
        self.browser_js(f"/orion/keys/{self.token()}", code, ready=ready, login=None)
        self.env.invalidate_all()
        self.assertTrue(self.piece.first_seen_at)
