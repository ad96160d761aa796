"""The whole way: Letzshop over HTTP, the importer, the outbox, the order."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestDecide(LetzshopCase):
    def test_import_writes_pieces_and_fields(self):
        [shipment] = self.add_orders(lines=2, quantity=2)
        order = self.imported([shipment])
        there = self.control.shipment(shipment)
        self.assertEqual(order.letzshop_shipment_id, shipment)
        self.assertEqual(order.letzshop_order_id, there["order"]["id"])
        self.assertEqual(order.letzshop_order_number, there["order"]["number"])
        self.assertEqual(order.orion_shipment_number, there["number"])
        self.assertEqual(order.letzshop_state, "unconfirmed")
        self.assertEqual(order.letzshop_sync_status, "pending")
        self.assertEqual(
            set(order.letzshop_unit_ids.mapped("external_id")),
            {unit["id"] for unit in there["units"]},
        )
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 2])
        for unit in order.letzshop_unit_ids:
            self.assertEqual(unit.state, "unconfirmed")
            self.assertEqual(unit.order_line_id.order_id, order)
            self.assertEqual(unit.product_id, unit.order_line_id.product_id)
        self.assertEqual(order.letzshop_units_to_decide, 4)
        self.assertEqual(order.partner_id.letzshop_customer_email, there["order"]["email"])
        self.assertEqual(order.partner_id.letzshop_locale, there["order"]["locale"])

    def test_nobody_takes_a_shipment_out_of_reach(self):
        seller = new_test_user(
            self.env, "letz_seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        for name in ("letzshop_shipment_id", "letzshop_state", "letzshop_has_tracking"):
            with self.subTest(name), self.assertRaisesRegex(UserError, "directly"):
                order.with_user(seller).write({name: False})
        order.sudo().letzshop_shipment_id = False
        self.assertEqual(
            order._orion_pieces_to_decide()[order.id], order.letzshop_unit_ids.mapped("external_id")
        )

    def test_import_again_changes_nothing(self):
        shipments = self.add_orders(3)
        orders = self.imported(shipments)
        before = orders.letzshop_unit_ids.mapped("write_date")
        result = self.import_orders()
        self.assertEqual(result["orders_imported"], 0)
        self.assertEqual(orders.letzshop_unit_ids.mapped("write_date"), before)

    def test_confirm_all(self):
        shipments = self.add_orders(3, lines=2)
        orders = self.imported(shipments)
        result = orders.orion_confirm()
        self.assertEqual(len(result["operation_ids"]), 3)
        self.assertEqual(set(orders.letzshop_unit_ids.mapped("pending_decision")), {"accept"})
        self.assertEqual(orders.mapped("state"), ["draft"] * 3)
        self.work()
        self.assertEqual(orders.mapped("state"), ["sale"] * 3)
        self.assertEqual(orders.mapped("orion_status"), ["confirmed"] * 3)
        self.assertEqual(set(orders.mapped("letzshop_sync_status")), {"confirmed"})
        self.assertEqual(len(orders.picking_ids), 3)
        self.assertEqual(set(orders.letzshop_unit_ids.mapped("state")), {"confirmed_available"})
        self.assertFalse(orders.letzshop_unit_ids.operation_id)
        self.assertEqual(orders.letzshop_unit_ids.decided_by_id, self.env.user)
        self.assertEqual(self.effects()["confirmed"], 6)
        self.assertEqual(self.effects()["duplicates"], 0)

    def test_accept_some_refuse_some(self):
        [shipment] = self.add_orders(lines=2, quantity=3)
        order = self.imported([shipment])
        first, second = order.order_line
        pieces = self.pieces(order)
        kept = pieces.filtered(lambda unit: unit.order_line_id == first)[:2]
        order.orion_confirm(inventory_unit_ids=kept.mapped("external_id"))
        order.orion_reject(
            reason="Broken", inventory_unit_ids=(pieces - kept).mapped("external_id")
        )
        self.work()
        self.assertEqual(order.state, "sale")
        self.assertEqual((first.product_uom_qty, second.product_uom_qty), (2, 0))
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 2)
        self.assertEqual(set((pieces - kept).mapped("refuse_reason")), {"Broken"})
        self.assertFalse(any(kept.mapped("refuse_reason")))
        notes = [html2plaintext(body) for body in order.message_ids.mapped("body")]
        self.assertIn("4 pieces refused on Our Letzshop. Reason: Broken", notes)
        confirmed = order.orion_status_history_ids[0]
        self.assertEqual(confirmed.details["confirmed_by"], "marketplace:letzshop")
        self.assertEqual(self.effects()["confirmed"], 2)
        self.assertEqual(self.effects()["refused"], 4)
        self.assertEqual(self.effects()["duplicates"], 0)
        self.assertAlmostEqual(order.amount_total, 2 * first.orion_price_unit, places=2)

    def test_rest_stays_open_and_can_be_accepted_later(self):
        [shipment] = self.add_orders(lines=1, quantity=3)
        order = self.imported([shipment])
        pieces = self.pieces(order)
        order.orion_confirm(inventory_unit_ids=pieces[:1].mapped("external_id"))
        self.work()
        self.assertEqual(order.orion_status, "confirmed")
        self.assertEqual(order.order_line.product_uom_qty, 1)
        self.assertEqual(order.letzshop_units_to_decide, 2)
        pieces[1]._decide("confirm")
        pieces[2]._decide("reject", reason="Broken")
        self.work()
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 2)
        self.assertEqual(self.effects()["confirmed"], 2)

    def test_pieces_of_several_orders(self):
        """One order that cannot be confirmed does not stop the others, nor does a piece that is
        decided already."""
        shipments = self.add_orders(3, quantity=2)
        orders = self.imported(shipments)
        orders[1].order_line[0].sudo().orion_needs_product_match = True
        done = self.pieces(orders[2])[0]
        done._decide("confirm")
        self.work()
        units = orders.letzshop_unit_ids
        result = units._decide("confirm")
        self.assertFalse(result["success"])
        self.assertIn(f"no product yet, in {orders[1].name}", result["message"])
        self.assertIn(f"{done.name} ({orders[2].name})", result["message"])
        self.assertEqual(len(result["operation_ids"]), 2)
        self.work()
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])
        self.assertEqual(
            self.states_there(shipments[1]), ["unconfirmed"] * len(orders[1].letzshop_unit_ids)
        )
        again = orders.orion_reject(reason="No", inventory_unit_ids=units.mapped("external_id"))
        self.assertFalse(again["success"])
        self.assertIn(f"nothing left to decide about {orders[0].name}", again["message"])
        self.work()
        self.assertEqual(orders.mapped("state"), ["sale", "cancel", "sale"])

    def test_orders_of_which_no_piece_is_named(self):
        orders = self.imported(self.add_orders(2))
        named = orders[0].letzshop_unit_ids.mapped("external_id")
        result = orders.orion_confirm(inventory_unit_ids=named)
        self.assertTrue(result["success"])
        self.assertEqual(len(result["operation_ids"]), 1)
        with self.assertRaisesRegex(UserError, "have no piece Nope"):
            orders.orion_confirm(inventory_unit_ids=[*named, "Nope"])

    def test_refuse_all(self):
        shipments = self.add_orders(2, quantity=2)
        orders = self.imported(shipments)
        orders.orion_reject(reason="Sold out")
        self.work()
        self.assertEqual(orders.mapped("state"), ["cancel"] * 2)
        self.assertEqual(orders.mapped("orion_status"), ["cancelled"] * 2)
        self.assertEqual(set(orders.mapped("letzshop_sync_status")), {"rejected"})
        self.assertEqual(set(orders.letzshop_unit_ids.mapped("refuse_reason")), {"Sold out"})
        self.assertEqual(self.effects()["refused"], 4)
        self.assertFalse(orders.picking_ids)

    def test_second_call_finds_pieces_on_their_way(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        first = order.orion_confirm()
        again = order.orion_confirm()
        self.assertEqual(first["operation_ids"], again["operation_ids"])
        with self.assertRaisesRegex(UserError, "on its way"):
            order.orion_reject(reason="Changed my mind")
        with self.assertRaisesRegex(UserError, "on its way"):
            self.pieces(order)._decide("reject", reason="Changed my mind")
        self.work()
        self.assertEqual(self.effects()["confirmed"], 2)
        self.assertEqual(self.effects()["duplicates"], 0)

    def test_unknown_pieces_are_refused(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        with self.assertRaisesRegex(UserError, "nonsense"):
            order.orion_confirm(inventory_unit_ids=["nonsense"])

    def test_many_orders_go_in_one_request(self):
        orders = self.imported(self.add_orders(10))
        self.control.clear_requests()
        orders.orion_confirm()
        self.work()
        self.assertEqual(self.effects()["confirmed"], 10)
        self.assertEqual(len(self.control.requests("confirmInventoryUnits")), 1)

    def test_tracking(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        order.orion_confirm()
        self.work()
        order.orion_set_tracking(tracking_number="T-1", tracking_carrier="dhl")
        self.work()
        there = self.control.shipment(shipment)["tracking"]
        self.assertEqual((there["code"], there["provider"]), ("T-1", "DHL"))
        self.assertEqual(order.letzshop_sync_status, "shipped")
        self.assertEqual(order.orion_status, "shipped")

    def test_tracking_wizard_knows_letzshops_names(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        order.sudo().orion_shipping_carrier = "greco"
        order.orion_confirm()
        self.work()
        wizard = self.env["orion.order.tracking"].create(
            {"order_ids": order.ids, "tracking_number": "T-2"}
        )
        self.assertEqual(wizard.carrier_id.orion_code, "greco")
        wizard.carrier_id = self.env.ref("orion_shipping_labels.carrier_post_lu")
        wizard.action_set_tracking()
        self.work()
        there = self.control.shipment(shipment)["tracking"]
        self.assertEqual((there["code"], there["provider"]), ("T-2", "POST Luxembourg"))

    def test_retry_puts_pieces_on_their_way_again(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.control.arm("payload_errors", operation="confirmInventoryUnits")
        order.orion_confirm()
        self.work()
        operation = self.env["orion.operation"].search([("res_id", "=", order.id)])
        self.assertEqual(operation.status, "failed")
        self.assertEqual(order.letzshop_units_to_decide, 2)
        operation.retry()
        self.assertEqual(order.letzshop_units_to_decide, 0)
        self.assertEqual(order.letzshop_unit_ids.operation_id, operation)
        self.work()
        self.assertEqual(operation.status, "completed")
        self.assertEqual(order.orion_status, "confirmed")
        self.assertEqual(self.effects()["confirmed"], 2)

    def test_a_failed_confirmation_is_not_sent_again_behind_a_refusal(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.control.arm("payload_errors", operation="confirmInventoryUnits")
        order.orion_confirm()
        self.work()
        failed = self.env["orion.operation"].search([("res_id", "=", order.id)])
        self.assertEqual(failed.status, "failed")
        order.orion_reject(reason="Broken")
        message = failed.action_retry()["params"]["message"]
        self.assertIn("something else was done since: 1", message)
        self.assertNotIn("sent again", message)
        self.assertEqual(failed.status, "cancelled")
        self.assertIn("decided otherwise", failed.cancel_reason)
        self.work()
        self.assertEqual(order.orion_status, "cancelled")
        self.assertEqual(failed.retry(), {"retried": 0})
        self.work()
        self.assertEqual(self.effects()["confirmed"], 0)

    def test_a_retried_decision_that_is_asked_about_holds_its_pieces(self):
        """Or else somebody refuses what is about to be accepted, and both are told."""
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.control.arm("hang_up", operation="confirmInventoryUnits")
        order.orion_confirm()
        self.step()
        operation = order.letzshop_unit_ids.operation_id
        operation.cancel(reason="No answer")
        self.step()
        self.assertFalse(order.letzshop_unit_ids.operation_id)
        operation.retry()
        self.assertEqual(operation.status, "unknown")
        with self.assertRaises(UserError):
            order.orion_reject(reason="Sold out")
        self.work()
        self.assertEqual(order.orion_status, "confirmed")

    def test_cancelled_operation_frees_its_pieces(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        order.orion_confirm()
        self.assertEqual(order.letzshop_units_to_decide, 0)
        order.letzshop_unit_ids.operation_id.cancel(reason="Not yet")
        self.work()
        self.assertEqual(order.letzshop_units_to_decide, 1)
        self.assertEqual(self.effects()["confirmed"], 0)

    def test_lines_without_product_block_accepting_not_refusing(self):
        [shipment] = self.add_orders(known=False)
        order = self.imported([shipment])
        self.assertTrue(order.order_line.orion_needs_product_match)
        with self.assertRaises(UserError):
            order.letzshop_unit_ids.action_accept()
        order.orion_reject(reason="Unknown")
        self.work()
        self.assertEqual(order.orion_status, "cancelled")

    def test_price_of_what_is_left_stays_the_sold_one(self):
        [shipment] = self.add_orders(quantity=3)
        order = self.imported([shipment])
        sold = float(self.control.shipment(shipment)["units"][0]["price"])
        order.order_line.product_id.list_price = 4711
        self.pieces(order)[0]._decide("reject", reason="Broken")
        order.orion_confirm()
        self.work()
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertAlmostEqual(order.amount_total, 2 * sold, 2)

    def test_piece_buttons(self):
        orders = self.imported(self.add_orders(2, quantity=2))
        user = new_test_user(
            self.env,
            "piece",
            groups="orion_base.group_orion_user,sales_team.group_sale_salesman_all_leads",
        )
        pieces = orders.letzshop_unit_ids.with_user(user)
        accepted = pieces.filtered(lambda unit: unit.order_id == orders[0])
        accepted.action_accept()
        action = (pieces - accepted).action_refuse()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create({"reason": "Out of stock"})
        )
        wizard.action_refuse()
        self.work()
        self.assertEqual(orders.mapped("orion_status"), ["confirmed", "cancelled"])
        self.assertEqual(accepted.decided_by_id, user)

    def test_read(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        [values] = order.orion_read()
        self.assertEqual(values["letzshop_shipment_id"], shipment)
        self.assertEqual(values["letzshop_state"], "unconfirmed")
        self.assertEqual(values["sync_status"], "pending")
        self.assertEqual({unit["state"] for unit in values["inventory_units"]}, {"unconfirmed"})
        self.assertNotIn(None, values.values())

    def test_pieces_cannot_be_written_by_users(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        user = new_test_user(self.env, "reader", groups="orion_base.group_orion_user")
        pieces = order.letzshop_unit_ids.with_user(user)
        self.assertEqual(pieces.mapped("state"), ["unconfirmed"])
        with self.assertRaises(AccessError):
            pieces.write({"state": "returned"})
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="orion_base.group_orion_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(self.units.with_user(stranger).search([("id", "in", pieces.ids)]))

    def test_a_sold_line_cannot_be_taken_away_before_the_decision(self):
        order = self.imported(self.add_orders(1, lines=2))
        clerk = new_test_user(self.env, "shop_clerk", groups="orion_base.group_orion_user")
        line = order.order_line[:1].with_user(clerk)
        for change in (
            line.unlink,
            lambda: line.write({"price_unit": 1.0}),
            lambda: line.write({"product_uom_qty": 9}),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual(len(order.order_line), 2)

    def test_an_order_with_undecided_pieces_is_still_to_decide(self):
        order = self.imported(self.add_orders(1, lines=1, quantity=2))
        order.orion_confirm(inventory_unit_ids=[self.pieces(order)[0].external_id])
        self.work()
        self.assertEqual(order.orion_decision, "accepted")
        waiting = self.env["sale.order"].search([("orion_to_decide", "=", True)])
        self.assertIn(order, waiting)
        self.assertTrue(order.orion_to_decide)
        order.orion_confirm()
        self.work()
        order.invalidate_recordset(["orion_to_decide"])
        self.assertFalse(order.orion_to_decide)
