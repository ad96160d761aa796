"""Many labels in one PDF, with the memory of one.

pypdf's own writer keeps every object until it writes: a few hundred labels are gigabytes then. Here
each label's objects are numbered anew and written at once; what stays is their places in the file.
"""

import copy
import io
import logging
from collections import deque

from odoo.tools.pdf import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfReader,
    generic,
)

from odoo.addons.orion_base.lib.errors import Rejected
from odoo.addons.orion_base.lib.sentence import Sentences

_lt = Sentences(__name__)

#: A label has a page or two; what has more of these is no label.
MOST_PAGES = 50
MOST_OBJECTS = 20_000
#: What of a page leads to other pages or to forms, and is not needed on paper.
_LEFT_OUT = frozenset({"/Parent", "/Annots", "/B", "/StructParents", "/PieceInfo", "/Metadata"})
_CATALOG, _PAGES = 1, 2

# What is odd about a carrier's file is said on its label; it is no matter of the server's log.
for _name in ("PyPDF2", "pypdf"):
    logging.getLogger(_name).setLevel(logging.ERROR)


class UnreadableLabel(Rejected):
    """A file that cannot be part of a merged one."""

    code = "unreadable_label"


class LostLabel(UnreadableLabel):
    """A file that was kept and is gone."""

    code = "lost_label"

    @classmethod
    def of_server(cls):
        return cls(_lt("The kept file is gone from the server. Fetch the label again."))


class LabelPrint:
    """Writes one PDF of many.

    :param stream: binary; written from its current place on, which is its beginning
    """

    def __init__(self, stream):
        self._stream = stream
        self._places = {}
        self._pages = []
        self._next = _PAGES + 1
        self._written = 0
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    @property
    def page_count(self):
        """Pages so far."""
        return len(self._pages)

    def add(self, content):
        """Append all pages of a PDF.

        :return: how many
        :raise UnreadableLabel: nothing of it was written
        """
        label = _Label(content, self._next)
        for number, written in label.objects:
            self._places[number] = self._written
            self._write(f"{number} 0 obj\n".encode())
            self._write(written)
            self._write(b"\nendobj\n")
        self._next = label.next_number
        self._pages += label.pages
        return len(label.pages)

    def finish(self):
        """Write what holds the pages together; nothing can be added any more."""
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        for number, text in (
            (_CATALOG, f"<< /Type /Catalog /Pages {_PAGES} 0 R >>"),
            (_PAGES, f"<< /Type /Pages /Count {len(self._pages)} /Kids [{kids}] >>"),
        ):
            self._places[number] = self._written
            self._write(f"{number} 0 obj\n{text}\nendobj\n".encode())
        table = self._written
        self._write(f"xref\n0 {self._next}\n0000000000 65535 f \n".encode())
        for number in range(1, self._next):
            self._write(f"{self._places[number]:010d} 00000 n \n".encode())
        trailer = f"<< /Size {self._next} /Root {_CATALOG} 0 R >>"
        self._write(f"trailer\n{trailer}\nstartxref\n{table}\n%%EOF\n".encode())

    def _write(self, data):
        self._stream.write(data)
        self._written += len(data)


def count_pages(content):
    """Pages of a PDF that can be merged.

    :raise UnreadableLabel: it cannot, and why
    """
    return LabelPrint(io.BytesIO()).add(content)


class _Label:
    """One PDF taken apart: its objects under new numbers, as they are written.

    :param first: the number of the first object
    """

    def __init__(self, content, first):
        self.next_number = first
        self.objects = []
        self.pages = []
        self._numbers = {}
        self._waiting = deque()
        try:
            with io.BytesIO(content) as source:
                self._read(PdfReader(source, strict=False))
        except UnreadableLabel:
            raise
        # pypdf raises whatever comes to its mind at files that are damaged
        except Exception as error:
            raise UnreadableLabel(
                _lt("The PDF is damaged, so it cannot be printed with others."),
                details={"cause": f"{type(error).__name__}: {error}"[:200]},
            ) from error

    def _read(self, reader):
        try:
            self._take_apart(reader)
        finally:
            # objects and reader hold each other: let go at once, not when garbage is collected
            reader.resolved_objects.clear()
            reader.flattened_pages = None

    def _take_apart(self, reader):
        if reader.is_encrypted:
            raise UnreadableLabel(_lt("The PDF is protected, so it cannot be printed with others."))
        pages = list(reader.pages)
        if not 0 < len(pages) <= MOST_PAGES:
            raise UnreadableLabel(
                _lt("The PDF has %(count)s pages, which is no label.", count=len(pages))
            )
        for page in pages:
            number = self._take_number()
            self.pages.append(number)
            self._keep(number, self._page(page))
        while self._waiting:
            number, reference = self._waiting.popleft()
            self._keep(number, self._copied(self._target(reference)))

    def _page(self, page):
        result = DictionaryObject()
        for key, value in page.items():
            if key not in _LEFT_OUT:
                result[NameObject(key)] = self._copied(value)
        result[NameObject("/Parent")] = IndirectObject(_PAGES, 0, None)
        return result

    def _target(self, reference):
        """What a reference means; a page that is reached from another one is left out."""
        found = reference.get_object()
        if isinstance(found, DictionaryObject) and found.get("/Type") in ("/Page", "/Pages"):
            return generic.NullObject()
        return generic.NullObject() if found is None else found

    def _copied(self, value):
        """A value with its references under their new numbers; the file read stays as it is."""
        if isinstance(value, IndirectObject):
            return IndirectObject(self._number_of(value), 0, None)
        if isinstance(value, ArrayObject):
            return ArrayObject(self._copied(item) for item in value)
        if isinstance(value, DictionaryObject):
            result = copy.copy(value)
            result.pop("/Length", None)
            for key, item in list(result.items()):
                result[NameObject(key)] = self._copied(item)
            return result
        return value

    def _number_of(self, reference):
        identity = reference.idnum, reference.generation
        if identity not in self._numbers:
            self._numbers[identity] = self._take_number()
            self._waiting.append((self._numbers[identity], reference))
        return self._numbers[identity]

    def _take_number(self):
        if len(self.objects) + len(self._waiting) > MOST_OBJECTS:
            raise UnreadableLabel(_lt("The PDF is too complicated for a label."))
        number = self.next_number
        self.next_number += 1
        return number

    def _keep(self, number, value):
        written = io.BytesIO()
        value.write_to_stream(written, None)
        self.objects.append((number, written.getvalue()))
