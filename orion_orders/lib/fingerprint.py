"""Fingerprints: of a payload, to skip what has not changed; of an address, to find it again."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .order_data import AddressData

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)


def payload_digest(payload: Mapping[str, Any]) -> str:
    """Digest of a JSON-able payload, whatever the order of its keys."""
    text = _ENCODER.encode(payload)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def address_key(address: AddressData) -> str:
    """Key of an address: the same for spellings that differ in case, accents' encoding,
    blanks and punctuation only. The telephone is no part of it."""
    parts = (
        address.name,
        address.company,
        address.street,
        address.street2,
        address.zip,
        address.city,
        address.state_code,
        address.country_code,
    )
    text = "|".join(_normalised(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _normalised(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
