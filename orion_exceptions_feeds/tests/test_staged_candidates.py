from stdnum.ean import calc_check_digit

from odoo.tests import TransactionCase, tagged

from odoo.addons.orion_order_exceptions.lib.candidates import Reason, UnknownProduct

PEN, PEN_13 = "04006381333931", "4006381333931"
CUP = "05901234123457"


@tagged("post_install", "-at_install")
class TestStagedCandidates(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create({"name": "Seller"})
        cls.channel = cls.env["orion.channel"].create(
            {"name": "Feeds", "marketplace": "storefront", "company_id": cls.company.id}
        )
        cls.product = cls.env["product.product"].create({"name": "Blue pen"})

    def stage(self, external_id="F1", channel=None, **values):
        return self.env["orion.marketplace.product"].create(
            {"channel_id": (channel or self.channel).id, "external_id": external_id, **values}
        )

    def found(self, gtin=None, sku=""):
        unknown = UnknownProduct(gtin, sku, "")
        ranking = self.env["orion.product.candidates"]._rank(self.company, {"it": unknown})["it"]
        return [(each.product_id, each.reason) for each in ranking.candidates]

    def test_the_product_a_row_has_become(self):
        staged = [(self.product.id, Reason.STAGED)]
        self.stage(gtin=PEN, mpn="M-7", product_id=self.product.id)
        self.assertEqual(self.found(gtin=PEN), staged)
        self.assertEqual(self.found(sku="F1"), staged)
        self.assertEqual(self.found(sku="M-7"), staged)
        self.assertEqual(self.found(gtin=CUP, sku="F2"), [])

    def test_the_product_with_the_row_s_gtin(self):
        self.product.barcode = PEN_13
        self.stage(gtin=PEN)
        self.assertEqual(self.found(sku="F1"), [(self.product.id, Reason.STAGED)])

    def test_it_is_named_once_and_by_its_strongest_reason(self):
        self.product.barcode = PEN_13
        self.stage(gtin=PEN, product_id=self.product.id)
        self.stage("F2", gtin=PEN, product_id=self.product.id)
        self.assertEqual(self.found(gtin=PEN, sku="F1"), [(self.product.id, Reason.GTIN)])

    def test_another_company_s_feeds_and_products_are_none(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.channel.copy({"name": "Theirs", "company_id": other.id})
        self.stage(gtin=PEN, channel=theirs, product_id=self.product.id)
        self.assertEqual(self.found(gtin=PEN), [])
        self.stage(gtin=PEN, product_id=self.product.id)
        self.product.company_id = other
        self.assertEqual(self.found(gtin=PEN), [])

    def test_queries_do_not_grow(self):
        def count(number):
            for place in range(number):
                body = f"{number:02}{place:011}"
                self.stage(f"N{number}-{place}", gtin=body + calc_check_digit(body))
            unknowns = {
                place: UnknownProduct(None, f"N{number}-{place}", "") for place in range(number)
            }
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["orion.product.candidates"]._rank(self.company, unknowns)
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(50), count(10))
