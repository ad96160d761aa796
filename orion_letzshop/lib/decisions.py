"""Accepting and refusing pieces: `confirm` and `reject`.

Letzshop decides piece by piece: of one request some may succeed and others fail. What a
request came to is therefore read from the states of its pieces, never from the absence of
an error; a piece that is already in the wanted state is a success.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from odoo.addons.orion_base.lib.errors import (
    NotHappened,
    OrionError,
    Rejected,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.outbox import OperationRequest, OperationResult
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_orders.lib.order_data import PieceState

from .client import LetzshopClient
from .frames import PayloadError
from .mapper import piece_state
from .unit_search import Look, UnitSearch

_lt = Sentences(__name__)

CONFIRM = "confirm"
REJECT = "reject"

#: States that fulfil a verb. A returned piece had been accepted.
WANTED: Mapping[str, frozenset[PieceState]] = {
    CONFIRM: frozenset({PieceState.ACCEPTED, PieceState.RETURNED}),
    REJECT: frozenset({PieceState.REFUSED}),
}

_DECIDED_OTHERWISE = {
    CONFIRM: _lt(
        "Letzshop has %(count)s of these pieces as refused or in a state that can no longer be "
        "accepted: they were decided elsewhere. Import the order again to take that over. %(said)s"
    ),
    REJECT: _lt(
        "Letzshop has %(count)s of these pieces as accepted or in a state that can no longer be "
        "refused: they were decided elsewhere. Import the order again to take that over. %(said)s"
    ),
}


def send(
    client: LetzshopClient,
    search: UnitSearch,
    verb: str,
    requests: Sequence[OperationRequest],
) -> list[OperationResult]:
    """Decide the pieces of all requests in one call, and read what became of each."""
    unit_ids = list(dict.fromkeys(unit for request in requests for unit in _units(request)))
    if not unit_ids:
        return [_nothing_to_decide(request) for request in requests]
    answer = client.confirm_units(unit_ids, available=verb == CONFIRM)
    states = {unit: piece_state(state) for unit, state in answer.states.items()}
    messages = _messages(answer.errors)
    unsure = [unit for unit in unit_ids if states.get(unit) not in WANTED[verb]]
    look = search.look(unsure)
    if look.cause is not None:
        # The request arrived, so nothing may be repeated before its effect is known.
        for unit in unsure:
            states.pop(unit, None)
    states.update(_read_states(look))
    return [_sent(verb, request, states, messages, look.cause) for request in requests]


def reconcile(
    search: UnitSearch, verb: str, requests: Sequence[OperationRequest]
) -> list[OperationResult]:
    """Settle requests of unknown outcome by the states of their pieces."""
    look = search.look(dict.fromkeys(unit for request in requests for unit in _units(request)))
    states = _read_states(look)
    return [_reconciled(verb, request, states, look.cause) for request in requests]


def _read_states(look: Look) -> dict[str, PieceState]:
    return {unit: piece_state(state) for unit, state in look.states.items()}


def _sent(
    verb: str,
    request: OperationRequest,
    states: Mapping[str, PieceState],
    messages: Mapping[str, str],
    unread: OrionError | None,
) -> OperationResult:
    units = _units(request)
    if not units:
        return _nothing_to_decide(request)
    response = _response(units, states)
    missed = [unit for unit in units if states.get(unit) not in WANTED[verb]]
    if not missed:
        return OperationResult(request.reference, response)
    unknown = [unit for unit in missed if unit not in states]
    if unknown and (unread or not all(unit in messages for unit in unknown)):
        return OperationResult(request.reference, response, _not_told(len(unknown), unread))
    undecided = [
        unit for unit in missed if states.get(unit, PieceState.UNDECIDED) is PieceState.UNDECIDED
    ]
    said = " ".join(dict.fromkeys(messages[unit] for unit in missed if messages.get(unit)))
    if undecided:
        message = _lt(
            "Pieces whose decision Letzshop did not take: %(count)s. %(said)s",
            count=len(undecided),
            said=said,
        )
    else:
        message = _DECIDED_OTHERWISE[verb].fill(count=len(missed), said=said)
    return OperationResult(
        request.reference,
        response,
        Rejected(message, details={"units": missed}),
    )


def _reconciled(
    verb: str,
    request: OperationRequest,
    states: Mapping[str, PieceState],
    unread: OrionError | None,
) -> OperationResult:
    units = _units(request)
    if not units:
        return _nothing_to_decide(request)
    response = _response(units, states)
    missed = [unit for unit in units if states.get(unit) not in WANTED[verb]]
    error: OrionError | None = None
    if not missed:
        pass
    elif any(unit not in states for unit in missed):
        error = unread or _not_told(sum(unit not in states for unit in missed), None)
    elif any(states[unit] is PieceState.UNDECIDED for unit in missed):
        # Sending all of them again is safe: what has the wanted state counts as done.
        error = NotHappened(_lt("Letzshop still waits for the decision."))
    else:
        error = Rejected(
            _DECIDED_OTHERWISE[verb].fill(count=len(missed), said=""), details={"units": missed}
        )
    return OperationResult(request.reference, response, error)


def _units(request: OperationRequest) -> list[str]:
    return [str(unit) for unit in request.payload.get("units") or ()]


def _response(units: Iterable[str], states: Mapping[str, PieceState]) -> dict[str, dict[str, str]]:
    return {"units": {unit: states[unit].value for unit in units if unit in states}}


def _messages(errors: Iterable[PayloadError]) -> dict[str, str]:
    return {error.object_id: error.message or error.code for error in errors if error.object_id}


def _not_told(count: int, cause: OrionError | None) -> UnknownOutcome:
    return UnknownOutcome(
        _lt("Pieces of which Letzshop did not say what became: %(count)s.", count=count),
        details={"cause": cause.code} if cause else None,
    )


def _nothing_to_decide(request: OperationRequest) -> OperationResult:
    return OperationResult(
        request.reference,
        error=Rejected(_lt("The order has no pieces that Letzshop could decide.")),
    )
