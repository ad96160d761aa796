"""A client of the stand-in that knows nothing of the addons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import requests

from sandbox import LetzshopSandbox

SHIPMENTS = """
query Shipments($state: ShipmentState, $first: Int, $after: String) {
  shipments(state: $state, first: $first, after: $after) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes {
      id number state
      order {
        id number email total completedAt locale
        shipAddress { ...Whole }
        billAddress { ...Whole }
      }
      inventoryUnits {
        id state
        variant {
          id sku mpn price tradeId { number parser }
          product { name { en fr de } _brand { ... on Brand { name } } }
        }
      }
      tracking { code provider }
      data { __typename }
    }
  }
}
fragment Whole on Address {
  firstName lastName company streetName streetNumber city zipCode phone country { name iso }
}
"""
IDS = "{ shipments(state: unconfirmed, first: 5) { nodes { id } } }"
CONFIRM = """
mutation Confirm($input: ConfirmInventoryUnitsInput!) {
  confirmInventoryUnits(input: $input) {
    inventoryUnits { id state } errors { id code message } clientMutationId
  }
}
"""
TRACK = """
mutation Track($input: SetShipmentTrackingInput!) {
  setShipmentTracking(input: $input) {
    shipment { id tracking { code provider } } errors { id code message }
  }
}
"""
RETURN = """
mutation Return($input: ReturnInventoryUnitsInput!) {
  returnInventoryUnits(input: $input) { inventoryUnits { id state } errors { id code message } }
}
"""

Answer = dict[str, Any]


class SandboxClient:
    """Speaks HTTP with one stand-in, with the merchant's key unless told otherwise."""

    def __init__(self, letzshop: LetzshopSandbox, key: str | None = None) -> None:
        self.letzshop = letzshop
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key or letzshop.api_key}"

    def post(
        self, query: str, variables: Answer | None = None, timeout: float = 10
    ) -> requests.Response:
        body = {"query": query, "variables": variables or {}}
        return self.session.post(self.letzshop.endpoint, json=body, timeout=timeout)

    def ask(self, query: str, variables: Answer | None = None) -> Answer:
        response = self.post(query, variables)
        assert response.status_code == 200, response.text
        answer: Answer = response.json()
        return answer

    def page(self, **variables: Any) -> Answer:
        answer = self.ask(SHIPMENTS, variables)
        assert "errors" not in answer, answer["errors"]
        page: Answer = answer["data"]["shipments"]
        return page

    def pages(self, **variables: Any) -> Iterator[Answer]:
        while True:
            page = self.page(**variables)
            yield page
            if not page["pageInfo"]["hasNextPage"]:
                return
            variables["after"] = page["pageInfo"]["endCursor"]

    def shipments(self, **variables: Any) -> list[Answer]:
        return [node for page in self.pages(**variables) for node in page["nodes"]]

    def confirm(self, units: Iterable[str], *, available: bool = True) -> Answer:
        entries = [{"inventoryUnitId": unit, "isAvailable": available} for unit in units]
        return self.mutate(CONFIRM, {"inventoryUnits": entries})

    def track(self, shipment: str, code: str = "CODE1", provider: str = "greco") -> Answer:
        return self.mutate(TRACK, {"shipmentId": shipment, "code": code, "provider": provider})

    def give_back(self, units: Iterable[str]) -> Answer:
        return self.mutate(RETURN, {"inventoryUnitIds": list(units)})

    def mutate(self, mutation: str, given: Answer) -> Answer:
        """The payload of a mutation that has one root field."""
        answer = self.ask(mutation, {"input": given})
        assert "errors" not in answer, answer["errors"]
        payload: Answer = next(iter(answer["data"].values()))
        return payload

    def control(self, method: str, path: str, **given: Any) -> Any:
        url = f"{self.letzshop.url}/_control/{path}"
        if method == "GET":
            response = self.session.get(url, params=given, timeout=10)
        else:
            response = self.session.request(method, url, json=given, timeout=10)
        assert response.status_code == 200, response.text
        return response.json()

    def arm(self, kind: str, **given: Any) -> int:
        rule: int = self.control("POST", "faults", kind=kind, **given)["id"]
        return rule

    def counts(self) -> Answer:
        counts: Answer = self.control("GET", "effects")
        return counts


def unit_ids(shipment: Answer) -> list[str]:
    """Ids of a shipment's pieces, as GraphQL or the control API shows them."""
    units = shipment.get("inventoryUnits") or shipment["units"]
    return [unit["id"] for unit in units]
