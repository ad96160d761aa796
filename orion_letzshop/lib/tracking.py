"""Telling Letzshop how a shipment travels: `set_tracking`."""

from __future__ import annotations

from collections.abc import Sequence

from odoo.addons.orion_base.lib.errors import (
    NotHappened,
    OrionError,
    Rejected,
    RetryLater,
    Unauthorised,
)
from odoo.addons.orion_base.lib.outbox import OperationRequest, OperationResult
from odoo.addons.orion_base.lib.sentence import Sentences

from .carriers import provider_name
from .client import LetzshopClient

_lt = Sentences(__name__)

VERB = "set_tracking"


def send(client: LetzshopClient, requests: Sequence[OperationRequest]) -> list[OperationResult]:
    """Set the tracking of each shipment, one after the other.

    Once the key is refused or the service is away, the others are not tried: they get the
    same answer.
    """
    results: list[OperationResult] = []
    stop: OrionError | None = None
    for request in requests:
        if stop is not None:
            results.append(OperationResult(request.reference, error=stop))
            continue
        try:
            results.append(_send_one(client, request))
        except (RetryLater, Unauthorised) as error:
            stop = error
            results.append(OperationResult(request.reference, error=error))
        except OrionError as error:
            results.append(OperationResult(request.reference, error=error))
    return results


def reconcile(requests: Sequence[OperationRequest]) -> list[OperationResult]:
    """Tracking cannot be read back from Letzshop, and setting it twice changes nothing."""
    return [
        OperationResult(
            request.reference, error=NotHappened(_lt("Letzshop is told the tracking again."))
        )
        for request in requests
    ]


def _send_one(client: LetzshopClient, request: OperationRequest) -> OperationResult:
    payload = request.payload
    number = str(payload.get("tracking_number") or "")
    provider = provider_name(
        str(payload.get("carrier_name") or ""), str(payload.get("carrier") or "")
    )
    errors = client.set_tracking(str(payload.get("order") or ""), number, provider)
    if errors:
        said = " ".join(dict.fromkeys(error.message or error.code for error in errors))
        raise Rejected(
            _lt("Letzshop did not take the tracking number. %(said)s", said=said),
            details={"codes": [error.code for error in errors]},
        )
    return OperationResult(
        request.reference, response={"tracking_number": number, "provider": provider}
    )
