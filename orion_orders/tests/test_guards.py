from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from odoo.addons.orion_orders.hooks import post_init_hook
from odoo.addons.orion_orders.lib.order_data import OrderState

from .common import T0, OrdersCase, order


class GuardCase(OrdersCase):
    def setUp(self):
        super().setUp()
        self.sale = self.imported(order())

    def operations(self, sale=None):
        return self.env["orion.operation"].search(
            [("res_model", "=", "sale.order"), ("res_id", "in", (sale or self.sale).ids)]
        )

    def assert_untouched(self):
        """Nothing was confirmed or cancelled here, and nothing enqueued."""
        self.env.invalidate_all()
        self.assertEqual(self.sale.state, "draft")
        self.assertEqual(self.sale.orion_decision, "undecided")
        self.assertFalse(self.sale.picking_ids)
        self.assertFalse(self.operations())

    def assert_enqueued(self, verb):
        self.assertEqual(self.operations().mapped("operation"), [verb])
        self.assertEqual(self.sale.state, "draft")
        self.assertFalse(self.sale.picking_ids)


class TestConfirmPaths(GuardCase):
    def test_button_tells_the_marketplace(self):
        action = self.sale.with_user(self.clerk).action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assert_enqueued("confirm")

    def test_list_action_with_orders_of_both_kinds(self):
        own = self.env["sale.order"].create(
            {
                "partner_id": self.clerk.partner_id.id,
                "order_line": [Command.create({"product_id": self.pen.id})],
            }
        )
        (own | self.sale).with_user(self.clerk).action_confirm()
        self.assertEqual(own.state, "sale")
        self.assert_enqueued("confirm")

    def test_seller_without_the_right(self):
        with self.assertRaisesRegex(AccessError, "needs the right"):
            self.sale.with_user(self.seller).action_confirm()
        self.assert_untouched()

    def test_private_confirmation(self):
        with self.assertRaisesRegex(UserError, "waits for the decision"):
            self.sale._action_confirm()
        self.assert_untouched()

    def test_direct_write_of_the_state(self):
        for user in (self.clerk, self.env.user):
            for state in ("sale", "cancel"):
                with self.assertRaisesRegex(UserError, "waits for the decision"):
                    self.sale.with_user(user).write({"state": state})
        self.assert_untouched()

    def test_no_context_opens_the_guard(self):
        keys = {"send_email": True, "orion_confirm": True, "force": True, "skip_procurement": True}
        with self.assertRaises(UserError):
            self.sale.with_context(**keys).write({"state": "sale"})
        self.assert_untouched()

    def test_portal_accept_sign_and_pay(self):
        self.sale.write({"require_signature": True, "require_payment": True})
        self.assertFalse(self.sale._has_to_be_signed())
        self.assertFalse(self.sale._has_to_be_paid())
        with self.assertRaisesRegex(UserError, "nothing to accept or to pay"):
            self.sale.sudo()._validate_order()
        self.assert_untouched()

    def test_payment(self):
        provider = self.env["payment.provider"].search([], limit=1) or self.env[
            "payment.provider"
        ].create({"name": "P", "code": "none"})
        method = self.env["payment.method"].search([], limit=1)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": self.sale.amount_total,
                "currency_id": self.sale.currency_id.id,
                "partner_id": self.sale.partner_id.id,
                "state": "done",
                "reference": "T1",
            }
        )
        with self.assertRaisesRegex(ValidationError, "nothing to accept or to pay"):
            transaction.copy({"reference": "T2", "sale_order_ids": [Command.link(self.sale.id)]})
        transaction.sale_order_ids = self.sale
        self.assertFalse(transaction._check_amount_and_confirm_order())
        self.assert_untouched()

    def test_sent_quotation_stays_undecided(self):
        self.sale.with_user(self.clerk).action_quotation_sent()
        self.assertEqual(self.sale.state, "sent")
        with self.assertRaises(UserError):
            self.sale.write({"state": "sale"})
        self.sale.with_user(self.clerk).action_confirm()
        self.assertEqual(self.sale.state, "sent")
        self.assertEqual(self.operations().operation, "confirm")

    def test_protected_fields(self):
        for values in (
            {"orion_decision": "accepted"},
            {"orion_decision": False},
            {"orion_status": "confirmed"},
            {"orion_channel_id": False},
            {"orion_external_id": "X"},
            {"orion_is_history": True},
            {"orion_sync_status": "pending"},
            {"orion_hold_reason": False},
            {"orion_order_number": "X"},
            {"orion_shipment_number": "X"},
            {"orion_confirmed_at": "2026-11-01"},
            {"orion_requires_shipping": False},
        ):
            for user in (self.clerk, self.seller):
                with self.subTest(values), self.assertRaisesRegex(UserError, "directly"):
                    self.sale.with_user(user).write(values)
        self.assert_untouched()

    def test_whether_a_decision_is_on_its_way_is_asked_of_the_queue(self):
        """What the order shows of it may be wrong; the lists are not."""
        waiting = [("id", "=", self.sale.id), ("orion_to_decide", "=", True)]
        self.sale.sudo().orion_sync_status = "pending"
        self.assertTrue(self.env["sale.order"].search(waiting))
        self.sale.orion_confirm()
        self.sale.sudo().orion_sync_status = "synced"
        self.assertFalse(self.env["sale.order"].search(waiting))
        self.assertFalse(self.sale.orion_to_decide)

    def test_protected_fields_at_creation(self):
        values = {"partner_id": self.clerk.partner_id.id}
        orders = self.env["sale.order"].with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "directly"):
            orders.create({**values, "orion_decision": "accepted"})
        made = orders.with_context(default_orion_decision="accepted").create(values)
        self.assertFalse(made.orion_decision)

    def test_protected_line_fields(self):
        with self.assertRaisesRegex(UserError, "directly"):
            self.sale.order_line.with_user(self.clerk).write({"orion_needs_product_match": False})
        for name in ("orion_is_digital", "orion_product_gtin", "orion_product_name"):
            with self.subTest(name), self.assertRaisesRegex(UserError, "directly"):
                self.sale.order_line.with_user(self.seller).write({name: False})
        for values in (
            {"tax_ids": [Command.clear()]},
            {"extra_tax_data": False},
            {"technical_price_unit": 1.0},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "was sold on"):
                self.sale.order_line.with_user(self.seller).write(values)

    def test_deleting(self):
        with self.assertRaisesRegex(UserError, "stays for the record"):
            self.sale.unlink()


class TestCancelPaths(GuardCase):
    def test_button_tells_the_marketplace(self):
        self.sale.with_user(self.clerk).action_cancel()
        self.assert_enqueued("reject")
        self.assertIn("Cancelled in Odoo by", self.operations().payload["reason"])

    def test_mass_cancel(self):
        wizard = (
            self.env["sale.mass.cancel.orders"]
            .with_user(self.clerk)
            .create({"sale_order_ids": [Command.set(self.sale.ids)]})
        )
        wizard.action_mass_cancel()
        self.assert_enqueued("reject")

    def test_seller_without_the_right(self):
        for method in ("action_cancel", "_action_cancel"):
            with self.assertRaisesRegex(UserError, "waits for the decision"):
                getattr(self.sale.with_user(self.seller), method)()
        self.assert_untouched()

    def test_portal_decline(self):
        public = self.env.ref("base.public_user")
        with self.assertRaisesRegex(UserError, "waits for the decision"):
            self.sale.with_user(public).sudo()._action_cancel()
        self.assert_untouched()


class TestAfterTheDecision(GuardCase):
    def accept(self):
        self.sale._orion_accepted()
        self.assertEqual(self.sale.state, "sale")

    def test_accepted_orders_are_not_cancelled_silently(self):
        self.accept()
        for call in (
            self.sale.action_cancel,
            self.sale._action_cancel,
            lambda: self.sale.write({"state": "cancel"}),
            lambda: self.sale.write({"state": "draft"}),
        ):
            with self.assertRaisesRegex(UserError, "was accepted on"):
                call()
        self.assertEqual(self.sale.state, "sale")

    def test_cancelled_with_a_reason(self):
        self.accept()
        self.sale.with_user(self.clerk).orion_set_status(status="cancelled", reason="Broken")
        self.assertEqual(self.sale.state, "cancel")
        self.assertEqual(self.sale.orion_decision, "cancelled")
        self.assertEqual(set(self.sale.picking_ids.mapped("state")), {"cancel"})
        self.env.invalidate_all()
        last = self.sale.orion_status_history_ids[0]
        self.assertEqual((last.to_status, last.reason), ("cancelled", "Broken"))
        self.assertEqual(last.changed_by, f"user:{self.clerk.id}")

    def test_refused_orders_stay_refused(self):
        self.sale._orion_refused()
        self.assertEqual(self.sale.state, "cancel")
        for call in (
            self.sale.action_draft,
            self.sale.action_confirm,
            lambda: self.sale.write({"state": "draft"}),
            lambda: self.sale.write({"state": "sale"}),
        ):
            with self.assertRaisesRegex(UserError, "final"):
                call()
        self.assertEqual(self.sale.state, "cancel")

    def test_past_orders_stay_locked(self):
        past = self.imported(order("P1", state=OrderState.ACCEPTED), history=True)
        for call in (past.action_unlock, lambda: past.write({"locked": False})):
            with self.assertRaisesRegex(UserError, "stays locked"):
                call()
        with self.assertRaises(UserError):
            past.order_line.product_uom_qty = 9
        self.assertFalse(past.picking_ids)

    def test_date_is_kept_at_confirmation(self):
        self.accept()
        self.assertEqual(self.sale.date_order, T0.replace(tzinfo=None))


class TestStorefront(OrdersCase):
    def make(self, user=None):
        return (
            self.env["sale.order"]
            .with_user(user or self.seller)
            .create(
                {
                    "partner_id": self.clerk.partner_id.id,
                    "order_line": [Command.create({"product_id": self.pen.id})],
                }
            )
        )

    def test_channel_is_made_once(self):
        first, second = self.make(), self.make()
        channel = first.sudo().orion_channel_id
        self.assertEqual(channel.marketplace, "storefront")
        self.assertEqual(channel, second.sudo().orion_channel_id)
        self.assertEqual(channel.company_id, self.company)

    def test_status_follows_odoo(self):
        sale = self.make()
        self.assertEqual((sale.orion_status, sale.orion_decision), ("pending", False))
        sale.action_confirm()
        self.assertEqual(sale.state, "sale")
        self.assertIn(sale.orion_status, ("confirmed", "processing"))
        sale.action_cancel()
        self.assertEqual((sale.state, sale.orion_status), ("cancel", "cancelled"))
        sale.action_draft()
        self.assertEqual((sale.state, sale.orion_status), ("draft", "pending"))
        self.assertEqual(
            sale.sudo().orion_status_history_ids[-1:].changed_by, f"user:{self.seller.id}"
        )

    def test_no_marketplace_to_tell(self):
        sale = self.make().with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "no marketplace to tell"):
            sale.orion_confirm()

    def test_prices_are_odoos(self):
        sale = self.make()
        sale.order_line.product_uom_qty = 2
        self.assertEqual(sale.order_line.price_unit, 50.0)

    def test_another_company_has_another_storefront(self):
        other = self.env["res.company"].create({"name": "Second shop"})
        partner = self.env["res.partner"].create({"name": "Buyer"})
        sale = self.env["sale.order"].create({"partner_id": partner.id})
        values = {"company_id": other.id, "warehouse_id": False, "team_id": False}
        sale.write(values)
        self.assertEqual(sale.orion_channel_id, other._orion_storefront())
        sold = self.imported(order("S7"))
        with self.assertRaises(UserError):
            sold.write(values)

    def test_an_archived_channel_is_no_storefront(self):
        """An app that is gone leaves its channels behind as archived storefronts."""
        other = self.env["res.company"].create({"name": "Other shop"})
        retired = self.env["orion.channel"].create(
            {"name": "Retired", "marketplace": "storefront", "company_id": other.id}
        )
        retired.active = False
        storefront = other._orion_storefront()
        self.assertNotEqual(storefront, retired)
        self.assertEqual(other._orion_storefront(), storefront)

    def test_a_copy_belongs_to_the_storefront(self):
        sold = self.imported(order())
        copy = sold.copy()
        self.assertEqual(copy.orion_channel_id.marketplace, "storefront")
        self.assertFalse(copy.orion_decision)
        self.assertFalse(copy.order_line.orion_is_sold)

    def test_orders_that_were_there_before(self):
        sale = self.make()
        sale.action_confirm()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET orion_channel_id = NULL, orion_status = NULL WHERE id = %s",
            sale.ids,
        )
        self.env.invalidate_all()
        post_init_hook(self.env)
        self.assertEqual(sale.sudo().orion_channel_id.marketplace, "storefront")
        self.assertEqual(sale.orion_status, "confirmed")
