from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.orion_base.adapters import open_adapter
from odoo.addons.orion_digital_keys.vault import open_key

from sandbox.codeswholesale.seed.product_maker import IMAGE, ORDINARY, POOR, PREORDER

from ..lib.keys_adapter import CodesWholesaleKeysAdapter
from .common import CodesWholesaleCase


@tagged("post_install", "-at_install")
class TestBuying(CodesWholesaleCase):
    """From a sale to its key, by the workers, over HTTP to the stand-in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Léa",
                "email": "lea@example.com",
                "country_id": cls.env.ref("base.lu").id,
            }
        )
        cls.storefront = cls.company._orion_storefront()

    def setUp(self):
        super().setUp()
        self.control.configure(complete_seconds=0)
        self.sync()
        (self.storefront | self.channel).schedule_ids.filtered(
            lambda schedule: schedule.job_type in ("key_fulfilment", "key_purchases")
        ).enabled = True
        self.channel.schedule_ids.next_run_at = fields.Datetime.now() + timedelta(days=1)

    def sell(self, product, quantity=1, **values):
        """A confirmed order that costs nothing, and so is paid."""
        line = {"product_id": product.id, "product_uom_qty": quantity, "price_unit": 0.0}
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [(0, 0, line)],
                **values,
            }
        )
        order.action_confirm()
        return order

    def buy(self, external_id=ORDINARY, quantity=1, **values):
        """Sell a product of the supplier, and let the workers buy its keys."""
        order = self.sell(self.publish(external_id), quantity, **values)
        self.work()
        return order

    def purchases(self):
        return self.env["orion.key.purchase"].search([("channel_id", "=", self.channel.id)])

    def bought(self):
        return self.control.effects()["bought"]

    def states(self, order):
        return order.orion_piece_ids.mapped("state")

    def keys(self, order):
        return sorted(str(open_key(piece.key_id)) for piece in order.orion_piece_ids)

    def told(self):
        """All codes that the supplier has sold."""
        return sorted(code for codes in self.control.codes().values() for code in codes)

    def time_passes(self):
        """Every wait is over."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_digital_piece SET try_at = now() AT TIME ZONE 'UTC' WHERE try_at"
            " IS NOT NULL OR state = 'waiting';"
            "UPDATE orion_key_purchase SET check_at = check_at - interval '1 day',"
            " bill_at = bill_at - interval '2 days';"
            "UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL;"
            "UPDATE orion_circuit SET next_probe_at = NULL"
        )
        self.env.invalidate_all()
        self.work()

    # === WHAT GOES WELL === #

    def test_bought_when_it_is_sold_and_delivered(self):
        order = self.buy(quantity=2)
        self.assertEqual(self.states(order), ["delivered"] * 2)
        self.assertEqual(self.keys(order), self.told())
        (purchase,) = self.purchases()
        self.assertEqual((purchase.state, purchase.quantity), ("done", 2))
        self.assertEqual(self.bought(), {purchase.reference: 1})
        self.assertAlmostEqual(purchase.cost, 2 * purchase.unit_price)
        self.assertTrue(purchase.supplier_order_id)
        self.assertEqual(order.orion_status, "fulfilled")
        self.assertEqual(purchase.batch_ids.unit_cost, purchase.unit_price)

    def test_no_key_is_in_what_is_kept_of_the_call(self):
        order = self.buy()
        (key,) = self.keys(order)
        operation = self.purchases().operation_id
        kept = str(operation.read()) + str(self.env["orion.sync.log"].search([]).read())
        self.assertNotIn(key, kept)
        self.assertEqual(set(operation.response_data), {"supplier_order_id", "status", "total"})

    def test_the_price_of_the_quantity_is_told(self):
        order = self.buy(quantity=10)
        (purchase,) = self.purchases()
        bands = self.channel_quote().bands
        self.assertEqual(purchase.unit_price, float(bands[1].price))
        self.assertEqual(len(self.keys(order)), 10)

    def channel_quote(self):
        return open_adapter(self.channel, "keys").quote([ORDINARY])[ORDINARY]

    def test_an_order_that_takes_its_time(self):
        self.control.configure(complete_seconds=3600)
        order = self.buy()
        self.assertEqual(self.states(order), ["ordered"])
        self.assertEqual(self.purchases().state, "waiting")
        self.control.set_clock(advance=3600)
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])

    def test_pictures(self):
        self.control.arm("broken_image", operation="order")
        order = self.buy(IMAGE)
        self.assertEqual(self.states(order), ["preordered"])
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])
        key = order.orion_piece_ids.key_id
        self.assertEqual((key.kind, open_key(key)[:4]), ("image", b"\x89PNG"))

    def test_preorders_only_where_they_are_allowed(self):
        order = self.buy(PREORDER)
        self.assertEqual(
            (self.states(order), order.orion_piece_ids.reason), (["waiting"], "out_of_stock")
        )
        self.assertEqual(self.bought(), {})
        order.orion_piece_ids.product_id.orion_key_offer_ids.allow_preorder = True
        self.time_passes()
        self.assertEqual(self.states(order), ["preordered"])
        self.assertEqual(self.purchases().state, "preorder")
        self.control.release(PREORDER)
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])
        self.assertEqual(self.keys(order), self.told())
        self.assertEqual(len(self.bought()), 1)

    # === REFUSALS === #

    def test_a_refusal_that_the_offer_does_not_explain_is_for_a_person(self):
        self.control.arm("price_moved", operation="buy")
        order = self.buy()
        # the offer has not moved, so the refusal is none of the price
        self.assertEqual(self.purchases()[0].state, "failed")
        self.assertEqual(self.states(order), ["held"])

    def test_a_moved_price_is_paid_within_the_maximum(self):
        product = self.publish(ORDINARY)
        quote = self.channel_quote()
        order = self.sell(product)
        with self.price_moves_before_the_order(percent=10):
            self.work()
        self.assertEqual(self.states(order), ["delivered"])
        self.assertEqual(len(self.purchases()), 2)
        self.assertEqual(sorted(self.purchases().mapped("state")), ["done", "failed"])
        self.assertEqual(len(self.bought()), 1)
        self.assertAlmostEqual(
            self.purchases()[0].cost, float(quote.unit_price(1)) * 1.1, delta=0.01
        )

    def test_a_price_above_the_maximum_is_not(self):
        product = self.publish(ORDINARY)
        product.orion_maximum_cost = float(self.channel_quote().unit_price(1)) * 1.05
        order = self.sell(product)
        with self.price_moves_before_the_order(percent=10):
            self.work()
        self.assertEqual(self.states(order), ["waiting"])
        self.assertEqual(order.orion_piece_ids.reason, "price_too_high")
        self.assertEqual(self.bought(), {})
        self.control.change(ORDINARY, percent=-20)
        self.sync()
        self.work()
        self.assertEqual(self.states(order), ["delivered"])

    def price_moves_before_the_order(self, percent):
        """Between the quote and the order."""
        send = CodesWholesaleKeysAdapter.send
        moved = []

        def moving(adapter, verb, requests):
            if not moved:
                moved.append(self.control.change(ORDINARY, percent=percent))
            return send(adapter, verb, requests)

        return patch.object(CodesWholesaleKeysAdapter, "send", moving)

    def test_too_few_are_bought_as_far_as_they_go(self):
        product = self.publish(ORDINARY)
        self.control.change(ORDINARY, quantity=2)
        order = self.sell(product, 3)
        self.work()
        self.assertEqual(sorted(self.states(order)), ["delivered", "delivered", "waiting"])
        self.control.change(ORDINARY, quantity=5)
        self.sync()
        self.work()
        self.assertEqual(self.states(order), ["delivered"] * 3)
        self.assertEqual(len(set(self.keys(order))), 3)

    def test_a_balance_that_is_too_low(self):
        self.control.set_balance(0)
        order = self.buy()
        self.assertEqual(
            (self.states(order), order.orion_piece_ids.reason), (["waiting"], "balance_too_low")
        )
        summaries = self.channel.activity_ids.mapped("summary")
        self.assertEqual(len(summaries), len(set(summaries)))
        self.assertTrue(self.channel.is_key_balance_low)
        self.control.set_balance(500)
        self.channel.refresh_key_balance()
        self.work()
        self.assertEqual(self.states(order), ["delivered"])
        self.assertFalse(self.channel.is_key_balance_low)

    def test_a_product_that_is_gone(self):
        product = self.publish(ORDINARY)
        self.control.change(ORDINARY, listed=False)
        order = self.sell(product)
        self.work()
        self.assertEqual(self.states(order), ["waiting"])
        self.assertEqual(order.orion_piece_ids.reason, "product_gone")
        self.assertEqual(self.bought(), {})

    def test_an_account_that_can_never_pay(self):
        order = self.buy(POOR)
        self.assertEqual(order.orion_piece_ids.reason, "balance_too_low")
        self.assertEqual(self.bought(), {})

    def test_an_order_that_the_supplier_cancels(self):
        self.control.arm("order_ends", operation="buy", status="Cancelled")
        order = self.buy()
        self.assertEqual(self.purchases().state, "failed")
        self.assertEqual(self.states(order), ["held"])
        self.env["orion.digital.piece"]._cron_try_again()
        self.time_passes()
        self.assertEqual(len(self.purchases()), 1, "a person looks before it is bought again")
        self.assertFalse(order.orion_piece_ids.key_id)

    def test_too_few_codes_are_asked_for_again(self):
        self.control.arm("missing_codes", operation="order", count=1)
        order = self.buy(quantity=2)
        # the first waits some seconds for the second, so that one e-mail has both
        self.assertEqual(sorted(self.states(order)), ["claimed", "ordered"])
        self.time_passes()
        self.assertEqual(self.states(order), ["delivered"] * 2)
        self.assertEqual(self.keys(order), self.told())

    # === UNKNOWN OUTCOMES === #

    def test_every_fault_of_the_wire_buys_once(self):
        self.control.configure(complete_seconds=0, finds_by_reference=False)
        product = self.publish(ORDINARY)
        for when in ("before", "after"):
            for kind in ("status", "reset", "hang_up", "html", "broken_json", "empty"):
                with self.subTest(kind=kind, when=when):
                    options = {"status": 502} if kind == "status" else {}
                    self.control.arm(kind, operation="buy", when=when, **options)
                    order = self.sell(product)
                    for _time in range(4):
                        self.time_passes()
                    self.assertEqual(self.states(order), ["delivered"])
                    purchase = order.orion_piece_ids.purchase_id
                    self.assertEqual(self.bought()[purchase.reference], 1)
        self.assertEqual(set(self.bought().values()), {1})
        self.assertEqual(len(self.bought()), 12)

    def test_while_the_history_cannot_be_read_nothing_is_bought_again(self):
        self.control.configure(complete_seconds=0, finds_by_reference=False)
        product = self.publish(ORDINARY)
        for number, status in enumerate((400, 404, 409, 422, 500), 1):
            with self.subTest(status=status):
                self.control.arm("reset", operation="buy", when="after")
                self.control.arm("status", operation="history", status=status, times=None)
                order = self.sell(product)
                self.work()
                for _time in range(2):
                    self.time_passes()
                self.assertEqual(self.states(order), ["ordered"])
                self.control.clear_faults()
                for _time in range(3):
                    self.time_passes()
                self.assertEqual(self.states(order), ["delivered"])
                self.assertEqual(list(self.bought().values()), [1] * number)

    def test_already_reported(self):
        """The history is late, so it is sent again; the supplier knows it, and says so."""
        late = {"history_seconds": 600, "finds_by_reference": False}
        self.control.configure(knows_repeats=True, **late)
        self.control.arm("reset", operation="buy", when="after")
        order = self.buy()
        self.time_passes()
        answers = [asked["status"] for asked in self.control.requests("buy")]
        self.assertEqual(answers, [201, 208])
        self.assertEqual(self.states(order), ["ordered"])
        self.control.configure(history_seconds=0)
        for _time in range(3):
            self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])
        self.assertEqual(list(self.bought().values()), [1])

    # === THE CUSTOMER === #

    def test_nothing_is_bought_for_the_wrong_country(self):
        self.control.change(ORDINARY, regions=["PL"])
        self.sync()
        order = self.buy()
        self.assertEqual((self.states(order), order.orion_piece_ids.reason), (["held"], "region"))
        self.assertEqual(self.bought(), {})
        self.assertNotIn("product", self.control.effects()["requests"])

    def test_a_risky_buyer_is_held_before_anything_is_bought(self):
        self.channel.key_fraud_check = True
        self.control.score("lea@example.com", 2.5)
        product = self.publish(ORDINARY)
        order = self.sell(product)
        order.sudo().orion_customer_ip = "203.0.113.9"
        self.work()
        self.assertEqual((self.states(order), order.orion_piece_ids.reason), (["held"], "fraud"))
        self.assertEqual(self.bought(), {})
        order.orion_piece_ids.release("Known")
        self.work()
        self.assertEqual(self.states(order), ["delivered"])

    # === MONEY === #

    def test_the_invoice_becomes_a_draft_bill(self):
        expense, payable = self.env["account.account"].create(
            [
                {
                    "name": kind,
                    "code": code,
                    "account_type": kind,
                    "company_ids": [(6, 0, self.company.ids)],
                    "reconcile": kind == "liability_payable",
                }
                for code, kind in (("600100", "expense"), ("440100", "liability_payable"))
            ]
        )
        self.env["account.journal"].create(
            {
                "name": "Bills",
                "code": "BIL",
                "type": "purchase",
                "company_id": self.company.id,
                "default_account_id": expense.id,
            }
        )
        self.channel._key_vendor().with_company(self.company).property_account_payable_id = payable
        self.control.arm("no_invoice", operation="invoice")
        self.buy(quantity=2)
        (purchase,) = self.purchases()
        self.assertFalse(purchase.invoice_id)
        self.time_passes()
        bill = purchase.invoice_id
        self.assertEqual((bill.move_type, bill.state), ("in_invoice", "draft"))
        self.assertEqual(bill.partner_id, self.channel.key_vendor_id)
        self.assertEqual(bill.ref, "INV/CW-000001")
        self.assertAlmostEqual(bill.amount_untaxed, purchase.cost)
        self.assertTrue(bill.message_main_attachment_id.raw.startswith(b"%PDF"))
        self.time_passes()
        self.assertEqual(len(self.env["account.move"].search([("ref", "=", bill.ref)])), 1)

    def test_without_a_journal_the_invoice_is_kept(self):
        self.buy()
        (purchase,) = self.purchases()
        self.assertFalse(purchase.invoice_id)
        self.assertEqual(purchase.invoice_number, "INV/CW-000001")
        (attachment,) = purchase.message_ids.attachment_ids
        self.assertTrue(attachment.raw.startswith(b"%PDF"))

    def test_the_balance_follows_purchases(self):
        self.control.set_balance(120)
        self.channel.key_low_balance = 119.9
        self.buy()
        (purchase,) = self.purchases()
        self.assertAlmostEqual(self.channel.key_usable, 120 - purchase.cost)
        self.assertTrue(self.channel.is_key_balance_low)
        low = self.env.ref("orion_digital_keys.mail_activity_low_balance")
        activity = self.channel.activity_ids.filtered(lambda a: a.activity_type_id == low)
        self.assertEqual(len(activity), 1)
        self.control.set_balance(1000)
        (answer,) = self.channel.refresh_key_balance()
        self.assertEqual((answer["usable"], answer["currency"]), (1000.0, "EUR"))
        self.assertFalse(activity.exists())
