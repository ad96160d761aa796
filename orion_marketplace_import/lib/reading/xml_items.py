"""Products of RSS and Atom feeds, one after the other.

The file is cut into products by their tags, and each is parsed for itself inside the root of the
document: a broken one does not break the others, nothing but one product is held in memory, and
as there is no place for a document type, there are no entities to expand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from .limits import Limits
from .problems import BrokenRow, FileProblem, RowProblem, UnreadableFeed

GOOGLE_NAMESPACE = "http://base.google.com/ns/1.0"

_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(item|entry)(?=[\s/>])")
#: All begin with the same sign, which makes searching fast.
_TAGS = r"(?P<opening>(?:[\w.-]+:)?{tag}(?=[\s/>]))|(?P<closing>/(?:[\w.-]+:)?{tag}\s*>)"
_SECTIONS = r"!\[CDATA\[.*?\]\]>|!--.*?-->|(?P<unclosed>!\[CDATA\[|!--)"
_ALONE = re.compile(r"<[\w.:-]+\s*/>")
_LONGEST_TAG = 100
_DECLARATION = re.compile(r"""\sxmlns(?::([A-Za-z_][\w.-]*))?\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_NOT_XML = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_HEAD_LIMIT = 1 << 18
_SEPARATOR = "\x1f"
#: Google's names, of which Atom and RSS have their own.
_SYNONYMS: Mapping[str, str] = {"summary": "description", "content": "description"}

#: Of these Atom may have several, such as a short and a long text: the first one counts.
_ONCE = frozenset({"title", "description", "link"})
_MOST_NAMES = 1000

Item = dict[str, str]


def looks_like_xml(text: str) -> bool:
    """Whether this beginning of a file is XML."""
    return bool(re.match(r"\s*<(?:\?xml|!|[A-Za-z_])", text.lstrip("\ufeff")))


class XmlItemReader:
    """Iterates over a feed's products as (number, texts by column), or (number, `BrokenRow`).

    :param namespaces: prefixes of columns by XML namespace, beside Google's.
    :raises UnreadableFeed: not a feed, or cut off; while iterating.
    """

    def __init__(self, texts: Iterable[str], limits: Limits, namespaces: Mapping[str, str]) -> None:
        self._texts = iter(texts)
        self._limits = limits
        self._columns = _ColumnNames({GOOGLE_NAMESPACE: "g", **namespaces})
        self._buffer = ""
        self._root = ""
        self._tags = self._boundary = _TAG

    def __iter__(self) -> Iterator[tuple[int, Item | BrokenRow]]:
        self._read_head()
        number = 0
        while (text := self._next_item()) is not None:
            number += 1
            yield number, self._parsed(text)

    def _more(self) -> bool:
        text = next(self._texts, None)
        if text is None:
            return False
        self._buffer += text
        return True

    def _read_head(self) -> None:
        """What stands before the first product: the name spaces, and nothing dangerous."""
        while True:
            plain = _COMMENT.sub("", self._buffer)
            match = _TAG.search(plain)
            head = plain[: match.start()] if match else plain
            if _DOCTYPE.search(head):
                raise UnreadableFeed(FileProblem.DOCTYPE)
            if match:
                break
            if len(self._buffer) > _HEAD_LIMIT or not self._more():
                raise UnreadableFeed(FileProblem.XML_WITHOUT_PRODUCTS)
        tags = _TAGS.format(tag=match[1])
        self._tags = re.compile(f"<(?:{tags})")
        self._boundary = re.compile(f"<(?:{_SECTIONS}|{tags})", re.DOTALL)
        declared = {
            found[1] or "": found[2] or found[3] or "" for found in _DECLARATION.finditer(head)
        }
        declared.setdefault("g", GOOGLE_NAMESPACE)
        names = (
            f" xmlns{':' if prefix else ''}{prefix}={quoteattr(uri)}"
            for prefix, uri in declared.items()
            if uri and prefix not in {"xml", "xmlns"}
        )
        self._root = f"<feed{''.join(names)}>"

    def _next_item(self) -> str | None:
        """The text of the next product, from its tag to its end tag."""
        while (start := self._start()) is None:
            if not self._more():
                return None
        self._buffer = self._buffer[start:]
        alone = _ALONE.match(self._buffer)
        if alone:
            return self._cut(alone.end())
        while (end := self._end(self._boundary)) is None:
            if len(self._buffer) > self._limits.row or not self._more():
                # A section that is not closed may have hidden the end.
                end = self._end(self._tags)
                if end is None and len(self._buffer) <= self._limits.row:
                    raise UnreadableFeed(FileProblem.TRUNCATED)
                return self._cut(end or self._limits.row)
        return self._cut(end)

    def _start(self) -> int | None:
        """Where the next product begins, if that can be seen yet."""
        for match in self._boundary.finditer(self._buffer):
            if match.lastgroup == "opening":
                return match.start()
            if match.lastgroup == "unclosed":
                return None
        self._buffer = self._buffer[-_LONGEST_TAG:]
        return None

    def _end(self, boundary: re.Pattern[str]) -> int | None:
        """Where the product at the beginning of the buffer ends, if that can be seen yet."""
        for match in boundary.finditer(self._buffer, 1):
            kind = match.lastgroup
            if kind == "opening":
                return match.start()
            if kind == "closing":
                return match.end()
            if kind == "unclosed":
                return None
        return None

    def _cut(self, end: int) -> str:
        text, self._buffer = self._buffer[:end], self._buffer[end:]
        return text

    def _parsed(self, text: str) -> Item | BrokenRow:
        if len(text) >= self._limits.row:
            return _broken(RowProblem.ROW_TOO_LONG, text, limit=self._limits.row)
        if _FORBIDDEN.search(text):
            nul = "\x00" in text
            problem = RowProblem.FORBIDDEN_CHARACTERS if nul else RowProblem.WRONG_ENCODING
            return _broken(problem, text)
        collector = _Collector(self._columns)
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartElementHandler = collector.start
        parser.EndElementHandler = collector.end
        parser.CharacterDataHandler = collector.text
        try:
            parser.Parse(f"{self._root}{_NOT_XML.sub(' ', text)}</feed>", True)
        except expat.ExpatError as error:
            return _broken(RowProblem.BROKEN_XML, text, reason=expat.ErrorString(error.code))
        return collector.item


def _broken(problem: RowProblem, text: str, **values: str | int) -> BrokenRow:
    identifier = re.search(r"<(?:g:)?id\s*>([^<]{1,200})<", text)
    return BrokenRow(problem, values, (identifier[1].strip() if identifier else "", text[:1000]))


class _ColumnNames(dict[str, str]):
    """Columns by the parser's names of elements, with the prefixes that we know them by."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._prefixes = prefixes

    def __missing__(self, name: str) -> str:
        parts = name.split(_SEPARATOR)
        prefix = ""
        if len(parts) > 1:
            prefix = self._prefixes.get(parts[0], parts[2] if len(parts) > 2 else "")
        local = parts[1] if len(parts) > 1 else name
        column = f"{prefix}:{local}" if prefix else _SYNONYMS.get(local, local)
        if len(self) < _MOST_NAMES:
            self[name] = column
        return column


class _Collector:
    """Gathers the leaves of a product as texts by column."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.item: Item = {}
        self._columns = columns
        self._path: list[str] = []
        self._text: list[str] = []
        self._leaf = False
        self._key = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._path.append(self._columns[name])
        self._text = []
        self._leaf = True
        if len(self._path) > 2 and attributes.get("href") and name.endswith("link"):
            self._text.append(attributes["href"])

    def text(self, data: str) -> None:
        """A piece of text."""
        self._text.append(data)

    def end(self, name: str) -> None:
        """An element ends; a key and its value make one column."""
        depth = len(self._path)
        if self._leaf and depth == 3:
            self._add(self._path[2], "".join(self._text).strip())
        elif self._leaf and depth > 3:
            self._nested(name.split(_SEPARATOR), "".join(self._text).strip())
        self._leaf = False
        self._path.pop()
        self._text = []

    def _nested(self, name: list[str], text: str) -> None:
        local = name[1 if len(name) > 1 else 0]
        if local == "key":
            self._key = text
        elif local == "value" and self._key:
            self._add(self._prefixed(self._path[-2], self._key), text)
            self._key = ""
        else:
            self._add("/".join(self._path[2:]), text)

    def _add(self, column: str, text: str) -> None:
        known = self.item.get(column)
        if known and text and column not in _ONCE:
            # Repeated elements, such as further pictures, are one cell.
            text = f"{known},{text}"
        self.item[column] = (known or text) if column in _ONCE else text or known or ""

    @staticmethod
    def _prefixed(parent: str, key: str) -> str:
        prefix = parent.partition(":")[0] if ":" in parent else ""
        return f"{prefix}:{key}" if prefix and ":" not in key else key
