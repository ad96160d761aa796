from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models import orion_import_job_run
from .import_common import ImportCase, feed, row


@tagged("post_install", "-at_install")
class TestImportRpc(ImportCase):
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

    def test_an_upload_that_is_too_large(self):
        with (
            patch.object(orion_import_job_run, "LARGEST_UPLOAD", 10),
            self.assertRaisesRegex(UserError, "larger than 100 MB"),
        ):
            self.start(feed(row(1)))

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
