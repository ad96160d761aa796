import base64
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.orion_base.engine.worker import Worker
from odoo.addons.orion_base.lib.errors import HostUnreachable
from odoo.addons.orion_marketplace_import.models import orion_import_job_run

from .feed_common import FeedCase

HEADER = "id,title,description,price,gtin,brand,availability,atalanda:quantity,Voltage\n"


def row(number, title="Product", price="9.90", **values):
    cells = {"gtin": "", "brand": "B", "quantity": "4", "voltage": "220", **values}
    return (
        f"P{number},{title} {number},Text,{price},{cells['gtin']},{cells['brand']},in stock,"
        f"{cells['quantity']},{cells['voltage']}\n"
    )


def feed(*rows):
    return base64.b64encode((HEADER + "".join(rows)).encode()).decode()


class ImportCase(FeedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("fr_FR", "de_DE"):
            cls.env["res.lang"]._activate_lang(code)
        cls.jobs = cls.env["orion.import.job"]
        cls.staged = cls.env["orion.marketplace.product"]

    def start(self, content=None, language="fr", is_full=True, **values):
        answer = self.jobs.start_import(
            channel_id=self.channel.id, content_base64=content, language=language, **values
        )
        job = self.jobs.browse(answer["job_id"])
        job.is_full = is_full
        return job

    def run_job(self, job):
        """Run the import as the engine does, without its commits."""
        for _step in self.channel.sudo()._job_feed_import({}, {"job_id": job.id}):
            self.env.flush_all()
        return job

    def imported(self, *rows, **values):
        return self.run_job(self.start(feed(*rows), **values))

    def product(self, number):
        return self.staged.search([("external_id", "=", f"P{number}")])


@tagged("post_install", "-at_install")
class TestStaging(ImportCase):
    def test_rows_become_staged_products(self):
        job = self.imported(row(1, gtin="4006381333931"), row(2, price="1299.50"))
        self.assertEqual(job.status, "completed")
        self.assertEqual((job.imported_count, job.total_processed, job.progress), (2, 2, 100.0))
        first, second = self.product(1), self.product(2)
        self.assertEqual(first.with_context(lang="fr_FR").title, "Product 1")
        self.assertEqual(
            (first.gtin, first.brand, first.quantity, first.availability, first.company_id),
            ("04006381333931", "B", 4, "in_stock", self.company),
        )
        self.assertEqual(first.attributes, {"Voltage": "220"})
        self.assertEqual(second.price, 1299.5)
        self.assertTrue(first.first_seen_at)
        self.assertFalse(self.env["orion.import.row"].search([]))

    def test_same_feed_again_writes_nothing(self):
        self.imported(row(1), row(2), row(3))
        self.env.cr.execute("SELECT xmin::text FROM orion_marketplace_product ORDER BY id")
        before = self.env.cr.fetchall()
        job = self.imported(row(3), row(1), row(2))
        self.assertEqual((job.unchanged_count, job.updated_count, job.imported_count), (3, 0, 0))
        self.env.cr.execute("SELECT xmin::text FROM orion_marketplace_product ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_only_what_changed_is_written(self):
        self.imported(row(1), row(2))
        self.staged.search([]).write({"source": "before"})
        job = self.imported(row(1), row(2, price="5"))
        self.assertEqual((job.unchanged_count, job.updated_count), (1, 1))
        self.assertEqual(self.product(1).source, "before")
        self.assertEqual((self.product(2).price, self.product(2).source), (5.0, "Uploaded file"))

    def test_languages_come_together_and_fall_back(self):
        self.imported(row(1, "Stylo"), row(2, "Tasse"))
        self.imported(row(1, "Stift"), language="de", is_full=False)
        first, second = self.product(1), self.product(2)
        self.assertEqual(first.with_context(lang="de_DE").title, "Stift 1")
        self.assertEqual(first.with_context(lang="fr_FR").title, "Stylo 1")
        self.assertEqual(first.with_context(lang="en_US").title, "Stylo 1", "French comes first")
        self.assertEqual(second.with_context(lang="de_DE").title, "Tasse 2")
        self.assertEqual(first.languages, "de, fr")
        self.imported(row(1, "Pen"), language="en", is_full=False)
        self.product(1).invalidate_recordset()
        self.assertEqual(self.product(1).with_context(lang="en_US").title, "Pen 1")

    def test_errors_are_kept_with_their_rows(self):
        job = self.imported(
            row(1), row(2, price="free"), ",No id,,1,,,,,\n", row(1, "Again"), row(4, price="-5")
        )
        self.assertEqual(job.status, "completed_with_errors")
        self.assertEqual((job.imported_count, job.error_count, job.total_processed), (1, 4, 5))
        self.assertEqual(
            job.error_ids.sorted("row_number").mapped("error_type"),
            ["parse_error", "missing_id", "duplicate_id", "validation_error"],
        )
        first = job.error_ids.sorted("row_number")[0]
        self.assertEqual((first.row_number, first.identifier), (3, "P2"))
        self.assertIn("free", first.error_message)
        self.assertEqual(first.row_data["price"], "free")
        self.assertIn("price: free", first.row_shown)

    def test_what_a_full_feed_lacks_is_missing(self):
        self.imported(*map(row, range(10)))
        job = self.imported(*map(row, range(8)))
        self.assertEqual((job.status, job.missing_count), ("completed", 2))
        self.assertEqual(self.staged.search_count([("missing_since", "!=", False)]), 2)
        self.imported(*map(row, range(10)))
        self.assertFalse(self.staged.search([("missing_since", "!=", False)]), "back again")

    def test_a_part_of_the_catalogue_says_nothing_of_the_rest(self):
        self.imported(*map(row, range(10)))
        self.imported(row(1, price="3"), is_full=False)
        self.assertFalse(self.staged.search([("missing_since", "!=", False)]))

    def test_shrink_guard(self):
        self.imported(*map(row, range(10)))
        job = self.imported(*map(row, range(6)))
        self.assertEqual((job.status, job.is_shrunk), ("completed_with_errors", True))
        self.assertEqual(job.missing_count, 4)
        self.assertFalse(self.staged.search([("missing_since", "!=", False)]))
        job.action_accept_shrunk()
        self.assertEqual(self.staged.search_count([("missing_since", "!=", False)]), 4)
        self.assertFalse(job.is_shrunk)

    def test_formulas_and_html_stay_texts(self):
        self.imported(row(1, "=1+1"), row(2, "<b>x</b>"))
        self.assertEqual(self.product(1).with_context(lang="fr_FR").title, "=1+1 1")
        self.assertEqual(self.product(2).with_context(lang="fr_FR").title, "<b>x</b> 2")

    def test_our_own_feed_is_read_back(self):
        product = FeedCase.product.__func__(type(self), "OWN", quantity=3, letzshop_boost_sort=2.5)
        [answer] = self.channel.export_products(language="fr")
        job = self.run_job(self.start(answer["content_base64"]))
        self.assertEqual((job.imported_count, job.error_count), (1, 0))
        staged = self.staged.search([("external_id", "=", "OWN")])
        self.assertEqual(staged.price, product.list_price)
        self.assertEqual((staged.quantity, staged.tax_rate), (3, 17.0))
        self.assertEqual(staged.attributes["atalanda:boost_sort"], "2.5")

    def test_queries_of_a_batch_do_not_grow_with_its_rows(self):
        def count(first, last):
            job = self.start(feed(*map(row, range(first, last))), is_full=False)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.run_job(job)
            return self.env.cr.sql_log_count - before

        count(0, 10)
        self.assertEqual(count(100, 110), count(200, 250))


@tagged("post_install", "-at_install")
class TestRunning(ImportCase):
    def steps(self, job):
        return self.channel.sudo()._job_feed_import({}, {"job_id": job.id})

    def test_resumes_behind_the_last_batch(self):
        job = self.start(feed(*map(row, range(250))), batch_size=100)
        steps = self.steps(job)
        while job.total_processed < 100:
            next(steps)
        steps.close()
        self.assertEqual((job.status, job.total_processed), ("processing", 100))
        orion_import_job_run._parked.clear()  # as in another process
        self.run_job(job)
        self.assertEqual((job.status, job.imported_count), ("completed", 250))
        self.assertEqual(job.unchanged_count, 0)

    def test_the_next_slice_goes_on_with_the_open_file(self):
        job = self.start(feed(*map(row, range(250))), batch_size=100)
        steps = self.steps(job)
        while job.total_processed < 100:
            next(steps)
        steps.close()
        with patch.object(orion_import_job_run, "iter_chunks") as again:
            self.run_job(job)
        again.assert_not_called()
        self.assertEqual((job.status, job.imported_count), ("completed", 250))

    def test_cancelled_between_two_batches(self):
        job = self.start(feed(*map(row, range(250))), batch_size=100)
        steps = self.steps(job)
        while job.total_processed < 100:
            next(steps)
        job.action_cancel()
        self.assertFalse([step for step in steps if step.processed])
        self.assertEqual((job.status, job.imported_count), ("cancelled", 100))
        with self.assertRaisesRegex(UserError, "over already"):
            job.action_cancel()

    def test_a_file_that_is_no_feed(self):
        job = self.run_job(self.start(base64.b64encode(b"%PDF-1.7 hello").decode()))
        self.assertEqual(job.status, "failed")
        self.assertIn("PDF", job.error_message)

    def test_fetched_from_its_address(self):
        body = (HEADER + row(1)).encode()
        with patch.object(orion_import_job_run, "fetch_url") as fetch:
            fetch.return_value.body = body
            job = self.run_job(
                self.start(source_url="https://shop.example/feed.csv?key=s3cret", content=None)
            )
        self.assertEqual(job.status, "completed")
        self.assertEqual(job.source_name, "https://shop.example/feed.csv")
        self.assertEqual(fetch.call_args.args, ("https://shop.example/feed.csv?key=s3cret",))
        self.assertFalse(fetch.call_args.kwargs["allow_private"])

    def test_address_that_does_not_answer(self):
        with patch.object(orion_import_job_run, "fetch_url", side_effect=HostUnreachable("Gone.")):
            job = self.run_job(self.start(source_url="https://shop.example/feed.csv"))
        self.assertEqual((job.status, job.error_message), ("failed", "Gone."))

    def test_private_addresses_are_not_fetched(self):
        job = self.run_job(self.start(source_url="http://127.0.0.1:9/feed.csv"))
        self.assertEqual(job.status, "failed")
        self.assertIn("private network", job.error_message)

    def test_a_run_that_the_engine_gave_up(self):
        job = self.start(feed(row(1)))
        job.sudo().log_id.write(
            {"status": "failed", "error_details": [{"message": "Something broke."}]}
        )
        self.assertEqual((job.status, job.error_message), ("failed", "Something broke."))

    def test_schedule_imports_the_channels_feeds(self):
        self.channel.write(
            {"feed_url_fr": "https://a.example/fr", "feed_url_de": "https://a.example/de"}
        )
        self.assertFalse(list(self.channel.sudo()._job_feed_import({}, {})))
        jobs = self.jobs.search([("channel_id", "=", self.channel.id)])
        self.assertEqual(set(jobs.mapped("language")), {"fr", "de"})
        self.assertEqual(set(jobs.mapped("status")), {"pending"})

    def test_waiting_too_long_says_why(self):
        first, second = self.start(feed(row(1))), self.start(feed(row(1)))
        self.assertFalse(first.waiting_reason)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_import_job SET create_date = %s",
            [fields.Datetime.now() - timedelta(minutes=5)],
        )
        self.env.invalidate_all()
        self.assertIn("1 imports", second.waiting_reason)
        self.assertTrue(first.waiting_reason)


@tagged("post_install", "-at_install")
class TestThroughTheEngine(ImportCase):
    def work(self):
        with self.enter_registry_test_mode():
            worker = Worker(self.env.registry, sleep=lambda seconds: None)
            for _step in range(20):
                if not worker.step():
                    break
        self.env.invalidate_all()

    def test_a_worker_imports(self):
        job = self.start(
            feed(*map(row, range(250)), row(1), row(999, price="free")), batch_size=100
        )
        self.work()
        self.assertEqual(job.status, "completed_with_errors")
        self.assertEqual((job.imported_count, job.error_count), (250, 2))
        self.assertEqual(self.staged.search_count([("channel_id", "=", self.channel.id)]), 250)
        log = job.log_id
        self.assertEqual(
            (log.status, log.records_processed, log.records_failed), ("partial", 252, 2)
        )

    def test_a_worker_says_what_is_wrong(self):
        job = self.start(base64.b64encode(b"<!DOCTYPE html><html></html>").decode())
        self.work()
        self.assertEqual(job.status, "failed")
        self.assertEqual(job.log_id.status, "failed")
        self.assertEqual(job.log_id.error_details[0]["message"], job.error_message)


@tagged("post_install", "-at_install")
class TestRpc(ImportCase):
    def test_wrong_arguments(self):
        good = {"channel_id": self.channel.id, "content_base64": feed(row(1)), "language": "fr"}
        for wrong, said in (
            ({"content_base64": None}, "either"),
            ({"source_url": "https://x.example"}, "either"),
            ({"language": "it"}, "fr, de or en"),
            ({"batch_size": 99}, "100 to 5000"),
            ({"batch_size": "many"}, "100 to 5000"),
            ({"content_base64": "%%%"}, "base64"),
            ({"content_base64": None, "source_url": "file:///etc/passwd"}, "https"),
            ({"channel_id": 0}, "channel_id"),
            ({"channel_id": 987654}, "does not exist"),
        ):
            with self.subTest(wrong=wrong), self.assertRaisesRegex(UserError, said):
                self.jobs.start_import(**{**good, **wrong})

    def test_by_company(self):
        answer = self.jobs.start_import(
            company_id=self.company.id, content_base64=feed(row(1)), language="fr"
        )
        self.assertEqual(answer["status"], "pending")
        self.assertEqual(self.jobs.browse(answer["job_id"]).channel_id, self.channel)

    def test_status_and_statistics(self):
        job = self.imported(row(1), row(2, price="free"))
        self.assertEqual(
            job.get_status(),
            [
                {
                    "id": job.id,
                    "status": "completed_with_errors",
                    "imported_count": 1,
                    "updated_count": 0,
                    "unchanged_count": 0,
                    "error_count": 1,
                    "total_processed": 2,
                    "progress": 100.0,
                }
            ],
        )
        self.start(feed(row(1)))
        self.assertEqual(
            self.jobs.get_stats(channel_id=self.channel.id),
            {
                "total": 2,
                "pending": 1,
                "processing": 0,
                "completed": 0,
                "completed_with_errors": 1,
                "failed": 0,
            },
        )

    def test_who_may(self):
        user = new_test_user(
            self.env,
            "import_user",
            "base.group_user,orion_base.group_orion_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        main = self.env.ref("base.main_company")
        other = new_test_user(
            self.env,
            "import_other",
            "base.group_user,orion_base.group_orion_user",
            company_id=main.id,
            company_ids=main.ids,
        )
        clerk = new_test_user(self.env, "import_clerk", "base.group_user")
        arguments = {"channel_id": self.channel.id, "content_base64": feed(row(1))}
        job_id = self.jobs.with_user(user).start_import(**arguments)["job_id"]
        job = self.jobs.browse(job_id)
        self.assertEqual(job.user_id, user)
        self.assertEqual(job.with_user(user).get_status()[0]["status"], "pending")
        with self.assertRaises(AccessError):
            job.with_user(user).write({"status": "completed"})
        with self.assertRaises(AccessError):
            job.with_user(user).action_accept_shrunk()
        self.assertNotIn("source_url", job.with_user(user).fields_get())
        for stranger in (other, clerk):
            jobs = self.jobs.with_user(stranger).with_context(allowed_company_ids=False)
            with self.subTest(user=stranger.login), self.assertRaises(AccessError):
                jobs.start_import(**arguments)
            with self.subTest(user=stranger.login), self.assertRaises(AccessError):
                jobs.browse(job_id).get_status()


@tagged("post_install", "-at_install")
class TestImportWizard(ImportCase):
    def test_address_is_filled_in_for_the_language(self):
        self.channel.feed_url_de = "https://a.example/de.csv"
        wizard = self.env["orion.import.wizard"].create(
            {"channel_id": self.channel.id, "language": "de"}
        )
        self.assertEqual(wizard.source_url, "https://a.example/de.csv")

    def test_preview_and_start(self):
        wizard = self.env["orion.import.wizard"].create(
            {
                "channel_id": self.channel.id,
                "language": "fr",
                "source": "file",
                "content": feed(row(1, "<b>Pen</b>"), row(2, price="free")),
                "filename": "mine.csv",
            }
        )
        wizard.action_preview()
        self.assertIn("external_id", wizard.preview)
        self.assertIn("&lt;b&gt;Pen", wizard.preview)
        self.assertIn("free", wizard.preview)
        action = wizard.action_start()
        job = self.jobs.browse(action["res_id"])
        self.assertEqual((job.source_name, job.status), ("mine.csv", "pending"))

    def test_no_feed(self):
        wizard = self.env["orion.import.wizard"].create(
            {"channel_id": self.channel.id, "source": "file", "content": base64.b64encode(b"%PDF-")}
        )
        with self.assertRaisesRegex(UserError, "PDF"):
            wizard.action_preview()
