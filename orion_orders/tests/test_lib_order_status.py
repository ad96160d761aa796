from unittest import TestCase

from odoo.addons.orion_orders.lib.order_status import (
    TRANSITIONS,
    OrderStatus,
    allowed_after,
    is_allowed,
    path,
)

#: The table of the documents, written out once more on purpose.
ALLOWED = {
    "pending": ["confirmed", "cancelled"],
    "confirmed": [
        "processing",
        "shipped",
        "fulfilled",
        "cancelled",
        "refunded",
        "partially_refunded",
    ],
    "processing": [
        "ready_for_shipment",
        "shipped",
        "fulfilled",
        "cancelled",
        "refunded",
        "partially_refunded",
    ],
    "ready_for_shipment": ["shipped", "cancelled", "refunded", "partially_refunded"],
    "shipped": ["delivered", "refunded", "partially_refunded"],
    "delivered": ["refunded", "partially_refunded"],
    "fulfilled": ["refunded", "partially_refunded"],
    "partially_refunded": ["refunded"],
    "refunded": [],
    "cancelled": [],
}


class TestOrderStatus(TestCase):
    def test_every_pair(self):
        for old in OrderStatus:
            for new in OrderStatus:
                with self.subTest(old=old.value, new=new.value):
                    self.assertEqual(is_allowed(old, new), new.value in ALLOWED[old.value])

    def test_ten_statuses(self):
        self.assertEqual(len(OrderStatus), 10)
        self.assertEqual(set(TRANSITIONS), set(OrderStatus))

    def test_allowed_after_follows_the_life_of_an_order(self):
        self.assertEqual(allowed_after("pending"), ("confirmed", "cancelled"))
        self.assertEqual(allowed_after("cancelled"), ())

    def test_path(self):
        self.assertEqual(path("confirmed", "delivered"), ("shipped", "delivered"))
        self.assertEqual(path("shipped", "shipped"), ())
        self.assertEqual(path("cancelled", "shipped"), ())
        self.assertEqual(path("delivered", "confirmed"), ())
