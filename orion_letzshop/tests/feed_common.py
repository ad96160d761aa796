import base64
import csv
import io

from odoo.tests import TransactionCase

#: A picture of one pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class FeedCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        euro = cls.env.ref("base.EUR")
        euro.active = True
        cls.company = cls.env["res.company"].create(
            {
                "name": "Épicerie Muller",
                "currency_id": euro.id,
                "country_id": cls.env.ref("base.lu").id,
            }
        )
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.tax = cls._tax(17, "tax_included")
        cls.channel = cls.env["orion.channel"].create(
            {"name": "Our Letzshop", "marketplace": "letzshop", "company_id": cls.company.id}
        )
        cls.stock = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )

    @classmethod
    def _tax(cls, percent, include):
        group = cls.env["account.tax.group"].create(
            {"name": f"VAT {percent}", "company_id": cls.company.id}
        )
        return cls.env["account.tax"].create(
            {
                "name": f"VAT {percent} {include}",
                "amount": percent,
                "price_include_override": include,
                "company_id": cls.company.id,
                "tax_group_id": group.id,
                "country_id": cls.env.ref("base.lu").id,
            }
        )

    @classmethod
    def product(cls, code="PEN-1", quantity=0, **values):
        product = cls.env["product.product"].create(
            {
                "name": f"Product {code}",
                "default_code": code,
                "is_storable": True,
                "list_price": 9.9,
                "taxes_id": [(6, 0, cls.tax.ids)],
                "letzshop_published": True,
                **values,
            }
        )
        if quantity:
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.stock.lot_stock_id, quantity
            )
        return product

    @classmethod
    def listing(cls, product, **values):
        return cls.env["orion.listing"].create(
            {"channel_id": cls.channel.id, "product_id": product.id, **values}
        )

    def rows(self, **options):
        """The feed's lines as dicts, by id."""
        [answer] = self.channel.export_products(**options)
        text = base64.b64decode(answer["content_base64"]).decode()
        rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
        self.assertEqual(len(rows), answer["rows"])
        return {row["id"]: row for row in rows}
