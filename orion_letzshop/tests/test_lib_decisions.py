import unittest

from odoo.addons.orion_base.lib.errors import (
    Forbidden,
    HostUnreachable,
    InvalidAnswer,
    NotHappened,
    RateLimited,
    Rejected,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.outbox import OperationRequest

from .scripted import ScriptedHttp, adapter_for, decided, failure, page
from .shipments import shipment, unit

AVAILABLE = "confirmed_available"
UNAVAILABLE = "confirmed_unavailable"


def request(reference, *units, verb="confirm"):
    return OperationRequest(reference, verb, {"order": "s", "units": list(units), "reason": ""})


def units_page(states):
    return page(shipment(inventoryUnits=[unit(name, state) for name, state in states.items()]))


class TestDeciding(unittest.TestCase):
    def send(self, http, *requests, verb="confirm"):
        results = adapter_for(http).send(verb, requests)
        self.assertEqual([r.reference for r in results], [r.reference for r in requests])
        self.assertEqual(http.answers, [])
        http.check_schema()
        return results

    def test_many_orders_in_one_request(self):
        http = ScriptedHttp(decided({"a": AVAILABLE, "b": AVAILABLE, "c": AVAILABLE}))
        first, second = self.send(http, request("1", "a", "b"), request("2", "c"))
        self.assertEqual(http.operations(), ["ConfirmInventoryUnits"])
        self.assertEqual(
            http.asked[0]["variables"]["input"]["inventoryUnits"],
            [{"inventoryUnitId": name, "isAvailable": True} for name in "abc"],
        )
        self.assertIsNone(first.error)
        self.assertEqual(first.response, {"units": {"a": "accepted", "b": "accepted"}})
        self.assertEqual(second.response, {"units": {"c": "accepted"}})

    def test_refusing(self):
        http = ScriptedHttp(decided({"a": UNAVAILABLE}))
        [result] = self.send(http, request("1", "a"), verb="reject")
        self.assertIs(
            http.asked[0]["variables"]["input"]["inventoryUnits"][0]["isAvailable"], False
        )
        self.assertIsNone(result.error)
        self.assertEqual(result.response, {"units": {"a": "refused"}})

    def test_already_in_the_wanted_state_is_success(self):
        error = {"id": "b", "code": "already_confirmed", "message": "already confirmed"}
        http = ScriptedHttp(
            decided({"a": AVAILABLE}, [error]), units_page({"a": AVAILABLE, "b": AVAILABLE})
        )
        [result] = self.send(http, request("1", "a", "b"))
        self.assertIsNone(result.error)
        self.assertEqual(result.response, {"units": {"a": "accepted", "b": "accepted"}})

    def test_decided_the_other_way_is_rejected_with_its_state(self):
        error = {"id": "b", "code": "already_confirmed", "message": "already refused"}
        http = ScriptedHttp(
            decided({"a": AVAILABLE}, [error]), page(), units_page({"b": UNAVAILABLE})
        )
        good, bad = self.send(http, request("1", "a"), request("2", "b"))
        self.assertIsNone(good.error)
        self.assertIs(type(bad.error), Rejected)
        self.assertIn("decided elsewhere", bad.error.message)
        self.assertIn("already refused", bad.error.message)
        self.assertEqual(bad.response, {"units": {"b": "refused"}})

    def test_part_of_a_request(self):
        error = {"id": "b", "code": "locked", "message": "The parcel is locked."}
        http = ScriptedHttp(decided({"a": AVAILABLE}, [error]), units_page({"b": "unconfirmed"}))
        [result] = self.send(http, request("1", "a", "b"))
        self.assertIs(type(result.error), Rejected)
        self.assertIn("The parcel is locked.", result.error.message)
        self.assertEqual(result.response, {"units": {"a": "accepted", "b": "undecided"}})

    def test_a_piece_that_letzshop_does_not_know(self):
        error = {"id": "b", "code": "not_found", "message": "No such piece."}
        http = ScriptedHttp(decided({}, [error]), page(), page())
        [result] = self.send(http, request("1", "b"))
        self.assertIs(type(result.error), Rejected)
        self.assertIn("No such piece.", result.error.message)

    def test_a_piece_that_the_answer_passes_over_is_asked_for(self):
        http = ScriptedHttp(decided({}), units_page({"a": AVAILABLE}))
        [result] = self.send(http, request("1", "a"))
        self.assertIsNone(result.error)

    def test_when_asking_fails_nothing_is_known(self):
        http = ScriptedHttp(
            decided({"a": AVAILABLE}),
            RateLimited("slow"),
        )
        good, unknown = self.send(http, request("1", "a"), request("2", "b"))
        self.assertIsNone(good.error)
        self.assertIs(type(unknown.error), UnknownOutcome)

    def test_what_the_api_says_becomes_a_typed_error(self):
        null = {"confirmInventoryUnits": None}
        cases = [
            ({"data": null}, InvalidAnswer),
            (failure("Not authorized", ["confirmInventoryUnits"], data=null), Forbidden),
            (
                failure("Field 'x' doesn't exist on type 'Mutation'", code="undefinedField"),
                Rejected,
            ),
            (
                failure("InputObject 'X' doesn't accept argument", code="argumentNotAccepted"),
                Rejected,
            ),
            (failure("deadlock detected", ["confirmInventoryUnits"], data=null), UnknownOutcome),
            (HostUnreachable("away"), HostUnreachable),
            (UnknownOutcome("timeout"), UnknownOutcome),
        ]
        for answer, kind in cases:
            with self.subTest(answer=answer):
                with self.assertRaises(kind) as caught:
                    adapter_for(ScriptedHttp(answer)).send("confirm", [request("1", "a")])
                self.assertIs(type(caught.exception), kind)

    def test_a_request_without_pieces(self):
        http = ScriptedHttp()
        [result] = self.send(http, request("1"))
        self.assertIs(type(result.error), Rejected)


class TestReconciling(unittest.TestCase):
    def reconcile(self, http, *requests, verb="confirm"):
        results = {r.reference: r for r in adapter_for(http).reconcile(verb, requests)}
        self.assertNotIn("ConfirmInventoryUnits", http.operations())
        self.assertEqual(http.answers, [])
        return results

    def test_each_request_by_the_states_of_its_pieces(self):
        http = ScriptedHttp(
            units_page({"open": "unconfirmed", "half": "unconfirmed"}),
            units_page(
                {"yes": AVAILABLE, "half2": AVAILABLE, "no": UNAVAILABLE, "back": "returned"}
            ),
        )
        results = self.reconcile(
            http,
            request("done", "yes"),
            request("returned", "back"),
            request("open", "open"),
            request("half", "half", "half2"),
            request("other", "no", "yes"),
        )
        self.assertIsNone(results["done"].error)
        self.assertEqual(results["done"].response, {"units": {"yes": "accepted"}})
        self.assertIsNone(results["returned"].error)
        self.assertIs(type(results["open"].error), NotHappened)
        self.assertIs(type(results["half"].error), NotHappened)
        self.assertIs(type(results["other"].error), Rejected)
        self.assertEqual(results["other"].response, {"units": {"no": "refused", "yes": "accepted"}})

    def test_refusing(self):
        http = ScriptedHttp(page(), units_page({"a": UNAVAILABLE, "b": AVAILABLE}))
        results = self.reconcile(http, request("done", "a"), request("other", "b"), verb="reject")
        self.assertIsNone(results["done"].error)
        self.assertIs(type(results["other"].error), Rejected)

    def test_what_is_found_nowhere_stays_unknown(self):
        http = ScriptedHttp(page(), page())
        results = self.reconcile(http, request("1", "a"))
        self.assertIs(type(results["1"].error), UnknownOutcome)

    def test_stops_when_all_are_found(self):
        http = ScriptedHttp(
            page(shipment(inventoryUnits=[unit("a")]), after="c1"),
        )
        results = self.reconcile(http, request("1", "a"))
        self.assertIs(type(results["1"].error), NotHappened)


class TestTracking(unittest.TestCase):
    def track(self, http, *numbers):
        requests = [
            OperationRequest(
                f"t{index}",
                "set_tracking",
                {
                    "order": f"s{index}",
                    "tracking_number": number,
                    "carrier": "dhl",
                    "carrier_name": "DHL",
                },
            )
            for index, number in enumerate(numbers)
        ]
        results = adapter_for(http).send("set_tracking", requests)
        self.assertEqual(http.answers, [])
        http.check_schema()
        return results

    def answer(self, *errors):
        payload = {"shipment": {"id": "s0"}, "errors": list(errors)}
        return {"data": {"setShipmentTracking": payload}}

    def test_one_request_each(self):
        http = ScriptedHttp(self.answer(), self.answer())
        results = self.track(http, "T1", "T2")
        self.assertEqual(
            [asked["variables"]["input"] for asked in http.asked],
            [
                {"shipmentId": "s0", "code": "T1", "provider": "DHL"},
                {"shipmentId": "s1", "code": "T2", "provider": "DHL"},
            ],
        )
        self.assertEqual(
            [result.response for result in results],
            [
                {"tracking_number": "T1", "provider": "DHL"},
                {"tracking_number": "T2", "provider": "DHL"},
            ],
        )

    def test_a_refused_one_does_not_stop_the_next(self):
        refusal = {"id": "s0", "code": "invalid", "message": "Unknown provider"}
        bad, good = self.track(ScriptedHttp(self.answer(refusal), self.answer()), "T1", "T2")
        self.assertIs(type(bad.error), Rejected)
        self.assertIn("Unknown provider", bad.error.message)
        self.assertIsNone(good.error)

    def test_a_service_that_is_away_is_not_asked_again(self):
        http = ScriptedHttp(HostUnreachable("away"))
        results = self.track(http, "T1", "T2")
        self.assertEqual(len(http.asked), 1)
        self.assertEqual([type(r.error) for r in results], [HostUnreachable] * 2)

    def test_a_lost_answer_concerns_one(self):
        http = ScriptedHttp(UnknownOutcome("timeout"), self.answer())
        lost, good = self.track(http, "T1", "T2")
        self.assertIs(type(lost.error), UnknownOutcome)
        self.assertIsNone(good.error)

    def test_settling_sends_again(self):
        requests = [OperationRequest("t", "set_tracking", {})]
        [result] = adapter_for(ScriptedHttp()).reconcile("set_tracking", requests)
        self.assertIs(type(result.error), NotHappened)
