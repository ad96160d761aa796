import io
import tempfile
import tracemalloc

from odoo.tests import BaseCase
from odoo.tools.pdf import PdfReader

from odoo.addons.orion_shipping_labels.label_pdf import LabelPrint, UnreadableLabel, count_pages

from sandbox.carriers.pdf import label_pdf

#: As heavy as carriers' labels are.
WEIGHT = 200_000
MEGABYTE = 1024 * 1024


class TestMerging(BaseCase):
    def merge(self, count, stream, weight=0):
        merged = LabelPrint(stream)
        for index in range(count):
            merged.add(label_pdf(f"H{index:011d}", "Greco", padding=weight))
        merged.finish()

    def test_every_page_in_order_with_its_text_and_size(self):
        stream = io.BytesIO()
        self.merge(5, stream)
        stream.seek(0)
        pages = PdfReader(stream, strict=True).pages
        self.assertEqual(
            [page.extract_text().split()[-1] for page in pages],
            [f"H{index:011d}" for index in range(5)],
        )
        self.assertEqual([float(side) for side in pages[4].mediabox[2:]], [283.0, 425.0])

    def test_five_hundred_need_the_memory_of_a_few(self):
        peaks = []
        for count in (20, 500):
            with tempfile.TemporaryFile() as file:
                tracemalloc.start()
                self.merge(count, file, WEIGHT)
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
                self.assertGreater(file.tell(), count * WEIGHT)
        self.assertLess(peaks[1], 5 * MEGABYTE)
        self.assertLess(peaks[1] - peaks[0], 2 * MEGABYTE)

    def test_a_damaged_one_leaves_the_others_whole(self):
        good = label_pdf("H1", "Greco")
        stream = io.BytesIO()
        merged = LabelPrint(stream)
        merged.add(good)
        for bad in (b"", b"%PDF-1.4\nno document\n%%EOF\n", good[: len(good) // 2]):
            with self.assertRaises(UnreadableLabel):
                merged.add(bad)
        merged.add(good)
        merged.finish()
        stream.seek(0)
        self.assertEqual(len(PdfReader(stream, strict=True).pages), 2)

    def test_merged_ones_can_be_merged_again(self):
        stream = io.BytesIO()
        self.merge(3, stream)
        self.assertEqual(count_pages(stream.getvalue()), 3)
        many = io.BytesIO()
        self.merge(60, many)
        with self.assertRaisesRegex(UnreadableLabel, "60 pages"):
            count_pages(many.getvalue())
