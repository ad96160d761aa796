"""Reading answers without trusting them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.addons.orion_base.lib.errors import InvalidAnswer
from odoo.addons.orion_base.lib.money import MoneyProblem, parse_money
from odoo.addons.orion_base.lib.sentence import Sentences

_lt = Sentences(__name__)

#: Prices have no currency field: they are euros.
CURRENCY = "EUR"


def text_of(record: Mapping[str, Any], name: str) -> str:
    """A text or number as text; empty when there is none."""
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def texts_of(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts, without what is none."""
    value = record.get(name)
    found = value if isinstance(value, list) else []
    return tuple(each.strip() for each in found if isinstance(each, str) and each.strip())


def records_of(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A list of objects, without what is none."""
    value = record.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def number_of(record: Mapping[str, Any], name: str) -> int | None:
    """A whole number, or None."""
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value)


def amount_of(record: Mapping[str, Any], name: str) -> Decimal | None:
    """An amount of money, or None; also in a text its decimal sign is a point."""
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return parse_money(value, decimal_sign=".").amount
    except MoneyProblem:
        return None


def moment_of(record: Mapping[str, Any], name: str) -> datetime | None:
    """An aware time, or None."""
    try:
        value = datetime.fromisoformat(text_of(record, name).replace("Z", "+00:00"))
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)


def moment_text(moment: datetime) -> str:
    """A time as it is asked for."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def object_of(answer: Any) -> Mapping[str, Any]:
    """An answer that has to be an object.

    :raises InvalidAnswer: when it is none.
    """
    if isinstance(answer, dict):
        return answer
    raise InvalidAnswer(
        _lt("CodesWholesale answered something that is no record. Check the endpoint.")
    )


def items_of(answer: Mapping[str, Any]) -> list[Any]:
    """The items of a list.

    :raises InvalidAnswer: when there is no list: nothing may be concluded from that.
    """
    items = answer.get("items")
    if isinstance(items, list):
        return items
    raise InvalidAnswer(_lt("CodesWholesale answered a list without items."))
