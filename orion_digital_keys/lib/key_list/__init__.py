"""Reading lists of keys: pasted text, CSV, XLSX and pictures."""

from .parsing import (
    WHOLE_LINE,
    BadLine,
    Column,
    KeyEntry,
    KeyList,
    normalised,
    read_key_list,
    read_pasted,
)
from .pictures import mimetype_of
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
    "mimetype_of",
    "normalised",
    "read_key_list",
    "read_pasted",
]
