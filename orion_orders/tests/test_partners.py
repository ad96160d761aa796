from dataclasses import replace
from datetime import timedelta

from .common import HOME, T0, OrdersCase, order


class TestPartners(OrdersCase):
    def partners(self):
        return self.env["res.partner"].search([("orion_channel_id", "=", self.channel.id)])

    def test_one_customer_for_an_email(self):
        sales = self.imported(order("S1"), order("S2", customer_email="LEA@example.com "))
        later = self.imported(order("S3"))
        self.assertEqual(len((sales | later).partner_id), 1)
        self.assertEqual(len(self.partners()), 1)
        self.assertRecordValues(
            sales.partner_id,
            [
                {
                    "name": "Léa Müller",
                    "email": "lea@example.com",
                    "street": "12 Rue du Fossé",
                    "country_id": self.env.ref("base.lu").id,
                    "phone": "+352621123456",
                    "lang": "fr_FR",
                    "company_id": self.company.id,
                    "is_company": False,
                }
            ],
        )

    def test_a_customer_merged_into_a_contact_stays_the_customer(self):
        customer = self.imported(order("S1")).partner_id
        known = self.env["res.partner"].create({"name": "Léa", "email": "lea@example.com"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([known.id, customer.id], known)
        self.assertFalse(customer.exists())
        again = self.imported(order("S2", customer_email="lea@example.com")).partner_id
        self.assertEqual(again, known)
        # of two customers of marketplaces, the one that stays keeps its own key
        other = self.imported(order("S3", customer_email="tom@example.com")).partner_id
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            [known.id, other.id], known
        )
        self.assertEqual(self.imported(order("S4")).partner_id, known)

    def test_delivery_contact(self):
        away = replace(HOME, street="5 Place d'Armes", phone="")
        sale = self.imported(order(ship_to=away))
        self.assertEqual(sale.partner_invoice_id, sale.partner_id)
        contact = sale.partner_shipping_id
        self.assertRecordValues(
            contact,
            [{"parent_id": sale.partner_id.id, "type": "delivery", "street": "5 Place d'Armes"}],
        )
        # the same address in another spelling is the same contact
        again = self.imported(order("S2", ship_to=replace(away, street="5, PLACE d'armes")))
        self.assertEqual(again.partner_shipping_id, contact)

    def test_a_customer_who_has_moved(self):
        before = self.imported(order("S1"))
        before._orion_accepted()
        before.picking_ids.move_ids.quantity = 1
        before.picking_ids.button_validate()
        invoice = before._create_invoices()
        invoice.action_post()
        moved = replace(HOME, street="5 Place d'Armes", zip="1136", phone="621 987 654")
        after, back = self.imported(
            order("S2", ship_to=moved, bill_to=moved), order("S3", customer_email="LEA@example.com")
        )
        customer = before.partner_id
        self.assertEqual((before | after | back).partner_id, customer)
        self.assertEqual(customer.street, HOME.street)
        for document, fields in (
            (before, ("partner_invoice_id", "partner_shipping_id")),
            (before.picking_ids, ("partner_id",)),
            (invoice, ("partner_id", "partner_shipping_id")),
            (back, ("partner_invoice_id", "partner_shipping_id")),
        ):
            for field in fields:
                with self.subTest(f"{document}.{field}"):
                    self.assertEqual(document[field].street, HOME.street)
        contact = after.partner_shipping_id
        self.assertEqual(after.partner_invoice_id, contact)
        self.assertRecordValues(
            contact,
            [
                {
                    "parent_id": customer.id,
                    "street": "5 Place d'Armes",
                    "zip": "1136",
                    "phone": "+352621987654",
                }
            ],
        )
        after._orion_accepted()
        self.assertEqual(after.picking_ids.partner_id, contact)
        again = self.imported(order("S4", ship_to=moved, bill_to=moved))
        self.assertEqual(again.partner_shipping_id, contact)

    def test_a_new_address_of_one_order_leaves_the_others_with_theirs(self):
        sales = self.imported(order("S1"), order("S2"))
        moved = replace(HOME, street="5 Place d'Armes")
        later = {"version": T0 + timedelta(hours=5), "raw": {"id": "S2", "moved": True}}
        self.import_page(order("S2", ship_to=moved, bill_to=moved, **later))
        self.assertEqual(sales[0].partner_shipping_id.street, HOME.street)
        self.assertEqual(sales[0].partner_invoice_id.street, HOME.street)
        self.assertEqual(sales[1].partner_shipping_id.street, "5 Place d'Armes")
        self.assertEqual(sales[1].partner_invoice_id.street, "5 Place d'Armes")
        self.assertEqual(sales[1].partner_id, sales[0].partner_id)

    def test_corrected_contact_is_kept(self):
        away = replace(HOME, street="5 Place d'Arms")
        contact = self.imported(order(ship_to=away)).partner_shipping_id
        contact.street = "5 Place d'Armes"
        again = self.imported(order("S2", ship_to=away))
        self.assertEqual(again.partner_shipping_id, contact)

    def test_company_buyer(self):
        office = replace(HOME, company="Müller S.à r.l.")
        sale = self.imported(order(bill_to=office, ship_to=office))
        self.assertTrue(sale.partner_id.is_company)
        self.assertEqual(sale.partner_id.name, "Müller S.à r.l.")
        self.assertEqual(sale.partner_shipping_id.name, "Léa Müller")
        self.assertEqual(sale.partner_shipping_id.parent_id, sale.partner_id)
        self.assertEqual(sale.partner_invoice_id.commercial_partner_id, sale.partner_id)

    def test_no_email(self):
        sales = self.imported(order("S1", customer_email=""), order("S2", customer_email=""))
        self.assertEqual(len(sales.partner_id), 2)
        self.assertFalse(any(sales.partner_id.mapped("email")))

    def test_same_email_on_two_channels(self):
        other = self.create_channel("Other shop")
        first = self.imported(order())
        self.import_page(order(), channel=other)
        second = self.find("S1", channel=other)
        self.assertNotEqual(first.partner_id, second.partner_id)

    def test_language_that_is_not_active(self):
        sale = self.imported(order(language="lb"))
        self.assertFalse(sale.partner_id.lang and sale.partner_id.lang.startswith("lb"))

    def test_names_in_many_scripts(self):
        for number, name in enumerate(("Łukasz Żółć", "李小龍", "Ольга", "عمر", "Ó'Brien & Søn")):
            person = replace(HOME, name=name)
            sale = self.imported(
                order(
                    f"N{number}",
                    customer_email=f"n{number}@example.com",
                    ship_to=person,
                    bill_to=person,
                )
            )
            self.assertEqual(sale.partner_id.name, name)

    def test_phone_that_is_none_is_kept(self):
        odd = replace(HOME, phone="ring twice")
        sale = self.imported(order(ship_to=odd, bill_to=odd))
        self.assertEqual(sale.partner_id.phone, "ring twice")

    def test_phone_that_is_nothing_is_left_out(self):
        junk, good = replace(HOME, phone="-"), replace(HOME, phone="621 123 456", street="2 Rue B")
        sale = self.imported(order(ship_to=junk, bill_to=good, customer_phone="-"))
        self.assertFalse(sale.partner_shipping_id.phone)
        self.assertEqual(sale.orion_customer_phone, "+352621123456")
        [other] = self.imported(order("S2", customer_phone="621 123 456"))
        self.assertEqual(other.orion_customer_phone, "+352621123456")
