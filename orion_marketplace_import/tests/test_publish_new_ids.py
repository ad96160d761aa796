from odoo.tests import tagged

from .publish_common import PublishCase

GTIN = "04006381333931"


@tagged("post_install", "-at_install")
class TestNewIds(PublishCase):
    """The feed gives a product another id: its listing is the new row's, archived or not as it
    was the store's will."""

    def setUp(self):
        super().setUp()
        self.sold = self.published(1, gtin=GTIN)
        self.listing = self.row(1).listing_ids

    def renumber(self):
        self.stage(self.data(2, gtin=GTIN), is_full=True)
        self.env["orion.publisher"]._follow_missing(self.channel)
        self.assertEqual(self.row(2).publish()["published"], 1)
        self.assertEqual(self.listing.marketplace_product_id, self.row(2))
        self.assertEqual(self.row(2).product_id, self.sold)

    def test_what_the_store_has_archived_stays_archived(self):
        self.listing.active = False
        self.channel.publish_missing = "archive"
        self.renumber()
        self.assertFalse(self.listing.active)

    def test_what_was_missing_comes_back(self):
        self.channel.publish_missing = "archive"
        self.stage(self.data(3), is_full=True)
        self.env["orion.publisher"]._follow_missing(self.channel)
        self.assertEqual((self.listing.active, self.listing.archived_as_missing), (False, True))
        self.renumber()
        self.assertEqual((self.listing.active, self.listing.archived_as_missing), (True, False))

    def test_what_was_taken_back_comes_back(self):
        self.row(1).unpublish()
        self.assertFalse(self.listing.active)
        self.sold.with_context(active_test=True).action_unarchive()
        self.renumber()
        self.assertTrue(self.listing.active)
