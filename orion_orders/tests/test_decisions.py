from datetime import timedelta

from odoo.exceptions import UserError

from odoo.addons.orion_base.lib.errors import Rejected, UnknownOutcome
from odoo.addons.orion_orders.lib.order_data import OrderState

from .common import GTIN_2, T0, OrdersCase, line, order


class TestDecisions(OrdersCase):
    def setUp(self):
        super().setUp()
        self.sale = self.imported(order()).with_user(self.clerk)

    def operation(self, result):
        return self.env["orion.operation"].browse(result["operation_ids"])

    def test_confirm(self):
        result = self.sale.orion_confirm()
        self.assertTrue(result["success"])
        operation = self.operation(result)
        self.assertEqual(operation.payload, {"order": "S1", "units": [], "reason": ""})
        self.assertEqual(self.sale.orion_sync_status, "pending")
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertRecordValues(
            self.sale,
            [{"state": "sale", "orion_decision": "accepted", "orion_sync_status": "synced"}],
        )
        self.assertTrue(self.sale.sudo().picking_ids)
        self.assertTrue(self.sale.orion_confirmed_at)
        history = self.sale.orion_status_history_ids.filtered(lambda h: h.to_status == "confirmed")
        self.assertEqual(history.changed_by, f"user:{self.clerk.id}")
        self.assertEqual(history.details["confirmed_by"], "marketplace:played")
        self.assertEqual(history.details["operation_id"], operation.id)

    def test_the_same_call_again(self):
        first = self.sale.orion_confirm()
        self.assertEqual(self.sale.orion_confirm()["operation_ids"], first["operation_ids"])
        self.work()
        self.assertEqual(self.sale.orion_confirm()["operation_ids"], first["operation_ids"])
        self.assertEqual(self.marketplace.told("confirm"), ["S1"])

    def test_one_that_fails_does_not_stop_the_others(self):
        riddle = self.imported(order("S2", lines=(line(gtin=GTIN_2),))).with_user(self.clerk)
        result = (riddle | self.sale).orion_confirm()
        self.assertFalse(result["success"])
        self.assertIn("no product yet", result["message"])
        self.assertEqual(len(result["operation_ids"]), 1)
        self.work()
        self.assertEqual((self.sale.state, riddle.state), ("sale", "draft"))
        self.assertEqual(riddle.orion_sync_status, "synced")
        action = (riddle | self.imported(order("S3"))).with_user(self.clerk).action_orion_confirm()
        self.assertEqual(action["params"]["type"], "warning")
        with self.assertRaisesRegex(UserError, "no product yet"):
            riddle.orion_confirm()

    def test_no_second_decision_before_the_answer_is_taken_over(self):
        operation = self.operation(self.sale.orion_confirm())
        operation.sudo().write({"status": "completed", "applied": False})
        with self.assertRaisesRegex(UserError, "on its way"):
            self.sale.orion_reject(reason="Changed my mind")
        self.assertEqual(self.sale.orion_confirm()["operation_ids"], operation.ids)

    def test_refuse(self):
        result = self.sale.orion_reject(reason="Out of stock")
        self.assertEqual(self.operation(result).payload["reason"], "Out of stock")
        self.work()
        self.assertEqual(self.sale.state, "cancel")
        self.assertEqual(self.sale.orion_decision, "refused")
        last = self.sale.orion_status_history_ids[0]
        self.assertEqual((last.to_status, last.reason), ("cancelled", "Out of stock"))
        self.assertEqual(last.changed_by, f"user:{self.clerk.id}")
        self.assertEqual(last.details["confirmed_by"], "marketplace:played")

    def test_reason_of_refusing_is_in_the_chatter(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.clerk.sudo().lang = "fr_FR"
        self.sale.orion_reject(reason="<b>Cassé</b>")
        self.work()
        note = self.sale.sudo().message_ids.filtered(
            lambda message: message.author_id == self.clerk.partner_id
        )
        self.assertIn("&lt;b&gt;Cassé&lt;/b&gt;", note.body)
        self.assertIn("Refusée sur Played shop", note.body)

    def test_decision_of_other_hands_is_the_marketplaces(self):
        self.import_page(order(state=OrderState.REFUSED, version=T0 + timedelta(hours=5)))
        self.env.invalidate_all()
        last = self.sale.orion_status_history_ids[0]
        self.assertEqual((last.to_status, last.changed_by), ("cancelled", "marketplace:played"))
        self.assertFalse(last.details)

    def test_refuse_needs_a_reason(self):
        for reason in (None, "", "  "):
            with self.assertRaisesRegex(UserError, "reason"):
                self.sale.orion_reject(reason=reason)

    def test_no_second_decision_while_one_is_on_its_way(self):
        self.sale.orion_confirm()
        with self.assertRaisesRegex(UserError, "on its way"):
            self.sale.orion_reject(reason="Changed my mind")

    def test_nothing_left_to_decide(self):
        self.sale.orion_reject(reason="No")
        self.work()
        with self.assertRaisesRegex(UserError, "nothing left to decide"):
            self.sale.orion_confirm()

    def test_marketplace_refuses(self):
        self.marketplace.answers["S1"] = Rejected("The shipment is gone.")
        self.sale.orion_confirm()
        self.work()
        self.assertEqual(self.sale.state, "draft")
        self.assertEqual(self.sale.orion_sync_status, "error")
        self.assertIn("gone", self.sale.orion_sync_error)
        self.assertTrue(self.sale.sudo().activity_ids)
        # a person may ask again, and the marketplace may have changed its mind
        self.marketplace.answers.clear()
        result = self.sale.orion_confirm()
        self.work()
        self.assertEqual(self.operation(result).status, "completed")
        self.assertEqual(self.sale.state, "sale")

    def test_unknown_outcome_is_settled_by_asking(self):
        self.marketplace.error = UnknownOutcome("No answer.")
        self.sale.orion_confirm()
        self.work(3)
        self.assertEqual(self.sale.state, "draft")
        self.assertEqual(self.sale.orion_sync_status, "pending")
        self.env.cr.execute("UPDATE orion_operation SET next_attempt_at = NULL, lease_until = NULL")
        self.env.cr.execute("UPDATE orion_circuit SET next_probe_at = NULL")
        self.env.invalidate_all()
        self.work()
        self.assertEqual(self.sale.state, "sale")
        self.assertEqual([call[0] for call in self.marketplace.calls], ["send", "reconcile"])

    def test_many_orders_in_one_request(self):
        sales = self.imported(*[order(f"B{n}") for n in range(12)]).with_user(self.clerk)
        result = sales.orion_confirm()
        self.assertEqual(len(result["operation_ids"]), 12)
        self.work()
        self.assertEqual(set(sales.mapped("state")), {"sale"})
        self.assertEqual(len(self.marketplace.calls), 1)

    def test_done_again_changes_nothing(self):
        operation = self.operation(self.sale.orion_confirm())
        self.work()
        history = len(self.sale.orion_status_history_ids)
        self.sale.sudo()._orion_operation_done(operation.sudo())
        self.assertEqual(len(self.sale.orion_status_history_ids), history)
        self.assertEqual(len(self.sale.sudo().picking_ids), 1)

    def test_confirmation_that_fails_here(self):
        self.sale.orion_confirm()
        self.sale.sudo().warehouse_id = False
        self.work()
        operation = self.env["orion.operation"].search([("res_id", "=", self.sale.id)])
        self.assertEqual(operation.status, "completed")
        self.assertFalse(operation.applied)
        self.assertEqual(self.sale.state, "draft")
        self.assertTrue(self.sale.sudo().activity_ids)
        self.sale.sudo().warehouse_id = self.env["stock.warehouse"].search([], limit=1)
        self.env.cr.execute("UPDATE orion_operation SET apply_after = NULL")
        self.env.invalidate_all()
        self.work()
        self.assertEqual(self.sale.state, "sale")
        self.assertEqual(self.marketplace.told("confirm"), ["S1"])

    def test_pieces_where_there_are_none(self):
        with self.assertRaisesRegex(UserError, "as a whole"):
            self.sale.orion_confirm(inventory_unit_ids=["U1"])


class TestUnmatched(OrdersCase):
    def setUp(self):
        super().setUp()
        lines = (line(), line("L2", name="Riddle", gtin=GTIN_2))
        self.sale = self.imported(order(lines=lines)).with_user(self.clerk)
        self.riddle = self.sale.order_line[1]

    def test_order_is_in(self):
        self.assertRecordValues(
            self.riddle,
            [
                {
                    "orion_needs_product_match": True,
                    "orion_match_problem": "product_not_found",
                    "product_id": self.company.orion_placeholder_product_id.id,
                    "name": "Riddle",
                    "price_total": 9.99,
                }
            ],
        )
        placeholder = self.riddle.product_id
        self.assertEqual((placeholder.type, placeholder.sale_ok), ("consu", False))
        self.assertFalse(placeholder.is_storable)

    def test_one_placeholder_a_company(self):
        again = self.imported(order("S2", lines=(line(gtin=GTIN_2),)))
        self.assertEqual(again.order_line.product_id, self.riddle.product_id)

    def test_confirming_is_blocked(self):
        with self.assertRaisesRegex(UserError, "One line has no product yet.*Riddle"):
            self.sale.orion_confirm()
        with self.assertRaisesRegex(UserError, "no product yet"):
            self.sale.action_confirm()

    def test_confirming_a_copy_is_blocked_too(self):
        copy = self.sale.sudo().copy()
        with self.assertRaisesRegex(UserError, "which product “Riddle” is"):
            copy.action_confirm()
        copy = self.sale.sudo().copy()
        copy.order_line[1].product_uom_qty = 0
        copy.action_confirm()
        self.assertEqual(copy.state, "sale")

    def test_refusing_is_not(self):
        self.assertTrue(self.sale.orion_reject(reason="Unknown product")["success"])

    def test_product_chosen_by_hand(self):
        product = self.env["product.product"].create({"name": "Answer"})
        self.riddle.product_id = product
        self.assertFalse(self.riddle.orion_needs_product_match)
        self.assertEqual((self.riddle.name, self.riddle.price_total), ("Riddle", 9.99))
        self.assertTrue(self.sale.orion_confirm()["success"])

    def test_accepted_by_other_hands_waits_for_the_product(self):
        newer = order(state=OrderState.ACCEPTED, version=T0 + timedelta(hours=5))
        self.assertEqual(self.import_page(newer).updated, 1)
        self.assertEqual((self.sale.state, self.sale.orion_status), ("draft", "confirmed"))
        self.assertEqual(self.sale.orion_sync_status, "error")
        self.riddle.product_id = self.pen
        self.sale.action_confirm()
        self.assertEqual(self.sale.state, "sale")


class TestMatching(OrdersCase):
    def problem(self, **values):
        type(self).count = getattr(type(self), "count", 0) + 1
        sale = self.imported(order(f"X{self.count}", lines=(line(**values),)))
        sold = sale.order_line
        return sold.orion_match_problem or sold.product_id

    def test_gtin_goes_before_sku(self):
        self.env["product.product"].create({"name": "Other", "default_code": "OTHER"})
        self.assertEqual(self.problem(sku="OTHER"), self.pen)

    def test_sku(self):
        self.assertEqual(self.problem(gtin="", sku="PEN"), self.pen)
        self.assertEqual(self.problem(gtin="", sku="NOPE"), "product_not_found")
        self.assertEqual(self.problem(gtin="", sku=""), "product_not_found")

    def test_sku_of_a_product_with_another_gtin(self):
        self.assertEqual(self.problem(gtin=GTIN_2, sku="PEN"), "gtin_mismatch")

    def test_damaged_gtin_is_never_a_match(self):
        self.assertEqual(self.problem(gtin="4006381333932", sku="PEN"), "gtin_mismatch")
        self.assertEqual(self.problem(gtin="40063813", sku="PEN"), "gtin_mismatch")

    def test_two_products_with_one_gtin(self):
        self.env["product.product"].create({"name": "Twin", "barcode": "04006381333931"})
        self.assertEqual(self.problem(), "duplicate_gtin")

    def test_two_products_with_one_sku(self):
        self.env["product.product"].create({"name": "Twin", "default_code": "PEN"})
        self.assertEqual(self.problem(gtin="", sku="PEN"), "product_not_found")

    def test_archived_and_foreign_products(self):
        self.pen.active = False
        self.assertEqual(self.problem(), "product_not_found")
        self.pen.active = True
        self.pen.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(self.problem(), "product_not_found")
