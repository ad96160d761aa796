"""Speaks Letzshop's GraphQL API."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.errors import Forbidden, InvalidAnswer, KeyMissing
from odoo.addons.orion_base.lib.graphql_client import GraphQLClient, GraphQLErrors
from odoo.addons.orion_base.lib.sentence import Sentences

from . import frames
from .answers import RIGHT_MISSING, error_of, refused_fields
from .frames import Connection, PayloadError, ShipmentFilter

_lt = Sentences(__name__)
_logger = logging.getLogger(__name__)

#: Pieces asked for their state need no other field, so pages may be large.
_STATES_PAGE_SIZE = frames.MAX_PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Decided:
    """Answer to a decision: Letzshop's state of each piece it named, and its complaints."""

    states: Mapping[str, str]
    errors: Sequence[PayloadError]


class LetzshopClient:
    """One channel's connection. Makes one call at a time."""

    def __init__(self, connection: ChannelConnection) -> None:
        key = connection.secrets.get("api_key")
        if not key:
            raise KeyMissing(
                _lt("The channel has no API key. Enter the key that Letzshop gave you.")
            )
        self._graphql = GraphQLClient(
            connection.http, connection.endpoint, {"Authorization": f"Bearer {key}"}
        )
        #: Digest of address and key: tells accounts apart, and tells nothing about them.
        self.account = hashlib.sha256(f"{connection.endpoint}\n{key}".encode()).hexdigest()
        #: Optional fields that this marketplace refused; not asked for again.
        self._without: frozenset[str] = frozenset()

    def shipments(self, state: ShipmentFilter, first: int, after: str | None) -> Connection:
        """A page of whole shipments.

        Raises an `OrionError`. Where Letzshop does not know the carrier or fails to read
        the tracking, the page is read again without that field.
        """
        variables = frames.page_variables(first, after)
        while True:
            query = frames.shipments_query("shipments", state, self._without)
            try:
                return _page(self._graphql.execute(query, variables))
            except GraphQLErrors as error:
                refused = refused_fields(error.errors) - self._without
                if not refused:
                    raise error_of(error, changes=False) from error
            _logger.info("Letzshop refuses the fields %s", ", ".join(sorted(refused)))
            self._without |= refused

    def check(self) -> None:
        """Read the least that needs the key and the right to read orders."""
        self._read("check", ShipmentFilter.UNCONFIRMED, 1, None)

    def unit_page(self, state: ShipmentFilter, after: str | None) -> Connection:
        """A page of shipments with the states of their pieces and nothing else."""
        return self._read("unit_states", state, _STATES_PAGE_SIZE, after)

    def confirm_units(self, unit_ids: Iterable[str], *, available: bool) -> Decided:
        """Accept, or refuse, these pieces in one request."""
        payload = self._change(
            "confirm_inventory_units",
            frames.CONFIRM_MUTATION,
            frames.confirm_variables(unit_ids, available=available),
        )
        return Decided(frames.read_units(payload), frames.read_payload_errors(payload))

    def set_tracking(self, shipment_id: str, code: str, provider: str) -> Sequence[PayloadError]:
        """Set the tracking of one shipment; answers Letzshop's complaints."""
        payload = self._change(
            "set_shipment_tracking",
            frames.TRACKING_MUTATION,
            frames.tracking_variables(shipment_id, code, provider),
        )
        return frames.read_payload_errors(payload)

    def update_inventory(self, quantities: Mapping[str, int]) -> dict[str, str]:
        """Set the stock of products by SKU, in one request; answers Letzshop's complaints by SKU.

        The documents describe this mutation; nothing public shows that Letzshop has it.
        """
        payload = self._change(
            "update_inventory",
            frames.INVENTORY_MUTATION,
            frames.inventory_variables(quantities),
        )
        return frames.read_inventory_errors(payload, quantities)

    def _read(self, name: str, state: ShipmentFilter, first: int, after: str | None) -> Connection:
        query = frames.shipments_query(name, state)
        try:
            return _page(self._graphql.execute(query, frames.page_variables(first, after)))
        except GraphQLErrors as error:
            raise error_of(error, changes=False) from error

    def _change(self, name: str, mutation: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            data = self._graphql.execute(frames.load(name), variables)
        except GraphQLErrors as error:
            raise error_of(error, changes=True) from error
        payload = frames.read_payload(data, mutation)
        if payload is None:
            raise InvalidAnswer(
                _lt("Letzshop answered the change with nothing."), details={"status": 200}
            )
        return payload


def _page(data: Mapping[str, Any]) -> Connection:
    page = frames.read_connection(data)
    if page is None:
        raise Forbidden(RIGHT_MISSING)
    return page
