from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .import_common import ImportCase, encoded, row


@tagged("post_install", "-at_install")
class TestCorrections(ImportCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.job = self.imported(
            row(1), row(2, "=Formula", price="free"), row(3, price="-5"), ",No id,,1,,,,,\n"
        )
        self.assertEqual(self.job.error_count, 3)

    def error(self, number):
        return self.job.error_ids.filtered(lambda error: error.row_number == number)

    def correct(self, error, **cells):
        action = error.action_correct()
        model = self.env[action["res_model"]].with_context(**action["context"])
        correction = model.create({"error_id": error.id})
        for cell in correction.cell_ids:
            cell.value = cells.get(cell.name, cell.value)
        return correction

    def states(self):
        return [error.state for error in self.job.error_ids.sorted("row_number")]

    def test_all_columns_can_be_corrected_also_the_empty_ones(self):
        correction = self.correct(self.error(5))
        self.assertEqual(
            [(cell.name, cell.value or "") for cell in correction.cell_ids][:4],
            [("id", ""), ("title", "No id"), ("description", ""), ("price", "1")],
        )

    def test_only_the_corrected_rows_are_imported(self):
        self.correct(self.error(3), price="3.50").action_keep()
        self.assertEqual(self.states(), ["corrected", "open", "open"])
        action = self.correct(self.error(5), id="P5").action_import()
        job = self.run_job(self.jobs.browse(action["res_id"]))
        self.assertEqual((job.status, job.imported_count, job.total_processed), ("completed", 2, 2))
        self.assertEqual((job.is_full, job.corrects_id), (False, self.job))
        self.assertEqual(self.states(), ["imported", "open", "imported"])
        product = self.product(2).with_context(lang="fr_FR")
        self.assertEqual((product.price, product.title), (3.5, "=Formula 2"))
        self.assertFalse(self.staged.search([("missing_since", "!=", False)]))
        self.assertEqual(self.job.correctable_count, 1)

    def test_what_is_still_wrong_says_so_again(self):
        self.correct(self.error(3), price="gratis").action_keep()
        job = self.run_job(self.jobs.browse(self.job.action_import_corrected()["res_id"]))
        self.assertEqual((job.status, job.error_count), ("completed_with_errors", 1))
        self.assertIn("gratis", job.error_ids.error_message)
        self.assertEqual(self.states(), ["open", "open", "open"])
        self.assertIn("gratis", self.error(3).row_shown, "what was typed is not lost")

    def test_nothing_corrected(self):
        with self.assertRaisesRegex(UserError, "No row is corrected"):
            self.job.action_import_corrected()

    def test_too_large_a_row_is_corrected_in_the_file(self):
        job = self.imported(row(7, "x" * 100_001))
        self.assertTrue(job.error_ids.is_cut)
        with self.assertRaisesRegex(UserError, "too large"):
            job.error_ids.action_correct()

    def test_downloaded_corrected_and_uploaded(self):
        self.authenticate("admin", "admin")
        self.env.ref("base.user_admin").company_ids += self.company
        action = self.job.action_download_errors()
        answer = self.url_open(f"{action['url']}?allowed={self.company.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        text = answer.content.decode("utf-8-sig")
        self.assertEqual(len(text.splitlines()), 4)
        self.assertIn('"\'=Formula 2"', text, "no spreadsheet calculates it")
        self.assertIn("is not a price", text)
        corrected = text.replace('"free"', '"2.50"').replace('"\'-5"', '"5.00"')
        context = self.job.action_upload_corrected()["context"]
        wizard = (
            self.env["orion.import.wizard"]
            .with_context(**context)
            .create({"content": encoded(corrected), "filename": "mine.csv"})
        )
        wizard.action_preview()
        self.assertNotIn("orion:problem", wizard.preview)
        job = self.run_job(self.jobs.browse(wizard.action_start()["res_id"]))
        self.assertEqual((job.imported_count, job.error_count, job.is_full), (2, 1, False))
        self.assertEqual(self.states(), ["imported", "imported", "open"])
        self.assertNotIn("orion:problem", self.product(2).attributes)

    def test_nobody_else_downloads_or_corrects(self):
        main = self.env.ref("base.main_company")
        new_test_user(
            self.env,
            "row_stranger",
            "base.group_user,orion_base.group_orion_user",
            company_id=main.id,
            company_ids=main.ids,
        )
        new_test_user(self.env, "row_clerk", "base.group_user")
        for login in ("row_stranger", "row_clerk"):
            self.authenticate(login, login)
            with self.subTest(login=login):
                answer = self.url_open(self.job.action_download_errors()["url"])
                self.assertEqual(answer.status_code, 404)
                user = self.env["res.users"].search([("login", "=", login)])
                error = self.error(3).with_user(user).with_context(allowed_company_ids=False)
                with self.assertRaises(AccessError):
                    error.action_correct()
                correction = self.env["orion.import.correction"].sudo()
                correction = correction.create({"error_id": error.id})
                with self.assertRaises(AccessError):
                    correction.with_user(user).sudo(False).action_keep()

    def test_errors_are_said_in_the_language_of_who_imports(self):
        self.env.user.lang = "fr_FR"
        job = self.imported(row(2, price="free"))
        self.assertIn("n’est pas un prix", job.error_ids.error_message)

    def test_queries_do_not_grow_with_the_rows(self):
        def count(first, last):
            job = self.imported(*(row(n, price="free") for n in range(first, last)), is_full=False)
            for error in job.error_ids:
                error.corrected_data = {**error.row_data, "price": "1"}
                error.state = "corrected"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            job.action_import_corrected()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(10, 20)
        self.assertEqual(count(20, 30), count(30, 80))
