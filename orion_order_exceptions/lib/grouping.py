"""Which unknown order lines are the same product."""

from __future__ import annotations

import enum

from .titles import plain_title


class GroupKind(enum.Enum):
    """What the lines of a group have in common."""

    GTIN = "gtin"
    SKU = "sku"
    NAME = "name"
    #: Nothing is known of the product: the line stands for itself.
    LINE = "line"


def group_key(
    gtin: str | None, sku: str | None, name: str | None, line: str
) -> tuple[GroupKind, str]:
    """The group of a line: its canonical GTIN, else its SKU, else its name.

    A damaged GTIN says nothing: such lines go by their SKU.

    :param line: identity of the line, for those of which nothing else is known.
    """
    if gtin:
        return GroupKind.GTIN, gtin
    if sku and sku.strip():
        return GroupKind.SKU, sku.strip()
    plain = plain_title(name or "")
    return (GroupKind.NAME, plain) if plain else (GroupKind.LINE, line)
