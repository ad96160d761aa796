from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.orion_orders.lib.order_data import AddressData, OrderState

from .common import GTIN, GTIN_2, HOME, T0, OrdersCase, line, order


class TestImportNew(OrdersCase):
    def test_order_as_sold(self):
        sale = self.imported(
            order(
                url="https://played.example/S1",
                shipment_number="H1",
                shipping_carrier="greco",
                total=Decimal("20.00"),
                order_external_id="O1",
            )
        )
        self.assertRecordValues(
            sale,
            [
                {
                    "orion_channel_id": self.channel.id,
                    "orion_order_number": "R-S1",
                    "orion_order_external_id": "O1",
                    "orion_status": "pending",
                    "orion_decision": "undecided",
                    "orion_sync_status": "synced",
                    "orion_shipment_number": "H1",
                    "orion_shipping_carrier": "greco",
                    "orion_marketplace_total": 20.0,
                    "orion_ordered_at": datetime(2026, 11, 1, 12, 0),
                    "date_order": datetime(2026, 11, 1, 12, 0),
                    "state": "draft",
                    "amount_total": 9.99,
                    "require_signature": False,
                    "require_payment": False,
                    "validity_date": False,
                    "payment_term_id": False,
                    "user_id": self.channel.responsible_id.id,
                    "client_order_ref": "R-S1",
                    "orion_requires_shipping": True,
                    "orion_is_fully_digital": False,
                }
            ],
        )
        self.assertEqual(sale.warehouse_id.company_id, self.company)

    def test_line_as_sold(self):
        sale = self.imported(order())
        self.assertRecordValues(
            sale.order_line,
            [
                {
                    "product_id": self.pen.id,
                    "name": "Sold pen",
                    "orion_product_name": "Sold pen",
                    "orion_product_gtin": GTIN,
                    "orion_needs_product_match": False,
                    "price_total": 9.99,
                    "product_uom_qty": 1.0,
                }
            ],
        )

    def test_history_and_payload_are_kept(self):
        sale = self.imported(order(raw={"id": "S1", "odd": "field"}))
        self.assertRecordValues(
            sale.orion_status_history_ids,
            [{"from_status": False, "to_status": "pending", "changed_by": "marketplace:played"}],
        )
        payload = self.env["orion.order.payload"].search([("order_id", "=", sale.id)])
        self.assertEqual(payload.payload, {"id": "S1", "odd": "field"})
        self.assertEqual(payload.status, "imported")

    def test_same_page_twice_makes_one_order(self):
        data = order()
        result = self.import_page(data, data)
        self.assertEqual((result.imported, result.unchanged), (1, 1))
        again = self.import_page(data)
        self.assertEqual((again.imported, again.unchanged), (0, 1))
        self.assertEqual(len(self.find("S1")), 1)

    def test_several_shipments_of_one_order(self):
        sales = self.imported(order("S1", number="R1"), order("S2", number="R1"))
        self.assertEqual(sales.mapped("orion_order_number"), ["R1", "R1"])

    def test_same_id_on_two_channels(self):
        other = self.create_channel("Other shop")
        self.imported(order())
        self.assertEqual(self.import_page(order(), channel=other).imported, 1)

    def test_one_bad_order_stops_no_other(self):
        bad = order("BAD", currency="???")
        result = self.import_page(order("S1"), bad, order("S2"))
        self.assertEqual((result.imported, result.failed), (2, 1))
        self.assertEqual(result.errors[0]["external_id"], "BAD")
        self.assertIn("???", result.errors[0]["message"])
        failed = self.env["orion.order.payload"].search([("external_id", "=", "BAD")])
        self.assertEqual(failed.status, "failed")
        self.assertEqual(failed.payload, dict(bad.raw))
        # once the cause is gone, the same data comes in
        self.assertEqual(self.import_page(order("BAD")).imported, 1)
        self.assertEqual(failed.status, "imported")
        self.assertFalse(failed.error)

    def test_texts_are_data(self):
        nasty = "<script>alert(1)</script> %(name)s {0} =1+1"
        sale = self.imported(
            order(
                lines=(line(name=nasty),),
                ship_to=replace(HOME, name=nasty),
                bill_to=replace(HOME, name=nasty),
            )
        )
        self.assertEqual(sale.order_line.name, nasty)
        self.assertEqual(sale.partner_id.name, nasty)

    def test_past_orders(self):
        sales = self.imported(
            order("S1", state=OrderState.ACCEPTED),
            order("S2", state=OrderState.REFUSED),
            order("S3", state=OrderState.SHIPPED),
            order("S4", state=OrderState.UNDECIDED),
            history=True,
        )
        self.assertRecordValues(
            sales,
            [
                {"state": "sale", "locked": True, "orion_status": "confirmed"},
                {"state": "cancel", "locked": True, "orion_status": "cancelled"},
                {"state": "sale", "locked": True, "orion_status": "shipped"},
                {"state": "draft", "locked": False, "orion_status": "pending"},
            ],
        )
        self.assertEqual(sales.mapped("orion_is_history"), [True, True, True, False])
        self.assertFalse(sales.picking_ids)
        self.assertFalse(self.env["orion.operation"].search([("res_id", "in", sales.ids)]))
        self.assertEqual(sales[0].amount_total, 9.99)
        self.assertEqual(sales[0].date_order, datetime(2026, 11, 1, 12, 0))

    def test_accepted_by_other_hands_before_it_was_read(self):
        sale = self.imported(order(state=OrderState.ACCEPTED))
        self.assertEqual((sale.state, sale.orion_status), ("sale", "confirmed"))
        self.assertTrue(sale.picking_ids)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other company"})
        channel = self.create_channel("Elsewhere", company_id=company.id, responsible_id=False)
        result = self.import_page(order(), channel=channel)
        self.assertEqual(result.imported, 1, result.errors)
        sale = self.find("S1", channel=channel)
        self.assertEqual(sale.company_id, company)
        self.assertEqual(sale.warehouse_id.company_id, company)
        self.assertEqual(sale.pricelist_id.company_id, company)

    def test_foreign_currency(self):
        chf = self.env.ref("base.CHF")
        chf.active = False
        sales = self.imported(order("S1", currency="CHF"), order("S2", currency="CHF"))
        self.assertTrue(chf.active)
        self.assertEqual(sales.currency_id, chf)
        self.assertEqual(len(sales.pricelist_id), 1)
        self.assertEqual(sales.mapped("amount_total"), [9.99, 9.99])

    def test_digital_order(self):
        sale = self.imported(order(lines=(line(is_digital=True),)))
        self.assertTrue(sale.orion_is_fully_digital)
        self.assertFalse(sale.orion_requires_shipping)

    def test_order_without_anything_optional(self):
        sale = self.imported(
            order(
                customer_email="",
                language="",
                ship_to=AddressData(),
                bill_to=AddressData(),
                lines=(line(name="", gtin="", sku="", price_unit=Decimal(0)),),
            )
        )
        self.assertTrue(sale.partner_id.name)
        self.assertEqual(sale.amount_total, 0.0)
        self.assertTrue(sale.order_line.name)


class TestNewestWins(OrdersCase):
    def test_newer_data_is_taken_over(self):
        sale = self.imported(order())
        newer = order(
            version=T0 + timedelta(hours=2), shipment_number="H9", raw={"id": "S1", "n": 9}
        )
        result = self.import_page(newer)
        self.assertEqual(result.updated, 1)
        self.assertEqual(sale.orion_shipment_number, "H9")

    def test_older_data_is_dropped(self):
        sale = self.imported(order(shipment_number="H2"))
        older = order(version=T0, shipment_number="H1", raw={"id": "S1", "n": 1})
        self.assertEqual(self.import_page(older).unchanged, 1)
        self.assertEqual(sale.orion_shipment_number, "H2")

    def test_the_same_data_writes_nothing(self):
        sale = self.imported(order())
        self.env.flush_all()
        before = sale.write_date
        self.env.cr.execute(
            "UPDATE sale_order SET write_date = '2000-01-01' WHERE id = %s", sale.ids
        )
        result = self.import_page(order(version=T0 + timedelta(days=1)))
        self.assertEqual(result.unchanged, 1)
        self.env.invalidate_all()
        self.assertLess(sale.write_date, before)

    def test_an_emptied_field_is_not_forgotten(self):
        sale = self.imported(order(shipment_number="H2"))
        self.import_page(order(version=T0 + timedelta(hours=2), raw={"n": 1}))
        self.assertEqual(sale.orion_shipment_number, "H2")

    def test_a_state_never_goes_backwards(self):
        sale = self.imported(order())
        self.import_page(order(version=T0 + timedelta(hours=2), state=OrderState.ACCEPTED))
        self.assertEqual(sale.orion_status, "confirmed")
        self.import_page(order(version=T0 + timedelta(hours=3)))
        self.assertEqual((sale.orion_status, sale.state), ("confirmed", "sale"))

    def test_replayed_payload(self):
        sale = self.imported(order(shipment_number="H1"))
        channels = self.env.registry["orion.channel"]
        fresh = order(shipment_number="H7", version=T0 + timedelta(hours=1))
        with patch.object(channels, "_map_order_payload", lambda c, raw, at: fresh):
            payload = self.env["orion.order.payload"].search([("order_id", "=", sale.id)])
            payload.action_replay()
        self.assertEqual(sale.orion_shipment_number, "H7")

    def test_matches_of_both_notations(self):
        self.pen.barcode = "0" + GTIN
        sale = self.imported(order(lines=(line(gtin=GTIN), line("L2", gtin=GTIN_2))))
        self.assertEqual(sale.order_line[0].product_id, self.pen)
        self.assertTrue(sale.order_line[1].orion_needs_product_match)
