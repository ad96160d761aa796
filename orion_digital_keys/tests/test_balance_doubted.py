from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.orion_digital_keys.lib.errors import BalanceTooLow

from .trouble_common import TroubleCase


@tagged("post_install", "-at_install")
class TestBalanceDoubted(TroubleCase):
    """A refusal for money says that what was told of the balance is not true any more."""

    def setUp(self):
        super().setUp()
        self.told_until_refused("100.00")
        self.channel_2.sudo()._note_balance(self.supplier.balance())
        # the rest was spent on the supplier's own pages
        self.supplier.refusal = BalanceTooLow("20.00 EUR are left.")

    def told_until_refused(self, usable, afterwards="90.00"):
        """What can be spent, as it is told before anything is sent, and then."""
        self.has_money(afterwards)
        told = self.supplier.balance

        def balance():
            return told() if self.supplier.sent else replace(told(), usable=Decimal(usable))

        self.supplier.balance = balance

    def test_a_smaller_top_up_is_enough_where_it_pays(self):
        sale = self.sell()
        self.work()
        self.assertEqual((self.states(sale), len(self.supplier.sent)), (["delivered"], 2))

    def test_less_than_is_needed_is_sent_once_only(self):
        self.told_until_refused("100.00", "7.00")
        sale = self.sell()
        self.work()
        self.quarter_hours(3)
        self.assertEqual((self.reasons(sale), len(self.supplier.sent)), (["balance_too_low"], 1))
        self.assertAlmostEqual(self.channel_2.key_usable, 7.0)
        self.assertFalse(self.channel_2.is_key_balance_doubtful)
        self.has_money("8.00")
        self.quarter_hours(2)
        self.assertEqual(self.states(sale), ["delivered"])

    def test_the_balance_is_asked_for_at_once(self):
        """Nobody waits for the next regular run, a quarter of an hour later."""
        self.told_until_refused("100.00", "7.00")
        self.sell()
        self.work()
        self.assertAlmostEqual(self.channel_2.key_usable, 7.0)

    def test_a_supplier_that_counts_otherwise_is_not_asked_for_ever(self):
        end = self.refuse_always(BalanceTooLow("20.00 EUR are left."))
        self.addCleanup(end)
        sale = self.sell()
        self.work()
        self.quarter_hours(2)
        sent = len(self.supplier.sent)
        self.assertEqual(sent, 2)
        self.quarter_hours(4)
        self.assertEqual((len(self.supplier.sent), self.reasons(sale)), (sent, ["balance_too_low"]))
