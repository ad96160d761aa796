from odoo.addons.orion_base.lib.errors import Rejected

from .common import order
from .test_shipping import ShippingCase


class TestTrackingRetry(ShippingCase):
    """A tracking number that failed is retried only while it is the order's."""

    def fail(self, number):
        self.marketplace.answers["S1"] = Rejected("No such provider.")
        operation = self.track(number)
        self.assertEqual(operation.status, "failed")
        del self.marketplace.answers["S1"]
        return operation

    def track(self, number):
        result = self.sale.orion_set_tracking(tracking_number=number)
        self.work()
        return self.env["orion.operation"].browse(result["operation_ids"])

    def retry(self, operations):
        result = operations.retry()
        self.work()
        return result["retried"]

    def told(self):
        return [
            payload["tracking_number"]
            for _method, verb, payloads in self.marketplace.calls
            for payload in payloads
            if verb == "set_tracking"
        ]

    def test_the_newest_one(self):
        operation = self.fail("A")
        self.assertEqual(self.retry(operation), 1)
        self.assertEqual((operation.status, self.told()), ("completed", ["A", "A"]))

    def test_an_older_one_replaces_no_newer_one(self):
        old = self.fail("A")
        self.track("B")
        self.assertEqual(self.retry(old), 0)
        self.assertEqual(self.told(), ["A", "B"])
        self.assertEqual(old.status, "cancelled")
        self.assertIn("Another tracking number followed: B", old.cancel_reason)
        self.assertEqual(self.retry(old), 0)
        self.assertEqual(self.sale.orion_sync_status, "synced")

    def test_of_several_what_is_newest(self):
        old, other = self.fail("A"), self.accepted(order("S2"))
        new = self.fail("B")
        self.marketplace.answers["S2"] = Rejected("No such provider.")
        others = other.orion_set_tracking(tracking_number="C")["operation_ids"]
        self.work()
        del self.marketplace.answers["S2"]
        self.assertEqual(self.retry(old | new | old.browse(others)), 2)
        self.assertEqual(sorted(self.told()), ["A", "B", "B", "C", "C"])

    def test_one_that_was_cancelled_is_no_newer_one(self):
        old, new = self.fail("A"), self.fail("B")
        new.cancel("Wrong")
        self.assertEqual(self.retry(old), 1)
        self.assertEqual(self.told(), ["A", "B", "A"])

    def test_not_of_a_cancelled_order(self):
        operation = self.fail("A")
        self.sale.orion_set_status(status="cancelled", reason="Lost")
        self.assertEqual(self.retry(operation), 0)
        self.assertEqual((operation.status, self.told()), ("cancelled", ["A"]))
