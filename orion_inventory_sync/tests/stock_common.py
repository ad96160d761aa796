"""What the tests of stock share: a marketplace that takes stock, played by a class."""

from contextlib import ExitStack
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.orion_base import identity
from odoo.addons.orion_base.engine import wake
from odoo.addons.orion_base.engine.worker import Worker
from odoo.addons.orion_base.lib.errors import OrionError

from ..lib.stock_adapter import PushingAdapter


class PlayedStock(PushingAdapter):
    """Keeps what it was told. Each entry of `script` answers one call: an `OrionError` for all of
    it, or errors by SKU."""

    batch_size = 3
    can_read = True

    def __init__(self, connection=None):
        self.levels = {}
        self.calls = []
        self.script = []

    def push_levels(self, levels):
        answer = self.script.pop(0) if self.script else {}
        self.calls.append([(level.sku, level.quantity) for level in levels])
        if isinstance(answer, OrionError):
            raise answer
        for level in levels:
            if level.sku not in answer:
                self.levels[level.sku] = level.quantity
        return answer

    def read_levels(self, skus):
        return {sku: self.levels[sku] for sku in skus if sku in self.levels}


class StockCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        identity.confirm_instance(cls.env)
        cls.env["orion.schedule"].search([]).enabled = False
        cls.env["orion.channel"].search([]).stock_sync_enabled = False
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.adapter = PlayedStock()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        channels = cls.env.registry["orion.channel"]
        marketplace = channels._fields["marketplace"]
        stack.enter_context(patch.dict(marketplace._selection, {"played": "Played"}))
        stack.enter_context(
            patch.object(marketplace, "selection", [*marketplace.selection, ("played", "Played")])
        )
        adapter_class = channels._adapter_class

        def played(self, role):
            if self.marketplace == "played":
                return PlayedStock if role == "stock" else None
            return adapter_class(self, role)

        stack.enter_context(patch.object(channels, "_adapter_class", played))
        for module in ("engine.outbox", "adapters"):
            stack.enter_context(
                patch(f"odoo.addons.orion_base.{module}.open_adapter", cls._open_adapter)
            )
        stack.enter_context(
            patch(
                "odoo.addons.orion_inventory_sync.models.orion_channel_jobs.open_adapter",
                cls._open_adapter,
            )
        )
        stack.enter_context(patch.dict(wake._last_wake, clear=True))
        cls.channel = cls.new_channel()

    @classmethod
    def _open_adapter(cls, channel, role):
        return cls.adapter

    @classmethod
    def new_channel(cls, **values):
        return cls.env["orion.channel"].create(
            {
                "name": "Played shop",
                "marketplace": "played",
                "state": "connected",
                "stock_sync_enabled": True,
                "sync_strategy": "realtime",
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.adapter.__init__()

    @classmethod
    def new_product(cls, code, quantity=0, **values):
        product = cls.env["product.product"].create(
            {"name": code, "default_code": code, "is_storable": True, **values}
        )
        if quantity:
            cls.put(product, quantity)
        return product

    @classmethod
    def put(cls, product, quantity, location=None, **kwargs):
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.stock, quantity, **kwargs
        )

    def listing(self, product, channel=None, **values):
        return self.env["orion.listing"].create(
            {"channel_id": (channel or self.channel).id, "product_id": product.id, **values}
        )

    def play_kits(self, recipes):
        """Kits without the addon that knows them.

        :param recipes: `{kit: {part: quantity}}`
        """
        by_id = {kit.id: {p.id: n for p, n in parts.items()} for kit, parts in recipes.items()}

        def kit_parts(_self, _company, products):
            return {id_: by_id[id_] for id_ in products.ids if id_ in by_id}

        def kits_with(_self, products):
            return products.browse(
                kit for kit, parts in by_id.items() if parts.keys() & set(products.ids)
            )

        availability = self.env.registry["orion.stock.availability"]
        self.patch(availability, "_kit_parts", kit_parts)
        self.patch(availability, "_kits_with", kits_with)

    def demand(self, product, quantity, location=None, unit=None):
        """A confirmed move to a customer that reserves nothing."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": (unit or product.uom_id).id,
                "location_id": (location or self.stock).id,
                "location_dest_id": self.customers.id,
            }
        )
        move.state = "confirmed"
        return move

    def commit(self):
        """What a commit does before it is one."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()

    def work(self, steps=20):
        """Let a worker take steps until it is idle; waits are over at once."""
        self.commit()
        with self.enter_registry_test_mode():
            worker = Worker(self.env.registry, sleep=lambda seconds: None)
            for _step in range(steps):
                if not worker.step():
                    break
        self.env.invalidate_all()

    def tell(self, steps=20):
        """Let changes be due at once, and work."""
        self.commit()
        self.env["orion.schedule"].search([("enabled", "=", True)]).last_run_at = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL,"
            " lease_until = NULL WHERE status <> 'processing'"
        )
        self.env.cr.execute("UPDATE orion_circuit SET next_probe_at = NULL")
        self.env.invalidate_all()
        self.work(steps)

    def available(self, *products, channel=None):
        found = self.env["orion.stock.availability"]._available(
            channel or self.channel, self.env["product.product"].union(*products)
        )
        return [found.get(product.id) for product in products]
