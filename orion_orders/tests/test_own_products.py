from odoo.tests import tagged

from odoo.addons.orion_orders.tests.common import OrdersCase


@tagged("post_install", "-at_install")
class TestOwnProducts(OrdersCase):
    """The products that Orion makes itself are named in each language that is installed."""

    def test_names_in_every_language(self):
        for code in ("fr_FR", "de_DE"):
            self.env["res.lang"]._activate_lang(code)
        company = self.env["res.company"].create({"name": "Two languages"})
        placeholder = company._orion_placeholder()
        rounding = company._orion_rounding()
        self.assertEqual(company._orion_placeholder(), placeholder)
        self.assertEqual(placeholder.name, "Unknown marketplace product")
        for code, names in {
            "fr_FR": ("Produit de place de marché inconnu", "Arrondi de la place de marché"),
            "de_DE": ("Unbekanntes Marktplatzprodukt", "Marktplatzrundung"),
        }.items():
            products = (placeholder | rounding).with_context(lang=code)
            self.assertEqual(tuple(products.mapped("name")), names)
