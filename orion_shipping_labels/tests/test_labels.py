from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.orion_base.lib import safe_url
from odoo.addons.orion_orders.tests.common import line, order
from odoo.addons.orion_shipping_labels.lib.label_file import LARGEST_LABEL
from odoo.addons.orion_shipping_labels.models import orion_shipping_label_fetch as fetch

from .printed import PrintedCase


class TestFetching(PrintedCase):
    def test_kept_on_the_delivery_and_fetched_once(self):
        [sale] = self.sales("pdf")
        label = self.fetched(sale).line_ids.label_id
        self.assertEqual((label.state, label.kind, label.page_count), ("fetched", "pdf", 1))
        attachment = label.sudo().attachment_id
        self.assertEqual(
            (attachment.res_model, attachment.res_id), ("stock.picking", self.delivery(sale).id)
        )
        self.assertTrue(attachment.raw.startswith(b"%PDF"))
        again = self.fetched(sale)
        self.assertEqual(again.line_ids.label_id, label)
        self.assertEqual(self.asked(sale), 1)

    def test_what_addresses_give_instead(self):
        self.startPatcher(patch.object(fetch, "LABEL_SECONDS", 1.0))
        expected = {
            "html": ("link", ""),
            "missing": ("failed", "no label at this address"),
            "huge": ("failed", "larger than 10 MB"),
            "failing": ("failed", "in trouble (HTTP 500)"),
            "slow": ("failed", "did not answer in time"),
            "broken": ("fetched", "damaged"),
            "cut_pdf": ("fetched", "damaged"),
            "zpl": ("fetched", ""),
            "pdf": ("fetched", ""),
        }
        sales = self.sales(*expected)
        batch = self.fetched(sales)
        found = {
            line.order_id: (line.label_state, line.label_problem or "") for line in batch.line_ids
        }
        for sale, (kind, (state, said)) in zip(sales, expected.items(), strict=True):
            with self.subTest(kind):
                self.assertEqual(found[sale][0], state)
                self.assertIn(said, found[sale][1])
                self.assertEqual(bool(said), bool(found[sale][1]))
        self.assertEqual((batch.pdf_count, batch.zpl_count), (1, 1))

    def test_the_inner_network_is_not_reached(self):
        self.env["ir.config_parameter"].set_param("orion_base.allow_private_addresses", "False")
        [sale] = self.sales("pdf")
        label = self.fetched(sale).line_ids.label_id
        self.assertEqual(label.state, "failed")
        self.assertIn("private network", label.error_text)
        self.assertEqual(self.asked(sale), 0)

    def test_a_redirect_into_the_inner_network_is_not_followed(self):
        self.env["ir.config_parameter"].set_param("orion_base.allow_private_addresses", "False")
        really_public = safe_url.is_public
        # the stand-in's own place counts as the internet here; where it leads to does not
        self.startPatcher(
            patch.object(
                safe_url, "is_public", lambda one: one == "127.0.0.1" or really_public(one)
            )
        )
        good, led_astray = self.sales("pdf", "redirect")
        self.fetched(good | led_astray)
        self.assertEqual(good.sudo().orion_label_ids.state, "fetched")
        label = led_astray.sudo().orion_label_ids
        self.assertEqual((label.state, self.asked(led_astray)), ("failed", 1))
        self.assertIn("private network", label.error_text)
        self.assertFalse(label.next_attempt_at, "asking again changes nothing")

    def test_failed_ones_can_be_fetched_again(self):
        [sale] = self.sales("missing")
        label = self.fetched(sale).line_ids.label_id
        self.sandbox.app.answer_with("pdf", sale.orion_shipment_number)
        label.with_user(self.clerk).action_fetch()
        self.work()
        self.assertEqual((label.state, label.attempts), ("fetched", 2))
        self.assertFalse(label.error_text)

    def test_without_an_address_the_row_says_why(self):
        sales = self.sales("pdf") | self.accepted(
            self.order("X1", shipping_carrier="colissimo", shipment_number="")
        )
        sales |= self.accepted(self.order("X2", shipping_carrier="xpresslogistics"))
        sales |= self.accepted(self.order("X3", shipping_carrier="By bicycle"))
        sales |= self.accepted(self.order("X4"))
        batch = self.fetched(sales)
        said = {line.order_id: line.message or "" for line in batch.line_ids}
        for sale, text in zip(
            sales,
            (
                "",
                "no shipment number",
                "no label URL prefix",
                "“By bicycle” is not known",
                "No carrier is known",
            ),
            strict=True,
        ):
            self.assertIn(text, said[sale])
        self.assertEqual(batch.pdf_count, 1)

    def test_a_carrier_chosen_in_the_row_gives_the_label(self):
        self.sandbox.app.answer_with("pdf", "HX1")
        sale = self.accepted(self.order("X1", shipment_number="HX1"))
        batch = self.fetched(sale)
        row = batch.line_ids
        self.assertEqual((row.result, row.label_id.id), ("failed", False))
        row.carrier_id = self.colissimo
        batch.action_fetch()
        self.work()
        self.assertEqual((row.result, row.label_state, row.message), ("open", "fetched", False))
        self.assertEqual((sale.carrier_id, self.delivery(sale).carrier_id), (self.colissimo,) * 2)

    def test_a_label_of_another_carrier_is_not_printed(self):
        self.greco.orion_label_url_prefix = self.sandbox.prefix + "greco/"
        [sale] = self.sales("pdf")
        batch = self.fetched(sale)
        row, label = batch.line_ids, batch.line_ids.label_id
        row.carrier_id = self.greco
        self.assertEqual((row.label_id.id, batch.pdf_count), (False, 0))
        with self.assertRaisesRegex(UserError, "No label is ready"):
            batch.action_print_pdf()
        self.assertFalse(label.print_count)
        row.carrier_id = self.colissimo
        self.assertEqual((row.label_id, batch.pdf_count), (label, 1))
        self.assertIn(f"/orion/labels/{label.id}", sale.action_orion_label()["url"])
        sale.sudo().carrier_id = self.greco
        self.assertIn("greco/", sale.action_orion_label()["url"])
        self.assertFalse(self.batch_of(sale).line_ids.label_id)

    def test_a_label_that_is_deleted_meanwhile_stops_no_other(self):
        first, second = self.sales("pdf", "pdf")
        labels = self.env["orion.shipping.label"]._for_orders(first | second)
        ids = [labels[first.id].id, labels[second.id].id]
        steps = self.channel._job_label_fetch({}, {"label_ids": ids})
        next(steps)
        labels[first.id].sudo().unlink()
        kept = [step for step in steps if step.state is not None]
        self.assertEqual([step.state for step in kept], [{"left": []}])
        self.assertEqual(labels[second.id].state, "fetched")
        again = self.channel._job_label_fetch(kept[0].state, {"label_ids": ids})
        self.assertEqual(list(again), [], "what was looked at is not looked at again")

    def test_another_carrier_takes_its_number_along(self):
        [sale] = self.sales("pdf", shipping_carrier="greco")
        row = self.batch_of(sale).line_ids
        self.assertEqual(row.tracking_number, sale.orion_shipment_number)
        row.carrier_id = self.colissimo
        self.assertFalse(row.tracking_number)
        row.tracking_number = "6A12345678901"
        row.carrier_id = self.dhl
        self.assertEqual(row.tracking_number, "6A12345678901", "what was typed stays")

    def test_few_queries_for_many(self):
        labels = self.env["orion.shipping.label"]
        few, many = self.sales(*["pdf"] * 3), self.sales(*["pdf"] * 12)
        counts = []
        for some in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            labels._for_orders(some)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)


class TestPrinting(PrintedCase):
    def test_never_twice_unless_asked_for(self):
        sales = self.sales("pdf", "pdf", "html", "broken")
        batch = self.fetched(sales)
        action = batch.action_print_pdf()
        ids = [int(one) for one in action["url"].partition("labels=")[2].split(",")]
        self.assertEqual(len(ids), 2)
        said = {line.order_id: line.message or "" for line in batch.line_ids}
        self.assertIn("gives a page", said[sales[2]])
        self.assertIn("print it alone", said[sales[3]])
        again = self.batch_of(sales)
        with self.assertRaisesRegex(UserError, "No label is ready"):
            again.action_print_pdf()
        again.reprint = True
        again.action_print_pdf()
        printed = sales[0].sudo().orion_label_ids
        self.assertEqual((printed.print_count, printed.printed_by_id), (2, self.clerk))
        self.assertEqual(self.asked(sales[0]), 1, "printed from the kept file")

    def test_in_picking_order(self):
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id} for name in ("B", "A")]
        )
        products = self.env["product.product"].create(
            [
                {"name": name, "default_code": name, "is_storable": True, "barcode": code}
                for name, code in (("On B", "5901234123457"), ("On A", "4012345678901"))
            ]
        )
        for product, shelf in zip(products, shelves, strict=True):
            self.env["stock.quant"]._update_available_quantity(product, shelf, 10)
        sales = self.env["sale.order"]
        for index, product in enumerate(products):
            sales |= self.accepted(
                order(
                    f"P{index}",
                    lines=(line(gtin=product.barcode),),
                    shipping_carrier="colissimo",
                    shipment_number=f"HP{index}",
                )
            )
        batch = self.fetched(sales)
        self.assertEqual(batch.line_ids.order_id, sales[::-1])
        self.assertEqual(batch._labels_to_print().order_id, sales[::-1])

    def test_of_other_companies_is_not_seen(self):
        [sale] = self.sales("pdf")
        label = self.fetched(sale).line_ids.label_id
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "label_stranger",
            groups="orion_base.group_orion_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(label.with_user(stranger).search([("id", "=", label.id)]))
        with self.assertRaises(UserError):
            sale.with_user(stranger).action_orion_open_batch()
        self.assertGreater(LARGEST_LABEL, 0)


class TestShipping(PrintedCase):
    def ship(self, batch):
        batch.action_ship()
        for _portion in range(20):
            if batch.state == "open":
                break
            batch.action_continue()
        self.assertEqual(batch.state, "open")

    def test_each_row_says_what_happened(self):
        good, none, gone, empty = self.sales(*["pdf"] * 4)
        batch = self.batch_of(good | none | gone | empty)
        rows = {line.order_id: line for line in batch.line_ids}
        rows[good].tracking_number = " 6A 1234 5678 901"
        rows[gone].tracking_number = rows[empty].tracking_number = "T1"
        gone.sudo()._orion_write_status("cancelled")
        self.delivery(empty).do_unreserve()
        self.env["stock.quant"]._update_available_quantity(self.pen, self.stock, -1000)
        self.ship(batch)
        self.assertEqual(rows[good].result, "done")
        for sale, said in ((none, "no tracking number"), (gone, "Cancelled"), (empty, "reserved")):
            self.assertEqual(rows[sale].result, "failed")
            self.assertIn(said, rows[sale].message)
        self.assertEqual(self.told(), [("6A12345678901", "colissimo")])
        self.assertEqual(self.delivery(good).state or "done", "done")
        self.assertEqual(good.orion_status, "shipped")

    def test_what_is_done_is_not_told_again(self):
        sales = self.sales("pdf", "pdf")
        batch = self.batch_of(sales)
        batch.line_ids[0].tracking_number = "T1"
        self.ship(batch)
        batch.line_ids[1].tracking_number = "T2"
        self.ship(batch)
        self.assertEqual(sorted(self.told()), [("T1", "colissimo"), ("T2", "colissimo")])
        self.assertEqual(set(batch.line_ids.mapped("result")), {"done"})

    def test_a_part_leaves_and_the_rest_is_shown(self):
        [sale] = self.accepted(self.order("Q1", quantity=3, shipping_carrier="colissimo"))
        self.delivery(sale).move_ids.quantity = 2
        batch = self.batch_of(sale)
        batch.line_ids.tracking_number = "T1"
        self.ship(batch)
        self.assertIn("Left to ship: 1 ×", batch.line_ids.message)
        self.work()
        self.assertNotEqual(sale.orion_status, "shipped")
        self.assertTrue(sale.orion_partly_shipped)
        self.assertIn(sale, self.env["sale.order"].search([("orion_partly_shipped", "=", True)]))
        rest = self.batch_of(sale)
        self.assertFalse(rest.line_ids.tracking_number)
        rest.line_ids.tracking_number = "T2"
        self.ship(rest)
        self.assertEqual(self.told(), [("T1", "colissimo"), ("T1,T2", "colissimo")])
        self.assertEqual((sale.orion_status, sale.orion_goods_left), ("shipped", ""))

    def test_local_only(self):
        [sale] = self.sales("pdf")
        batch = self.batch_of(sale)
        batch.tell_marketplace = False
        batch.line_ids.tracking_number = "T1"
        self.ship(batch)
        self.assertEqual(sale.orion_status, "shipped")
        self.assertEqual(self.told(), [])

    def test_without_delivery(self):
        [sale] = self.sales("pdf")
        batch = self.batch_of(sale)
        batch.validate_delivery = False
        batch.line_ids.tracking_number = "T1"
        self.ship(batch)
        self.assertEqual(self.told(), [("T1", "colissimo")])
        self.assertEqual(self.delivery(sale).carrier_tracking_ref, "T1")

    def test_carriers_that_track_by_the_shipment_have_it_already(self):
        [sale] = self.sales("pdf", shipping_carrier="greco")
        self.assertEqual(self.batch_of(sale).line_ids.tracking_number, sale.orion_shipment_number)
