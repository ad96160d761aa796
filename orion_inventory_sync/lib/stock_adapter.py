"""What a marketplace offers that takes stock: the role `stock`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.outbox import OperationRequest, OperationResult

ROLE = "stock"
VERB = "push_stock"
#: Most levels that the outbox hands over at once; an adapter may want fewer a request.
LARGEST_BATCH = 1000


@dataclass(frozen=True, slots=True)
class StockLevel:
    """Pieces of one product that can be sold.

    :param sku: the listing's, else the product's, else the marketplace's id.
    :param version: grows with every change of what this listing is told; a marketplace that
        can compare refuses an older one.
    """

    sku: str
    quantity: int
    version: int = 0
    external_id: str = ""

    @classmethod
    def of_payload(cls, payload: Mapping[str, Any]) -> StockLevel:
        """The level that an operation carries."""
        return cls(
            sku=str(payload["sku"]),
            quantity=int(payload["quantity"]),
            version=int(payload.get("version") or 0),
            external_id=str(payload.get("external_id") or ""),
        )


class StockAdapter(Protocol):
    """Plays the role `stock`. `PushingAdapter` does what is the same for all.

    :cvar batch_size: most levels in one request.
    :cvar is_fetched: the marketplace fetches the stock itself; nothing is sent.
    :cvar can_read: whether `read_levels` can say what the marketplace has.
    """

    batch_size: ClassVar[int]
    is_fetched: ClassVar[bool]
    can_read: ClassVar[bool]

    def send(self, verb: str, requests: Sequence[OperationRequest]) -> Sequence[OperationResult]:
        """See `OutboxAdapter`."""
        ...

    def reconcile(
        self, verb: str, requests: Sequence[OperationRequest]
    ) -> Sequence[OperationResult]:
        """See `OutboxAdapter`."""
        ...

    def read_levels(self, skus: Sequence[str]) -> Mapping[str, int]:
        """Pieces that the marketplace has by SKU; what it does not know is left out."""
        ...


class PushingAdapter:
    """Base of adapters that send levels: a channel addon writes `push_levels` only, and
    `read_levels` where the marketplace can be asked."""

    batch_size: ClassVar[int] = LARGEST_BATCH
    is_fetched: ClassVar[bool] = False
    can_read: ClassVar[bool] = False

    def push_levels(self, levels: Sequence[StockLevel]) -> Mapping[str, OrionError]:
        """Tell the marketplace, in one request; answers the errors by SKU.

        An error raised counts for all of them.
        """
        raise TypeError(f"{type(self).__name__} has no push_levels for {len(levels)} levels")

    def read_levels(self, skus: Sequence[str]) -> Mapping[str, int]:
        """Nothing: this marketplace cannot be asked."""
        del skus
        return {}

    def send(self, verb: str, requests: Sequence[OperationRequest]) -> Sequence[OperationResult]:
        """One call for all requests; one result each."""
        if verb != VERB:
            raise ValueError(f"The role stock has no verb {verb!r}")
        levels = [StockLevel.of_payload(request.payload) for request in requests]
        errors = self.push_levels(levels)
        return [
            OperationResult(
                request.reference,
                response={"quantity": level.quantity, "version": level.version},
                error=errors.get(level.sku),
            )
            for request, level in zip(requests, levels, strict=True)
        ]

    def reconcile(
        self, verb: str, requests: Sequence[OperationRequest]
    ) -> Sequence[OperationResult]:
        """Absolute quantities are never asked about: they are sent again."""
        return self.send(verb, requests)
