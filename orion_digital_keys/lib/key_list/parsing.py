"""Which lines of a list are keys, and what is wrong with the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from odoo.addons.orion_base.lib.keyring import mask
from odoo.addons.orion_base.lib.sentence import Sentence

from .pictures import PICTURE_MEGABYTES, read_pictures
from .problems import (
    EMPTY,
    LINE_SENTENCES,
    TOO_LARGE,
    TOO_MANY,
    LineProblem,
    UnreadableKeyList,
)
from .rows import Row, decoded, text_rows
from .spreadsheet import is_spreadsheet, sheet_rows

FILE_MEGABYTES = 20
MOST_KEYS = 100_000
SHORTEST_KEY = 4
LONGEST_KEY = 1000
LONGEST_LINK = 2000
#: The whole line is the key, whatever separates columns elsewhere.
WHOLE_LINE = -1

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_BLANKS = re.compile(r"\s+")
_FOLDED = re.compile(r"[\s-]+")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+?\d{1,3}", re.IGNORECASE)
_SHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|NULL!|NUM!|DIV/0!|#+)", re.IGNORECASE)
_SENTENCE = re.compile(r"[A-Za-z,']+( [A-Za-z,']+){2,}[.:!?]?")
_NAMES = re.compile(r"[A-Z][a-z]+([ '-][A-Z][a-z]+)*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_LETTER_OR_DIGIT = re.compile(r"[A-Za-z0-9]")
#: What columns of keys are called.
_HEADERS = frozenset(
    {
        "activation code", "activation key", "address", "adresse", "aktivierungscode", "cd key",
        "cd-key", "cdkey", "cle", "cles", "clé", "clé d'activation", "clés", "code",
        "code d'activation", "codes", "download link", "gift code", "gutschein", "key", "key code",
        "keys", "licence", "licence key", "license", "license key", "lien", "liens", "link",
        "links", "lizenz", "lizenzschlüssel", "numéro de série", "pin", "product key",
        "schluessel", "schlüssel", "serial", "serial number", "serials", "token", "url", "voucher",
    }
)  # fmt: skip
#: What other columns are called: a first line with one of them holds no key.
_OTHER_HEADERS = frozenset(
    {
        "bestellung", "buyer", "commande", "cost", "country", "customer", "date", "datum", "e-mail",
        "email", "expires", "expiry", "game", "id", "kunde", "land", "mail", "name", "nom",
        "nr", "number", "order", "pays", "plateforme", "platform", "plattform", "preis", "price",
        "prix", "product", "produit", "produkt", "quantity", "region", "région", "sku", "status",
        "title", "titel", "titre",
    }
)  # fmt: skip
#: A form is usual when at least five keys, and four in five, have it.
_USUAL_FROM = 5
_USUAL_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key that can be taken.

    :param number: its line.
    :param value: text, link, or for pictures their content.
    :param is_unusual: its form differs from that of nearly all others.
    :param alike: line of an earlier key from which it differs by nothing but capitals, blanks
        and dashes; 0 for none.
    """

    number: int
    value: str | bytes = field(repr=False)
    filename: str = ""
    is_unusual: bool = False
    alike: int = 0

    @property
    def masked(self) -> str:
        """For people to recognise it: at most four characters."""
        return mask(self.filename if isinstance(self.value, bytes) else self.value)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is not taken, and why."""

    number: int
    problem: LineProblem
    sentence: Sentence
    masked: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may hold the keys; `example` is masked."""

    index: int
    name: str
    example: str


@dataclass(frozen=True, slots=True)
class KeyList:
    """What was found in a list.

    :param columns: to choose from; none where there is only one.
    :param column: index of the one that was taken, `WHOLE_LINE` for all of the line.
    """

    entries: tuple[KeyEntry, ...]
    bad_lines: tuple[BadLine, ...]
    columns: tuple[Column, ...] = ()
    column: int = 0


def read_key_list(
    content: bytes, *, method: str, filename: str = "", column: int | None = None
) -> KeyList:
    """The keys of a file: plain text, CSV, XLSX, or pictures.

    :param method: how the product is delivered: `key`, `image` or `link`.
    :param column: the one that holds the keys, where a person has chosen it.
    :raises UnreadableKeyList: there is no list in it.
    """
    if len(content) > FILE_MEGABYTES * 1024**2:
        raise UnreadableKeyList(TOO_LARGE.fill(megabytes=FILE_MEGABYTES))
    if method == "image":
        return _picture_list(content, filename)
    rows = sheet_rows(content) if is_spreadsheet(content) else text_rows(decoded(content))
    return _text_list(rows, method, column)


def read_pasted(text: str, *, method: str, column: int | None = None) -> KeyList:
    """The keys of a pasted text.

    :raises UnreadableKeyList: there is none.
    """
    return _text_list(text_rows(text), method, column)


def normalised(text: str) -> str:
    """A key as it is kept: without blanks around it and characters that nobody sees."""
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip()


def folded(text: str) -> str:
    """What keys have in common that differ by nothing but capitals, blanks and dashes. They are
    told, not refused: where capitals count they are two keys."""
    return _FOLDED.sub("", text).casefold()


def _text_list(rows: Sequence[Row], method: str, chosen: int | None) -> KeyList:
    header, named = _header(rows[0])
    body = rows[1:] if header else rows
    if not body:
        raise UnreadableKeyList(EMPTY)
    if len(body) > MOST_KEYS:
        raise UnreadableKeyList(TOO_MANY.fill(limit=MOST_KEYS))
    width = max(len(row.cells) for row in body)
    if chosen is not None and (chosen == WHOLE_LINE or chosen < width):
        column = chosen
    else:
        column = named if named is not None else _likely_column(body, width)
    entries, bad_lines = _judged(body, column, method)
    columns = _columns(header, body, width) if width > 1 else ()
    entries = entries if method == "link" else _with_alike(entries)
    return KeyList(_with_unusual(entries, method), bad_lines, columns, column)


def _header(row: Row) -> tuple[Row | None, int | None]:
    """The row when it names columns, and which of them has the keys, if it says so."""
    names = [normalised(cell).casefold().rstrip(":") for cell in row.cells]
    named = next((index for index, name in enumerate(names) if name in _HEADERS), None)
    is_header = named is not None or bool(_OTHER_HEADERS.intersection(names))
    return (row, named) if is_header else (None, None)


def _likely_column(rows: Sequence[Row], width: int) -> int:
    """The column with most different keys in it; of several the first."""

    def score(index: int) -> tuple[int, int]:
        values = {normalised(row.cell(index)) for row in rows}
        proper = {value for value in values if _text_problem(value) is None}
        return len(proper), -index

    return max(range(width), key=score)


def _columns(header: Row | None, rows: Sequence[Row], width: int) -> tuple[Column, ...]:
    def example(index: int) -> str:
        cells = (normalised(row.cell(index)) for row in rows)
        return mask(next(filter(None, cells), ""))

    names = header.cells if header else ()
    return tuple(
        Column(index, names[index] if index < len(names) else "", example(index))
        for index in range(width)
    )


def _judged(
    rows: Iterable[Row], column: int, method: str
) -> tuple[list[KeyEntry], tuple[BadLine, ...]]:
    first: dict[str, int] = {}
    entries: list[KeyEntry] = []
    bad_lines: list[BadLine] = []
    for row in rows:
        whole = column == WHOLE_LINE
        value = normalised(row.whole if whole else row.cell(column))
        problem = row.problem(0 if whole else column) or _problem(value, method)
        if problem is None and value in first:
            problem = LineProblem.DUPLICATE
        if problem is None:
            first[value] = row.number
            entries.append(KeyEntry(row.number, value))
        else:
            sentence = _sentence(problem, method, first.get(value, 0))
            bad_lines.append(BadLine(row.number, problem, sentence, mask(value)))
    return entries, tuple(bad_lines)


def _problem(value: str, method: str) -> LineProblem | None:
    return _link_problem(value) if method == "link" else _text_problem(value)


def _text_problem(value: str) -> LineProblem | None:
    if not value:
        return LineProblem.FEW_CELLS
    if not (value.isascii() and value.isprintable()):
        return LineProblem.STRANGE_CHARACTERS
    if _SHEET_ERROR.fullmatch(value):
        return LineProblem.SPREADSHEET_ERROR
    if _SCIENTIFIC.fullmatch(value):
        return LineProblem.DIGITS_LOST
    if _EMAIL.fullmatch(value):
        return LineProblem.EMAIL
    if _SENTENCE.fullmatch(value) or _NAMES.fullmatch(value):
        return LineProblem.SENTENCE
    if len(value) < SHORTEST_KEY:
        return LineProblem.TOO_SHORT
    return LineProblem.TOO_LONG if len(value) > LONGEST_KEY else None


def _link_problem(value: str) -> LineProblem | None:
    if not value:
        return LineProblem.FEW_CELLS
    if not (value.isascii() and value.isprintable()):
        return LineProblem.STRANGE_CHARACTERS
    if len(value) > LONGEST_LINK:
        return LineProblem.TOO_LONG
    return None if is_link(value) else LineProblem.NO_ADDRESS


def is_link(value: str) -> bool:
    """Whether it is an address of the web that a browser can open."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in value


def _sentence(problem: LineProblem, method: str, first: int = 0) -> Sentence:
    sentence = LINE_SENTENCES[problem]
    if problem is LineProblem.DUPLICATE:
        return sentence.fill(first=first)
    if problem is LineProblem.TOO_LONG:
        return sentence.fill(limit=LONGEST_LINK if method == "link" else LONGEST_KEY)
    if problem is LineProblem.TOO_SHORT:
        return sentence.fill(limit=SHORTEST_KEY)
    return (
        sentence.fill(megabytes=PICTURE_MEGABYTES) if problem is LineProblem.TOO_LARGE else sentence
    )


def _with_unusual(entries: list[KeyEntry], method: str) -> tuple[KeyEntry, ...]:
    """Mark the keys whose form is not that of nearly all others."""
    forms = Counter(_form(entry) for entry in entries)
    form, count = forms.most_common(1)[0] if forms else ("", 0)
    if method == "link" or count < _USUAL_FROM or count < _USUAL_SHARE * len(entries):
        return tuple(entries)
    return tuple(
        entry if _form(entry) == form else replace(entry, is_unusual=True) for entry in entries
    )


def _with_alike(entries: list[KeyEntry]) -> list[KeyEntry]:
    """Mark the keys that are nearly the same as an earlier one."""
    first: dict[str, int] = {}
    return [
        entry
        if (number := first.setdefault(folded(str(entry.value)), entry.number)) == entry.number
        else replace(entry, alike=number)
        for entry in entries
    ]


def _form(entry: KeyEntry) -> str:
    """Where letters and digits, and where other signs are."""
    return _LETTER_OR_DIGIT.sub("x", str(entry.value))


def _picture_list(content: bytes, filename: str) -> KeyList:
    first: dict[bytes, int] = {}
    entries: list[KeyEntry] = []
    bad_lines: list[BadLine] = []
    for picture in read_pictures(content, filename):
        problem = picture.problem
        if problem is None and picture.content in first:
            problem = LineProblem.DUPLICATE
        if problem is None:
            first[picture.content] = picture.number
            entries.append(KeyEntry(picture.number, picture.content, picture.filename))
        else:
            sentence = _sentence(problem, "image", first.get(picture.content, 0))
            bad_lines.append(BadLine(picture.number, problem, sentence, mask(picture.filename)))
    return KeyList(tuple(entries), tuple(bad_lines))
