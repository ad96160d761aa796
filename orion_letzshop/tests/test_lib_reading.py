import unittest
from datetime import datetime, timezone

from graphql import parse, validate

from odoo.addons.orion_base.lib.errors import (
    Forbidden,
    InvalidAnswer,
    RateLimited,
    ServiceUnavailable,
    Unauthorised,
)
from odoo.addons.orion_letzshop.lib import frames
from odoo.addons.orion_orders.lib.fingerprint import payload_digest
from odoo.addons.orion_orders.lib.order_data import PieceState

from .scripted import SCHEMA, ScriptedHttp, adapter_for, failure, page
from .shipments import shipment, unit

READ_AT = datetime(2026, 1, 5, 12, tzinfo=timezone.utc)
CONFIRMED = frames.ShipmentFilter.CONFIRMED
UNCONFIRMED = frames.ShipmentFilter.UNCONFIRMED


def ids(pages):
    return [[order.external_id for order in one.orders] for one in pages]


def states_asked(http):
    return ["confirmed" if "(state: confirmed" in a["query"] else "unconfirmed" for a in http.asked]


def orders_by_id(http, *external_ids):
    """The orders on all pages that are asked for these."""
    pages = adapter_for(http).iter_orders_by_id(external_ids)
    return [order for page_of_orders in pages for order in page_of_orders.orders]


class TestQueries(unittest.TestCase):
    def test_every_query_is_valid_against_the_schema(self):
        for name in ("shipments", "unit_states", "check"):
            for state in frames.ShipmentFilter:
                for without in (frozenset(), frames.OPTIONAL_FIELDS):
                    with self.subTest(name=name, state=state, without=without):
                        query = frames.shipments_query(name, state, without)
                        self.assertEqual(validate(SCHEMA, parse(query)), [])
                        self.assertIn(f"(state: {state.value},", query)
        for name in ("confirm_inventory_units", "set_shipment_tracking"):
            with self.subTest(name=name):
                self.assertEqual(validate(SCHEMA, parse(frames.load(name))), [])

    def test_optional_fields_can_be_left_out(self):
        query = frames.shipments_query("shipments", UNCONFIRMED, frames.OPTIONAL_FIELDS)
        self.assertNotIn("tracking", query)
        self.assertNotIn("__typename", query)
        self.assertIn("inventoryUnits", query)

    def test_page_size_has_a_ceiling(self):
        self.assertEqual(frames.page_variables(5000, None), {"first": 100, "after": None})


class TestReading(unittest.TestCase):
    def test_open_orders_page_by_page(self):
        http = ScriptedHttp(page(shipment(id="a"), after="c1"), page(shipment(id="b")))
        pages = list(adapter_for(http, lambda: READ_AT, page_size=7).iter_open_orders())
        self.assertEqual(ids(pages), [["a"], ["b"]])
        self.assertEqual(pages[0].cursor, {"phase": "unconfirmed", "after": "c1"})
        self.assertIsNone(pages[1].cursor)
        self.assertEqual(pages[0].orders[0].version, READ_AT)
        self.assertEqual(
            [a["variables"] for a in http.asked],
            [
                {"first": 7, "after": None},
                {"first": 7, "after": "c1"},
            ],
        )
        self.assertEqual(http.headers[0]["Authorization"], "Bearer letz-secret")
        http.check_schema()

    def test_known_payloads_are_not_mapped(self):
        nodes = [shipment(id="a"), shipment(id="b"), {**shipment(id="c"), "number": "H9"}]
        known = {
            "a": payload_digest(nodes[0]),
            "c": payload_digest({**nodes[2], "number": "H1"}),
            "gone": "0",
        }
        [only] = adapter_for(ScriptedHttp(page(*nodes))).iter_open_orders(known=known)
        self.assertEqual(only.unchanged, ("a",))
        self.assertEqual([order.external_id for order in only.orders], ["b", "c"])

    def test_a_cursor_resumes(self):
        http = ScriptedHttp(page(shipment(id="b")))
        cursor = {"phase": "unconfirmed", "after": "c1"}
        self.assertEqual(ids(adapter_for(http).iter_open_orders(cursor)), [["b"]])
        self.assertEqual(http.asked[0]["variables"]["after"], "c1")

    def test_shifted_and_repeated_pages(self):
        http = ScriptedHttp(
            page(shipment(id="a"), shipment(id="b"), after="c1"),
            page(shipment(id="b"), shipment(id="c"), after="c1"),
        )
        pages = list(adapter_for(http).iter_open_orders())
        self.assertEqual(ids(pages), [["a", "b"], ["c"]])
        self.assertIsNone(pages[-1].cursor)

    def test_a_page_says_when_something_is_left_out(self):
        cut = page(shipment(id="a"))
        cut["data"]["shipments"]["pageInfo"] = {"hasNextPage": True, "endCursor": None}
        repeated = (page(shipment(id="a"), after="c1"), page(shipment(id="b"), after="c1"))
        for answers, complete in (
            ((page(shipment(id="a"), after="c1"), page(shipment(id="b"))), [True, True]),
            ((page(shipment(id="a"), None),), [False]),
            ((cut,), [False]),
            (repeated, [True, False]),
        ):
            pages = adapter_for(ScriptedHttp(*answers)).iter_open_orders()
            self.assertEqual([one.complete for one in pages], complete)

    def test_one_bad_shipment_does_not_stop_the_others(self):
        http = ScriptedHttp(page(shipment(id="bad", inventoryUnits=[]), shipment(id="good")))
        [only] = adapter_for(http).iter_open_orders()
        self.assertEqual([order.external_id for order in only.orders], ["good"])
        self.assertEqual([problem.external_id for problem in only.problems], ["bad"])

    def test_history_reads_confirmed_then_unconfirmed(self):
        http = ScriptedHttp(
            page(shipment(id="a", state="confirmed"), after="c1"),
            page(shipment(id="b", state="confirmed")),
            page(shipment(id="c")),
        )
        pages = list(adapter_for(http).iter_history())
        self.assertEqual(ids(pages), [["a"], ["b"], ["c"]])
        self.assertEqual(states_asked(http), ["confirmed", "confirmed", "unconfirmed"])
        self.assertEqual(
            [one.cursor for one in pages],
            [
                {"phase": "confirmed", "after": "c1"},
                {"phase": "unconfirmed", "after": None},
                None,
            ],
        )

    def test_history_resumes_in_its_second_phase(self):
        http = ScriptedHttp(page(shipment(id="c")))
        cursor = {"phase": "unconfirmed", "after": "c9"}
        self.assertEqual(ids(adapter_for(http).iter_history(cursor)), [["c"]])
        self.assertEqual(states_asked(http), ["unconfirmed"])

    def test_decided_orders_are_looked_for_until_all_are_found(self):
        http = ScriptedHttp(
            page(shipment(id="x"), shipment(id="a"), after="c1"),
            page(shipment(id="b"), shipment(id="y"), after="c2"),
        )
        pages = adapter_for(http).iter_decided_orders(["a", "b"])
        self.assertEqual(ids(pages), [["a"], ["b"]])
        self.assertEqual(states_asked(http), ["confirmed", "confirmed"])
        self.assertEqual(http.answers, [])

    def test_nothing_to_look_for_asks_nothing(self):
        self.assertEqual(list(adapter_for(ScriptedHttp()).iter_decided_orders([])), [])

    def test_fetch_looks_in_both_states(self):
        http = ScriptedHttp(page(shipment(id="x")), page(shipment(id="a")))
        orders = orders_by_id(http, "a")
        self.assertEqual([order.external_id for order in orders], ["a"])
        self.assertEqual(states_asked(http), ["unconfirmed", "confirmed"])

    def test_fetch_leaves_out_what_is_unknown(self):
        http = ScriptedHttp(page(), page())
        self.assertEqual(orders_by_id(http, "a"), [])

    def test_without_the_carrier_where_letzshop_does_not_know_it(self):
        for refusal in (
            failure(
                "Field 'data' doesn't exist on type 'Shipment'",
                ["query Shipments", "shipments", "nodes", "data"],
                "undefinedField",
            ),
            failure("Cannot query field 'data' on type 'Shipment'."),
        ):
            with self.subTest(refusal=refusal):
                http = ScriptedHttp(
                    refusal, page(shipment(id="a"), after="c1"), page(shipment(id="b"))
                )
                self.assertEqual(ids(adapter_for(http).iter_open_orders()), [["a"], ["b"]])
                self.assertNotIn("__typename", http.asked[1]["query"])
                self.assertNotIn("__typename", http.asked[2]["query"])
                self.assertIn("tracking", http.asked[2]["query"])

    def test_without_tracking_where_it_fails_when_read(self):
        broken = failure(
            "Internal error", ["shipments", "nodes", 0, "tracking"], data=page(shipment())["data"]
        )
        http = ScriptedHttp(broken, page(shipment(id="a")))
        self.assertEqual(ids(adapter_for(http).iter_open_orders()), [["a"]])
        self.assertNotIn("tracking", http.asked[1]["query"])

    def test_another_error_beside_it_is_not_overlooked(self):
        answer = failure("Internal error", ["shipments", "nodes", 0, "tracking"])
        answer["errors"].append({"message": "boom", "path": ["shipments", "nodes", 0, "order"]})
        with self.assertRaises(InvalidAnswer):
            list(adapter_for(ScriptedHttp(answer)).iter_open_orders())

    def test_what_the_api_says_becomes_a_typed_error(self):
        cases = [
            (failure("Unauthorized"), Unauthorised),
            (failure("The API key is invalid"), Unauthorised),
            (failure("Please log in", code="UNAUTHENTICATED"), Unauthorised),
            (failure("You are not authorized to see shipments", ["shipments"]), Forbidden),
            (failure("x", code="FORBIDDEN"), Forbidden),
            (failure("slow down", code="THROTTLED"), RateLimited),
            (failure("back soon", code="MAINTENANCE"), ServiceUnavailable),
            (failure("something went wrong"), InvalidAnswer),
            ({"data": {"shipments": None}}, Forbidden),
            ({"data": None}, InvalidAnswer),
            ([], InvalidAnswer),
        ]
        for answer, kind in cases:
            with self.subTest(answer=answer):
                with self.assertRaises(kind) as caught:
                    adapter_for(ScriptedHttp(answer)).check()
                self.assertIs(type(caught.exception), kind)

    def test_a_channel_without_key_asks_nobody(self):
        http = ScriptedHttp()
        connection = type("C", (), {"secrets": {}, "http": http, "endpoint": "", "settings": {}})
        with self.assertRaises(Unauthorised):
            adapter_for.__globals__["LetzshopOrderAdapter"](connection)

    def test_check_reads_one_id(self):
        http = ScriptedHttp(page())
        adapter_for(http).check()
        self.assertEqual(http.operations(), ["Check"])
        self.assertEqual(http.asked[0]["variables"]["first"], 1)

    def test_returned_pieces_are_read(self):
        http = ScriptedHttp(
            page(shipment(state="confirmed", inventoryUnits=[unit("a", "returned")]))
        )
        [order] = orders_by_id(http, "pWk8ZtQeLr2mNb")
        self.assertEqual(order.lines[0].pieces[0].state, PieceState.RETURNED)
