from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..models import orion_import_job_run
from .import_common import ImportCase, row


@tagged("post_install", "-at_install")
class TestMissing(ImportCase):
    def missing(self):
        return set(self.staged.search([("missing_since", "!=", False)]).mapped("external_id"))

    def test_what_another_language_still_has_is_not_missing(self):
        self.imported(*map(row, range(10)))
        self.imported(*map(row, range(10)), language="de")
        job = self.imported(*map(row, range(9)))
        self.assertEqual(job.missing_count, 1)
        self.assertFalse(self.missing())
        self.imported(*map(row, range(9)), language="de")
        self.assertEqual(self.missing(), {"P9"}, "now no feed has it")

    def test_a_language_that_never_had_it_says_nothing(self):
        self.imported(*map(row, range(10)))
        job = self.imported(*map(row, range(3)), language="de")
        self.assertEqual((job.status, job.missing_count, job.is_shrunk), ("completed", 0, False))
        self.assertFalse(self.missing())

    def test_feeds_that_nobody_imports_any_more_keep_nothing_alive(self):
        german = self.imported(*map(row, range(10)), language="de")
        self.imported(*map(row, range(10)))
        german.completed_at = "2020-01-01"
        self.imported(*map(row, range(9)))
        self.assertEqual(self.missing(), {"P9"})

    def test_back_again(self):
        self.imported(*map(row, range(10)))
        self.imported(*map(row, range(9)))
        self.assertEqual(self.missing(), {"P9"})
        job = self.imported(*map(row, range(10)))
        self.assertFalse(self.missing())
        self.assertEqual((job.unchanged_count, job.updated_count), (9, 1))

    def test_a_row_with_an_error_is_not_missing(self):
        self.imported(*map(row, range(10)))
        job = self.imported(*map(row, range(8)), row(8, price="free"), 'P9,"open,x\n')
        self.assertEqual((job.error_count, job.missing_count), (2, 0))
        self.assertFalse(self.missing())

    def test_rows_with_errors_are_not_missing_however_many(self):
        self.imported(*map(row, range(10)))
        bad = [row(n, price="free") for n in range(6, 9)]
        with patch.object(orion_import_job_run, "MOST_ERRORS", 1):
            job = self.imported(*map(row, range(6)), *bad, 'P9,"open,x\n')
        self.assertEqual((job.error_count, len(job.error_ids)), (4, 1))
        self.assertEqual((job.known_count, job.missing_count, self.missing()), (10, 0, set()))

    def test_a_long_id_with_an_error_is_not_missing(self):
        line = row(1).replace("P1", "x" * 150)
        self.imported(row(2), line)
        job = self.imported(row(2), line.replace("9.90", "free"))
        self.assertEqual((job.error_count, job.missing_count), (1, 0))
        self.assertEqual(len(job.error_ids.identifier), 150)

    def test_a_row_that_was_missing_and_comes_back_as_it_was_is_read_again(self):
        self.imported(*map(row, range(10)))
        self.imported(*map(row, range(9)))
        self.assertNotIn("fr", self.product(9).row_digests)
        self.imported(*map(row, range(10)))
        self.assertIn("fr", self.product(9).row_digests)
        self.assertIn("fr", self.product(9).digests)

    def shrunk(self):
        self.imported(*map(row, range(10)))
        return self.imported(*map(row, range(6)))

    def test_a_person_keeps_the_products(self):
        job = self.shrunk()
        self.assertEqual((job.is_shrunk, job.known_count, job.missing_count), (True, 10, 4))
        job.action_refuse_shrunk()
        self.assertFalse(job.is_shrunk)
        self.assertFalse(self.missing())
        self.assertFalse(self.env["orion.import.row"].search([]))

    def test_what_a_person_believes_is_followed_at_once(self):
        self.channel.publish_missing = "archive"
        job = self.shrunk()
        runs = [("channel_id", "=", self.channel.id), ("operation_type", "=", "publish")]
        before = self.env["orion.sync.log"].search_count(runs)
        job.action_accept_shrunk()
        self.assertEqual(self.env["orion.sync.log"].search_count(runs), before + 1)

    def test_the_next_whole_feed_makes_the_decision_needless(self):
        first = self.shrunk()
        self.imported(*map(row, range(10)))
        self.assertFalse(first.is_shrunk)
        first.action_accept_shrunk()
        self.assertFalse(self.missing(), "an old feed marks nothing any more")
        self.assertFalse(self.env["orion.import.row"].search([]))

    def test_the_share_is_the_channels(self):
        self.channel.feed_shrink_percent = 40
        self.assertFalse(self.shrunk().is_shrunk)
        self.assertEqual(len(self.missing()), 4)
        self.channel.feed_shrink_percent = 0
        self.assertTrue(self.imported(*map(row, range(5))).is_shrunk)

    def test_only_managers_decide(self):
        job = self.shrunk()
        user = new_test_user(
            self.env,
            "feed_clerk",
            "base.group_user,orion_base.group_orion_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        for method in ("action_accept_shrunk", "action_refuse_shrunk"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(job.with_user(user), method)()
