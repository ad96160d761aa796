"""What the tests with a database share: a channel, and a Letzshop of its own on loopback."""

from contextlib import nullcontext

from odoo.tests import TransactionCase
from odoo.tests.common import _super_send

from odoo.addons.orion_base.engine.worker import Worker
from odoo.addons.orion_base.tests.common import count_calls_in_memory

from sandbox.letzshop.letzshop_sandbox import LetzshopSandbox


class LetzshopCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        count_calls_in_memory(cls)
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.sandbox = LetzshopSandbox(orders=0, history=0).start()
        cls.addClassCleanup(cls.sandbox.stop)
        cls.control = cls.sandbox.control
        cls.channel = cls.env["orion.channel"].create(
            {
                "name": "Our Letzshop",
                "marketplace": "letzshop",
                "api_endpoint": cls.sandbox.endpoint,
                "state": "connected",
            }
        )
        cls.channel.set_credentials(api_key=cls.sandbox.api_key)
        cls.units = cls.env["letzshop.inventory.unit"]

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.url.startswith(cls.sandbox.url):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        self.control.reset(orders=0, history=0)

    def engine_cursors(self):
        """The engine's own cursors see what the test has not committed."""
        if type(self)._registry_patched:
            return nullcontext()
        return self.enter_registry_test_mode()

    def add_orders(self, count=1, lines=1, quantity=1, known=True, **values):
        """Shipments on Letzshop, whose products are known here."""
        shipments = self.control.add_orders(count, lines=lines, quantity=quantity, **values)
        if known:
            self.add_products(shipments)
        return shipments

    def add_products(self, shipments):
        wanted = {}
        for shipment in shipments:
            for unit in self.control.shipment(shipment)["units"]:
                if unit["variant"]:
                    wanted[unit["variant"]] = unit
        known = set(self.env["product.product"].search([]).mapped("default_code"))
        self.env["product.product"].create(
            [
                {
                    "name": unit["sku"],
                    "default_code": unit["sku"],
                    "type": "consu",
                    "is_storable": True,
                    "list_price": 1.0,
                }
                for unit in wanted.values()
                if unit["sku"] not in known
            ]
        )

    def import_orders(self, **values):
        with self.engine_cursors():
            result = self.channel.import_orders(**values)
        self.env.invalidate_all()
        return result

    def imported(self, shipments):
        """Import, and the orders of these shipments."""
        result = self.import_orders()
        self.assertTrue(result["success"], result)
        orders = self.env["sale.order"].search([("orion_external_id", "in", shipments)])
        self.assertEqual(len(orders), len(shipments), result)
        return orders

    def work(self, steps=20):
        """Let a worker do what there is to do; waiting times are over at once."""
        for _round in range(3):
            with self.engine_cursors():
                worker = Worker(self.env.registry, sleep=lambda seconds: None)
                for _step in range(steps):
                    if not worker.step():
                        break
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL;"
                "UPDATE orion_circuit SET next_probe_at = NULL"
            )
            self.env.invalidate_all()

    def step(self):
        """One step of a worker."""
        with self.engine_cursors():
            done = Worker(self.env.registry, sleep=lambda seconds: None).step()
        self.env.invalidate_all()
        return done

    def pieces(self, order):
        return order.letzshop_unit_ids.sorted("id")

    def states_there(self, shipment):
        return [unit["state"] for unit in self.control.shipment(shipment)["units"]]

    def effects(self):
        return self.control.effects()["totals"]
