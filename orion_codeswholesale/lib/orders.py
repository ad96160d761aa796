"""Orders of CodesWholesale and their codes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from odoo.addons.orion_base.lib.errors import InvalidAnswer
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    CodeKind,
    PurchaseData,
    PurchasedCode,
    PurchaseStatus,
)

from .answers import CURRENCY, amount_of, records_of, text_of

_lt = Sentences(__name__)

_COMPLETE = frozenset({"completed", "fulfilled"})
_FAILED = frozenset({"failed", "cancelled", "canceled", "rejected", "refunded"})
_LINKS = ("https://", "http://")


def map_order(record: Mapping[str, Any]) -> PurchaseData:
    """An order with its codes, as far as they are there.

    :raises InvalidAnswer: it has no id.
    """
    order_id = text_of(record, "orderId")
    if not order_id:
        raise InvalidAnswer(_lt("CodesWholesale answered an order without id."))
    lines = records_of(record, "products")
    codes = [map_code(code) for line in lines for code in records_of(line, "codes")]
    return PurchaseData(
        reference=text_of(record, "clientOrderId"),
        supplier_order_id=order_id,
        status=status_of(text_of(record, "status"), codes),
        total=amount_of(record, "totalPrice") or Decimal(0),
        currency=CURRENCY,
        codes=tuple(codes),
    )


def status_of(word: str, codes: Iterable[PurchasedCode] = ()) -> PurchaseStatus:
    """How far an order is; with a word nobody knows, by whether it has codes."""
    plain = word.strip().casefold()
    if plain in _COMPLETE:
        return PurchaseStatus.COMPLETE
    if plain in _FAILED:
        return PurchaseStatus.FAILED
    known = plain in ("fulfilling", "pending", "processing", "ready", "prepared", "")
    return PurchaseStatus.COMPLETE if not known and any(codes) else PurchaseStatus.WAITING


def map_code(record: Mapping[str, Any]) -> PurchasedCode:
    """A code; what is not there yet, or cannot be read, is pending and asked for again."""
    external_id, value = text_of(record, "codeId"), text_of(record, "code")
    kind = text_of(record, "codeType").upper()
    filename = PurePosixPath(text_of(record, "filename").replace("\\", "/")).name
    if "IMAGE" in kind:
        image = _image(value)
        found = CodeKind.IMAGE if image else CodeKind.PENDING
        return PurchasedCode(external_id, found, image, filename if image else "")
    # spelled PRE_ORDER, CODE_PREORDER … by different clients
    if not value:
        return PurchasedCode(external_id, CodeKind.PENDING)
    is_link = value.lower().startswith(_LINKS) and not any(sign.isspace() for sign in value)
    return PurchasedCode(external_id, CodeKind.LINK if is_link else CodeKind.TEXT, value)


def _image(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
