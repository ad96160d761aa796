from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user

from .common import SHIPMENT, LabelsCase


class TestRecognising(LabelsCase):
    def test_by_what_the_shipment_says(self):
        for text in ("greco", "Greco", " GRECO "):
            sale = self.imported(self.order(f"S-{text}", shipping_carrier=text))
            self.assertEqual(sale.carrier_id, self.greco, text)

    def test_by_the_number_where_nothing_is_said(self):
        sale = self.accepted(self.order())
        self.assertFalse(sale.carrier_id)
        sale.orion_set_tracking(tracking_number="1Z 999 AA1 01 2345 6784")
        self.assertEqual(sale.orion_tracking_number, "1Z999AA10123456784")
        self.assertEqual((sale.orion_shipping_carrier, sale.carrier_id), ("ups", self.ups))
        self.assertEqual(self.delivery(sale).carrier_id, self.ups)

    def test_numbers_that_are_published_as_examples(self):
        for number, code in (
            ("1Z5R89390357567127", "ups"),
            ("041441760228964", "fedex"),
            ("3318810025", "dhl"),
            ("RR123456789LU", "post_lu"),
            ("8N00234567890", "colissimo"),
            # GLS has numbers like this one of FedEx
            ("986578788855", False),
        ):
            found = self.env["delivery.carrier"]._orion_recognise(
                "played", self.company, number=number
            )
            self.assertEqual(found.orion_code, code, number)

    def test_in_whatever_language_it_is_named(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        post = self.env.ref("orion_shipping_labels.carrier_post_lu")
        post.with_context(lang="fr_FR").name = "Courrier jaune"
        find = self.env["delivery.carrier"].with_context(lang="fr_FR")._orion_recognise
        self.assertEqual(find("played", self.company, "courrier jaune"), post)
        find = self.env["delivery.carrier"].with_context(lang="en_US")._orion_recognise
        for name in (post.name, "courrier jaune"):
            self.assertEqual(find("played", self.company, name), post)

    def test_a_number_of_nobody_leaves_it_open(self):
        sale = self.accepted(self.order())
        sale.orion_set_tracking(tracking_number="SOMETHING-1")
        self.assertFalse(sale.carrier_id)

    def test_what_is_said_wins_over_the_number(self):
        sale = self.accepted(self.order(shipping_carrier="By bicycle"))
        sale.orion_set_tracking(tracking_number="1Z999AA10123456784")
        self.assertEqual(sale.orion_shipping_carrier, "By bicycle")
        self.assertFalse(sale.carrier_id)

    def test_the_delivery_is_carried_by_it(self):
        sale = self.accepted(self.order(shipping_carrier="greco"))
        self.assertEqual(self.delivery(sale).carrier_id, self.greco)

    def test_one_question_for_many_orders(self):
        self.env["delivery.carrier"]._orion_recognise("played", self.company, "greco")
        sales = self.imported(*[self.order(f"S{index}") for index in range(20)])
        few, many = sales[:4], sales[4:]
        self.env.flush_all()
        counts = []
        for some in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.sudo().write({"orion_shipping_carrier": "greco"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertGreaterEqual(*counts)


class TestUnknown(LabelsCase):
    def unknown(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["orion.carrier.unknown"].search([("name", "=ilike", "by %icycle")])

    def test_kept_listed_and_mapped_once_for_all(self):
        first = self.accepted(self.order("S1", shipping_carrier="By bicycle"))
        self.imported(self.order("S2", shipping_carrier="by Bicycle"))
        self.assertEqual(first.orion_shipping_carrier, "By bicycle")
        [row] = self.unknown()
        self.assertEqual((row.order_count, row.company_id), (2, self.company))
        row.carrier_id = self.dhl
        self.env.flush_all()
        self.assertFalse(self.unknown())
        self.assertEqual(self.find("S1", "S2").carrier_id, self.dhl)
        self.assertEqual(self.delivery(first).carrier_id, self.dhl)
        later = self.imported(self.order("S3", shipping_carrier="BY BICYCLE"))
        self.assertEqual(later.carrier_id, self.dhl)

    def test_spaces_around_a_name_are_no_part_of_it(self):
        sales = self.imported(self.order("S1", shipping_carrier="By bicycle"), self.order("S2"))
        sales[1].orion_shipping_carrier = " by bicycle "
        [row] = self.unknown()
        self.assertEqual(row.order_count, 2)
        row.carrier_id = self.dhl
        self.assertFalse(self.unknown())
        self.assertEqual(sales.carrier_id, self.dhl)

    def test_only_managers_map(self):
        self.imported(self.order("S1", shipping_carrier="By bicycle"))
        row = self.unknown().with_user(self.clerk)
        with self.assertRaises(UserError):
            row.carrier_id = self.dhl

    def test_of_other_companies_is_not_seen(self):
        self.imported(self.order("S1", shipping_carrier="By bicycle"))
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "labels_stranger",
            groups="orion_base.group_orion_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertTrue(self.unknown())
        self.assertFalse(self.unknown().with_user(stranger).search([]))


class TestLabelAddress(LabelsCase):
    def label(self, records):
        [label] = records.orion_shipping_label()
        return label

    def test_prefix_and_number(self):
        sale = self.accepted(self.order(shipping_carrier="greco"))
        address = f"https://dispatchweb.fr/Tracky/Home/{SHIPMENT}"
        expected = {
            "shipment_number": SHIPMENT,
            "shipping_carrier": "greco",
            "label_url": address,
            "tracking_number": False,
            "tracking_url": address,
        }
        self.assertEqual(self.label(sale), expected)
        self.assertEqual(self.label(self.delivery(sale).with_user(self.clerk)), expected)

    def test_each_company_has_its_own_prefix(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.colissimo.orion_label_url_prefix = "https://labels.example/A/"
        self.greco.with_company(other).orion_label_url_prefix = "https://other.example/"
        sale = self.accepted(self.order(shipping_carrier="colissimo"))
        self.assertEqual(self.label(sale)["label_url"], f"https://labels.example/A/{SHIPMENT}")
        self.assertFalse(self.colissimo.with_company(other)._orion_label_url(SHIPMENT))
        self.assertIn("dispatchweb", self.greco._orion_label_url(SHIPMENT))
        self.assertIn("other", self.greco.with_company(other)._orion_label_url(SHIPMENT))

    def test_what_is_missing_is_false(self):
        without_prefix = self.imported(self.order("S1", shipping_carrier="xpresslogistics"))
        without_number = self.imported(
            self.order("S2", shipping_carrier="greco", shipment_number="")
        )
        unknown = self.imported(self.order("S3", shipping_carrier="By bicycle"))
        for sale in without_prefix | without_number | unknown:
            self.assertIs(self.label(sale)["label_url"], False)
        self.assertEqual(self.label(unknown)["shipping_carrier"], "By bicycle")

    def test_a_delivery_of_no_marketplace_order(self):
        picking = self.env["stock.picking"].search(
            [("sale_id", "=", False), ("picking_type_code", "=", "outgoing")], limit=1
        ) or self.env["stock.picking"].create(
            {"picking_type_id": self.env.ref("stock.picking_type_out").id}
        )
        with self.assertRaisesRegex(UserError, "no delivery of a marketplace order"):
            picking.orion_set_tracking(tracking_number="T1")


class TestCarrierForm(LabelsCase):
    def test_what_is_refused(self):
        for values in (
            {"orion_code": "DHL2"},
            {"orion_code": " dhl2"},
            {"orion_number_patterns": "[0-9"},
            {"orion_label_url_prefix": "javascript:alert(1)"},
            {"tracking_url": "ftp://a.lu/"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.dhl.write(values)

    def test_costs_nothing_and_can_be_validated(self):
        sale = self.accepted(self.order(shipping_carrier="xpresslogistics"))
        self.assertEqual(sale.carrier_id.orion_link_rate_shipment(sale)["price"], 0.0)
        delivery = self.delivery(sale)
        self.leave(delivery)
        self.assertFalse(delivery.carrier_tracking_ref)
        self.assertEqual(delivery.carrier_price, 0)
        self.assertEqual(sale.order_line.product_id, self.pen)

    def test_a_tracking_page_for_each_parcel(self):
        sale = self.accepted(self.order(shipping_carrier="ups"))
        delivery = self.delivery(sale)
        delivery.carrier_tracking_ref = "T1"
        self.assertEqual(delivery.carrier_tracking_url, "https://www.ups.com/track?tracknum=T1")
        delivery.carrier_tracking_ref = "T1,T2"
        self.assertEqual(
            [name for name, _url in delivery.get_multiple_carrier_tracking()], ["T1", "T2"]
        )
