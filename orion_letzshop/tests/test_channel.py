from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestChannel(LetzshopCase):
    def test_defaults(self):
        channel = self.env["orion.channel"].create({"name": "New", "marketplace": "letzshop"})
        self.assertEqual(channel.api_endpoint, "https://letzshop.lu/graphql")
        self.assertEqual(channel.letzshop_page_size, 50)
        self.assertEqual(channel.sync_interval_minutes, 15)
        self.assertFalse(channel.auto_sync_enabled)
        self.assertEqual(channel._adapter_settings()["page_size"], 50)

    @mute_logger("odoo.sql_db")
    def test_page_size_has_limits(self):
        for size in (0, 101):
            with (
                self.subTest(size=size),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.channel.letzshop_page_size = size
                self.channel.flush_recordset()

    def test_connection(self):
        [result] = self.channel.test_connection()
        self.assertTrue(result["success"], result)
        result = self.env["orion.channel"].test_api_key(
            marketplace="letzshop", api_key="nonsense", api_endpoint=self.sandbox.endpoint
        )
        self.assertFalse(result["success"])

    def test_two_channels_of_one_shop_keep_their_own_pieces(self):
        twin = self.channel.copy({"name": "Twin"})
        twin.set_credentials(api_key=self.control.issue_key())
        [shipment] = self.add_orders(quantity=2)
        ours = self.imported([shipment])
        with self.enter_registry_test_mode():
            twin.import_orders()
        self.env.invalidate_all()
        orders = self.env["sale.order"].search([("orion_external_id", "=", shipment)])
        theirs = orders - ours
        self.assertEqual(theirs.orion_channel_id, twin)
        self.assertEqual(len(ours.letzshop_unit_ids), 2)
        self.assertEqual(len(theirs.letzshop_unit_ids), 2)
        ours.orion_confirm()
        self.assertFalse(theirs.letzshop_unit_ids.operation_id)

    def test_orders_asked_for_by_id_tell_nothing_of_the_channel(self):
        self.add_orders()
        self.import_orders()
        schedule = self.channel._order_schedule()
        schedule.next_run_at = planned = fields.Datetime.now() + timedelta(minutes=7)
        before = schedule.read(["last_run_at", "last_run_status", "retry_count"])
        synced = self.channel.last_sync_at
        result = self.import_orders(external_ids=["zzz"])
        self.assertEqual(result["orders_failed"], 1)
        self.assertEqual(schedule.next_run_at, planned)
        self.assertEqual(schedule.read(["last_run_at", "last_run_status", "retry_count"]), before)
        self.assertEqual(
            (self.channel.last_sync_status, self.channel.last_sync_at), ("success", synced)
        )
        self.assertEqual(self.channel.log_ids.sorted("id")[-1].status, "failed")

    def test_without_a_key(self):
        self.channel.clear_credentials()
        self.assertIs(self.channel.get_credentials()[0]["id"], False)
        result = self.import_orders()
        self.assertFalse(result["success"])
        self.assertEqual(
            result["message"],
            "Our Letzshop: The channel has no API key. Enter the key that Letzshop gave you.",
        )

    def test_channels_outlive_the_app(self):
        self.channel._retire_from_letzshop()
        self.assertEqual(self.channel.marketplace, "storefront")
        self.assertFalse(self.channel.active)
