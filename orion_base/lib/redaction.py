"""Keep secrets out of logs, errors and stored texts."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, quote_plus

HIDDEN = "***"

#: Shorter texts occur everywhere: hiding them would hide the message and tell the secret.
SHORTEST_SECRET = 4

#: More signs than this of a secret's beginning are hidden too: an API may repeat a part of it.
LONGEST_SHOWN = 4

_NAMES = (
    r"(?:proxy-)?authorization|x-[a-z-]*(?:token|key|secret)|(?:set-)?cookie"
    r"|(?:api|access|private|signing|license)[_-]?key|apikey|password|passwd|passphrase"
    r"|(?:client|shared|api)[_-]?secret|secret|(?:access|refresh|id|auth|bearer)?[_-]?token"
)
_SCHEME = re.compile(r"\b(bearer|basic|digest|token)(\s+)[\w.~+/=:-]{4,}", re.IGNORECASE)
_NAMED = re.compile(
    rf"""(?<![a-z0-9])((?:{_NAMES})["']?\s*[:=]\s*)(?:"[^"]*"?|'[^']*'?|(?:(?:bearer|basic)\s+)?[^\s&,;"'}}]+)""",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)[^/\s@?#]+(?=@)")
#: One sign of a text, however it is spelled: JSON's escapes, of which two make a sign beyond the
#: basic plane, and percent signs.
_SIGN = re.compile(
    r"\\+u(?P<high>d[89ab][0-9a-f]{2})\\+u(?P<low>d[c-f][0-9a-f]{2})"
    r"|\\+u(?P<unit>[0-9a-f]{4})|%(?P<percent>[0-7][0-9a-f])|\\+(?P<escaped>[\"'/\\bfnrt])|.",
    re.IGNORECASE | re.DOTALL,
)
_CONTROL_SIGNS: dict[str, str] = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Redactor:
    """Masks known secrets, and whatever stands where secrets usually stand.

    Known secrets are found plain, URL-encoded, in JSON's escapes, and in base64 as HTTP's basic
    scheme sends them; of what begins as a secret, more than `LONGEST_SHOWN` signs are hidden too.
    Safe to share between threads.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._known: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self.add(*secrets)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def add(self, *secrets: str) -> None:
        """Hide these from now on as well."""
        new = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET} - self._known
        if not new:
            return
        with self._lock:
            self._known |= new
            forms = {form for secret in self._known for form in _forms(secret)}
            self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def hide_known(self, text: str) -> str:
        """`text` without the known secrets, in none of their forms."""
        found = True
        while found:
            found = False
            for form in self._forms:
                if form in text:
                    text = text.replace(form, HIDDEN)
                    found = True
            shorter = self._hide_beginnings(text)
            found = found or shorter != text
            text = shorter
        return text

    def _hide_beginnings(self, text: str) -> str:
        """`text` without the beginnings of known secrets, as they are or escaped."""
        for escaped in (True, False):
            plain, places = _without_escapes(text) if escaped else (text, range(len(text) + 1))
            spans = sorted(span for secret in self._known for span in _beginnings(plain, secret))
            kept, at = "", 0
            for start, end in spans:
                if places[start] >= at:
                    kept += text[at : places[start]] + HIDDEN
                at = max(at, places[end])
            text = kept + text[at:]
        return text

    def __call__(self, text: str) -> str:
        """`text` fit for a log: no known secret, no value of a header or key that names one."""
        text = _USER_INFO.sub(HIDDEN, self.hide_known(text))
        text = _NAMED.sub(rf"\1{HIDDEN}", text)
        return self.hide_known(_SCHEME.sub(rf"\1\2{HIDDEN}", text))


def _without_escapes(text: str) -> tuple[str, Sequence[int]]:
    """`text` with each escape as the sign it stands for, and where its signs begin in `text`; one
    more place is the end."""
    matches = list(_SIGN.finditer(text))
    return "".join(map(_sign, matches)), [*(match.start() for match in matches), len(text)]


def _sign(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found["high"]:
        high, low = int(found["high"], 16) - 0xD800, int(found["low"], 16) - 0xDC00
        return chr(0x10000 + high * 0x400 + low)
    if found["unit"] or found["percent"]:
        return chr(int(found["unit"] or found["percent"], 16))
    if found["escaped"]:
        return _CONTROL_SIGNS.get(found["escaped"], found["escaped"])
    return match[0]


def _beginnings(text: str, secret: str) -> Iterator[tuple[int, int]]:
    """Where more of `secret` stands in `text` than may be shown, as far as it goes."""
    first = secret[: LONGEST_SHOWN + 1]
    start = text.find(first) if len(first) > LONGEST_SHOWN else -1
    while start >= 0:
        end = start + len(first)
        while end - start < len(secret) and text[end : end + 1] == secret[end - start]:
            end += 1
        yield start, end
        start = text.find(first, end)


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    forms = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}
    forms |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    # JSON spells letters beyond ASCII in two ways, and some escape the slash as well.
    forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms |= {form.replace("/", "\\/") for form in forms}
    # A secret made of nothing but the mask's own sign would be replaced for ever.
    return {form for form in forms if form not in HIDDEN and form.strip("*")}
