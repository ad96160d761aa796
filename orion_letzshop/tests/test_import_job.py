from odoo.tests import tagged

from odoo.addons.orion_marketplace_import.tests.import_common import ImportCase, feed, row

from .feed_common import FeedCase


class LetzshopImportCase(FeedCase, ImportCase):
    """Imports of a Letzshop channel."""


@tagged("post_install", "-at_install")
class TestLetzshopImport(LetzshopImportCase):
    def test_our_own_feed_is_read_back(self):
        product = self.product("OWN", quantity=3, letzshop_boost_sort=2.5)
        [answer] = self.channel.export_products(language="fr")
        job = self.run_job(self.start(answer["content_base64"]))
        self.assertEqual((job.imported_count, job.error_count), (1, 0))
        staged = self.staged.search([("external_id", "=", "OWN")])
        self.assertEqual(staged.price, product.list_price)
        self.assertEqual((staged.quantity, staged.tax_rate), (3, 17.0))
        self.assertEqual(staged.attributes["atalanda:boost_sort"], "2.5")

    def test_by_company(self):
        answer = self.jobs.start_import(
            company_id=self.company.id, content_base64=feed(row(1)), language="fr"
        )
        self.assertEqual(answer["status"], "pending")
        self.assertEqual(self.jobs.browse(answer["job_id"]).channel_id, self.channel)
