"""How the stand-in behaves when nothing is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """Can be changed while it runs.

    :param latency_ms: how long each answer takes at least.
    :param page_size: products of a page.
    :param complete_seconds: how long an order is `Fulfilling`.
    :param history_seconds: how long an order is missing in the history.
    :param token_seconds: life of a token.
    :param limits: whether the rate limits hold.
    :param knows_repeats: a reference that was used before answers 208 and buys nothing; otherwise
        it is bought again, for nobody knows what the supplier does.
    :param finds_by_reference: an order is also shown under the reference it was bought with.
    :param history_page_size: orders of a page of the history.
    :param tells_withdrawn: a product that has left the price list comes once more among the
        changes, without prices; otherwise only the whole list lacks it.
    """

    latency_ms: float = 0.0
    page_size: int = 100
    complete_seconds: float = 0.5
    history_seconds: float = 0.0
    token_seconds: float = 3600.0
    limits: bool = True
    knows_repeats: bool = False
    finds_by_reference: bool = True
    history_page_size: int = 100
    tells_withdrawn: bool = True
