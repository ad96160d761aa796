import socket
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tests.common import release_test_lock
from odoo.tools import config

from .feed_common import FeedCase

BROWSER = {"Sec-Fetch-Mode": "navigate", "User-Agent": "Mozilla/5.0"}


@tagged("post_install", "-at_install")
class TestFeedFetched(FeedCase, HttpCase):
    """When the feed counts as fetched by Letzshop, so that its quantities are known there."""

    def setUp(self):
        super().setUp()
        action = self.channel.action_new_feed_address()
        address = urlsplit(action["context"]["default_addresses"].splitlines()[0])
        self.path = address.path
        self.channel.stock_sync_enabled = True
        self.pen = self.product("PEN", quantity=5)
        self.listing = self.listing(self.pen)
        self.change()

    def change(self):
        """The channel has not heard of the quantity yet."""
        self.listing.write(
            {
                "stock_status": "pending",
                "stock_queued_quantity": 5,
                "stock_queued_at": fields.Datetime.now() - timedelta(minutes=5),
            }
        )
        self.channel._publish_stock(self.listing)

    def ask(self, method="GET", **headers):
        answer = self.url_open(self.path, headers=headers, method=method)
        self.settle()
        return answer

    def settle(self):
        with release_test_lock():
            # it is noted behind the last byte
            self._wait_remaining_requests()
        self.env.invalidate_all()

    def assert_fetched(self, is_fetched=True):
        [file] = self.channel.feed_file_ids
        self.assertEqual(self.listing.stock_status, "told" if is_fetched else "pending")
        self.assertEqual(bool(file.fetched_at), is_fetched)
        self.assertEqual(bool(self.channel.letzshop_stock_fetched_at), is_fetched)

    def test_by_a_program_it_counts_and_says_who_it_was(self):
        answer = self.ask(**{"User-Agent": "Letzshop  Fetcher/1.0"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(int(answer.headers["Content-Length"]), len(answer.content))
        self.assert_fetched()
        [file] = self.channel.feed_file_ids
        self.assertEqual(file.fetched_by, "Letzshop Fetcher/1.0")
        self.assertEqual(file.fetched_from, "127.0.0.0/24")
        self.assertEqual(
            self.channel.letzshop_stock_fetched_by, "Letzshop Fetcher/1.0, 127.0.0.0/24"
        )

    def test_who_is_logged_in_does_not_count(self):
        self.authenticate("admin", "admin")
        self.assertEqual(self.ask().status_code, 200)
        self.assert_fetched(False)

    def test_a_browser_does_not_count(self):
        self.assertEqual(self.ask(**BROWSER).status_code, 200)
        self.assert_fetched(False)

    def test_asking_for_the_head_does_not_count(self):
        answer = self.ask(method="HEAD")
        self.assertEqual((answer.status_code, answer.content), (200, b""))
        self.assert_fetched(False)

    def test_a_part_does_not_count(self):
        answer = self.ask(Range="bytes=0-9")
        self.assertEqual((answer.status_code, len(answer.content)), (206, 10))
        self.assert_fetched(False)

    def test_what_is_broken_off_does_not_count(self):
        # more than the buffers between both ends take
        self.pen.description_sale = "Long " * 2_000_000
        address = urlsplit(self.base_url())
        self.env.flush_all()
        self.env.cr.clear()
        with self.allow_requests():
            cookie = self.opener.cookies["test_request_key"]
            with socket.create_connection((address.hostname, address.port), timeout=10) as caller:
                caller.sendall(
                    f"GET {self.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
                    f"Cookie: test_request_key={cookie}\r\n\r\n".encode()
                )
                self.assertIn(b"200", caller.recv(20))
        self.settle()
        self.assert_fetched(False)

    def test_the_same_content_counts_where_it_was_fetched_before(self):
        etag = self.ask(**BROWSER).headers["ETag"]
        again = self.ask(**{"If-None-Match": etag})
        self.assertEqual(again.status_code, 304)
        self.assert_fetched(False)
        self.ask()
        self.assert_fetched()
        for method in ("GET", "HEAD"):
            self.change()
            self.channel.feed_file_ids.fetched_at = False
            again = self.ask(method=method, **{"If-None-Match": etag})
            self.assertEqual(again.status_code, 304, "written anew, but the same")
            self.assert_fetched()

    def test_where_the_web_server_sends_the_file_it_counts_when_it_is_handed_over(self):
        with patch.dict(config.options, {"x_sendfile": True}):
            answer = self.ask()
        self.assertIn("X-Accel-Redirect", answer.headers)
        self.assert_fetched()
