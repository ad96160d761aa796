"""How the stand-in behaves when nothing is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """Can be changed while it runs.

    :param latency_ms: how long each GraphQL answer takes at least.
    :param page_default: nodes of a page when the client does not say.
    :param page_cap: nodes of a page at most.
    :param newest_first: order of lists.
    :param offset_cursors: cursors count places, so that pages shift when an earlier shipment
        leaves the list; otherwise they point at a shipment.
    :param stock_mutation: whether the mutation `updateInventory` is defined.
    """

    latency_ms: float = 0.0
    page_default: int = 50
    page_cap: int = 100
    newest_first: bool = False
    offset_cursors: bool = False
    stock_mutation: bool = False
