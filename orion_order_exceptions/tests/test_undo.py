from odoo.exceptions import AccessError, UserError

from odoo.addons.orion_orders.tests.common import GTIN_2, line, order

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

    def relearn(self, *products):
        """One alias, taught by an exception for each of these products in turn."""
        exceptions = self.unknown(len(products)).orion_exception_ids
        for exception, product in zip(exceptions, products, strict=True):
            exception._resolve_many({exception: product}, remember=("gtin",))
        alias = self.aliases.search([])
        self.assertEqual(alias.product_id, products[-1])
        return alias, exceptions

    def test_what_was_taught_before_comes_back(self):
        cup = self.env["product.product"].create({"name": "Cup"})
        alias, (first, second, third) = self.relearn(self.pen, self.answer, cup)
        self.assertEqual(alias.former_ids.product_id, self.pen | self.answer)
        third.action_undo()
        self.assertEqual((alias.product_id, alias.exception_id), (self.answer, second))
        self.assertEqual(alias.learned_by, self.clerk)
        second.action_undo()
        self.assertEqual((alias.product_id, alias.exception_id), (self.pen, first))
        self.assertFalse(alias.former_ids)
        first.action_undo()
        self.assertFalse(alias.exists())

    def test_what_was_undone_itself_does_not_come_back(self):
        cup = self.env["product.product"].create({"name": "Cup"})
        alias, (first, second, third) = self.relearn(self.pen, self.answer, cup)
        second.action_undo()
        self.assertEqual(alias.product_id, cup)
        third.action_undo()
        self.assertEqual((alias.product_id, alias.exception_id), (self.pen, first))

    def test_several_undone_at_once(self):
        alias, exceptions = self.relearn(self.pen, self.answer)
        exceptions.undo()
        self.assertFalse(alias.exists())

    def test_what_comes_back_matches_what_waits(self):
        _alias, (_first, second) = self.relearn(self.pen, self.answer)
        self.env.cr.precommit.clear()
        second.undo()
        self.match()
        self.assertEqual(second.resolved_product_id, self.pen)
        self.assertEqual(second.resolution_source, "alias")

    def test_what_a_person_corrects_is_not_taken_back(self):
        alias, (_first, second) = self.relearn(self.pen, self.answer)
        cup = self.env["product.product"].create({"name": "Cup"})
        alias.product_id = cup
        self.assertFalse(alias.former_ids)
        second.action_undo()
        self.assertEqual(alias.product_id, cup)

    def test_a_corrected_alias_comes_back_as_it_was_corrected(self):
        last = self.unknown(prefix="L").orion_exception_ids
        alias, _exceptions = self.relearn(self.answer)
        alias.product_id = self.pen
        cup = self.env["product.product"].create({"name": "Cup"})
        last._resolve_many({last: cup}, remember=("gtin",))
        self.assertEqual(alias.product_id, cup)
        last.action_undo()
        self.assertEqual(alias.product_id, self.pen)

    def test_a_user_does_not_take_away_what_others_taught(self):
        alias, _exceptions = self.relearn(self.pen, self.answer)
        with self.assertRaisesRegex(AccessError, "stood for another product before"):
            alias.with_user(self.clerk).unlink()

    def test_queries_do_not_grow(self):
        def count(number):
            first, second = (
                self.imported(
                    *[
                        order(f"{turn}{number}-{n}", lines=(line(gtin="", sku=f"Q{number}-{n}"),))
                        for n in range(number)
                    ]
                ).orion_exception_ids
                for turn in "AB"
            )
            first._resolve_many(dict.fromkeys(first, self.pen), remember=("sku",))
            second._resolve_many(dict.fromkeys(second, self.answer), remember=("sku",))
            self.env.flush_all()
            self.env.invalidate_all()
            aliases = self.aliases.search([("value", "=like", f"Q{number}-%")])
            self.assertEqual(len(aliases.former_ids), number)
            before = self.cr.sql_log_count
            aliases.sudo()._forget()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(20), count(5) + 1)
