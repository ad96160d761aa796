from odoo.tests import tagged

from .common import KeysCase


@tagged("post_install", "-at_install")
class TestKeyMargin(KeysCase):
    def test_an_order_in_another_currency_counts_in_the_companys(self):
        currency = self.env.ref("base.CHF")
        currency.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", currency.id)]).unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 4.0,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Francs", "currency_id": currency.id, "company_id": self.company.id}
        )
        self.add_keys(1, unit_cost=3.0)
        sale = self.sell(pricelist_id=pricelist.id)
        sale.order_line.price_unit = 40.0
        self.work()
        self.env.flush_all()
        row = self.env["orion.key.margin"].search([("order_id", "=", sale.id)])
        self.assertEqual((row.revenue, row.cost, row.margin), (10.0, 3.0, 7.0))
        self.assertEqual(row.currency_id, self.company.currency_id)
