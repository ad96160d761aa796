from odoo.tests import new_test_user, tagged

from odoo.addons.orion_base.engine.decisions import VAIN_LOOKS

from sandbox.codeswholesale.seed.product_maker import ORDINARY

from .buying_common import BuyingCase


@tagged("post_install", "-at_install")
class TestUnknown(BuyingCase):
    """Settled from the history, and told to a person where that says nothing."""

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

    def test_what_the_supplier_never_tells_becomes_a_persons_task(self):
        """The history is late, and the question for our reference is refused."""
        self.control.configure(history_seconds=10**6)
        self.control.arm("reset", operation="buy", when="after")
        self.control.arm("status", operation="order", status=400, times=None)
        self.channel.responsible_id = new_test_user(
            self.env,
            "responsible",
            groups="orion_base.group_orion_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        order = self.buy()
        (purchase,) = self.purchases()
        for _look in range(VAIN_LOOKS + 2):
            self.time_passes()
        self.assertEqual((self.states(order), purchase.state), (["ordered"], "unknown"))
        (task,) = purchase.activity_ids
        self.assertEqual(task.user_id, self.channel.responsible_id)
        self.assertIn(purchase.reference, task.note)
        self.assertEqual(self.bought(), {purchase.reference: 1})
        self.assertEqual(len(self.control.requests("buy")), 1)
        self.control.clear_faults()
        self.control.configure(history_seconds=0)
        for _look in range(2):
            self.time_passes()
        self.assertEqual(self.states(order), ["delivered"])
        self.assertFalse(purchase.activity_ids)
        self.assertEqual(self.bought(), {purchase.reference: 1})

    def test_a_purchase_that_is_known_and_never_shown_is_held(self):
        self.control.configure(knows_repeats=True, history_seconds=10**6, finds_by_reference=False)
        self.control.arm("reset", operation="buy", when="after")
        order = self.buy()
        (purchase,) = self.purchases()
        for _look in range(12):
            self.time_passes()
        self.assertEqual(purchase.state, "failed")
        self.assertEqual(
            (self.states(order), order.orion_piece_ids.reason), (["held"], "purchase_failed")
        )
        self.assertTrue(self.channel.activity_ids)
        answers = [asked["status"] for asked in self.control.requests("buy")]
        self.assertEqual(answers, [201, 208, 208, 208])
        self.assertEqual(self.bought(), {purchase.reference: 1})
        self.assertEqual(len(self.purchases()), 1, "a person looks before it is bought again")

    def test_a_refusal_that_nobody_can_read_is_no_purchase_for_ever(self):
        """A 400 without JSON: asked about each time, given up after three."""
        self.control.arm("html", operation="buy", status=400, times=None)
        order = self.buy()
        for _look in range(12):
            self.time_passes()
        self.assertEqual(self.states(order), ["held"])
        self.assertEqual(len(self.control.requests("buy")), 3)
        self.assertEqual(self.bought(), {})
        self.assertTrue(self.channel.activity_ids)
