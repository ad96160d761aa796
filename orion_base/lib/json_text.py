"""JSON from outside, as a database can keep it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

#: What JSON may hold and PostgreSQL refuses: NUL, and halves of surrogate pairs.
_SUSPICIOUS = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|[\ud800-\udfff]")
_REFUSED = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def read_json(body: bytes) -> Any:
    """What a JSON text says.

    Characters that no database keeps become U+FFFD, numbers that are none (NaN, infinite) become
    None: one damaged field must not stop what came with it.

    :raises ValueError: when it is no JSON.
    :raises RecursionError: when it is nested beyond all use.
    """
    text = body.decode(json.detect_encoding(body), "surrogatepass").removeprefix("\ufeff")
    value = json.loads(text, parse_float=_finite, parse_constant=_nothing)
    return _storable(value) if _SUSPICIOUS.search(text) else value


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _nothing(_name: str) -> None:
    return None


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _REFUSED.sub(_REPLACEMENT, value)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(each) for name, each in value.items()}
    return value
