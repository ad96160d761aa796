from odoo.exceptions import UserError

from odoo.addons.orion_orders.tests.common import GTIN_2

from .common import ExceptionsCase


class TestUndo(ExceptionsCase):
    def test_undo(self):
        sale = self.unknown(gtin="5901234123450")
        exception = sale.orion_exception_ids
        names = ("name", "price_unit", "price_total", "product_id", "extra_tax_data",
                 "orion_needs_product_match", "orion_match_problem", "product_uom_id")  # fmt: skip
        before = sale.order_line.read(names)
        exception.resolve(product_id=self.answer.id, notes="x")
        exception.action_undo()
        self.assertEqual(sale.order_line.read(names), before)
        self.assertRecordValues(
            exception,
            [
                {
                    "status": "pending",
                    "exception_type": "gtin_mismatch",
                    "resolved_product_id": False,
                    "resolved_by": False,
                    "resolution_notes": False,
                    "resolution_source": False,
                }
            ],
        )
        with self.assertRaises(UserError):
            sale.orion_confirm()
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            exception.action_undo()

    def test_accepted_on_the_marketplace_waits_for_products_again(self):
        sale = self.unknown()
        sale.sudo().orion_decision = "accepted"
        sale.orion_exception_ids.resolve(product_id=self.answer.id)
        self.assertIn("are known now", sale.orion_sync_error)
        sale.orion_exception_ids.action_undo()
        self.assertIn("Choose the missing products", sale.orion_sync_error)

    def test_not_once_the_order_is_confirmed(self):
        sale = self.unknown()
        sale.orion_exception_ids.resolve(product_id=self.answer.id)
        sale.orion_confirm()
        with self.assertRaisesRegex(UserError, "on its way"):
            sale.orion_exception_ids.action_undo()
        self.work()
        with self.assertRaisesRegex(UserError, "confirmed or cancelled"):
            sale.orion_exception_ids.action_undo()

    def test_several_one_of_which_cannot_be_undone(self):
        sales = self.unknown(4)
        exceptions = sales.orion_exception_ids
        exceptions[:3].resolve(product_id=self.answer.id)
        sales[0].orion_confirm()
        action = exceptions.action_undo()
        self.assertEqual(sales.mapped("orion_exception_ids.status").count("pending"), 3)
        self.assertEqual(sales[0].orion_exception_ids.status, "resolved")
        self.assertEqual(action["params"]["type"], "warning")
        self.assertRegex(
            action["params"]["message"],
            "^Resolutions undone: 2. 2 left as they are: .*(on its way.*nothing to undo|"
            "nothing to undo.*on its way)",
        )
        exceptions[1:2].resolve(product_id=self.answer.id)
        self.assertEqual(exceptions.undo(), {"undone": 1, "followed": 0})
        with self.assertRaisesRegex(UserError, "on its way"):
            exceptions.undo()

    def test_what_was_learned_goes_with_the_last_resolution_that_rests_on_it(self):
        sales = self.unknown(2)
        exceptions = sales.orion_exception_ids
        exceptions._resolve_many(dict.fromkeys(exceptions, self.answer), remember=("gtin", "sku"))
        self.assertEqual(self.aliases.search_count([]), 2)
        exceptions[0].action_undo()
        self.assertEqual(self.aliases.search_count([]), 2)
        exceptions[1].action_undo()
        self.assertFalse(self.aliases.search([]))

    def resolve_two_and_match_three(self):
        """Two resolved by hand and remembered, three by what was learned."""
        sales = self.unknown(5)
        taught, learned = sales[:2].orion_exception_ids, sales[2:].orion_exception_ids
        taught.resolve(product_id=self.answer.id, remember=True)
        self.match()
        self.assertEqual(set(learned.mapped("resolution_source")), {"alias"})
        return taught, learned

    def test_what_only_the_alias_has_resolved_is_undone_with_it(self):
        taught, learned = self.resolve_two_and_match_three()
        self.assertEqual(taught[:1].undo(), {"undone": 1, "followed": 0})
        self.assertTrue(self.aliases.search([]), "the other one rests on it")
        action = taught[1:].action_undo()
        self.assertIn("3 more", action["params"]["message"])
        self.assertFalse(self.aliases.search([]))
        self.match()
        self.assertEqual(set((taught | learned).mapped("status")), {"pending"})
        self.assertEqual(
            learned.order_line_id.product_id, self.company.orion_placeholder_product_id
        )
        self.assertFalse(self.unknown(prefix="N").order_line.product_id == self.answer)

    def test_what_the_alias_has_resolved_stays_where_its_order_is_confirmed(self):
        taught, learned = self.resolve_two_and_match_three()
        learned[0].order_id.orion_confirm()
        action = taught.action_undo()
        self.assertRegex(action["params"]["message"], "2 more.* 1 left as they are.*on its way")
        self.assertEqual(learned.mapped("status"), ["resolved", "pending", "pending"])
        self.assertFalse(self.aliases.search([]))

    def test_what_the_alias_has_resolved_is_matched_with_what_was_entered_before(self):
        exception, other = self.unknown(2).orion_exception_ids
        self.env.cr.precommit.clear()
        self.aliases.create({"value": GTIN_2, "product_id": self.pen.id})
        self.env.cr.precommit.clear()
        exception.resolve(product_id=self.answer.id, remember=True)
        self.match()
        self.assertEqual(other.resolved_product_id, self.answer)
        exception.undo()
        self.match()
        self.assertEqual(other.resolved_product_id, self.pen)

    def test_what_came_in_meanwhile_is_undone_too(self):
        exception = self.unknown().orion_exception_ids
        exception.resolve(product_id=self.answer.id, remember=True)
        sales = self.unknown(3, prefix="M")
        self.answer.default_code = "ANSWER"
        by_own_sku = self.unknown(prefix="O", gtin="", sku=self.answer.default_code)
        self.assertEqual(sales.order_line.product_id, self.answer)
        self.assertFalse(sales.orion_exception_ids)
        sales[0].orion_confirm()
        message = exception.action_undo()["params"]["message"]
        self.assertRegex(message, f"2 more.*confirmed.*{sales[0].name}")
        placeholder = self.company.orion_placeholder_product_id
        self.assertEqual(sales[1:].order_line.product_id, placeholder)
        self.assertEqual(sales[1:].orion_exception_ids.mapped("status"), ["pending"] * 2)
        with self.assertRaises(UserError):
            sales[1].orion_confirm()
        self.assertEqual(sales[0].order_line.product_id, self.answer)
        self.assertIn("taken back since", sales[0].message_ids[0].body)
        self.assertEqual(by_own_sku.order_line.product_id, self.answer)

    def test_what_somebody_entered_stays(self):
        exception = self.unknown().orion_exception_ids
        alias = self.aliases.create({"value": GTIN_2, "product_id": self.answer.id})
        exception._resolve_many({exception: self.answer}, remember=("gtin",))
        exception.action_undo()
        self.assertTrue(alias.exists())

    def test_what_somebody_entered_before_comes_back(self):
        exception = self.unknown().orion_exception_ids
        alias = self.aliases.create({"value": GTIN_2, "product_id": self.pen.id})
        exception._resolve_many({exception: self.answer}, remember=("gtin",))
        self.assertEqual(alias.product_id, self.answer)
        exception.action_undo()
        self.assertEqual(alias.exists().product_id, self.pen)
        self.assertFalse(alias.exception_id)
