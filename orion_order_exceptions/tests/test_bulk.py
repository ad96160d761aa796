from lxml.etree import fromstring

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_order_exceptions.wizards import orion_exception_bulk_apply
from odoo.addons.orion_orders.tests.common import GTIN_2, line, order

from .common import ExceptionsCase


def gtin(number):
    body = f"40123456{number:04d}"
    return next(body + str(last) for last in range(10) if canonical_gtin(body + str(last)))


@tagged("post_install", "-at_install")
class TestBulk(ExceptionsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.group_ids += cls.env.ref("product.group_product_manager")

    def unknown_products(self, count, prefix="B", lines=2):
        """One order with `lines` of them for each of `count` unknown products."""
        return self.imported(
            *[
                order(
                    f"{prefix}{number}",
                    lines=tuple(
                        line(
                            f"L{place}",
                            name=f"{prefix} {(number + place) % count}",
                            gtin=gtin((number + place) % count),
                            sku=f"{prefix}-{(number + place) % count}",
                        )
                        for place in range(lines)
                    ),
                )
                for number in range(count)
            ]
        ).with_user(self.clerk)

    def bulk(self, exceptions):
        action = exceptions.with_user(self.clerk).action_resolve()
        self.assertEqual(action["res_model"], "orion.exception.bulk")
        return self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])

    def test_one_row_a_product_with_its_proposal(self):
        orders = self.unknown_products(3)
        self.answer.default_code = "B-1"
        bulk = self.bulk(orders.orion_exception_ids)
        self.assertEqual((bulk.order_count, bulk.line_count), (3, 6))
        self.assertEqual(bulk.group_ids.mapped("order_count"), [2, 2, 2])
        self.assertEqual(
            sum(bulk.group_ids.mapped("amount_total")), sum(orders.mapped("amount_total"))
        )
        row = bulk.group_ids.filtered("product_id")
        self.assertEqual((row.name, row.product_id, row.reason), ("B 1", self.answer, "Same SKU"))
        self.assertEqual((bulk.chosen_count, bulk.open_count), (1, 2))

    def test_nothing_chosen_means_all_that_wait(self):
        self.unknown_products(2)
        self.assertEqual(
            self.bulk(self.exceptions).line_count,
            self.exceptions.search_count([("status", "=", "pending")]),
        )

    def test_apply_resolve_create_and_leave(self):
        orders = self.unknown_products(3)
        bulk = self.bulk(orders.orion_exception_ids)
        with Form(bulk) as form:
            with form.group_ids.edit(0) as row:
                row.product_id = self.answer
            with form.group_ids.edit(1) as row:
                row.create_product = True
        self.assertEqual(set(orders.orion_exception_ids.mapped("status")), {"pending"})
        bulk.action_apply()
        self.assertEqual(bulk.state, "done")
        first, second, third = bulk.group_ids
        self.assertEqual([first.resolved_count, second.resolved_count], [2, 2])
        self.assertFalse(third.resolved_count)
        self.assertEqual(bulk.created_count, 1)
        released = self.env["sale.order"].search(bulk.action_open_released()["domain"])
        self.assertEqual(bulk.released_count, 1)
        self.assertFalse(released.order_line.filtered("orion_needs_product_match"))
        self.assertEqual(second.product_id.barcode, second.number)
        self.assertEqual(len(self.aliases.search([("product_id", "=", self.answer.id)])), 1)
        self.assertEqual(
            orders.order_line.filtered(lambda one: not one.orion_needs_product_match).product_id,
            first.product_id | second.product_id,
        )

    def test_undo_takes_products_and_aliases_back(self):
        orders = self.unknown_products(3)
        placeholder = orders.order_line.product_id
        bulk = self.bulk(orders.orion_exception_ids)
        bulk.group_ids[0].product_id = self.answer
        bulk.action_create_missing()
        bulk.action_apply()
        created = bulk.group_ids.filtered("is_created").product_id
        self.assertEqual(len(created), 2)
        bulk.action_undo()
        self.assertTrue(bulk.is_undone)
        self.assertEqual(set(orders.orion_exception_ids.mapped("status")), {"pending"})
        self.assertEqual(orders.order_line.product_id, placeholder)
        self.assertFalse(created.exists().filtered("active"))
        self.assertFalse(self.aliases.search([("product_id", "=", self.answer.id)]))
        self.assertFalse(bulk.resolved_count)

    def test_undo_takes_back_what_was_matched_meanwhile(self):
        orders = self.unknown(5)
        bulk = self.bulk(orders[:2].orion_exception_ids)
        row = bulk.group_ids
        self.assertEqual((row.other_count, row.remember), (3, False))
        row.write({"product_id": self.answer.id, "remember": True})
        bulk.action_apply()
        self.assertIn("3 more are resolved by themselves", row.result)
        self.match()
        self.assertEqual(set(orders.orion_exception_ids.mapped("status")), {"resolved"})
        bulk.action_undo()
        self.match()
        self.assertEqual(set(orders.orion_exception_ids.mapped("status")), {"pending"})
        self.assertFalse(self.aliases.search([]))

    def test_a_row_of_some_lines_is_not_remembered_by_itself(self):
        orders = self.unknown(5)
        bulk = self.bulk(orders[:2].orion_exception_ids)
        bulk.group_ids.product_id = self.answer
        bulk.action_apply()
        self.match()
        self.assertEqual(orders.orion_exception_ids.mapped("status").count("resolved"), 2)

    def test_undo_takes_back_what_a_new_product_has_matched_meanwhile(self):
        orders = self.unknown(5)
        bulk = self.bulk(orders[:2].orion_exception_ids)
        bulk.group_ids.create_product = True
        bulk.action_apply()
        product = bulk.group_ids.product_id
        self.match()
        self.assertEqual(set(orders.order_line.product_id), set(product))
        bulk.action_undo()
        self.assertFalse(product.exists().filtered("active"))
        self.match()
        self.assertEqual(set(orders.orion_exception_ids.mapped("status")), {"pending"})

    def test_undo_leaves_what_others_have_resolved_since(self):
        orders = self.unknown(2)
        bulk = self.bulk(orders.orion_exception_ids)
        bulk.group_ids.product_id = self.answer
        bulk.action_apply()
        other = orders[0].orion_exception_ids
        other.undo()
        other.resolve(product_id=self.pen.id)
        bulk.action_undo()
        self.assertEqual(other.resolved_product_id, self.pen)
        self.assertEqual(orders[1].orion_exception_ids.status, "pending")

    def test_undoing_is_done_in_portions(self):
        orders = self.unknown_products(3, lines=1)
        bulk = self.bulk(orders.orion_exception_ids)
        bulk.action_create_missing()
        bulk.action_apply()
        made = bulk.group_ids.product_id
        self.patch(orion_exception_bulk_apply, "AT_ONCE", 2)
        self.assertIs(bulk.action_undo(), True)
        self.assertEqual((bulk.state, bulk.progress, bulk.is_undone), ("undoing", 66, False))
        self.assertEqual(len(made.exists()), 1)
        self.assertIs(bulk.action_continue(), True)
        self.assertEqual((bulk.state, bulk.progress, bulk.is_undone), ("done", 100, True))
        self.assertEqual(set(orders.orion_exception_ids.mapped("status")), {"pending"})
        self.assertFalse(made.exists())

    def test_queries_of_undoing_do_not_grow_by_the_product_made(self):
        def count(number, prefix):
            bulk = self.bulk(self.unknown_products(number, prefix, lines=1).orion_exception_ids)
            bulk.action_create_missing()
            bulk.action_apply()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            bulk.action_undo()
            self.env.flush_all()
            self.assertFalse(bulk.group_ids.product_id)
            return self.env.cr.sql_log_count - before

        count(3, "warm")
        few, many = count(10, "few"), count(50, "many")
        self.assertLess((many - few) / 40, 4, "queries that each further product costs")

    def test_buttons_answer_what_every_protocol_can_carry(self):
        bulk = self.bulk(self.unknown_products(2).orion_exception_ids)
        for button in ("action_create_missing", "action_apply", "action_continue", "action_undo"):
            self.assertIs(getattr(bulk, button)(), True, button)

    def test_undo_says_what_stays(self):
        orders = self.unknown_products(2, lines=1)
        bulk = self.bulk(orders.orion_exception_ids)
        bulk.group_ids.product_id = self.answer
        bulk.action_apply()
        orders[0].orion_confirm()
        bulk.action_undo()
        self.assertEqual(bulk.resolved_count, 1)
        self.assertIn("on its way", "".join(filter(None, bulk.group_ids.mapped("result"))))
        self.assertEqual(
            sorted(orders.orion_exception_ids.mapped("status")), ["pending", "resolved"]
        )

    def test_a_product_that_cannot_be_made_stops_no_other(self):
        orders = self.unknown_products(2, lines=1)
        bulk = self.bulk(orders.orion_exception_ids)
        bulk.group_ids.create_product = True
        # what is not for sale is nobody's match, and keeps its number
        self.answer.write({"barcode": bulk.group_ids[0].number, "sale_ok": False})
        bulk.action_apply()
        taken, made = bulk.group_ids
        self.assertIn("Barcode", taken.result)
        self.assertEqual((taken.resolved_count, taken.skipped_count), (0, 1))
        self.assertEqual(made.resolved_count, 1)

    def test_products_that_others_made_meanwhile_are_taken(self):
        bulk = self.bulk(self.unknown_products(2, lines=1).orion_exception_ids)
        bulk.group_ids.create_product = True
        theirs, ours = bulk.group_ids
        self.answer.barcode = canonical_gtin(theirs.number)
        bulk.action_apply()
        self.assertEqual((theirs.product_id, theirs.is_created), (self.answer, False))
        self.assertIn("no other product was made", theirs.result)
        self.assertTrue(ours.is_created)
        claims = self.env["orion.product.claim"].search([]).mapped("gtin")
        self.assertEqual(set(claims), {canonical_gtin(row.number) for row in theirs | ours})
        bulk.action_undo()
        self.assertTrue(self.answer.exists().active)

    def test_what_others_resolved_meanwhile_is_left_with_the_reason(self):
        orders = self.unknown(2)
        bulk = self.bulk(orders.orion_exception_ids)
        other = self.env["product.product"].create({"name": "Other"})
        orders[0].orion_exception_ids.resolve(product_id=other.id)
        bulk.group_ids.product_id = self.answer
        bulk.action_apply()
        row = bulk.group_ids
        self.assertEqual((row.resolved_count, row.skipped_count), (1, 1))
        self.assertIn("resolved it already", row.result)
        self.assertEqual(orders[0].order_line.product_id, other)

    def test_no_product_is_made_for_what_others_settled_meanwhile(self):
        orders = self.unknown_products(2, lines=1)
        more = self.unknown(1, "again", name="B 1", gtin=gtin(1), sku="B-1")
        bulk = self.bulk((orders | more).orion_exception_ids)
        bulk.group_ids.create_product = True
        waiting, settled = bulk.group_ids
        self.assertEqual(len(waiting.exception_data), 2)
        self.env["orion.order.exception"].browse(settled.exception_data).resolve(
            product_id=self.answer.id
        )
        gone = self.exceptions.browse(waiting.exception_data[0])
        gone.order_line_id.sudo().unlink()
        bulk.action_apply()
        self.assertEqual(bulk.state, "done")
        self.assertEqual((waiting.resolved_count, waiting.is_created), (1, True))
        self.assertFalse(settled.product_id)
        self.assertEqual((settled.is_created, settled.skipped_count), (False, 1))
        self.assertIn("settled meanwhile", settled.result)

    def test_undo_takes_a_product_that_resolved_nothing_back(self):
        bulk = self.bulk(self.unknown_products(2, lines=1).orion_exception_ids)
        row = bulk.group_ids[0]
        row.create_product = True
        bulk.action_apply()
        product = row.product_id
        self.exceptions.browse(row.resolved_data).action_undo()
        row.write({"resolved_data": [], "resolved_count": 0})
        bulk.action_undo()
        self.assertFalse(product.exists().filtered("active"))
        self.assertFalse(bulk.created_count)

    def test_undo_keeps_a_product_that_others_use_meanwhile(self):
        orders = self.unknown_products(2, lines=1)
        bulk = self.bulk(orders[0].orion_exception_ids | self.unknown().orion_exception_ids)
        row = bulk.group_ids.filtered(lambda group: group.name == "B 0")
        row.create_product = True
        bulk.action_apply()
        product = row.product_id
        orders[1].orion_exception_ids.resolve(product_id=product.id)
        bulk.action_undo()
        self.assertEqual(orders[0].orion_exception_ids.status, "pending")
        self.assertTrue(product.exists().active)
        self.assertEqual(bulk.created_count, 1)

    def test_what_was_interrupted_can_be_continued(self):
        view = self.env["orion.exception.bulk"].get_view(view_type="form")["arch"]
        [button] = fromstring(view).xpath("//button[@name='action_continue']")
        self.assertEqual(button.get("invisible"), "state not in ('applying', 'undoing')")

    def test_long_work_is_done_in_portions(self):
        orders = self.unknown_products(3, lines=1)
        bulk = self.bulk(orders.orion_exception_ids)
        bulk.group_ids.product_id = self.answer
        self.patch(orion_exception_bulk_apply, "AT_ONCE", 2)
        bulk.action_apply()
        self.assertEqual((bulk.state, bulk.progress), ("applying", 66))
        bulk.action_continue()
        self.assertEqual((bulk.state, bulk.progress), ("done", 100))
        self.assertEqual(bulk.released_count, 3)

    def test_nothing_to_apply(self):
        bulk = self.bulk(self.unknown_products(2).orion_exception_ids)
        with self.assertRaisesRegex(UserError, "No row has a product"):
            bulk.action_apply()

    def test_nothing_pending(self):
        self.exceptions.search([("status", "=", "pending")]).sudo().write({"status": "ignored"})
        with self.assertRaisesRegex(UserError, "nothing to resolve"):
            self.exceptions.with_user(self.clerk).action_resolve()

    def test_exceptions_of_other_companies_are_not_touched(self):
        mine = self.unknown()
        bulk = self.bulk(self.unknown_products(2).orion_exception_ids)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = mine.orion_exception_ids
        theirs.flush_recordset()
        self.env.cr.execute(
            "UPDATE orion_order_exception SET company_id = %s WHERE id = %s",
            (company.id, theirs.id),
        )
        self.env.invalidate_all()
        row = bulk.group_ids[0]
        row.exception_data = theirs.ids
        row.product_id = self.answer
        bulk.action_apply()
        self.assertEqual(theirs.sudo().status, "pending")

    def test_queries_of_opening_do_not_grow(self):
        def count(number, prefix):
            exceptions = self.unknown_products(number, prefix, lines=1).orion_exception_ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            bulk = self.bulk(self.exceptions.browse(exceptions.ids))
            self.env.flush_all()
            self.assertEqual(len(bulk.group_ids), number)
            return self.env.cr.sql_log_count - before

        count(3, "Kvexwu")
        few, many = count(10, "Jbuqzo"), count(50, "Wqyxfi")
        self.assertLess(many, few + 5)

    def test_queries_of_saving_do_not_grow(self):
        def count(number, prefix):
            exceptions = self.unknown_products(number, prefix, lines=1).orion_exception_ids
            bulk = self.bulk(exceptions)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            bulk.write(
                {"group_ids": [(1, row, {"create_product": True}) for row in bulk.group_ids.ids]}
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(3, "warm")
        few, many = count(10, "few"), count(50, "many")
        self.assertLessEqual(many, few)

    def test_what_has_no_name_becomes_no_product_by_itself(self):
        orders = self.unknown(1, gtin="", sku="", name="") | self.unknown(1, "named")
        bulk = self.bulk(orders.orion_exception_ids)
        bulk.action_create_missing()
        self.assertEqual(bulk.group_ids.filtered("create_product").mapped("name"), ["Riddle"])
        nameless = bulk.group_ids.filtered("is_nameless")
        nameless.create_product = True
        with self.assertRaisesRegex(UserError, "Type one in the column"):
            bulk.action_apply()
        nameless.name = " Tea cosy "
        bulk.action_apply()
        self.assertEqual(orders[0].order_line.product_id.name, "Tea cosy")

    def test_proposals_come_first_then_what_has_candidates(self):
        orders = self.unknown_products(4)
        similar = self.unknown(1, "similar", name="Answers", gtin="", sku="").orion_exception_ids
        sure = orders.orion_exception_ids.filtered(lambda one: one.original_sku == "B-3")
        self.answer.default_code = "B-3"
        bulk = self.bulk(orders.orion_exception_ids | similar)
        first, second, *rest = bulk.group_ids
        self.assertEqual((first.product_id, first.number), (self.answer, sure[0].number))
        self.assertEqual((second.name, bool(second.candidates)), ("Answers", True))
        self.assertFalse(any(row.candidates for row in rest))
        figures = ("product_count", "proposed_count", "doubtful_count", "blank_count")
        self.assertEqual([bulk[name] for name in figures], [5, 1, 1, 3])
        bulk.action_create_missing()
        self.assertEqual(
            [row.create_product for row in bulk.group_ids], [False, False, *[True] * 3]
        )
        bulk.action_create_rest()
        self.assertEqual([row.create_product for row in bulk.group_ids], [False, *[True] * 4])

    def test_candidates_of_two_products_with_one_gtin(self):
        twin = self.env["product.product"].create(
            {"name": "Twin", "barcode": "0" + GTIN_2, "list_price": 1.0}
        )
        self.answer.barcode = GTIN_2
        exception = self.unknown().orion_exception_ids
        self.assertEqual(exception.exception_type, "duplicate_gtin")
        bulk = self.bulk(exception | self.unknown(1, "x", gtin="", sku="X").orion_exception_ids)
        row = bulk.group_ids.filtered(lambda group: group.number == GTIN_2)
        self.assertFalse(row.product_id)
        self.assertEqual({one["id"] for one in row.candidates}, {twin.id, self.answer.id})
