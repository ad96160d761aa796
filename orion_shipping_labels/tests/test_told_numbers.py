from unittest.mock import patch

from .common import LabelsCase


class TestOneNumberAnOrder(LabelsCase):
    """A marketplace that takes one tracking number an order is told one, of however many."""

    def setUp(self):
        super().setUp()
        self.sale = self.accepted(self.order(quantity=3, shipping_carrier="ups"))
        channels = self.env.registry["orion.channel"]
        self.startPatcher(patch.object(channels, "_most_tracking_numbers", lambda channel: 1))

    def test_several_in_one_field(self):
        for text in ("T1,T2", "T1\nT2", "T1; T2"):
            result = self.sale.orion_set_tracking(tracking_number=text)
            self.assertRegex(result["message"], "on its way.*one tracking number.*told T1. T2 stay")
        self.assertEqual(self.told(), [("T1", "ups")])
        self.assertEqual(self.sale.orion_tracking_number, "T1,T2")
        self.assertEqual([number for number, _url in self.sale._orion_parcels()], ["T1", "T2"])

    def test_one_number_needs_no_words(self):
        result = self.sale.orion_set_tracking(tracking_number="T1")
        self.assertNotIn("stay here", result["message"])
        self.assertFalse(self.sale.orion_kept_numbers_text)

    def test_a_second_parcel_is_not_told_but_ships_the_order(self):
        first = self.delivery(self.sale)
        second = self.split(first, 1)
        batch = self.batch_of(self.sale)
        batch.validate_delivery = False
        for number, row in enumerate(batch.line_ids, start=1):
            row.tracking_number = f"T{number}"
            self.assertNotEqual(self.sale.orion_status, "shipped")
            row._ship()
            self.work()
        self.assertEqual(self.told(), [("T1", "ups")])
        self.assertEqual((first | second).mapped("carrier_tracking_ref"), ["T1", "T2"])
        self.assertEqual(self.sale.orion_status, "shipped")
        self.assertNotIn("on its way", batch.line_ids[1].message)
        self.assertIn("T2 stay here", batch.line_ids[1].message)

    def test_a_correction_of_the_told_one_is_told(self):
        first = self.delivery(self.sale)
        second = self.split(first, 1)
        self.leave(first, number="T1")
        self.leave(second, number="T2")
        self.assertEqual(self.told(), [("T1", "ups")])
        second.carrier_tracking_ref = "T3"
        self.assertEqual(self.told(), [("T1", "ups")])
        first.carrier_tracking_ref = "T4"
        self.assertEqual(self.told(), [("T1", "ups"), ("T4", "ups")])


class TestTheSameNumberAgain(LabelsCase):
    def test_of_the_last_parcel_ships_the_order(self):
        sale = self.accepted(self.order(quantity=3, shipping_carrier="ups"))
        first = self.delivery(sale)
        second = self.split(first, 1)
        for delivery in (first, second):
            self.assertNotEqual(sale.orion_status, "shipped")
            delivery.with_user(self.clerk).orion_set_tracking(tracking_number="T1")
            self.work()
        self.assertEqual((self.told(), sale.orion_status), ([("T1", "ups")], "shipped"))
