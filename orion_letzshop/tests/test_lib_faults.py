"""Every way of going wrong, against the stand-in over HTTP: nothing is lost, nothing doubled."""

import unittest

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.errors import (
    Forbidden,
    HostUnreachable,
    InvalidAnswer,
    NotHappened,
    OrionError,
    RateLimited,
    Rejected,
    ServiceUnavailable,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.http_session import HttpSession
from odoo.addons.orion_base.lib.outbox import OperationRequest, OperationResult
from odoo.addons.orion_letzshop.lib.order_adapter import LetzshopOrderAdapter
from odoo.addons.orion_orders.lib.order_data import PieceState

from sandbox.letzshop.letzshop_sandbox import LetzshopSandbox

TIMEOUT = 1.0
#: Longer than the client waits.
HANG = 1.5

#: Fault, its options, and what the client makes of it.
FAULTS = [
    ("hang", {"seconds": HANG, "when": "before"}, UnknownOutcome),
    ("hang", {"seconds": HANG, "when": "after"}, UnknownOutcome),
    ("status", {"status": 429, "retry_after": 7.0}, RateLimited),
    ("status", {"status": 503}, ServiceUnavailable),
    ("status", {"status": 500, "when": "before"}, UnknownOutcome),
    ("status", {"status": 500, "when": "after"}, UnknownOutcome),
    ("status", {"status": 502, "when": "after"}, UnknownOutcome),
    ("reset", {"when": "before"}, UnknownOutcome),
    ("reset", {"when": "after"}, UnknownOutcome),
    ("hang_up", {"when": "after"}, UnknownOutcome),
    ("html", {"when": "before"}, InvalidAnswer),
    ("html", {"when": "after"}, InvalidAnswer),
    ("broken_json", {"when": "after"}, InvalidAnswer),
    ("empty", {"when": "after"}, InvalidAnswer),
    ("null_payload", {"when": "before"}, InvalidAnswer),
    ("null_payload", {"when": "after"}, InvalidAnswer),
    ("errors_with_data", {"message": "deadlock"}, UnknownOutcome),
    ("bad_key", {}, Unauthorised),
    ("bad_key_as_errors", {}, None),
    ("forbidden", {}, Forbidden),
]


class SandboxCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sandbox = LetzshopSandbox(orders=0, history=0).start()
        cls.addClassCleanup(cls.sandbox.stop)

    def setUp(self):
        super().setUp()
        self.control = self.sandbox.control
        self.control.reset(orders=0, history=0)

    def adapter(self, key=None, **settings):
        http = HttpSession(read_timeout=TIMEOUT, total_deadline=TIMEOUT)
        self.addCleanup(http.close)
        return LetzshopOrderAdapter(
            ChannelConnection(
                endpoint=self.sandbox.endpoint,
                secrets={"api_key": key or self.sandbox.api_key},
                http=http,
                settings=settings,
            )
        )

    def request(self, verb, shipment):
        units = [unit["id"] for unit in self.control.shipment(shipment)["units"]]
        payload = {"order": shipment, "units": units, "reason": ""}
        if verb == "set_tracking":
            payload = {"order": shipment, "tracking_number": "T-1", "carrier": "dhl"}
        return OperationRequest(f"{verb}:{shipment}", verb, payload)


class TestVerbsUnderFaults(SandboxCase):
    """The outbox's rules in small: what is unknown is asked for before it is repeated."""

    def settle(self, verb, requests):
        """Send until every request has an outcome; the errors met on the way."""
        adapter = self.adapter()
        met, waiting = [], {request.reference: request for request in requests}
        for _round in range(5):
            results = self.call(adapter.send, verb, waiting)
            unknown = [r.reference for r in results if isinstance(r.error, UnknownOutcome)]
            met += [r.error for r in results if r.error]
            for result in results:
                if result.error is None or isinstance(result.error, Rejected):
                    del waiting[result.reference]
            if unknown:
                asked = {reference: waiting[reference] for reference in unknown}
                for result in self.call(adapter.reconcile, verb, asked):
                    if not isinstance(result.error, NotHappened):
                        self.assertNotIsInstance(result.error, UnknownOutcome)
                        del waiting[result.reference]
            if not waiting:
                return met
        return self.fail(f"Never settled: {met}")

    def call(self, method, verb, requests):
        try:
            return method(verb, list(requests.values()))
        except OrionError as error:
            return [OperationResult(reference, error=error) for reference in requests]

    def test_every_verb_and_every_fault(self):
        operation = {
            "confirm": "confirmInventoryUnits",
            "reject": "confirmInventoryUnits",
            "set_tracking": "setShipmentTracking",
        }
        for verb, root in operation.items():
            for kind, options, error in FAULTS:
                with self.subTest(verb=verb, kind=kind, **options):
                    self.control.reset(orders=0, history=0)
                    shipments = self.control.add_orders(
                        2, lines=2, quantity=2, decided=verb == "set_tracking"
                    )
                    self.control.arm(kind, operation=root, **options)
                    requests = [self.request(verb, shipment) for shipment in shipments]
                    met = self.settle(verb, requests)
                    if error is not None:
                        self.assertTrue(met, "the fault did not strike")
                        self.assertIsInstance(met[0], error)
                    self.check_effects(verb, shipments)

    def check_effects(self, verb, shipments):
        effects = self.control.effects(shipments)
        self.assertEqual(effects["totals"]["duplicates"], 0, "repeated blindly")
        for shipment in shipments:
            seen = self.control.shipment(shipment)
            if verb == "set_tracking":
                self.assertEqual(seen["tracking"]["code"], "T-1", effects)
                continue
            wanted = "confirmed_available" if verb == "confirm" else "confirmed_unavailable"
            self.assertEqual({unit["state"] for unit in seen["units"]}, {wanted}, effects)

    def test_a_dead_service_is_told_apart(self):
        self.control.add_orders(1)
        adapter = self.adapter()
        self.sandbox.stop()
        try:
            with self.assertRaises(HostUnreachable):
                adapter.check()
        finally:
            self.sandbox.start()

    def test_some_pieces_of_a_request_fail(self):
        [shipment] = self.control.add_orders(1, lines=1, quantity=3)
        self.control.arm("payload_errors", operation="confirmInventoryUnits", count=1)
        [result] = self.adapter().send("confirm", [self.request("confirm", shipment)])
        self.assertIsInstance(result.error, Rejected)
        self.assertEqual(
            sorted(result.response["units"].values()), ["accepted", "accepted", "undecided"]
        )

    def test_decided_in_letzshops_own_screen(self):
        [shipment] = self.control.add_orders(1, lines=1, quantity=2)
        self.control.decide(shipment=shipment, available=False)
        [result] = self.adapter().send("confirm", [self.request("confirm", shipment)])
        self.assertIsInstance(result.error, Rejected)
        self.assertEqual(set(result.response["units"].values()), {"refused"})
        [result] = self.adapter().send("reject", [self.request("reject", shipment)])
        self.assertIsNone(result.error)


class TestReadingUnderFaults(SandboxCase):
    def read(self, **settings):
        orders, problems = [], []
        for page in self.adapter(**settings).iter_open_orders():
            orders += page.orders
            problems += page.problems
        self.assertEqual(problems, [])
        return orders

    def test_nothing_is_read_twice(self):
        shipments = self.control.add_orders(12)
        for kind, options in (("duplicate_page", {"count": 2}), ("extra_fields", {})):
            with self.subTest(kind=kind):
                self.control.clear_faults()
                self.control.arm(kind, times=None, **options)
                read = [order.external_id for order in self.read(page_size=5)]
                self.assertEqual(sorted(read), sorted(shipments))

    def test_a_stuck_cursor_ends(self):
        self.control.add_orders(3)
        self.control.arm("stuck_cursor", times=None)
        self.assertEqual(len(self.read()), 3)

    def test_shifted_pages_are_found_the_next_time(self):
        shipments = self.control.add_orders(12)
        self.control.arm("shift_pages", count=2)
        first = {order.external_id for order in self.read(page_size=5)}
        second = {order.external_id for order in self.read(page_size=5)}
        self.assertEqual(first | second, set(shipments))

    def test_letzshop_without_carrier_and_without_tracking(self):
        self.control.add_orders(3)
        for kind in ("no_data_field", "tracking_fails"):
            with self.subTest(kind=kind):
                self.control.clear_faults()
                self.control.arm(kind, times=None)
                self.control.clear_requests()
                self.assertEqual(len(self.read(page_size=1)), 3)
                self.assertEqual(len(self.control.requests()), 4, "asked once too often")

    def test_both_are_missing(self):
        self.control.add_orders(2)
        self.control.arm("no_data_field", times=None)
        self.control.arm("tracking_fails", times=None)
        self.assertEqual(len(self.read()), 2)

    def test_unknown_words(self):
        self.control.add_orders(2)
        for where in ("shipment", "unit", "parser"):
            with self.subTest(where=where):
                self.control.clear_faults()
                self.control.arm("unknown_enum", where=where, value="levitating", count=1)
                orders = self.read()
                self.assertEqual(len(orders), 2)
                if where == "unit":
                    states = [p.state for o in orders for line in o.lines for p in line.pieces]
                    self.assertEqual(states.count(PieceState.OTHER), 1)

    def test_money_in_every_shape(self):
        self.control.reset(orders=60, history=0)
        plain = {order.external_id: order for order in self.read()}
        for shape in ("number", "code", "sign", "french", "german", "english"):
            with self.subTest(shape=shape):
                self.control.clear_faults()
                self.control.arm("money", times=None, shape=shape)
                for order in self.read():
                    known = plain[order.external_id]
                    self.assertEqual(order.total, known.total)
                    self.assertEqual(
                        [line.price_unit for line in order.lines],
                        [line.price_unit for line in known.lines],
                    )

    def test_missing_fields(self):
        self.control.add_orders(2)
        self.control.arm("missing_fields")
        self.assertEqual(len(self.read()), 2)

    def test_failures_while_reading_are_typed(self):
        self.control.add_orders(1)
        cases = [
            ("status", {"status": 429, "retry_after": 7.0}, RateLimited),
            ("status", {"status": 503}, ServiceUnavailable),
            ("status", {"status": 500}, UnknownOutcome),
            ("hang", {"seconds": HANG}, UnknownOutcome),
            ("html", {}, InvalidAnswer),
            ("broken_json", {}, InvalidAnswer),
            ("errors_with_data", {"message": "boom"}, InvalidAnswer),
            ("bad_key", {}, Unauthorised),
            ("forbidden", {}, Forbidden),
        ]
        for kind, options, error in cases:
            with self.subTest(kind=kind, **options):
                self.control.clear_faults()
                self.control.arm(kind, **options)
                with self.assertRaises(error) as caught:
                    self.adapter().check()
                if "retry_after" in options:
                    self.assertEqual(caught.exception.retry_after, 7.0)

    def test_keys(self):
        with self.assertRaises(Unauthorised) as caught:
            self.adapter("nonsense").check()
        self.assertNotIsInstance(caught.exception, Forbidden)
        self.control.arm("bad_key_as_errors", times=None)
        with self.assertRaises(Unauthorised) as caught:
            self.adapter("nonsense").check()
        self.assertNotIsInstance(caught.exception, Forbidden)
        with self.assertRaises(Forbidden):
            self.adapter(self.sandbox.no_rights_api_key).check()

    def test_no_two_calls_at_once(self):
        self.control.reset(orders=60, history=20)
        adapter = self.adapter()
        list(adapter.iter_history())
        self.assertEqual(set(self.control.effects()["most_at_once"].values()), {1})

    def test_realistic_orders_are_all_mapped(self):
        self.control.reset(orders=120, history=60)
        open_ids = {order.external_id for order in self.read()}
        expected = self.control.shipments(state="unconfirmed", vendor="lux-shop")
        self.assertGreater(len(expected), 50)
        self.assertEqual(open_ids, {shipment["id"] for shipment in expected})
