"""Keep secrets out of logs, errors and stored texts."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "***"

#: Shorter texts occur everywhere: hiding them would hide the message and tell the secret.
SHORTEST_SECRET = 4

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


class Redactor:
    """Masks known secrets, and whatever stands where secrets usually stand.

    Known secrets are found plain, URL-encoded, and in base64 as HTTP's basic scheme sends them.
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
        return text

    def __call__(self, text: str) -> str:
        """`text` fit for a log: no known secret, no value of a header or key that names one."""
        text = _USER_INFO.sub(HIDDEN, self.hide_known(text))
        text = _NAMED.sub(rf"\1{HIDDEN}", text)
        return self.hide_known(_SCHEME.sub(rf"\1\2{HIDDEN}", text))


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    forms = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}
    forms |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    # JSON spells letters beyond ASCII in two ways, and some escape the slash as well.
    forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms |= {form.replace("/", "\\/") for form in forms}
    # A secret made of nothing but the mask's own sign would be replaced for ever.
    return {form for form in forms if form not in HIDDEN and form.strip("*")}
