"""The stand-in's GraphQL: reading, paging, keys, decisions and what they bring about."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from sandbox import LetzshopSandbox
from tests.sandbox_client import CONFIRM, IDS, TRACK, SandboxClient, unit_ids


@pytest.fixture
def letzshop() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox(orders=130, history=40) as sandbox:
        yield sandbox


@pytest.fixture
def client(letzshop: LetzshopSandbox) -> SandboxClient:
    return SandboxClient(letzshop)


@pytest.fixture
def plain(letzshop: LetzshopSandbox) -> str:
    """A shipment of three lines with two pieces each."""
    return letzshop.control.add_orders(1, lines=3, quantity=2)[0]


def _units(letzshop: LetzshopSandbox, shipment: str) -> list[str]:
    return unit_ids(letzshop.control.shipment(shipment))


# --- reading ---


def test_a_shipment_reads_like_the_facts_example(client: SandboxClient, plain: str) -> None:
    shipment = client.shipments(state="unconfirmed")[-1]
    assert shipment["id"] == plain
    assert re.fullmatch(r"[A-Za-z0-9]{14}", shipment["id"])
    assert re.fullmatch(r"H\d{11}", shipment["number"])
    assert re.fullmatch(r"R\d{9}", shipment["order"]["number"])
    assert re.fullmatch(r"\d+\.\d\d", shipment["order"]["total"])
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00", shipment["order"]["completedAt"]
    )
    assert shipment["tracking"] is None
    assert shipment["data"] == {"__typename": "Greco"}
    assert [unit["state"] for unit in shipment["inventoryUnits"]] == ["unconfirmed"] * 6
    variant = shipment["inventoryUnits"][0]["variant"]
    assert shipment["inventoryUnits"][1]["variant"] == variant
    assert variant["tradeId"]["number"].strip("X").replace("-", "").isdigit()
    assert variant["tradeId"]["parser"].startswith(("gtin", "isbn"))
    assert set(variant["product"]["name"]) == {"en", "fr", "de"}


def test_the_filter_of_states_divides_all_shipments(client: SandboxClient) -> None:
    by_state = {
        state: {node["id"] for node in client.shipments(state=state)}
        for state in ("unconfirmed", "confirmed")
    }
    everything = {node["id"] for node in client.shipments()}
    assert by_state["unconfirmed"] | by_state["confirmed"] == everything
    assert not by_state["unconfirmed"] & by_state["confirmed"]
    assert min(map(len, by_state.values())) > 20


def test_an_unknown_field_is_worded_as_ruby_does(client: SandboxClient) -> None:
    answer = client.ask("{ shipments { nodes { colour } } }")
    assert "data" not in answer
    (error,) = answer["errors"]
    assert error["message"] == "Field 'colour' doesn't exist on type 'Shipment'"
    assert error["extensions"] == {
        "code": "undefinedField",
        "typeName": "Shipment",
        "fieldName": "colour",
    }


@pytest.mark.parametrize("query", ["{", "{ shipments(state: declined) { nodes { id } } }"])
def test_what_is_not_in_the_schema_is_an_error(client: SandboxClient, query: str) -> None:
    answer = client.ask(query)
    assert answer["errors"]
    assert "data" not in answer


def test_wrong_variables_change_nothing(letzshop: LetzshopSandbox, client: SandboxClient) -> None:
    answer = client.ask(CONFIRM, {"input": {"inventoryUnits": [{"inventoryUnitId": "x"}]}})
    assert "isAvailable" in answer["errors"][0]["message"]
    assert letzshop.control.effects()["units"] == {}


def test_one_of_several_operations_is_chosen_by_name(client: SandboxClient) -> None:
    text = "query A { products(first: 1) { nodes { id } } } query B { shipments { nodes { id } } }"
    body = {"query": text, "operationName": "B"}
    answer = client.session.post(client.letzshop.endpoint, json=body, timeout=5).json()
    assert set(answer["data"]) == {"shipments"}


def test_parcels_show_their_weight_both_ways(client: SandboxClient) -> None:
    query = """{ shipments { nodes { data {
        __typename ... on Greco { weight packages { weight } } ... on Colissimo { id }
    } } } }"""
    nodes = client.ask(query)["data"]["shipments"]["nodes"]
    greco = [node["data"] for node in nodes if (node["data"] or {}).get("packages")]
    assert greco
    for parcel in greco:
        assert parcel["weight"] == pytest.approx(sum(p["weight"] for p in parcel["packages"]))


# --- paging ---


@pytest.mark.parametrize("first", [1, 7, 50, 100])
def test_pages_give_every_shipment_once(client: SandboxClient, first: int) -> None:
    whole = client.shipments(state="confirmed", first=100)
    paged = client.shipments(state="confirmed", first=first)
    assert [node["id"] for node in paged] == [node["id"] for node in whole]


def test_a_page_has_fifty_nodes_and_never_more_than_a_hundred(client: SandboxClient) -> None:
    assert len(client.page()["nodes"]) == 50
    assert len(client.page(first=500)["nodes"]) == 100
    assert client.page(first=500)["pageInfo"]["hasNextPage"]
    assert client.page(first=0)["nodes"] == []


def test_pages_go_backwards_too(client: SandboxClient) -> None:
    query = """query($before: String) { shipments(last: 3, before: $before) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor }
    } }"""
    every = [node["id"] for node in client.shipments(first=100)]
    end = client.ask(query)["data"]["shipments"]
    assert [edge["node"]["id"] for edge in end["edges"]] == every[-3:]
    assert end["pageInfo"]["startCursor"] == end["edges"][0]["cursor"]
    assert (end["pageInfo"]["hasNextPage"], end["pageInfo"]["hasPreviousPage"]) == (False, True)
    before = client.ask(query, {"before": end["pageInfo"]["startCursor"]})["data"]["shipments"]
    assert [edge["node"]["id"] for edge in before["edges"]] == every[-6:-3]


def test_a_cursor_survives_that_shipments_leave_the_list(client: SandboxClient) -> None:
    every = [node["id"] for node in client.shipments(state="unconfirmed", first=100)]
    page = client.page(state="unconfirmed", first=5)
    undecided = [
        unit["id"]
        for node in page["nodes"]
        for unit in node["inventoryUnits"]
        if unit["state"] == "unconfirmed"
    ]
    client.confirm(undecided)
    after = page["pageInfo"]["endCursor"]
    following = client.page(state="unconfirmed", first=5, after=after)
    assert [node["id"] for node in following["nodes"]] == every[5:10]


def test_cursors_that_count_places_skip_what_moves_up(
    letzshop: LetzshopSandbox, client: SandboxClient
) -> None:
    letzshop.control.configure(offset_cursors=True)
    every = [node["id"] for node in client.shipments(state="unconfirmed", first=7)]
    assert len(set(every)) == len(every) > 100
    page = client.page(state="unconfirmed", first=5)
    letzshop.control.decide(shipment=every[0])
    after = page["pageInfo"]["endCursor"]
    following = client.page(state="unconfirmed", first=5, after=after)
    assert [node["id"] for node in following["nodes"]] == every[6:11]


def test_the_newest_may_come_first(letzshop: LetzshopSandbox, client: SandboxClient) -> None:
    oldest_first = [node["id"] for node in client.shipments(first=30)]
    letzshop.control.configure(newest_first=True)
    assert [node["id"] for node in client.shipments(first=30)] == oldest_first[::-1]


@pytest.mark.parametrize("arguments", ['after: "§"', 'after: "eHl6"', "first: -1", "last: -1"])
def test_senseless_paging_is_an_error(client: SandboxClient, arguments: str) -> None:
    answer = client.ask(f"{{ shipments({arguments}) {{ nodes {{ id }} }} }}")
    assert answer["data"] is None
    assert answer["errors"]


# --- keys ---


def test_a_key_opens_its_own_vendors_only(letzshop: LetzshopSandbox) -> None:
    keys = (letzshop.api_key, letzshop.second_api_key, letzshop.both_api_key)
    first, second, both = (
        {node["id"] for node in SandboxClient(letzshop, key).shipments(first=100)} for key in keys
    )
    assert first
    assert second
    assert not first & second
    assert first | second == both


def test_another_vendors_pieces_are_not_found(letzshop: LetzshopSandbox, plain: str) -> None:
    stranger = SandboxClient(letzshop, letzshop.second_api_key)
    units = _units(letzshop, plain)
    payload = stranger.confirm(units)
    assert payload["inventoryUnits"] == []
    assert {error["code"] for error in payload["errors"]} == {"NOT_FOUND"}
    assert stranger.track(plain)["errors"][0]["code"] == "NOT_FOUND"
    assert letzshop.control.shipment(plain)["state"] == "unconfirmed"


def test_an_unknown_key_is_turned_away(letzshop: LetzshopSandbox) -> None:
    response = SandboxClient(letzshop, "expired").post(IDS)
    assert response.status_code == 401
    assert "data" not in response.json()


@pytest.mark.parametrize("mutation", [False, True])
def test_a_key_without_rights_gets_errors(letzshop: LetzshopSandbox, mutation: bool) -> None:
    guest = SandboxClient(letzshop, letzshop.no_rights_api_key)
    given = {"input": {"shipmentId": "x", "code": "1", "provider": "p"}}
    answer = guest.ask(TRACK, given) if mutation else guest.ask(IDS)
    assert answer["data"] == ({"setShipmentTracking": None} if mutation else None)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_products_are_open_to_everybody(letzshop: LetzshopSandbox) -> None:
    anonymous = SandboxClient(letzshop)
    del anonymous.session.headers["Authorization"]
    query = "{ products(first: 3) { nodes { id name { de } permalink _age_restriction } } }"
    nodes = anonymous.ask(query)["data"]["products"]["nodes"]
    assert [len(node["id"]) for node in nodes] == [14, 14, 14]
    assert anonymous.ask(IDS)["errors"][0]["extensions"]["code"] == "FORBIDDEN"


# --- decisions ---


def test_pieces_are_decided_one_by_one(
    letzshop: LetzshopSandbox, client: SandboxClient, plain: str
) -> None:
    units = _units(letzshop, plain)
    payload = client.confirm(units[:2])
    assert payload["errors"] == []
    assert [unit["state"] for unit in payload["inventoryUnits"]] == ["confirmed_available"] * 2
    assert letzshop.control.shipment(plain)["state"] == "unconfirmed"
    refused = client.confirm(units[2:], available=False)
    assert {unit["state"] for unit in refused["inventoryUnits"]} == {"confirmed_unavailable"}
    assert letzshop.control.shipment(plain)["state"] == "confirmed"
    counts = letzshop.control.effects([plain])
    assert counts["totals"]["confirmed"] == 2
    assert counts["totals"]["refused"] == 4
    assert counts["totals"]["duplicates"] == 0


def test_a_shipment_wholly_refused_is_confirmed(
    letzshop: LetzshopSandbox, client: SandboxClient, plain: str
) -> None:
    client.confirm(_units(letzshop, plain), available=False)
    assert letzshop.control.shipment(plain)["state"] == "confirmed"
    assert client.track(plain)["errors"][0]["code"] == "NOTHING_TO_SHIP"


def test_a_second_decision_fails_alone(
    letzshop: LetzshopSandbox, client: SandboxClient, plain: str
) -> None:
    units = _units(letzshop, plain)
    client.confirm(units[:1])
    payload = client.confirm([*units[:2], "nobodyknowsit"], available=False)
    assert [(error["id"], error["code"]) for error in payload["errors"]] == [
        (units[0], "ALREADY_CONFIRMED"),
        ("nobodyknowsit", "NOT_FOUND"),
    ]
    assert payload["inventoryUnits"] == [
        {"id": units[0], "state": "confirmed_available"},
        {"id": units[1], "state": "confirmed_unavailable"},
    ]
    counts = client.counts()["units"]
    assert (counts[units[0]]["confirmed"], counts[units[0]]["duplicates"]) == (1, 1)
    assert (counts[units[1]]["refused"], counts[units[1]]["duplicates"]) == (1, 0)
    assert counts[units[0]]["shipment"] == plain


def test_tracking_is_set_on_what_goes_out(
    letzshop: LetzshopSandbox, client: SandboxClient, plain: str
) -> None:
    assert client.track(plain)["errors"][0]["code"] == "NOT_CONFIRMED"
    client.confirm(_units(letzshop, plain))
    assert client.track(plain, code=" ")["errors"][0]["code"] == "INVALID"
    payload = client.track(plain, "GR1", "greco")
    assert payload["errors"] == []
    assert payload["shipment"]["tracking"] == {"code": "GR1", "provider": "greco"}
    client.track(plain, "GR2", "greco")
    assert client.counts()["shipments"][plain] == {
        "set": 2,
        "history": [
            {"code": "GR1", "provider": "greco"},
            {"code": "GR2", "provider": "greco"},
        ],
    }
    read = next(node for node in client.shipments(state="confirmed") if node["id"] == plain)
    assert read["tracking"] == {"code": "GR2", "provider": "greco"}


def test_only_accepted_pieces_are_returned_and_only_once(
    letzshop: LetzshopSandbox, client: SandboxClient, plain: str
) -> None:
    units = _units(letzshop, plain)
    assert client.give_back(units[:1])["errors"][0]["code"] == "NOT_RETURNABLE"
    client.confirm(units)
    payload = client.give_back(units[:1])
    assert payload == {"inventoryUnits": [{"id": units[0], "state": "returned"}], "errors": []}
    assert client.give_back([units[0], "x"])["errors"][0]["code"] == "ALREADY_RETURNED"
    counts = client.counts()["units"][units[0]]
    assert (counts["returned"], counts["duplicates"]) == (1, 1)


def test_the_clients_mutation_id_comes_back(
    letzshop: LetzshopSandbox, client: SandboxClient, plain: str
) -> None:
    entry = {"inventoryUnitId": _units(letzshop, plain)[0], "isAvailable": True}
    payload = client.mutate(CONFIRM, {"inventoryUnits": [entry], "clientMutationId": "abc"})
    assert payload["clientMutationId"] == "abc"


def test_a_repeated_question_sees_what_has_changed(
    letzshop: LetzshopSandbox, client: SandboxClient
) -> None:
    before = client.ask(IDS)
    assert client.ask(IDS) == before
    first = before["data"]["shipments"]["nodes"][0]["id"]
    letzshop.control.decide(shipment=first)
    assert first not in str(client.ask(IDS))
