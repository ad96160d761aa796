from odoo.exceptions import UserError
from odoo.tests import Form

from odoo.addons.orion_base.lib.errors import RateLimited, Rejected

from .stock_common import StockCase


class TestListingGone(StockCase):
    """What is not sold any more, or under another SKU, is not sold there either."""

    def setUp(self):
        super().setUp()
        self.pen = self.new_product("PEN", 10)
        self.listed = self.listing(self.pen)

    def operations(self):
        return self.env["orion.operation"].search([("operation", "=", "push_stock")])

    # === DELETED === #

    def test_a_deleted_listing_holds_up_no_other(self):
        self.listing(self.new_product("INK", 4))
        self.adapter.script = [RateLimited("slow down", retry_after=900)]
        self.tell()
        self.assertEqual(self.operations().mapped("status"), ["pending"] * 2)
        gone = self.operations().filtered(lambda op: op.res_id == self.listed.id)
        # as a product that is deleted takes it along
        self.env.cr.execute("DELETE FROM orion_listing WHERE id = %s", [self.listed.id])
        self.env.invalidate_all()
        self.tell()
        self.assertEqual(self.adapter.levels, {"INK": 4})
        self.assertEqual(gone.status, "cancelled")
        gone.retry()
        self.tell()
        self.assertEqual(gone.status, "cancelled")
        self.assertEqual(self.adapter.levels, {"INK": 4})

    def test_what_may_be_sold_there_is_archived_before_it_is_deleted(self):
        with self.assertRaisesRegex(UserError, "[Aa]rchive the listing"):
            # nothing was told yet, but it is on its way
            self.adapter.script = [RateLimited("slow down", retry_after=900)]
            self.tell()
            self.listed.unlink()
        self.tell()
        for record in (self.listed, self.pen, self.pen.product_tmpl_id):
            with self.subTest(model=record._name), self.assertRaisesRegex(UserError, "may still"):
                self.env["stock.quant"].search([("product_id", "=", self.pen.id)]).unlink()
                record.unlink()
        self.listed.active = False
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0})
        self.listed.unlink()
        self.assertFalse(self.listed.exists())

    def test_what_is_told_nothing_may_be_deleted(self):
        self.tell()
        self.channel.stock_sync_enabled = False
        self.listed.unlink()
        self.assertFalse(self.listed.exists())

    # === NOT OFFERED === #

    def test_products_that_are_not_offered_are_told_as_zero(self):
        ink = self.new_product("INK", 4)
        fixed = self.new_product("FIX", 8)
        self.listing(ink)
        self.listing(fixed, stock_policy="fixed", fixed_quantity=7)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10, "INK": 4, "FIX": 7})
        self.pen.action_archive()
        ink.product_tmpl_id.sale_ok = False
        fixed.product_tmpl_id.action_archive()
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0, "INK": 0, "FIX": 0})
        self.pen.action_unarchive()
        ink.sale_ok = True
        fixed.product_tmpl_id.action_unarchive()
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10, "INK": 4, "FIX": 7})

    def test_a_product_whose_stock_is_not_kept_any_more_is_told_as_zero(self):
        self.tell()
        availability = self.env.registry["orion.stock.availability"]
        self.patch(availability, "_available", lambda self, channel, products: {})
        self.env["orion.stock.change"]._note(self.pen.ids)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0})

    def test_stock_that_is_kept_no_more_is_noted(self):
        loose = self.new_product("LOOSE")
        self.commit()
        self.env.cr.execute("DELETE FROM orion_stock_change")
        with Form(loose.product_tmpl_id) as form:
            form.is_storable = False
        self.commit()
        self.assertIn(loose.id, self.env["orion.stock.change"].search([]).mapped("product_id"))

    # === ANOTHER SKU === #

    def test_another_sku_is_told_and_the_former_one_has_nothing_left(self):
        self.tell()
        self.pen.default_code = "BIRO"
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0, "BIRO": 10})
        self.listed.external_sku = "STYLO"
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0, "BIRO": 0, "STYLO": 10})
        self.assertEqual(self.listed.stock_status, "told")
        self.assertEqual(self.listed.last_pushed_quantity, 10)
        self.adapter.calls.clear()
        self.channel._request_job("inventory_sync", {"full": True})
        self.tell()
        self.assertEqual(self.adapter.calls, [])

    def test_a_sku_that_was_sent_without_an_answer_is_retired_too(self):
        self.adapter.script = [RateLimited("slow down", retry_after=900)]
        self.tell()
        self.pen.default_code = "BIRO"
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0, "BIRO": 10})

    def test_a_sku_without_successor_has_nothing_left(self):
        self.tell()
        self.pen.default_code = False
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0})
        self.assertEqual(self.listed.stock_status, "error")

    def test_two_products_swap_their_skus(self):
        ink = self.new_product("INK", 4)
        other = self.listing(ink)
        self.tell()
        self.listed.external_sku = "INK"
        other.external_sku = "PEN"
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 4, "INK": 10})

    def test_a_former_sku_that_cannot_be_told_is_a_persons_task(self):
        self.tell()
        self.pen.default_code = "BIRO"
        self.adapter.script = [{"PEN": Rejected("locked")}]
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10, "BIRO": 10})
        self.assertEqual(self.listed.stock_status, "told")
        self.assertIn("PEN", self.channel.activity_ids.note)

    # === ONE SKU, TWO PRODUCTS === #

    def test_a_sku_of_two_products_is_told_as_zero(self):
        self.tell()
        twin = self.new_product("PEN", 99)
        other = self.listing(twin)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0})
        for listing in (self.listed, other):
            self.assertEqual(listing.stock_status, "error")
            self.assertIn("another SKU", listing.stock_error)
        self.adapter.calls.clear()
        self.put(twin, 1)
        self.tell()
        self.assertEqual(self.adapter.calls, [])
        twin.default_code = "TWIN"
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10, "TWIN": 100})
        self.assertEqual((self.listed | other).mapped("stock_status"), ["told", "told"])
        self.assertFalse(self.listed.stock_error or other.stock_error)

    def test_a_sku_of_three_products_is_told_once_only_one_is_left(self):
        twins = [self.listing(self.new_product("PEN", quantity)) for quantity in (3, 4)]
        self.tell()
        self.assertEqual({listing.stock_status for listing in (self.listed, *twins)}, {"error"})
        self.listed.active = False
        self.tell()
        self.assertEqual([listing.stock_status for listing in twins], ["error", "error"])
        twins[0].active = False
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 4})

    def test_a_successor_has_the_sku_of_an_archived_listing(self):
        self.tell()
        self.listed.active = False
        successor = self.new_product("PEN", 5)
        self.listing(successor)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 5})
        quantities = [quantity for call in self.adapter.calls for _sku, quantity in call]
        self.assertEqual(quantities, [10, 5])
        # the archived one has nothing to tell of the SKU that is free again
        successor.default_code = "NEW"
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0, "NEW": 5})
