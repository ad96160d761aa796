from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.orion_orders.tests.common import GTIN_2, line, order

from ..lib.candidates import UnknownProduct
from .common import ExceptionsCase


class TestResolving(ExceptionsCase):
    def test_one(self):
        sale = self.unknown()
        result = sale.orion_exception_ids.resolve(product_id=self.answer.id, notes="Asked")
        self.assertEqual(result, {"resolved": 1})
        self.assertRecordValues(
            sale.orion_exception_ids,
            [
                {
                    "status": "resolved",
                    "resolved_product_id": self.answer.id,
                    "resolved_by": self.clerk.id,
                    "resolution_notes": "Asked",
                    "resolution_source": "manual",
                }
            ],
        )
        self.assertTrue(sale.orion_exception_ids.resolved_at)
        self.assertEqual(sale.order_line.product_id, self.answer)
        self.assertTrue(sale.orion_confirm()["success"])
        self.work()
        self.assertEqual(sale.picking_ids.move_ids.product_id, self.answer)

    def test_what_was_sold_stays(self):
        taxes = self.env["account.tax"].create(
            [{"name": f"{rate}%", "amount": rate, "price_include_override": "tax_included"}
             for rate in (3, 17)]
        )  # fmt: skip
        sale = self.unknown(quantity=Decimal(3), price_unit=Decimal("3.33"), tax_rate=Decimal(3))
        sold = sale.order_line
        sold.sudo().write({"tax_ids": [Command.set(taxes[0].ids)], "discount": 10.0})
        names = ("name", "price_unit", "discount", "tax_ids", "product_uom_qty", "extra_tax_data",
                 "price_total", "price_tax", "currency_id", "orion_price_unit")  # fmt: skip
        before = sold.read(names)
        self.answer.write({"taxes_id": [Command.set(taxes[1].ids)], "list_price": 77.0})
        sale.orion_exception_ids.resolve(product_id=self.answer.id)
        self.env.invalidate_all()
        self.assertEqual(sold.read(names), before)
        self.assertTrue(sold.extra_tax_data)
        self.assertEqual(sale.amount_total, sold.price_total)

    def test_order_is_released_by_its_last_one(self):
        lines = (line(gtin=GTIN_2, name="A"), line("L2", gtin="96385074", name="B"))
        sale = self.imported(order(lines=lines)).with_user(self.clerk)
        first, last = sale.orion_exception_ids.sorted("id")
        result = first._resolve_many({first: self.answer})
        self.assertFalse(result.orders_released)
        result = last._resolve_many({last: self.pen})
        self.assertEqual(result.orders_released, sale)
        self.assertIn("are known now", sale.message_ids[0].body)

    def test_in_bulk_by_any_notation_of_the_gtin(self):
        sales = self.unknown(3)
        other = self.unknown(prefix="O", gtin="96385074")
        ignored = self.unknown(prefix="I")
        ignored.orion_exception_ids.ignore(reason="x")
        bulk = self.exceptions.with_user(self.clerk).bulk_resolve
        arguments = {"gtin": "5901234-123457", "product_id": self.answer.id}
        self.assertEqual(bulk(**arguments), {"resolved": 3, "orders_released": 3})
        self.assertEqual(set(sales.orion_exception_ids.mapped("resolution_source")), {"bulk"})
        self.assertEqual(other.orion_exception_ids.status, "pending")
        self.assertEqual(ignored.orion_exception_ids.status, "ignored")
        self.assertEqual(bulk(**arguments), {"resolved": 0, "orders_released": 0})

    def test_remembered_when_a_program_says_so(self):
        with_gtin, with_sku = self.unknown(), self.unknown(prefix="S", gtin="")
        both = (with_gtin | with_sku).orion_exception_ids
        both.resolve(product_id=self.pen.id)
        self.assertFalse(self.aliases.search([]))
        both.undo()
        both.resolve(product_id=self.answer.id, remember=True)
        self.assertEqual(
            {(alias.kind, alias.value) for alias in self.aliases.search([])},
            {("gtin", "0" + GTIN_2), ("sku", "RIDDLE")},
        )
        self.unknown(prefix="B", gtin="96385074", sku="B")
        bulk = self.exceptions.with_user(self.clerk).bulk_resolve
        bulk(gtin="96385074", product_id=self.answer.id, remember=True)
        self.assertTrue(self.aliases.search([("value", "=", "00000096385074")]))

    def test_in_bulk_of_one_channel(self):
        sales = self.unknown(2)
        bulk = self.exceptions.with_user(self.clerk).bulk_resolve
        elsewhere = self.create_channel("Another shop")
        arguments = {"gtin": GTIN_2, "product_id": self.answer.id}
        self.assertEqual(bulk(channel_id=elsewhere.id, **arguments)["resolved"], 0)
        self.assertEqual(bulk(company_id=self.company.id + 1, **arguments)["resolved"], 0)
        self.assertEqual(bulk(channel_id=self.channel.id, **arguments)["resolved"], 2)
        self.assertEqual(sales.order_line.product_id, self.answer)

    def test_in_bulk_of_what_is_no_id(self):
        bulk = self.exceptions.with_user(self.clerk).bulk_resolve
        for name in ("channel_id", "company_id"):
            for value in ("abc", 2**40, [1]):
                with self.assertRaisesRegex(UserError, f"is no {name}"):
                    bulk(gtin=GTIN_2, product_id=self.answer.id, **{name: value})

    def test_gtins_that_are_none(self):
        self.unknown(gtin="12345")
        for gtin in ("", None, False, "12345", "4006381333932", "x" * 1000, "4.0E+12", 7):
            with self.subTest(str(gtin)[:9]), self.assertRaisesRegex(UserError, "is no GTIN"):
                self.exceptions.bulk_resolve(gtin=gtin, product_id=self.answer.id)

    def test_barcode_of_a_packaging(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        sale = self.unknown(prefix="P")
        self.env["product.uom"].create(
            {"product_id": self.answer.id, "uom_id": dozen.id, "barcode": "05901234123457"}
        )
        sale.orion_exception_ids.resolve(product_id=self.answer.id)
        self.assertEqual(sale.order_line.product_uom_id, dozen)
        self.assertAlmostEqual(sale.order_line.price_total, 9.99)
        imported = self.unknown(prefix="N")
        self.assertEqual(imported.order_line.product_id, self.answer)
        self.assertEqual(imported.order_line.product_uom_id, dozen)

    def test_packaging_of_another_company(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        sale = self.unknown()
        self.env["product.uom"].create(
            {
                "product_id": self.answer.id,
                "uom_id": dozen.id,
                "barcode": GTIN_2,
                "company_id": elsewhere.id,
            }
        )
        sale.orion_exception_ids.resolve(product_id=self.answer.id)
        self.assertEqual(sale.order_line.product_uom_id, self.answer.uom_id)

    def test_own_barcode_goes_before_a_packagings(self):
        sale = self.unknown()
        self.answer.barcode = GTIN_2
        self.env["product.uom"].create(
            {
                "product_id": self.answer.id,
                "uom_id": self.env.ref("uom.product_uom_dozen").id,
                "barcode": "05901234123457",
            }
        )
        sale.orion_exception_ids.resolve(product_id=self.answer.id)
        self.assertEqual(sale.order_line.product_uom_id, self.answer.uom_id)


class TestObstacles(ExceptionsCase):
    def setUp(self):
        super().setUp()
        self.sale = self.unknown()
        self.exception = self.sale.orion_exception_ids

    def assert_refused(self, text, product=None):
        product = product or self.answer
        with self.assertRaisesRegex(UserError, text):
            self.exception.resolve(product_id=product.id)
        self.assertFalse(self.sale.order_line.product_id == self.answer)

    def test_products_that_cannot_be_sold(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.clerk.sudo().company_ids |= elsewhere
        allowed = self.exception.with_context(allowed_company_ids=[self.company.id, elsewhere.id])
        for values, text in (
            ({"active": False}, "is archived"),
            ({"sale_ok": False}, "not for sale"),
            ({"company_id": elsewhere.id}, "no product of"),
        ):
            product = self.env["product.product"].create({"name": "Answer", **values})
            with self.subTest(text), self.assertRaisesRegex(UserError, text):
                allowed.resolve(product_id=product.id)
        with self.assertRaisesRegex(UserError, "There is no product 999999999"):
            self.exception.resolve(product_id=999999999)

    def test_arguments_that_are_missing_or_wrong(self):
        bulk_resolve = self.exceptions.with_user(self.clerk).bulk_resolve
        for call in (self.exception.resolve, lambda **values: bulk_resolve(gtin=GTIN_2, **values)):
            for missing in ({}, {"product_id": 0}, {"product_id": False}):
                with self.assertRaisesRegex(UserError, "Say which product it is"):
                    call(**missing)
            for wrong in (True, "3", "abc", 2**40, 1.5, self.answer.ids * 2):
                with self.assertRaisesRegex(UserError, "is no product_id"):
                    call(product_id=wrong)
            with self.assertRaisesRegex(UserError, "“notes” has to be text"):
                call(product_id=self.answer.id, notes={"a": 1})
        with self.assertRaisesRegex(UserError, "give a reason"):
            self.exception.ignore()
        with self.assertRaisesRegex(UserError, "“reason” has to be text"):
            self.exception.ignore(reason=["x"])
        for gtin in ({}, {"gtin": [GTIN_2]}, {"gtin": {"a": 1}}):
            with self.assertRaisesRegex(UserError, "is no GTIN"):
                bulk_resolve(product_id=self.answer.id, **gtin)
        self.assertEqual(self.exception.status, "pending")

    def test_placeholder_is_no_answer(self):
        placeholder = self.company.orion_placeholder_product_id
        placeholder.write({"sale_ok": True, "barcode": GTIN_2, "default_code": "RIDDLE"})
        self.aliases.create({"value": "96385074", "product_id": placeholder.id})
        self.assert_refused("only stands for products that nobody knows", placeholder)
        self.assertEqual(self.unknown(prefix="N").order_line.orion_match_problem,
                         "product_not_found")  # fmt: skip
        again = self.unknown(prefix="A", gtin="96385074", sku="")
        self.assertEqual(again.order_line.orion_match_problem, "product_not_found")
        unknown = UnknownProduct("05901234123457", "RIDDLE", "")
        candidates = self.env["orion.product.candidates"]
        self.assertFalse(candidates._rank(self.company, {"it": unknown})["it"].candidates)

    def test_resolved_meanwhile(self):
        self.exception.resolve(product_id=self.pen.id)
        self.assert_refused("orders_clerk .* has resolved it already, with .*Pen")
        self.assertEqual(self.exception.resolve(product_id=self.pen.id), {"resolved": 0})
        with self.assertRaisesRegex(UserError, "has resolved it already"):
            self.exception.ignore(reason="x")

    def test_cancelled_meanwhile(self):
        self.sale.orion_reject(reason="Unknown")
        self.work()
        self.assert_refused("nobody waits")

    def test_confirmed_meanwhile(self):
        # what an earlier version, or SQL, has left behind
        self.env.cr.execute("UPDATE sale_order SET state = 'sale' WHERE id = %s", (self.sale.id,))
        self.env.invalidate_all()
        self.assert_refused("is confirmed in Odoo already")

    def test_one_obstacle_stops_no_other(self):
        others = self.unknown(2, prefix="O")
        self.exception.resolve(product_id=self.pen.id)
        both = self.exception | others.orion_exception_ids
        self.assertEqual(both.resolve(product_id=self.answer.id), {"resolved": 2})
        result = both._resolve_many({self.exception: self.answer})
        self.assertEqual([exception for exception, _why in result.skipped], list(self.exception))


class TestIgnoring(ExceptionsCase):
    def test_ignore_and_reopen(self):
        exception = self.unknown().orion_exception_ids
        for reason in ("", "  ", None):
            with self.assertRaisesRegex(UserError, "give a reason"):
                exception.ignore(reason=reason)
        self.assertEqual(exception.ignore(reason="Never ours"), {"ignored": 1})
        self.assertEqual(
            (exception.status, exception.resolution_notes, exception.resolved_by),
            ("ignored", "Never ours", self.clerk),
        )
        self.assertEqual(exception.ignore(reason="Again"), {"ignored": 0})
        exception.action_reopen()
        self.assertEqual((exception.status, exception.resolution_notes), ("pending", False))
        with self.assertRaisesRegex(UserError, "is not ignored"):
            exception.action_reopen()

    def test_reopening_several_does_what_can_be_done(self):
        first, second = self.unknown(2).orion_exception_ids
        first.ignore(reason="x")
        action = (first | second).action_reopen()
        self.assertEqual(first.status, "pending")
        self.assertEqual(action["params"]["type"], "warning")
        self.assertRegex(
            action["params"]["message"], "^Exceptions that wait again: 1.*is not ignored"
        )
        first.ignore(reason="x")
        self.assertEqual((first | second).reopen(), {"reopened": 1})
        with self.assertRaisesRegex(UserError, "is not ignored"):
            (first | second).reopen()

    def test_ignored_ones_can_be_resolved(self):
        exception = self.unknown().orion_exception_ids
        exception.ignore(reason="x")
        self.assertEqual(exception.resolve(product_id=self.answer.id), {"resolved": 1})
