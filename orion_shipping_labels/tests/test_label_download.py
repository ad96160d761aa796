import re
from contextlib import nullcontext

from odoo.tests import HttpCase, new_test_user, tagged

from .printed import PrintedCase


@tagged("post_install", "-at_install")
class TestDownload(PrintedCase, HttpCase):
    """The files of labels, to those who may see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        user = "orion_base.group_orion_user"
        cls.clerk.password = "orders_clerk"
        for login, groups, company in (
            ("label_packer", user, cls.company),
            ("label_stranger", user, cls.other),
            ("label_nobody", "base.group_user,stock.group_stock_user", cls.company),
        ):
            new_test_user(
                cls.env,
                login,
                password=login,
                groups=groups,
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )

    def setUp(self):
        super().setUp()
        self.sold = self.sales("pdf", "pdf", "zpl")
        self.table = self.fetched(self.sold)
        self.labels = self.table.line_ids.label_id
        self.paths = [f"/orion/labels/{self.labels[0].id}", self.batch_path(self.labels)]

    def enter_registry_test_mode(self):
        # tests over HTTP are in it from their beginning
        return nullcontext()

    def batch_path(self, labels, kind="pdf"):
        return f"/orion/labels/batch/{self.table.id}?kind={kind}&labels={self.ids_of(labels)}"

    def ids_of(self, labels):
        return ",".join(map(str, labels.ids))

    def get(self, path, login):
        self.authenticate(login, login)
        return self.url_open(path, allow_redirects=False)

    def numbers(self, answer):
        # the stand-in's labels are not compressed
        return re.findall(r"\((H\d+)\) Tj", answer.content.decode("latin-1"))

    def test_one_and_many(self):
        one, many = (self.get(path, "label_packer") for path in self.paths)
        numbers = self.labels.filtered(lambda label: label.kind == "pdf").mapped("shipment_number")
        self.assertEqual((one.status_code, many.status_code), (200, 200))
        self.assertEqual(one.headers["Content-Type"], "application/pdf")
        self.assertEqual(self.numbers(one), numbers[:1])
        self.assertEqual(self.numbers(many), numbers)
        self.assertIn("labels-", many.headers["Content-Disposition"])
        self.assertEqual(many.headers["Cache-Control"], "no-store")
        self.assertEqual(many.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(int(many.headers["Content-Length"]), len(many.content))

    def test_zpl_as_it_came(self):
        answer = self.get(self.batch_path(self.labels, "zpl"), "label_packer")
        self.assertEqual(answer.content.count(b"^XA"), 1)
        self.assertTrue(answer.content.endswith(b"^XZ\n"))

    def test_nobody_else(self):
        for login in ("label_stranger", "label_nobody"):
            for path in self.paths:
                with self.subTest(login=login, path=path):
                    answer = self.get(path, login)
                    self.assertEqual(answer.status_code, 404)
                    self.assertNotIn(b"%PDF", answer.content)

    def test_who_is_not_logged_in_is_asked_to(self):
        for path in self.paths:
            answer = self.url_open(path, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_of_a_mixture_only_what_one_may_see(self):
        theirs = self.labels[0].sudo().copy({"company_id": self.other.id, "url_digest": "x"})
        answer = self.get(self.batch_path(theirs | self.labels[1]), "label_packer")
        self.assertEqual(self.numbers(answer), self.labels[1].mapped("shipment_number"))

    def test_what_cannot_be_read_is_left_out_and_said(self):
        good, broken, _zpl = self.labels
        self.sold |= self.sales("pdf")
        self.table = self.fetched(self.sold)
        lost = self.table.line_ids.label_id - self.labels
        action = self.table.action_print_pdf()
        self.assertEqual((broken | lost).mapped("print_count"), [1, 1])
        broken.sudo().attachment_id.raw = b"%PDF-1.4 cut"
        lost.sudo().attachment_id.raw = b""
        answer = self.get(action["url"], "orders_clerk")
        self.assertEqual((answer.status_code, self.numbers(answer)), (200, [good.shipment_number]))
        self.env.invalidate_all()
        self.assertEqual((good | broken | lost).mapped("print_count"), [1, 0, 0])
        self.assertEqual((broken.state, broken.can_merge), ("fetched", False))
        self.assertEqual((lost.state, lost.attachment_id.id), ("failed", False))
        said = {line.label_id: line.message for line in self.table.line_ids}
        self.assertIn("damaged", said[broken])
        self.assertIn("print it alone", said[broken])
        self.assertIn("gone from the server", said[lost])
        self.assertFalse(said[good])

    def test_where_none_can_be_read_the_page_stays(self):
        good = self.labels[0]
        for labels, kind in ((good, "pdf"), (self.labels[2], "zpl")):
            labels.sudo().attachment_id.raw = b""
            answer = self.get(self.batch_path(labels, kind), "orders_clerk")
            self.assertEqual((answer.status_code, answer.content), (204, b""))

    def test_what_is_no_label(self):
        for path in (
            "/orion/labels/0",
            f"/orion/labels/batch/{self.table.id}?labels=x,-1,0",
            f"/orion/labels/batch/{self.table.id}",
            self.batch_path(self.labels, "exe"),
        ):
            self.assertEqual(self.get(path, "label_packer").status_code, 404, path)
