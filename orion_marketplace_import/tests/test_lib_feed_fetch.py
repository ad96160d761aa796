import unittest

from odoo.addons.orion_marketplace_import.lib.feed_fetch import (
    FeedClient,
    is_browser,
    network_of,
    told_at_the_end,
)


class TestFeedFetch(unittest.TestCase):
    def test_networks(self):
        for address, expected in (
            ("192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("fe80::1%eth0", "fe80::/48"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("", ""),
            ("unix:", ""),
        ):
            with self.subTest(address=address):
                self.assertEqual(network_of(address), expected)

    def test_who_it_is(self):
        client = FeedClient.of({"User-Agent": " A\tFetcher\n" + "x" * 500}, "192.0.2.77")
        self.assertTrue(client.agent.startswith("A Fetcher xxx"))
        self.assertEqual(len(client.agent), 120)
        self.assertEqual(FeedClient.of({}, None), FeedClient("", ""))

    def test_browsers(self):
        self.assertTrue(is_browser({"Sec-Fetch-Mode": "navigate"}))
        self.assertFalse(is_browser({"User-Agent": "Mozilla/5.0 (compatible; Fetcher)"}))

    def test_it_is_noted_behind_the_last_chunk(self):
        noted = []
        chunks = told_at_the_end(iter([b"a", b"b"]), lambda: noted.append(True))
        self.assertEqual([next(chunks), next(chunks)], [b"a", b"b"])
        self.assertEqual(noted, [])
        self.assertEqual(list(chunks), [])
        self.assertEqual(noted, [True])

    def test_who_hangs_up_has_not_got_it(self):
        noted = []
        chunks = told_at_the_end(iter([b"a", b"b"]), lambda: noted.append(True))
        next(chunks)
        chunks.close()
        self.assertEqual(noted, [])
