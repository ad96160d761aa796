"""Reading lists of keys: pasted text, CSV, XLSX and pictures."""

from .parsing import (
    WHOLE_LINE,
    BadLine,
    Column,
    KeyEntry,
    KeyList,
    folded,
    is_link,
    normalised,
    read_key_list,
    read_pasted,
)
from .pictures import harmless_name, mimetype_of, picture_extension
from .problems import LINE_SENTENCES, LineProblem, UnreadableKeyList

__all__ = [
    "LINE_SENTENCES",
    "WHOLE_LINE",
    "BadLine",
    "Column",
    "KeyEntry",
    "KeyList",
    "LineProblem",
    "UnreadableKeyList",
    "folded",
    "harmless_name",
    "is_link",
    "mimetype_of",
    "normalised",
    "picture_extension",
    "read_key_list",
    "read_pasted",
]
