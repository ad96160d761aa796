import io
from datetime import timedelta

from odoo import fields
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

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
