from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCustomersLanguage(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("fr_FR", "de_DE"):
            cls.env["res.lang"]._activate_lang(code)
        cls.partner = cls.env["res.partner"].create(
            {"name": "Lena", "letzshop_locale": "fr", "lang": "fr_FR"}
        )

    def test_follows_the_customers_last_order(self):
        self.partner.letzshop_locale = "de"
        self.assertEqual(self.partner.lang, "de_DE")
        self.partner.letzshop_locale = "lb"
        self.assertEqual(self.partner.lang, "de_DE", "that language is not active")

    def test_what_somebody_has_set_stays(self):
        self.partner.lang = "en_US"
        self.partner.letzshop_locale = "de"
        self.assertEqual(self.partner.lang, "en_US")
