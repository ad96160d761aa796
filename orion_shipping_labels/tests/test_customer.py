import io
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

from odoo.addons.orion_orders.tests.common import GTIN_2, line, order
from odoo.addons.orion_shipping_labels.models import sale_order_late

from .common import SHIPMENT, LabelsCase


class TestPackingSlip(LabelsCase):
    def slip(self, sale):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "orion_shipping_labels.report_packing_slip", sale.ids
        )
        return html.decode()

    def test_in_the_customers_language_with_the_barcode(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        sale = self.accepted(self.order(quantity=2, shipping_carrier="greco"))
        self.assertEqual(sale.partner_id.lang, "fr_FR")
        slip = self.slip(sale)
        self.assertIn("R-S1", slip)
        self.assertIn(SHIPMENT, slip)
        self.assertIn("data:image/png;base64", slip)
        self.assertIn("Bon de colisage", slip)
        self.assertIn("19,98", slip)

    def test_a_gift_has_its_note_and_no_prices(self):
        sale = self.accepted(self.order(quantity=2, gift_message="Happy <birthday>!"))
        self.assertTrue(sale.orion_is_gift)
        slip = self.slip(sale)
        self.assertIn("Happy &lt;birthday&gt;!", slip)
        self.assertNotIn("19.98", slip.replace(",", "."))

    def test_as_a_pdf(self):
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            self.skipTest("wkhtmltopdf is not installed: Odoo prints no PDF without it")
        self.env["res.lang"]._activate_lang("fr_FR")
        bought = self.pdf(self.accepted(self.order("S1", quantity=2, shipping_carrier="greco")))
        gift = self.pdf(self.accepted(self.order("S2", gift_message="Bon anniversaire !")))
        for page, number in ((bought, "R-S1"), (gift, "R-S2")):
            self.assertIn(f"Bon de colisage {number}", page)
            self.assertIn(SHIPMENT, page)
        self.assertIn("19,98", bought)
        self.assertIn("Bon anniversaire", gift)
        self.assertNotIn("9,99", gift)

    def pdf(self, sale):
        """The text of the only page; one order a file is what every wkhtmltopdf can do."""
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        # Debian's wkhtmltopdf warns of what it cannot do; without a server there is no style
        with self.allow_pdf_render(), mute_logger("odoo.addons.base.models.ir_actions_report"):
            content, kind = reports._render_qweb_pdf(
                "orion_shipping_labels.report_packing_slip", sale.ids
            )
        self.assertEqual(kind, "pdf")
        [page] = PdfReader(io.BytesIO(content)).pages
        return " ".join(page.extract_text().split())

    def test_what_is_in_this_parcel(self):
        sale = self.accepted(self.order(quantity=3))
        self.leave(self.delivery(sale), quantity=1)
        cells = [part.partition("<")[0] for part in self.slip(sale).split('text-end">')]
        self.assertIn("3", cells)
        self.assertIn("2", cells)


class TestSlipOfParcels(LabelsCase):
    """Each parcel's slip says what is in it."""

    def setUp(self):
        super().setUp()
        self.ink = self.env["product.product"].create(
            {"name": "Ink", "barcode": GTIN_2, "is_storable": True}
        )
        self.env["stock.quant"]._update_available_quantity(self.ink, self.stock, 100)
        lines = (line(quantity=Decimal(2)), line("L2", gtin=GTIN_2, quantity=Decimal(4)))
        self.sale = self.accepted(order("S1", lines=lines, shipment_number=SHIPMENT))
        self.first = self.delivery(self.sale)

    def quantities(self, delivery=None):
        return [quantity for _line, quantity in self.sale._orion_slip_lines(delivery)]

    def part(self, *quantities):
        for move, quantity in zip(self.first.move_ids.sorted("id"), quantities, strict=True):
            move.quantity = quantity

    def test_a_line_that_has_left_is_in_no_second_parcel(self):
        self.part(2, 1)
        self.assertEqual(self.quantities(), [2, 1], "what is reserved")
        self.first.move_ids.picked = True
        self.first.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.quantities(), [0, 3], "the next one")
        self.assertEqual(self.quantities(self.first), [2, 1], "the one that left")

    def test_where_nothing_is_reserved_what_is_wanted(self):
        self.first.do_unreserve()
        self.assertEqual(self.quantities(), [2, 4])

    def test_from_the_packing_table_after_it_has_left(self):
        batch = self.batch_of(self.sale)
        self.part(2, 1)
        batch.line_ids.tracking_number = "T1"
        batch.line_ids._ship()
        self.assertEqual(batch.line_ids.result, "done", batch.line_ids.message)
        printed = batch.action_print_slips()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            printed["report_name"], batch.line_ids.ids
        )
        cells = [part.partition("<")[0] for part in html.decode().split('<td class="text-end">')]
        self.assertEqual([cells[1:3], cells[4:6]], [["2", "2"], ["4", "1"]])


class TestCustomerSees(LabelsCase):
    def test_the_link_in_e_mails(self):
        sale = self.accepted(self.order(shipping_carrier="ups"))
        sale.orion_set_tracking(tracking_number="T1")
        message = sale.sudo().message_post(body="Your order is confirmed.")
        context = sale.sudo()._notify_by_email_prepare_rendering_context(message)
        [link] = [text for text in context["subtitles"] if "href" in text]
        self.assertIn("https://www.ups.com/track?tracknum=T1", link)

    def test_each_parcel_in_the_portal(self):
        sale = self.accepted(self.order(quantity=2, shipping_carrier="ups"))
        self.leave(self.delivery(sale), quantity=1, number="T1")
        self.leave(self.delivery(sale), number="T2")
        self.assertEqual(
            sale._orion_parcels(),
            [(number, f"https://www.ups.com/track?tracknum={number}") for number in ("T1", "T2")],
        )
        html = self.env["ir.qweb"]._render(
            "sale.sale_order_portal_content",
            {
                "sale_order": sale.sudo(),
                "report_type": "html",
                "keep_query": lambda *_a, **_k: "",
                "product_documents": [],
                "is_html_empty": lambda _text: True,
            },
        )
        self.assertIn("tracknum=T2", html)

    def test_a_parcel_that_has_not_left_is_not_on_its_way(self):
        sale = self.accepted(self.order(quantity=3, shipping_carrier="ups"))
        first = self.delivery(sale)
        rest, gone = self.split(first, 1), self.split(first, 1)
        self.leave(first, number="T1")
        gone.carrier_tracking_ref, rest.carrier_tracking_ref = "T2", "T3"
        gone.action_cancel()
        self.assertEqual([number for number, _url in sale._orion_parcels()], ["T1"])

    def test_by_the_shipment_number(self):
        sale = self.accepted(self.order(shipping_carrier="greco"))
        self.assertEqual(
            sale._orion_parcels(), [(SHIPMENT, f"https://dispatchweb.fr/Tracky/Home/{SHIPMENT}")]
        )


class TestLate(LabelsCase):
    def remind(self):
        self.env["sale.order"]._cron_remind_late()
        kind = self.env.ref("orion_shipping_labels.activity_type_late_shipping")
        return self.env["mail.activity"].search(
            [("activity_type_id", "=", kind.id), ("res_id", "in", self.late.ids)]
        )

    def test_one_activity_that_goes_with_the_goods(self):
        self.late = self.accepted(self.order())
        self.assertFalse(self.remind())
        self.late.sudo().orion_confirmed_at = fields.Datetime.now() - timedelta(hours=49)
        self.company.orion_late_shipping_hours = 0
        self.assertFalse(self.remind())
        self.company.orion_late_shipping_hours = 48
        self.assertEqual(len(self.remind()), 1)
        self.assertEqual(len(self.remind()), 1)
        self.leave(self.delivery(self.late))
        self.assertFalse(self.remind())

    def test_who_is_nobodys_holds_up_no_other(self):
        self.startPatcher(patch.object(sale_order_late, "MOST_ORDERS", 1))
        nobodys = self.channel.copy({"name": "Nobody's", "responsible_id": False})
        self.import_page(self.order("N1"), channel=nobodys)
        first = self.find("N1", channel=nobodys)
        first._orion_accepted()
        first.user_id = False
        self.late = self.accepted(self.order())
        for hours, sale in ((99, first), (49, self.late)):
            sale.sudo().orion_confirmed_at = fields.Datetime.now() - timedelta(hours=hours)
        self.company.orion_late_shipping_hours = 48
        self.assertEqual(len(self.remind()), 1)


class TestSettings(LabelsCase):
    def test_of_the_company_one_works_in(self):
        other = self.env["res.company"].create({"name": "Other"})
        settings = self.env["orion.settings"].create(
            {"orion_colissimo_label_url": " https://labels.example/ "}
        )
        self.assertIn("dispatchweb", settings.orion_greco_label_url)
        self.assertEqual(self.colissimo.orion_label_url_prefix, "https://labels.example/")
        self.assertFalse(self.greco.orion_label_url_prefix, "the default stays the default")
        self.assertFalse(self.colissimo.with_company(other).orion_label_url_prefix)
        odoo = self.env["res.config.settings"].create({})
        self.assertEqual(odoo.orion_colissimo_label_url, "https://labels.example/")
        odoo.orion_late_shipping_hours = 12
        odoo.execute()
        self.assertEqual(self.company.orion_late_shipping_hours, 12)
