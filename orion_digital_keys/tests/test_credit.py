from odoo.tests import Form, tagged

from .common import KeysCase


@tagged("post_install", "-at_install")
class TestCredit(KeysCase):
    """What credit notes take back."""

    def invoiced(self, quantity, unit=None):
        """An order with its posted invoice, nothing paid."""
        sale = self.sell(quantity, paid=False)
        if unit:
            sale.order_line.write({"product_uom_id": unit, "price_unit": 20.0})
        invoice = sale._create_invoices()
        invoice.action_post()
        return sale, invoice

    def pay(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    def credit(self, invoice, quantity):
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [(6, 0, invoice.ids)], "journal_id": invoice.journal_id.id}
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        with Form(note) as form, form.invoice_line_ids.edit(0) as row:
            row.quantity = quantity
        note.action_post()
        return note

    def sold(self, quantity, keys, unit=None):
        """A paid order of which so many keys have left."""
        self.add_keys(keys)
        sale, invoice = self.invoiced(quantity, unit)
        self.pay(invoice)
        self.work()
        return sale, invoice

    def test_what_is_credited_before_it_is_paid_gets_no_key(self):
        self.add_keys(3)
        sale, invoice = self.invoiced(3)
        self.credit(invoice, 1)
        self.pay(invoice)
        self.work()
        self.assertEqual(sorted(self.states(sale)), ["delivered", "delivered", "refunded"])
        self.assertEqual(self.game.orion_free_key_count, 1)

    def test_a_line_that_was_reduced_first_is_not_refunded_twice(self):
        sale, invoice = self.sold(3, keys=2)
        sale.order_line.product_uom_qty = 2
        self.assertEqual(sorted(self.states(sale)), ["cancelled", "delivered", "delivered"])
        self.credit(invoice, 1)
        self.assertEqual(sorted(self.states(sale)), ["cancelled", "delivered", "delivered"])
        self.credit(invoice, 1)
        self.assertEqual(sorted(self.states(sale)), ["cancelled", "delivered", "refunded"])

    def test_a_line_that_is_reduced_later_loses_no_further_key(self):
        sale, invoice = self.sold(3, keys=2)
        self.credit(invoice, 1)
        sale.order_line.product_uom_qty = 2
        self.assertEqual(sorted(self.states(sale)), ["delivered", "delivered", "refunded"])
        self.credit(invoice, 1)
        self.assertEqual(sorted(self.states(sale)), ["delivered", "refunded", "refunded"])

    def test_packs_are_credited_in_pieces(self):
        sale, invoice = self.sold(2, keys=3, unit=self.env.ref("uom.product_uom_dozen"))
        self.assertEqual(len(sale.orion_piece_ids), 24)
        self.credit(invoice, 1)
        self.assertEqual(self.states(sale).count("refunded"), 12)
        self.assertEqual(self.states(sale).count("delivered"), 3)

    def test_what_is_invoiced_and_paid_anew_is_the_customers_again(self):
        sale, invoice = self.sold(2, keys=1)
        key = sale.orion_piece_ids.key_id
        self.credit(invoice, 2)
        self.assertEqual((self.states(sale), key.state), (["refunded"] * 2, "refunded"))
        again = sale._create_invoices()
        again.action_post()
        self.pay(again)
        self.assertEqual(
            (sorted(self.states(sale)), key.state), (["delivered", "waiting"], "delivered")
        )

    def test_a_credit_note_that_is_withdrawn_gives_keys_again(self):
        sale, invoice = self.sold(2, keys=1)
        key = sale.orion_piece_ids.key_id
        note = self.credit(invoice, 2)
        self.add_keys(1, start=1)
        note.button_draft()
        self.work()
        self.assertEqual(
            (sorted(self.states(sale)), key.state), (["delivered", "held"], "delivered")
        )
        self.assertIn("Credit Note Withdrawn", sale.activity_ids.note)
        note.action_post()
        self.assertEqual(self.states(sale), ["refunded"] * 2)
        note.button_draft()
        note.unlink()
        held = sale.orion_piece_ids.filtered(lambda piece: piece.state == "held")
        held.with_user(self.manager).release()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)

    def test_what_the_marketplace_refunded_is_given_again_by_no_credit_note(self):
        sale, invoice = self.sold(1, keys=1)
        sale._orion_advance_status("refunded", "system")
        self.assertEqual(self.states(sale), ["refunded"])
        self.credit(invoice, 1).button_draft()
        self.assertEqual(self.states(sale), ["refunded"])
