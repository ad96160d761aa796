from odoo.addons.orion_orders.tests.common import GTIN, GTIN_2, line, order

from .common import ExceptionsCase


class TestNotes(ExceptionsCase):
    """What an order's chatter says of its unknown products."""

    def setUp(self):
        super().setUp()
        lines = (line(gtin=GTIN_2, name="A"), line("L2", gtin="96385074", name="B"))
        self.sale = self.imported(order(lines=lines)).with_user(self.clerk)
        self.exceptions = self.sale.orion_exception_ids.sorted("id")

    def note_of(self, change):
        """The one note that `change` leaves, which says who did it."""
        before = self.sale.message_ids
        change()
        note = self.sale.message_ids - before
        self.assertEqual(len(note), 1)
        self.assertEqual(note.author_id, self.clerk.partner_id)
        return note.body

    def test_each_change_is_noted_once_with_user_product_and_reason(self):
        one, both = self.exceptions[0], self.exceptions
        body = self.note_of(lambda: one.resolve(product_id=self.answer.id, notes="<b>Asked</b>"))
        self.assertIn("“A” is Answer.", body)
        self.assertIn("Reason: &lt;b&gt;Asked", body)
        self.assertNotIn("known now", body)
        body = self.note_of(lambda: both[1].ignore(reason="Not ours"))
        self.assertRegex(body, "“B” is left unresolved.*Reason: Not ours")
        self.assertIn("“B” waits for its product again", self.note_of(both[1].reopen))
        body = self.note_of(lambda: both[1].resolve(product_id=self.pen.id))
        self.assertRegex(body, "“B” is .*Pen.*known now")
        body = self.note_of(both.undo)
        self.assertRegex(body, "“A” is not Answer: that is undone.*“B” is not .*Pen")
        body = self.note_of(
            lambda: both._resolve_many({both[0]: self.answer, both[1]: self.pen}, "Both")
        )
        self.assertRegex(body, "“A” is Answer.*“B” is .*Pen.*Reason: Both.*known now")

    def test_chosen_on_the_line(self):
        body = self.note_of(lambda: self.sale.order_line[0].write({"product_id": self.answer.id}))
        self.assertRegex(body, "“A” is Answer.*Chosen on the order")

    def test_what_matched_by_itself(self):
        self.aliases.create({"value": GTIN_2, "product_id": self.answer.id})
        self.pen.barcode = "96385074"
        self.match()
        bodies = "".join(self.sale.message_ids.mapped("body"))
        self.assertIn("“A” is Answer, as was learned before.", bodies)
        self.assertRegex(bodies, "“B” is .*Pen.*, by its number.")

    def test_nothing_is_known_where_pieces_are_refused(self):
        self.exceptions[0].resolve(product_id=self.answer.id)
        self.sale.order_line[1].sudo().product_uom_qty = 0
        self.assertNotIn("known now", "".join(self.sale.message_ids.mapped("body")))

    def test_queries_of_notes_do_not_grow(self):
        def count(number):
            exceptions = self.unknown(number, prefix=f"N{number}-").orion_exception_ids
            exceptions._resolve_many(dict.fromkeys(exceptions, self.answer))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            exceptions._log_undone()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(3)
        few, many = count(10), count(50)
        self.assertLessEqual(many, few)


class TestStats(ExceptionsCase):
    def test_counts(self):
        sales = self.unknown(3)
        sales[0].orion_exception_ids.resolve(product_id=self.answer.id)
        sales[1].orion_exception_ids.ignore(reason="x")
        stats = {"pending": 1, "resolved": 1, "ignored": 1, "total": 3,
                 "orders_with_exceptions": 2}  # fmt: skip
        get_stats = self.exceptions.with_user(self.clerk).get_stats
        self.assertEqual(get_stats(), stats)
        self.assertEqual(get_stats(channel_id=self.channel.id), stats)
        self.assertEqual(get_stats(company_id=self.company.id), stats)
        self.assertEqual(set(get_stats(channel_id=self.channel.id + 1).values()), {0})
        [status] = self.channel.get_status()
        self.assertEqual(status["exceptions"], {"pending": 1, "resolved": 1, "ignored": 1})

    def test_marketplace_gtin_in_the_catalogue_needs_nobody(self):
        self.unknown(gtin=GTIN)
        self.assertEqual(self.exceptions.get_stats()["total"], 0)
