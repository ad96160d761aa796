from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys
from odoo.addons.orion_inventory_sync.tests.stock_common import StockCase


@tagged("post_install", "-at_install")
class TestKeyQuantities(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.game = cls.env["product.product"].create(cls._game("Game", default_code="GAME"))
        cls.listing = cls.env["orion.listing"].create(
            {"channel_id": cls.channel.id, "product_id": cls.game.id}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Léa", "email": "l@example.com"})
        cls.env["orion.stock.change"].search([]).unlink()

    @classmethod
    def _game(cls, name, **values):
        return {
            "name": name,
            "type": "service",
            "orion_is_digital": True,
            "list_price": 0,
            "taxes_id": False,
            **values,
        }

    def available(self, product=None):
        product = product or self.game
        return self.env["orion.stock.availability"]._available(self.channel, product)[product.id]

    def add_keys(self, *texts, **batch):
        values = {"source": "paste", **batch}
        source = values.pop("source")
        batch = self.env["orion.digital.key"]._make_batch(self.game, self.company, source, **values)
        add_keys(batch, [NewKey(text) for text in texts])

    def sell(self, quantity):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [(0, 0, {"product_id": self.game.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        return order

    def noted(self):
        self.env.cr.precommit.run()
        changes = self.env["orion.stock.change"].search([])
        found = set(changes.mapped("product_id"))
        changes.unlink()
        return found

    def offer(self, **values):
        supplier = self.env["orion.channel"].create(
            {"name": "Supplier", "marketplace": "played", "stock_sync_enabled": False}
        )
        self.env["orion.schedule"].create(
            {
                "channel_id": supplier.id,
                "job_type": "key_purchases",
                "enabled": True,
                "interval_minutes": 15,
            }
        )
        return self.env["orion.key.offer"].create(
            {
                "product_id": self.game.id,
                "channel_id": supplier.id,
                "external_id": "G1",
                "available": 400,
                "unit_price": 8.0,
                "cap": 25,
                **values,
            }
        )

    def test_free_keys_are_the_stock(self):
        self.assertEqual(self.available(), 0)
        self.add_keys("KEY-AAA-1", "KEY-AAA-2", "KEY-AAA-3")
        self.add_keys("KEY-OLD-1", expires_on=fields.Date.today() - timedelta(days=1))
        self.assertEqual(self.available(), 3)
        self.sell(2)
        self.assertEqual(self.available(), 1, "sold pieces wait for two of them")
        self.env["orion.digital.piece"]._claim(self.company)
        self.assertEqual(self.available(), 1)

    def test_never_from_quants(self):
        self.env["stock.quant"].sudo().search([("product_id", "=", self.game.id)]).unlink()
        self.env.cr.execute(
            "INSERT INTO stock_quant (product_id, location_id, company_id, quantity,"
            " reserved_quantity, in_date) VALUES (%s, %s, %s, 50, 0, now())",
            (self.game.id, self.stock.id, self.company.id),
        )
        self.assertEqual(self.available(), 0)

    def test_what_suppliers_have_counts_up_to_the_cap_where_it_may_be_bought(self):
        offer = self.offer()
        self.add_keys("KEY-AAA-1")
        self.assertEqual(self.available(), 1, "own pool only")
        self.game.orion_key_source = "pool_then_supplier"
        self.assertEqual(self.available(), 26)
        offer.available = 4
        self.assertEqual(self.available(), 5)
        self.game.orion_maximum_cost = 7.0
        self.assertEqual(self.available(), 1, "too dear")
        self.game.orion_maximum_cost = 8.0
        offer.channel_id.active = False
        self.assertEqual(self.available(), 1, "nobody buys there any more")

    def test_whatever_changes_it_is_noted(self):
        self.noted()
        self.add_keys("KEY-AAA-1", "KEY-AAA-2")
        self.assertEqual(self.noted(), {self.game.id}, "imported")
        order = self.sell(1)
        self.assertEqual(self.noted(), {self.game.id}, "sold")
        self.env["orion.digital.piece"]._claim(self.company)
        self.assertEqual(self.noted(), {self.game.id}, "given")
        order._action_cancel()
        self.assertEqual(self.noted(), {self.game.id}, "given back")
        offer = self.offer()
        self.assertEqual(self.noted(), {self.game.id}, "offered")
        offer.available = 3
        self.assertEqual(self.noted(), {self.game.id}, "the supplier has fewer")
        self.game.orion_key_source = "supplier"
        self.assertEqual(self.noted(), {self.game.id}, "another source")

    def test_the_channel_is_told(self):
        self.add_keys("KEY-AAA-1", "KEY-AAA-2")
        for _step in self.channel._job_inventory_sync({}, {"full": True}):
            pass
        self.assertEqual(self.listing.stock_queued_quantity, 2)

    def count_queries(self, number):
        games = self.env["product.product"].create([self._game(f"G{n}") for n in range(number)])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["orion.stock.availability"]._available(self.channel, games)
        return self.env.cr.sql_log_count - before

    def test_many_products_take_no_more_queries(self):
        self.count_queries(2)
        self.assertEqual(self.count_queries(10), self.count_queries(50))

    def test_a_supplier_that_is_not_connected_has_nothing(self):
        self.game.orion_key_source = "pool_then_supplier"
        offer = self.offer()
        self.assertEqual(self.available(), 25)
        self.noted()
        offer.channel_id.schedule_ids.enabled = False
        self.assertEqual(self.available(), 0)
        self.assertIn(self.game.id, self.noted())

    def test_keys_that_people_imported_are_no_stock_of_a_supplier(self):
        self.add_keys("KEY-AAA-1")
        self.game.orion_key_source = "supplier"
        self.assertEqual(self.available(), 0)
        self.add_keys("KEY-AAA-2", source="supplier")
        self.assertEqual(self.available(), 1)
