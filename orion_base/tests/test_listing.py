from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .watch_common import WatchMixin


@tagged("post_install", "-at_install")
class TestListing(WatchMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_watch()
        cls.channel = cls._channel()
        cls.mug, cls.book = cls.env["product.product"].create([{"name": "Mug"}, {"name": "Book"}])

    def listing(self, **values):
        return self.env["orion.listing"].create(
            {"channel_id": self.channel.id, "product_id": self.mug.id, **values}
        )

    def assertRefused(self, error, **values):
        with mute_logger("odoo.sql_db"), self.assertRaises(error), self.cr.savepoint():
            self.listing(**values)
            self.env.flush_all()

    def test_defaults(self):
        listing = self.listing()
        self.assertEqual(listing.company_id, self.company)
        self.assertEqual(listing.currency_id, self.company.currency_id)
        self.assertEqual(listing.display_name, "Mug")
        self.assertEqual((listing.min_quantity, listing.max_quantity), (1, 0))
        self.assertTrue(listing.active)

    def test_one_listing_per_product(self):
        self.listing()
        self.assertRefused(UniqueViolation)
        self.listing(channel_id=self._channel("Second").id)

    def test_external_id_is_unique_in_its_channel(self):
        self.listing(external_id="42")
        self.assertRefused(UniqueViolation, product_id=self.book.id, external_id="42")
        self.listing(
            channel_id=self._channel("Second").id, product_id=self.book.id, external_id="42"
        )

    def test_missing_external_ids_do_not_collide(self):
        first = self.listing(external_id=" ")
        second = self.listing(product_id=self.book.id, external_id="")
        self.env.flush_all()
        self.assertEqual((first | second).mapped("external_id"), [False, False])
        first.external_id = "7"
        first.external_id = ""
        self.assertIs(first.external_id, False)

    def test_title_is_translated(self):
        french, german = (
            self.env["orion.listing"].with_context(
                lang=self.env["res.lang"]._activate_lang(code).code
            )
            for code in ("fr_FR", "de_DE")
        )
        listing = self.listing()
        listing.with_env(french.env).write({"name": "Tasse bleue", "description": "Pour le café"})
        listing.with_env(german.env).write({"name": "Blaue Tasse", "description": "Für Kaffee"})
        self.assertEqual(listing.with_env(french.env).display_name, "Tasse bleue")
        self.assertEqual(listing.with_env(german.env).display_name, "Blaue Tasse")
        self.assertEqual(listing.with_env(french.env).description, "Pour le café")

    def test_quantities(self):
        self.assertRefused(ValidationError, min_quantity=0)
        self.assertRefused(ValidationError, min_quantity=5, max_quantity=4)
        self.assertEqual(self.listing(min_quantity=5, max_quantity=5).max_quantity, 5)

    def test_prices(self):
        self.assertRefused(CheckViolation, price=-1)
        self.assertRefused(CheckViolation, safety_stock=-1)
        self.assertRefused(ValidationError, price=10, sale_price=10.01)
        self.assertEqual(self.listing(price=10, sale_price=9.99).sale_price, 9.99)

    def test_product_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.mug.company_id = other
        self.assertRefused(UserError)

    def test_rights(self):
        listing = self.listing()
        self.assertEqual(listing.with_user(self.user).product_id, self.mug)
        with self.assertRaises(AccessError):
            listing.with_user(self.user).write({"price": 1})
        listing.with_user(self.manager).write({"price": 1})
        self.assertEqual(listing.price, 1)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._new_user("stranger", "orion_base.group_orion_manager", other)
        self.assertFalse(
            self.env["orion.listing"].with_user(stranger).search([("id", "=", listing.id)])
        )
