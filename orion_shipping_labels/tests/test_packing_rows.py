from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import LabelsCase

LINES = "odoo.addons.orion_shipping_labels.wizards.orion_shipping_batch_line"


class TestRowsThatFail(LabelsCase):
    """Whatever happens in a row of the packing table is this row's."""

    def setUp(self):
        super().setUp()
        self.sales = self.env["sale.order"].union(
            *(self.accepted(self.order(f"S{n}", shipping_carrier="ups")) for n in range(3))
        )
        self.batch = self.batch_of(self.sales)
        for number, line in enumerate(self.batch.line_ids):
            line.tracking_number = f"T{number}"

    def raise_at(self, sale, error):
        """An error of a carrier's addon while the delivery of an order is validated."""
        pickings = self.env.registry["stock.picking"]
        validate = pickings.button_validate

        def button_validate(deliveries):
            if sale in deliveries.sale_id:
                raise error
            return validate(deliveries)

        self.startPatcher(patch.object(pickings, "button_validate", button_validate))

    def test_an_error_of_anybody_stops_no_other(self):
        self.raise_at(self.sales[1], ValueError("the carrier's addon"))
        self.batch.action_ship()
        with self.assertLogs(LINES, "ERROR") as logs:
            self.batch.action_continue()
        self.assertIn("the carrier's addon", logs.output[0])
        self.assertEqual(self.batch.line_ids.mapped("result"), ["done", "failed", "done"])
        self.assertIn("server's log", self.batch.line_ids[1].message)
        self.assertEqual(self.batch.state, "open", "the page does not ask for it again")
        self.assertEqual(self.sales[1].order_line.orion_shipped_quantity, 0, "nothing was kept")
        self.assertEqual(self.told(), [("T0", "ups"), ("T2", "ups")])

    def test_who_works_on_the_same_is_waited_for(self):
        self.raise_at(self.sales[1], SerializationFailure())
        self.batch.action_ship()
        with self.assertRaises(SerializationFailure):
            self.batch.action_continue()

    def test_refused_meanwhile(self):
        waiting = self.imported(self.order("R1", shipping_carrier="ups"))
        batch = self.batch_of(self.sales[:1] | waiting)
        batch.line_ids.tracking_number = "T1"
        waiting._orion_refused()
        batch.line_ids._ship()
        results = {line.order_id: (line.result, line.message) for line in batch.line_ids}
        self.assertEqual(results[self.sales[0]][0], "done")
        self.assertEqual(results[waiting][0], "failed")
        self.assertIn("“Cancelled” meanwhile", results[waiting][1])


class TestRights(LabelsCase):
    """Rows lead to orders: only to those that one may read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = new_test_user(
            cls.env,
            "rows_stranger",
            groups="orion_base.group_orion_user,stock.group_stock_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )

    def setUp(self):
        super().setUp()
        self.sale = self.accepted(self.order(shipping_carrier="ups"))
        self.sale.orion_set_tracking(tracking_number="T1")
        self.rows = self.env["orion.shipping.batch.line"].with_user(self.stranger)
        self.own = self.rows.batch_id.create({})

    def test_orders_of_other_companies_are_in_no_row(self):
        for values in ({"order_id": self.sale.id}, {"picking_id": self.delivery(self.sale).id}):
            with self.subTest(values), self.assertRaises(AccessError):
                self.rows.create({"batch_id": self.own.id, "order_id": self.sale.id, **values})
        label = self.env["orion.shipping.label"].create(
            {"order_id": self.sale.id, "company_id": self.company.id, "url": "https://l.example"}
        )
        mine = self.env["sale.order"].create(
            {"partner_id": self.stranger.partner_id.id, "company_id": self.stranger.company_id.id}
        )
        row = self.rows.create({"batch_id": self.own.id, "order_id": mine.id})
        for values in ({"order_id": self.sale.id}, {"label_id": label.id}):
            with self.subTest(values), self.assertRaises(AccessError):
                row.write(values)
                row.flush_recordset()

    def test_nor_told_before_it_is_kept(self):
        self.env.flush_all()
        self.env.invalidate_all()
        row = self.rows.new({"batch_id": self.own.id, "order_id": self.sale.id})
        self.assertFalse(row.tracking_number or row.carrier_id or row.goods_text or row.label_id)
        self.assertFalse(row.order_number or row.partner_id or row.shipment_number)

    def test_ones_own_are(self):
        row = self.batch_of(self.sale).line_ids
        self.assertEqual((row.tracking_number, row.order_number), ("T1", "R-S1"))


class TestMany(LabelsCase):
    """As many queries as for few, but for what Odoo does for each delivery."""

    def counted(self, work):
        sales = self.imported(*[self.order(f"M{index}") for index in range(60)])
        sales._orion_accepted()
        counts = []
        for some in (sales[:10], sales[10:]):
            some = some.with_user(self.clerk)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            before = self.env.cr.sql_log_count
            work(some)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        return counts

    def test_opening_the_table(self):
        few, many = self.counted(lambda sales: self.batch_of(sales).line_ids.mapped("goods_text"))
        self.assertLessEqual(many, few + 2)

    def test_marking_as_shipped(self):
        few, many = self.counted(
            lambda sales: sales.orion_mark_shipped(tracking_number="T1", validate_delivery=False)
        )
        self.assertLessEqual(many, few + 2)
