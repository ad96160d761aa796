from dataclasses import replace
from datetime import datetime, timezone
from unittest import TestCase
from unittest.mock import Mock, patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.orion_orders.lib import order_data
from odoo.addons.orion_orders.lib.fingerprint import address_key, payload_digest
from odoo.addons.orion_orders.lib.import_result import ImportResult
from odoo.addons.orion_orders.lib.order_data import AddressData, OrderData, OrderState

SCALARS = st.none() | st.booleans() | st.integers(-99, 99) | st.text("aé<&", max_size=3)
PAYLOADS = st.dictionaries(st.text("abc", max_size=2), SCALARS, max_size=4)
CALM = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=50)


class TestFingerprint(TestCase):
    @CALM
    @given(PAYLOADS)
    def test_digest_ignores_the_order_of_keys(self, payload):
        turned = dict(reversed(payload.items()))
        self.assertEqual(payload_digest(payload), payload_digest(turned))

    def test_digest_sees_a_change(self):
        self.assertNotEqual(payload_digest({"a": 1}), payload_digest({"a": 2}))
        self.assertNotEqual(payload_digest({"a": [1, 2]}), payload_digest({"a": [2, 1]}))

    def test_digest_of_an_order_is_made_once(self):
        now = datetime.now(timezone.utc)
        order = OrderData("S1", "R1", now, now, "EUR", OrderState.UNDECIDED, (), {"id": "S1"})
        with patch.object(order_data, "payload_digest", Mock(wraps=payload_digest)) as made:
            self.assertEqual([order.digest, order.digest], [payload_digest({"id": "S1"})] * 2)
        self.assertEqual(made.call_count, 1)
        self.assertEqual(replace(order, raw={"id": "S2"}).digest, payload_digest({"id": "S2"}))
        self.assertEqual(replace(order), order)

    def test_address_key_ignores_spelling(self):
        address = AddressData("Léa Müller", "", "12, Rue du Fossé", "", "L-1536", "Luxembourg")
        same = replace(address, name="LÉA  MÜLLER", street="12 rue du fossé", zip="L1536")
        self.assertEqual(address_key(address), address_key(same))
        self.assertEqual(address_key(address), address_key(replace(address, phone="1")))

    def test_address_key_tells_apart(self):
        address = AddressData("A", "", "1 Rue", "", "1", "X", "", "LU")
        for change in ({"name": "B"}, {"street": "2 Rue"}, {"country_code": "FR"}, {"zip": "2"}):
            with self.subTest(change):
                self.assertNotEqual(address_key(address), address_key(replace(address, **change)))

    def test_results_add_up(self):
        total = ImportResult(1, 2, 3, 4, ({"message": "a"},)) + ImportResult(1, 1, 1, 1)
        self.assertEqual(total, ImportResult(2, 3, 4, 5, ({"message": "a"},)))
        self.assertEqual(total.processed, 14)
        self.assertEqual(total.counts["orders_unchanged"], 4)
