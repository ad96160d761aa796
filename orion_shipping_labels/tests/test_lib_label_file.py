import unittest

from odoo.addons.orion_shipping_labels.lib.label_file import LabelKind, kind_of


class TestKind(unittest.TestCase):
    def test_told_by_the_content(self):
        for body, content_type, kind in (
            (b"%PDF-1.4", "text/html", LabelKind.PDF),
            (b"\xef\xbb\xbf\n%PDF-1.7", "", LabelKind.PDF),
            (b"^XA^FDx^XZ", "text/plain", LabelKind.ZPL),
            (b" ^xa", "", LabelKind.ZPL),
            (b"CT~~CD", "application/zpl", LabelKind.ZPL),
            (b"<html>", "application/pdf", LabelKind.LINK),
            (b"", "", LabelKind.LINK),
            (b"\x89PNG", "image/png", LabelKind.LINK),
        ):
            with self.subTest(body):
                self.assertIs(kind_of(body, content_type), kind)
