from odoo.tests import tagged

from odoo.addons.orion_base.lib.errors import UnknownOutcome

from .common import KeysCase


@tagged("post_install", "-at_install")
class TestPurchaseGivenUp(KeysCase):
    """A purchase that a person gave up while nobody knew its outcome may have been made."""

    def setUp(self):
        super().setUp()
        self.game.orion_key_source = "supplier"
        self.offer()

    def purchases(self):
        return self.env["orion.key.purchase"].search([], order="id")

    def give_up_unanswered(self):
        """A purchase whose answer was lost, and which a person has given up since."""
        sale = self.sell()
        self.work()
        self.purchases().operation_id.with_user(self.manager).cancel("No answer")
        self.work()
        self.assertEqual((self.states(sale), self.purchases().state), (["held"], "cancelled"))
        return sale

    def test_what_was_given_up_and_had_been_bought_is_not_bought_again(self):
        self.supplier.silence = UnknownOutcome("No answer.")
        sale = self.give_up_unanswered()
        self.purchases().operation_id.with_user(self.manager).retry()
        self.assertEqual(self.states(sale), ["ordered"])
        self.time_passes()
        self.work()
        self.assertEqual(len(self.supplier.sent), 1)
        self.assertEqual(self.states(sale), ["delivered"])
        self.assertEqual(self.purchases().state, "done")

    def test_what_was_given_up_and_bought_anew_comes_into_the_pool(self):
        self.supplier.silence = UnknownOutcome("No answer.")
        sale = self.give_up_unanswered()
        sale.orion_piece_ids.with_user(self.manager).release()
        self.time_passes()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])
        self.purchases()[0].operation_id.with_user(self.manager).retry()
        self.time_passes()
        self.work()
        self.assertEqual(len(self.supplier.sent), 2)
        self.assertEqual(self.game.orion_free_key_count, 1)

    def test_what_was_given_up_and_not_bought_is_bought_when_it_is_retried(self):
        self.supplier.refusal = UnknownOutcome("No answer.")
        sale = self.give_up_unanswered()
        self.purchases().operation_id.with_user(self.manager).retry()
        for _time in range(2):
            self.time_passes()
            self.work()
        self.assertEqual((len(self.supplier.sent), len(self.supplier.orders)), (2, 1))
        self.assertEqual(self.states(sale), ["delivered"])
