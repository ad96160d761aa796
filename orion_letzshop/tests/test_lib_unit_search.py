"""Looks for single pieces: each ends in time, and the next goes on where it stopped."""

import unittest

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.errors import ServiceUnavailable, UnknownOutcome
from odoo.addons.orion_base.lib.outbox import OperationRequest
from odoo.addons.orion_letzshop.lib import unit_search
from odoo.addons.orion_letzshop.lib.client import LetzshopClient
from odoo.addons.orion_letzshop.lib.unit_search import Places, UnitSearch

from .scripted import ScriptedHttp, adapter_for, decided, page
from .shipments import shipment, unit

ACCEPTED = "confirmed_available"


class PlayedLists(ScriptedHttp):
    """Two lists of shipments of one piece each, a page a shipment; reading one takes a while.

    :param seconds: what a page takes
    """

    def __init__(self, unconfirmed=(), confirmed=(), seconds=1.0):
        super().__init__()
        self.lists = {"unconfirmed": list(unconfirmed), "confirmed": list(confirmed)}
        self.seconds = seconds
        self.now = 0.0
        self.read = []

    def request(self, method, url, *, headers, json, accept):
        self.now += self.seconds
        self.answers.append(self.answer(json))
        return super().request(method, url, headers=headers, json=json, accept=accept)

    def answer(self, json):
        name = "confirmed" if "(state: confirmed" in json["query"] else "unconfirmed"
        state = ACCEPTED if name == "confirmed" else name
        start = int(json["variables"]["after"] or 0)
        names = self.lists[name][start : start + 1]
        self.read += names
        if names == ["trouble"]:
            self.lists[name][start] = "mended"
            return ServiceUnavailable("busy")
        more = start + 1 < len(self.lists[name])
        nodes = [shipment(id=f"s-{one}", inventoryUnits=[unit(one, state)]) for one in names]
        return page(*nodes, after=str(start + 1) if more else None)


class TestUnitSearch(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.places = Places()

    def look(self, http, *names, timeout=30.0):
        http.read.clear()
        connection = ChannelConnection(
            endpoint="https://letzshop.example/graphql",
            secrets={"api_key": "letz-secret"},
            http=http,
            settings={},
        )
        search = UnitSearch(LetzshopClient(connection), timeout, lambda: http.now, self.places)
        return search.look(names)

    def test_reads_no_further_than_it_must(self):
        http = PlayedLists(["a", "b"], ["c", "d", "e"])
        self.assertEqual(self.look(http, "c", "b").states, {"b": "unconfirmed", "c": ACCEPTED})
        self.assertEqual(http.read, ["a", "b", "c"])
        self.assertEqual(self.look(http).states, {})
        self.assertEqual(http.read, [])

    def test_a_look_ends_in_time(self):
        http = PlayedLists(confirmed=[str(n) for n in range(1000)], seconds=10.0)
        self.look(http, "gone")
        self.assertLessEqual(http.now, unit_search.LOOK_SECONDS + 10.0)
        self.assertTrue(http.read)

    def test_a_look_without_time_for_decided_ones_keeps_the_place(self):
        http = PlayedLists(confirmed=[str(n) for n in range(1000)], seconds=10.0)
        self.look(http, "gone")
        [place] = self.places.cursors.values()
        http.lists["unconfirmed"] = [f"open {n}" for n in range(20)]
        self.look(http, "gone")
        self.assertFalse([name for name in http.read if not name.startswith("open")])
        self.assertEqual(list(self.places.cursors.values()), [place])

    def test_a_long_timeout_leaves_less_time(self):
        http = PlayedLists(confirmed=[str(n) for n in range(1000)], seconds=5.0)
        self.look(http, "gone", timeout=120.0)
        self.assertLessEqual(http.now + 120.0, 150.0)

    def test_the_next_look_goes_on_where_the_last_one_stopped(self):
        names = [str(n) for n in range(20)]
        http = PlayedLists(["open"], names, seconds=7.5)
        self.assertEqual(self.look(http, "19").states, {})
        stopped = http.read[-1]
        looks = 1
        while not self.look(http, "19").states:
            self.assertEqual(http.read[:2], ["open", str(int(stopped) + 1)])
            stopped = http.read[-1]
            looks += 1
        self.assertEqual(looks, 2, "each look reads seven of twenty pages")

    def test_what_is_before_the_place_is_found_once_around(self):
        names = [str(n) for n in range(20)]
        http = PlayedLists([], names, seconds=7.5)
        self.look(http, "gone")
        place = int(http.read[-1]) + 1
        http.seconds = 1.0
        self.assertEqual(self.look(http, "2").states, {"2": ACCEPTED})
        self.assertEqual(http.read, [*names[place:], "0", "1", "2"])

    def test_once_around_is_enough(self):
        names = [str(n) for n in range(20)]
        http = PlayedLists([], names, seconds=7.5)
        self.look(http, "gone")
        http.seconds = 1.0
        self.assertEqual(self.look(http, "gone").states, {})
        self.assertEqual(sorted(http.read), sorted(names), "each page once")
        self.assertFalse(self.places.cursors)

    def test_what_was_found_before_trouble_counts(self):
        http = PlayedLists(["a"], ["b", "trouble", "c"])
        look = self.look(http, "a", "c")
        self.assertEqual(look.states, {"a": "unconfirmed"})
        self.assertIs(type(look.cause), ServiceUnavailable)

    def test_the_same_cursor_again_ends_it(self):
        http = ScriptedHttp(page(), page(after="c1"), page(after="c1"))
        http.now, http.read = 0.0, []
        self.assertEqual(self.look(http, "gone").states, {})
        self.assertEqual(http.answers, [])
        self.assertFalse(self.places.cursors)

    def test_accounts_have_places_of_their_own(self):
        self.places.cursors["somebody else's"] = "9"
        http = PlayedLists([], ["a", "b"])
        self.assertEqual(self.look(http, "a").states, {"a": ACCEPTED})
        self.assertEqual(self.places.cursors, {"somebody else's": "9"})


class TestSettling(unittest.TestCase):
    def request(self, *names):
        return OperationRequest(names[0], "confirm", {"units": list(names)})

    def test_a_settled_one_does_not_wait_for_another_ones_trouble(self):
        http = PlayedLists([], ["a", "trouble", "b"])
        results = adapter_for(http, monotonic=lambda: http.now).reconcile(
            "confirm", [self.request("a"), self.request("b")]
        )
        known, unread = results
        self.assertIsNone(known.error)
        self.assertIs(type(unread.error), ServiceUnavailable)

    def test_time_that_the_decision_took_is_not_there_for_looking(self):
        http = PlayedLists(["a"], [], seconds=unit_search.LOOK_SECONDS + 1)
        http.answer = lambda json: decided({})
        [result] = adapter_for(http, monotonic=lambda: http.now).send(
            "confirm", [self.request("a")]
        )
        self.assertIs(type(result.error), UnknownOutcome)
        self.assertEqual(http.operations(), ["ConfirmInventoryUnits"])
