from odoo.tests import tagged

from .buying_common import BuyingCase


@tagged("post_install", "-at_install")
class TestMoney(BuyingCase):
    """Bills and the balance."""

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
