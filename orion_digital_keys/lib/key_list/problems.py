"""What can be wrong with a list of keys, and with a line of it. No sentence holds a key."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.sentence import Sentence, Sentences

_lt = Sentences(__name__)


class UnreadableKeyList(OrionError):
    """What was given holds no list of keys that could be read."""

    code = "unreadable_key_list"


class LineProblem(enum.Enum):
    """What is wrong with a line. Those that are alike are taken all the same, unusual ones if a
    person wants."""

    ALIKE = "alike"
    ALIKE_KNOWN = "alike_known"
    BROKEN_QUOTES = "broken_quotes"
    DATE = "date"
    DIGITS_LOST = "digits_lost"
    DUPLICATE = "duplicate"
    FEW_CELLS = "few_cells"
    KNOWN = "known"
    EMAIL = "email"
    NO_ADDRESS = "no_address"
    NO_IMAGE = "no_image"
    SENTENCE = "sentence"
    SPREADSHEET_ERROR = "spreadsheet_error"
    STRANGE_CHARACTERS = "strange_characters"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    UNUSUAL = "unusual"


LINE_SENTENCES: Mapping[LineProblem, Sentence] = {
    LineProblem.ALIKE: _lt(
        "It differs from line %(first)s by nothing but capitals, blanks or dashes: perhaps the "
        "same key."
    ),
    LineProblem.ALIKE_KNOWN: _lt(
        "The product has a key that differs by nothing but capitals, blanks or dashes: perhaps the "
        "same one."
    ),
    LineProblem.BROKEN_QUOTES: _lt("A quotation mark is opened and never closed."),
    LineProblem.DATE: _lt(
        "The spreadsheet took it for a date. Format the column as text, and enter the key again."
    ),
    LineProblem.DIGITS_LOST: _lt(
        "The spreadsheet took it for a number and lost digits. Format the column as text, and "
        "enter the key again."
    ),
    LineProblem.DUPLICATE: _lt("The same as line %(first)s."),
    LineProblem.EMAIL: _lt("This is an e-mail address, not a key."),
    LineProblem.FEW_CELLS: _lt("The column of the keys is empty in this line."),
    LineProblem.KNOWN: _lt("This product has had this key already."),
    LineProblem.NO_ADDRESS: _lt("This is no address that begins with https:// or http://."),
    LineProblem.NO_IMAGE: _lt("This is no picture (PNG, JPEG, GIF or WebP), or it is cut."),
    LineProblem.SENTENCE: _lt("This reads like words, not like a key."),
    LineProblem.SPREADSHEET_ERROR: _lt("The spreadsheet shows an error here instead of a key."),
    LineProblem.STRANGE_CHARACTERS: _lt(
        "It holds characters that no key has: a wrong encoding, or dashes and quotation marks "
        "that a text editor replaced."
    ),
    LineProblem.TOO_LARGE: _lt("The picture is larger than %(megabytes)s MB."),
    LineProblem.TOO_LONG: _lt("It is longer than %(limit)s characters."),
    LineProblem.TOO_SHORT: _lt("It is shorter than %(limit)s characters."),
    LineProblem.UNUSUAL: _lt(
        "Its form differs from nearly all others: perhaps a part of it was lost."
    ),
}

EMPTY = _lt("There are no keys in it. Give one key a line, or a column of keys.")
TOO_MANY = _lt("These are more than %(limit)s keys. Import them in several parts.")
TOO_LARGE = _lt("The file is larger than %(megabytes)s MB. Import it in several parts.")
NO_LIST = _lt("This is neither text nor a spreadsheet. Save the keys as CSV, XLSX or plain text.")
OLD_SPREADSHEET = _lt("This is a spreadsheet in another format (%(kind)s). Save it as XLSX or CSV.")
DAMAGED_SPREADSHEET = _lt("The spreadsheet is damaged. Open it, and save it again as XLSX or CSV.")
DAMAGED_ARCHIVE = _lt("The archive is damaged. Pack the pictures again.")
ENCRYPTED = _lt("The archive has a password. Pack it without one.")
NO_PICTURES = _lt("There is no picture in it. Choose a picture, or a ZIP with one picture a key.")
NEEDS_PICTURES = _lt(
    "This product is delivered as pictures: choose a picture, or a ZIP with one picture a key."
)
