"""What can be wrong with a file, and with a row of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from odoo.addons.orion_base.lib.sentence import Sentence, Sentences

_lt = Sentences(__name__)


class FileProblem(enum.Enum):
    """Why a file is not read, or not to its end; the values are codes for translation."""

    EMPTY = "empty"
    HTML = "html"
    PDF = "pdf"
    IMAGE = "image"
    JSON = "json"
    BINARY = "binary"
    OTHER_ARCHIVE = "other_archive"
    OLD_SPREADSHEET = "old_spreadsheet"
    ENCRYPTED = "encrypted"
    EMPTY_ARCHIVE = "empty_archive"
    NESTED_ARCHIVE = "nested_archive"
    DAMAGED_ARCHIVE = "damaged_archive"
    DAMAGED_SPREADSHEET = "damaged_spreadsheet"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    DOCTYPE = "doctype"
    XML_WITHOUT_PRODUCTS = "xml_without_products"
    NO_TABLE = "no_table"
    TOO_MANY_COLUMNS = "too_many_columns"
    MISSING_COLUMNS = "missing_columns"


#: Sentences with named placeholders: what the file seems to be, and what to do.
FILE_SENTENCES: Mapping[FileProblem, Sentence] = {
    FileProblem.EMPTY: _lt("The file is empty. Check the export that writes it."),
    FileProblem.HTML: _lt(
        "This is a web page, not a feed. The address may want a login or have changed: open it "
        "in a browser, and use the address of the file itself."
    ),
    FileProblem.PDF: _lt("This is a PDF document. Export the products as CSV, XLSX or XML."),
    FileProblem.IMAGE: _lt("This is a picture. Choose the file with the products."),
    FileProblem.JSON: _lt("This is JSON. Export the products as CSV, XLSX or XML."),
    FileProblem.BINARY: _lt(
        "This is neither text nor a spreadsheet. Export the products as CSV, XLSX or XML."
    ),
    FileProblem.OTHER_ARCHIVE: _lt(
        "This is an archive (%(kind)s) that cannot be opened here. Pack the feed as .zip or "
        ".gz, or not at all."
    ),
    FileProblem.OLD_SPREADSHEET: _lt(
        "This is a spreadsheet in another format (%(kind)s). Save it as XLSX or CSV."
    ),
    FileProblem.ENCRYPTED: _lt("The archive has a password. Pack the feed without one."),
    FileProblem.EMPTY_ARCHIVE: _lt("The archive holds no file. Check the export that writes it."),
    FileProblem.NESTED_ARCHIVE: _lt(
        "The archive holds another archive or a spreadsheet. Unpack it once, and import what is "
        "inside."
    ),
    FileProblem.DAMAGED_ARCHIVE: _lt("The archive is damaged. Download or pack it again."),
    FileProblem.DAMAGED_SPREADSHEET: _lt(
        "The spreadsheet is damaged. Open it, and save it again as XLSX or CSV."
    ),
    FileProblem.TRUNCATED: _lt(
        "The file ends in the middle: the transfer was cut. Import it again. What came before "
        "has been read."
    ),
    FileProblem.TOO_LARGE: _lt("The file is larger than %(megabytes)s MB. Split it into several."),
    FileProblem.BOMB: _lt(
        "The archive becomes more than %(ratio)s times larger when it is unpacked, as no feed "
        "does. Check where it comes from."
    ),
    FileProblem.DOCTYPE: _lt(
        "The XML declares a document type or entities, which no feed needs. Export it without them."
    ),
    FileProblem.XML_WITHOUT_PRODUCTS: _lt(
        "This is XML, but not a product feed: it has no item or entry. Export it as RSS, Atom "
        "or CSV."
    ),
    FileProblem.NO_TABLE: _lt(
        "No columns were found. The first line must name the columns, separated by comma, "
        "semicolon, tab or pipe."
    ),
    FileProblem.TOO_MANY_COLUMNS: _lt(
        "The file has more than %(columns)s columns. Check the export that writes it."
    ),
    FileProblem.MISSING_COLUMNS: _lt(
        "No column is mapped to: %(fields)s. Choose the columns in the preview, or name them so "
        "in the file."
    ),
}


class UnreadableFeed(Exception):
    """The file cannot be read, or not to its end.

    :param problem: its value is the code for translation.
    :param values: for the placeholders of the sentence.
    """

    def __init__(self, problem: FileProblem, **values: str | int) -> None:
        self.sentence = FILE_SENTENCES[problem].fill(**values)
        super().__init__(str(self.sentence))
        self.problem = problem
        self.values = values


class ErrorType(enum.Enum):
    """The kinds of errors that people filter by."""

    MISSING_ID = "missing_id"
    MISSING_TITLE = "missing_title"
    PARSE_ERROR = "parse_error"
    VALIDATION_ERROR = "validation_error"
    DUPLICATE_ID = "duplicate_id"


class RowProblem(enum.Enum):
    """Why a row is no product; the values are codes for translation."""

    MISSING_ID = "missing_id"
    MISSING_TITLE = "missing_title"
    DUPLICATE_ID = "duplicate_id"
    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"
    BROKEN_QUOTES = "broken_quotes"
    BROKEN_XML = "broken_xml"
    CELL_TOO_LONG = "cell_too_long"
    ROW_TOO_LONG = "row_too_long"
    FORBIDDEN_CHARACTERS = "forbidden_characters"
    WRONG_ENCODING = "wrong_encoding"
    IDENTIFIER_TOO_LONG = "identifier_too_long"
    PRICE_NOT_AMOUNT = "price_not_amount"
    PRICE_NEGATIVE = "price_negative"
    PRICE_TOO_LARGE = "price_too_large"
    CURRENCY_UNKNOWN = "currency_unknown"
    CURRENCIES_DIFFER = "currencies_differ"
    GTIN_INVALID = "gtin_invalid"
    GTIN_DAMAGED = "gtin_damaged"
    TAX_RATE_INVALID = "tax_rate_invalid"
    QUANTITY_INVALID = "quantity_invalid"


#: Sentences with named placeholders.
ROW_SENTENCES: Mapping[RowProblem, Sentence] = {
    RowProblem.MISSING_ID: _lt("The row has no product id. Fill in the column %(column)s."),
    RowProblem.MISSING_TITLE: _lt("The row has no title. Fill in the column %(column)s."),
    RowProblem.DUPLICATE_ID: _lt(
        "The id %(value)s stands in an earlier row already. Give each product an id of its own."
    ),
    RowProblem.TOO_FEW_CELLS: _lt(
        "The row has %(found)s cells instead of %(wanted)s. A cell or a quote is missing."
    ),
    RowProblem.TOO_MANY_CELLS: _lt(
        "The row has %(found)s cells instead of %(wanted)s. Put cells that contain the "
        "delimiter in quotes."
    ),
    RowProblem.BROKEN_QUOTES: _lt(
        "The row has a quote that is not closed, or one inside a quoted cell. Write quotes "
        "inside of quotes twice."
    ),
    RowProblem.BROKEN_XML: _lt("The product's XML is broken: %(reason)s."),
    RowProblem.CELL_TOO_LONG: _lt(
        "The cell %(column)s has %(found)s characters, more than the %(limit)s that can be taken."
    ),
    RowProblem.ROW_TOO_LONG: _lt(
        "The row has more than %(limit)s characters. A line break or a quote is missing."
    ),
    RowProblem.FORBIDDEN_CHARACTERS: _lt(
        "The row contains NUL characters. Check the export that writes it."
    ),
    RowProblem.WRONG_ENCODING: _lt(
        "The row is in another encoding than the rest of the file. Save the file as UTF-8."
    ),
    RowProblem.IDENTIFIER_TOO_LONG: _lt(
        "The product id has %(found)s characters, more than the %(limit)s that can be taken."
    ),
    RowProblem.PRICE_NOT_AMOUNT: _lt(
        "%(column)s: “%(value)s” is not a price. Write it as 19.99 or 19.99 EUR."
    ),
    RowProblem.PRICE_NEGATIVE: _lt(
        "%(column)s: “%(value)s” is negative. Write what the customer pays."
    ),
    RowProblem.PRICE_TOO_LARGE: _lt("%(column)s: “%(value)s” is larger than any price can be."),
    RowProblem.CURRENCY_UNKNOWN: _lt(
        "%(column)s: “%(value)s” is not a currency. Write its code, such as EUR."
    ),
    RowProblem.CURRENCIES_DIFFER: _lt(
        "The row has prices in %(first)s and in %(second)s. Write both in one currency."
    ),
    RowProblem.GTIN_INVALID: _lt(
        "%(column)s: “%(value)s” is not a valid GTIN (%(reason)s). Correct it, or leave it empty."
    ),
    RowProblem.GTIN_DAMAGED: _lt(
        "%(column)s: a spreadsheet has rounded the GTIN to “%(value)s”, and its digits are "
        "lost. Format the column as text, and fill it in again."
    ),
    RowProblem.TAX_RATE_INVALID: _lt("%(column)s: “%(value)s” is not a tax rate in percent."),
    RowProblem.QUANTITY_INVALID: _lt("%(column)s: “%(value)s” is not a whole number."),
}

_TYPES: Mapping[RowProblem, ErrorType] = {
    RowProblem.MISSING_ID: ErrorType.MISSING_ID,
    RowProblem.MISSING_TITLE: ErrorType.MISSING_TITLE,
    RowProblem.DUPLICATE_ID: ErrorType.DUPLICATE_ID,
    RowProblem.TOO_FEW_CELLS: ErrorType.PARSE_ERROR,
    RowProblem.TOO_MANY_CELLS: ErrorType.PARSE_ERROR,
    RowProblem.BROKEN_QUOTES: ErrorType.PARSE_ERROR,
    RowProblem.BROKEN_XML: ErrorType.PARSE_ERROR,
    RowProblem.ROW_TOO_LONG: ErrorType.PARSE_ERROR,
    RowProblem.FORBIDDEN_CHARACTERS: ErrorType.PARSE_ERROR,
    RowProblem.WRONG_ENCODING: ErrorType.PARSE_ERROR,
    RowProblem.PRICE_NOT_AMOUNT: ErrorType.PARSE_ERROR,
}


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that is no product.

    :param row_number: as a person counts: the first row of a table is 1, that of its header as a
        rule, and a row with line breaks in its cells counts once; in XML the first product is 1.
    :param identifier: the product's id, else what tells the row best; may be empty.
    :param problem: its value is the code for translation.
    :param values: for the placeholders of the sentence.
    :param row_data: cells by column name; safe to be kept as JSON.
    :param is_cut: the row was too large to be kept whole: some of its cells are shortened.
    """

    row_number: int
    identifier: str
    problem: RowProblem
    values: Mapping[str, str | int] = field(default_factory=dict)
    row_data: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False

    @property
    def error_type(self) -> ErrorType:
        """The kind that people filter by."""
        return _TYPES.get(self.problem, ErrorType.VALIDATION_ERROR)

    @property
    def sentence(self) -> Sentence:
        """What is wrong, to be said in anybody's language."""
        return ROW_SENTENCES[self.problem].fill(**self.values)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row whose cells cannot be told apart, or not trusted.

    :param cells: what can be shown of it.
    """

    problem: RowProblem
    values: Mapping[str, str | int]
    cells: tuple[str, ...]
