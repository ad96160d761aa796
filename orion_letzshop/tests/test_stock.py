import csv
import io
from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import _super_send, release_test_lock

from odoo.addons.orion_base.engine import circuit
from odoo.addons.orion_base.lib.errors import Unauthorised

from sandbox.stock.stock_sandbox import DropSandbox

from .common import LetzshopCase


class StockCase(LetzshopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["orion.schedule"].search([]).enabled = False
        cls.drop = DropSandbox()
        cls.drop.start()
        cls.addClassCleanup(cls.drop.stop)
        cls.location = (
            cls.env["stock.warehouse"]
            .search([("company_id", "=", cls.env.company.id)], limit=1)
            .lot_stock_id
        )

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.url.startswith(cls.drop.url):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def product(self, code, quantity):
        product = self.env["product.product"].create(
            {"name": code, "default_code": code, "is_storable": True, "list_price": 5}
        )
        self.put(product, quantity)
        return product

    def put(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(product, self.location, quantity)

    def listing(self, product):
        return self.env["orion.listing"].create(
            {"channel_id": self.channel.id, "product_id": product.id}
        )

    def look(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        for log in self.channel._request_job("inventory_sync"):
            self.assertTrue(log)
        self.work()

    def available(self, product):
        found = self.env["orion.stock.availability"]._available(self.channel, product)
        return found[product.id]


@tagged("post_install", "-at_install")
class TestStock(StockCase, HttpCase):
    def test_files_put_by_http(self):
        pen = self.product("PEN", 5)
        listing = self.listing(pen)
        self.channel.write(
            {
                "letzshop_stock_way": "http",
                "letzshop_stock_address": self.drop.address,
                "letzshop_stock_user": self.drop.user,
                "stock_sync_enabled": True,
            }
        )
        self.channel.set_credentials(values={"stock_password": self.drop.password})
        self.look()
        self.assertEqual(self.drop.book.quantities(), {"PEN": 5})
        self.assertEqual(listing.stock_status, "told")
        self.put(pen, -2)
        self.look()
        self.assertEqual(self.drop.book.quantities(), {"PEN": 3})
        # the place fails: what waits is told later, and Letzshop itself goes on
        self.drop.faults.arm("status", status=503, times=4)
        self.put(pen, -2)
        self.look()
        circuits = self.env["orion.circuit"].search([("channel_id", "=", self.channel.id)])
        self.assertNotIn("open", circuits.mapped("state"))
        self.drop.faults.clear()
        self.look()
        self.assertEqual(self.drop.book.quantities(), {"PEN": 1})

    def test_files_are_put_while_letzshop_refuses_the_key(self):
        pen = self.product("PEN", 5)
        self.listing(pen)
        self.channel.write(
            {
                "letzshop_stock_way": "http",
                "letzshop_stock_address": self.drop.address,
                "letzshop_stock_user": self.drop.user,
                "stock_sync_enabled": True,
            }
        )
        self.channel.set_credentials(values={"stock_password": self.drop.password})
        self.look()
        circuit.record(self.env.cr, self.channel.id, [Unauthorised("refused")])
        self.put(pen, -2)
        self.look()
        self.assertEqual(self.drop.book.quantities(), {"PEN": 3})
        paused = self.env["orion.circuit"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(paused.state, "open")

    def test_another_way_while_the_place_for_files_is_down(self):
        listing = self.listing(self.product("PEN", 5))
        self.channel.write(
            {
                "letzshop_stock_way": "http",
                "letzshop_stock_address": self.drop.address,
                "stock_sync_enabled": True,
            }
        )
        self.drop.faults.arm("status", status=503, times=None)
        self.addCleanup(self.drop.faults.clear)
        self.look()
        operation = self.env["orion.operation"].search([("operation", "=", "push_stock")])
        self.assertEqual(operation.status, "pending")
        self.channel.letzshop_stock_way = "feed"
        self.assertEqual(operation.status, "cancelled")
        self.look()
        self.assertEqual(listing.stock_status, "pending")
        self.assertEqual(
            self.env["orion.operation"].search([("operation", "=", "push_stock")]), operation
        )

    def test_places_for_files(self):
        self.channel.letzshop_stock_way = "sftp"
        for wrong in (
            "https://host/in/{time}.csv",
            "sftp://host/in/stock.csv",
            "sftp://user:word@host/{time}.csv",
            "sftp:///{time}.csv",
        ):
            with self.subTest(address=wrong), self.assertRaises(ValidationError):
                self.channel.letzshop_stock_address = wrong
        self.channel.letzshop_stock_address = "sftp://host/in/{time}.csv"

    def test_another_place_never_gets_the_password(self):
        self.channel.write(
            {"letzshop_stock_way": "http", "letzshop_stock_address": "https://a.example/{time}"}
        )
        self.channel.set_credentials(values={"stock_password": "drop-secret-word"})
        password = self.channel.credential_ids.filtered(lambda one: one.name == "stock_password")
        self.channel.letzshop_stock_address = "https://a.example/other/{time}"
        self.assertTrue(password.has_secret)
        self.channel.letzshop_stock_address = "https://b.example/{time}"
        self.assertFalse(password.has_secret)
        self.assertTrue(self.channel.api_key_masked)

    def test_by_feed_it_is_told_once_it_was_fetched(self):
        pen = self.product("PEN", 5)
        listing = self.listing(pen)
        self.channel.stock_sync_enabled = True
        self.channel.safety_stock = 1
        address = self.channel.action_new_feed_address()["context"]["default_addresses"]
        path = next(line for line in address.splitlines() if line.endswith("/fr"))
        path = path[path.index("/orion/") :]
        self.look()
        self.assertEqual(listing.stock_status, "pending")
        self.assertFalse(self.env["orion.operation"].search([("operation", "=", "push_stock")]))
        # queued in this very second: the next fetch is sure to have it
        listing.stock_queued_at -= timedelta(seconds=5)
        self.assertEqual(self.fetched(path), "4")
        self.assertEqual(listing.stock_status, "told")
        self.assertEqual(listing.last_pushed_quantity, 4)
        self.assertTrue(self.channel.letzshop_stock_fetched_at)
        self.put(pen, -3)
        self.look()
        self.assertEqual(listing.stock_status, "pending")
        self.assertTrue(self.channel.feed_file_ids.stock_changed)
        listing.stock_queued_at -= timedelta(seconds=5)
        # although the file is younger than the channel keeps it
        self.assertEqual(self.fetched(path), "1")
        self.assertEqual(listing.last_pushed_quantity, 1)
        lag = self.env["orion.health"]._stock_lags(self.channel)[self.channel.id]
        self.assertEqual(lag.value, 0)

    def fetched(self, path):
        self.env.flush_all()
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        with release_test_lock():
            # noted once the last byte was sent
            self._wait_remaining_requests()
        self.env.invalidate_all()
        rows = csv.DictReader(io.StringIO(answer.text), delimiter="\t")
        return {row["id"]: row["atalanda:quantity"] for row in rows}["PEN"]

    def test_a_health_page_says_how_long_a_fetch_is_overdue(self):
        listing = self.listing(self.product("PEN", 5))
        self.channel.stock_sync_enabled = True
        self.look()
        listing.stock_queued_at = fields.Datetime.now() - timedelta(hours=2)
        metrics = self.env["orion.health"]._metrics(self.channel.company_id)
        self.assertGreaterEqual(metrics["inventory_pending_seconds"]["value"], 7200)
        self.assertFalse(metrics["inventory_pending_seconds"]["ok"])
        cards = self.env["orion.dashboard"]._dashboard_data(self.channel)
        card = cards[self.channel.id]
        self.assertIn("Stock is late", [problem["title"] for problem in card["problems"]])
        figures = {figure["name"]: figure["value"] for figure in card["figures"]}
        self.assertEqual(figures["stock_pending"], 1)


class TestUndecidedPieces(StockCase):
    def test_sold_pieces_count_once_all_the_way(self):
        (shipment,) = self.add_orders(1, lines=1, quantity=3)
        sku = self.control.shipment(shipment)["units"][0]["sku"]
        product = self.env["product.product"].search([("default_code", "=", sku)])
        self.put(product, 10)
        self.assertEqual(self.available(product), 10)
        order = self.imported([shipment])
        self.assertEqual(self.available(product), 7)
        pieces = self.pieces(order)
        # one is refused, one accepted; the third one stays open
        order.orion_reject(inventory_unit_ids=pieces[0].mapped("external_id"), reason="Gone")
        self.assertEqual(self.available(product), 7)
        self.work()
        self.assertEqual(self.available(product), 8)
        order.orion_confirm(inventory_unit_ids=pieces[1].mapped("external_id"))
        self.work()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.available(product), 8)
        order.orion_confirm()
        self.work()
        self.assertEqual(self.available(product), 8)
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(self.available(product), 8)

    def test_what_marketplaces_sell_is_told_to_the_others(self):
        (shipment,) = self.add_orders(1, lines=1, quantity=3)
        sku = self.control.shipment(shipment)["units"][0]["sku"]
        product = self.env["product.product"].search([("default_code", "=", sku)])
        self.channel.write({"stock_sync_enabled": True, "sync_strategy": "realtime"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.execute("DELETE FROM orion_stock_change")
        self.imported([shipment])
        changed = self.env["orion.stock.change"].search([]).mapped("product_id")
        self.assertEqual(changed, [product.id])
