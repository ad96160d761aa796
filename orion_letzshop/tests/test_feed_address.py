import logging
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.orion_base import secrets
from odoo.addons.orion_base.lib.errors import RetryLater

from .feed_common import PIXEL, FeedCase


@tagged("post_install", "-at_install")
class TestFeedAddress(FeedCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.token = self.new_token()

    def new_token(self):
        action = self.channel.action_new_feed_address()
        first = action["context"]["default_addresses"].splitlines()[0]
        return first.split("/")[-2]

    def fetch(self, language="fr", token=None, **headers):
        return self.url_open(self.path(language, token), headers=headers)

    def path(self, language="fr", token=None):
        return f"/orion/feed/{self.channel.id}/{token or self.token}/{language}"

    def age(self, minutes):
        self.channel.feed_file_ids.written_at = fields.Datetime.now() - timedelta(minutes=minutes)

    def test_answers_the_feed(self):
        self.product("A")
        answer = self.fetch()
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.text.splitlines()[1].split("\t")[:2], ["A", "Product A"])
        self.assertEqual(answer.headers["Content-Type"], "text/tab-separated-values; charset=utf-8")
        self.assertIn("picerie-muller_letzshop_export.csv", answer.headers["Content-Disposition"])
        self.assertIn("private", answer.headers["Cache-Control"])

    def test_is_kept_and_then_written_anew(self):
        self.product("A")
        self.assertEqual(len(self.fetch().text.splitlines()), 2)
        self.product("B")
        self.assertEqual(len(self.fetch().text.splitlines()), 2)
        self.age(16)
        self.assertEqual(len(self.fetch().text.splitlines()), 3)
        [file] = self.channel.feed_file_ids
        self.assertEqual((file.row_count, file.left_out_count), (2, 0))

    def test_etag_spares_the_same_file(self):
        self.product("A")
        first = self.fetch()
        again = self.fetch(**{"If-None-Match": first.headers["ETag"]})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.age(16)
        again = self.fetch(**{"If-None-Match": first.headers["ETag"]})
        self.assertEqual(again.status_code, 304, "written anew, but the same")
        self.product("B")
        self.age(16)
        again = self.fetch(**{"If-None-Match": first.headers["ETag"]})
        self.assertEqual(again.status_code, 200)

    def test_each_language_has_its_file(self):
        self.product("A")
        self.assertEqual({self.fetch(code).status_code for code in ("fr", "de", "en")}, {200})
        self.assertEqual(len(self.channel.feed_file_ids), 3)

    def test_whoever_guesses_learns_nothing(self):
        for language, token in (("xx", None), ("fr", "guess"), ("fr", "é")):
            self.assertEqual(self.fetch(language, token).status_code, 404)
        self.channel.active = False
        self.assertEqual(self.fetch().status_code, 404)

    def test_replaced_and_closed(self):
        former, self.token = self.token, self.new_token()
        self.assertEqual(self.fetch(token=former).status_code, 404)
        self.assertEqual(self.fetch().status_code, 200)
        self.channel.action_close_feed_address()
        self.assertFalse(self.channel.has_feed_address)
        self.assertEqual(self.fetch().status_code, 404)

    def test_is_encrypted_and_follows_a_rotation(self):
        sealed = self.channel.sudo().feed_token_ciphertext
        self.assertNotIn(self.token, sealed)
        self.assertEqual(secrets.decrypt(self.env, sealed), self.token)
        manager = new_test_user(
            self.env, "feed_manager", "base.group_user,orion_base.group_orion_manager"
        )
        shown = self.channel.with_user(manager).fields_get(["feed_token_ciphertext", "name"])
        self.assertEqual(list(shown), ["name"])
        targets = self.env["orion.credential"]._rotation_targets()
        self.assertIn(("orion.channel", "feed_token_ciphertext", None), targets)
        copy = self.channel.copy()
        self.assertFalse(copy.has_feed_address)

    def test_without_the_encryption_key(self):
        with patch.object(secrets, "decrypt", side_effect=secrets.KeyUnusable("no key")):
            self.assertTrue(issubclass(secrets.KeyUnusable, RetryLater))
            self.assertEqual(self.fetch().status_code, 503)

    def test_access_log_holds_no_token(self):
        line = f"GET /orion/feed/{self.channel.id}/{self.token}/fr HTTP/1.1"
        # the server of the tests logs nothing
        logger = logging.getLogger("werkzeug")
        record = logger.makeRecord("", logging.INFO, "", 1, '"%s" %s', (line, 200), None)
        logger.filter(record)
        shown = record.getMessage()
        self.assertEqual(shown, f'"GET /orion/feed/{self.channel.id}/***/fr HTTP/1.1" 200')

    def test_pictures(self):
        product = self.product("A", image_1920=PIXEL)
        link = self.rows()["A"]["image_link"]
        path = link[link.index("/orion/") :]
        answer = self.url_open(path)
        self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, "image/png"))
        self.assertEqual(self.url_open(path.replace(f"/{product.id}/", "/1/")).status_code, 404)
        product.image_1920 = False
        self.assertEqual(self.url_open(path).status_code, 404)
