"""What the stand-in's orders and catalogue are like."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import phonenumbers
import pytest
from stdnum import ean, isbn

from sandbox import LetzshopSandbox
from tests.sandbox_client import SandboxClient, unit_ids

LENGTHS = {"gtin8": 8, "gtin12": 12, "gtin13": 13, "gtin14": 14, "isbn10": 10, "isbn13": 13}
Shipments = list[dict[str, Any]]


@pytest.fixture(scope="module")
def letzshop() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def shipments(letzshop: LetzshopSandbox) -> Shipments:
    return SandboxClient(letzshop, letzshop.both_api_key).shipments(first=100)


@pytest.fixture(scope="module")
def variants(shipments: Shipments) -> list[dict[str, Any]]:
    """Every variant once."""
    found = {
        unit["variant"]["id"]: unit["variant"]
        for shipment in shipments
        for unit in shipment["inventoryUnits"]
        if unit["variant"]
    }
    return list(found.values())


def _addresses(shipments: Shipments) -> list[dict[str, Any]]:
    orders = [shipment["order"] for shipment in shipments]
    both = [order[name] for order in orders for name in ("shipAddress", "billAddress")]
    return [address for address in both if address]


def test_there_are_a_few_hundred_orders_of_two_vendors(letzshop: LetzshopSandbox) -> None:
    state = letzshop.control.state()
    assert 200 <= state["unconfirmed"] <= 260
    for counts in state["vendors"].values():
        assert counts["unconfirmed"] >= 15
        assert counts["confirmed"] >= 10


@pytest.mark.parametrize("other", [1, 2])
def test_the_same_seed_makes_the_same_orders(other: int) -> None:
    now = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)
    sandboxes = LetzshopSandbox(orders=0), LetzshopSandbox(orders=0)
    made = []
    for sandbox, seed in zip(sandboxes, (1, other), strict=True):
        sandbox.control.reset(seed=seed, orders=40, now=now)
        made.append((sandbox.control.shipments(), sandbox.control.catalogue()))
    assert (made[0] == made[1]) == (other == 1)


def test_ids_and_numbers_never_come_twice(shipments: Shipments) -> None:
    ids = [shipment["id"] for shipment in shipments]
    ids += [unit for shipment in shipments for unit in unit_ids(shipment)]
    assert len(set(ids)) == len(ids)
    assert all(len(value) == 14 and value.isalnum() for value in ids)
    numbers = [shipment["number"] for shipment in shipments]
    assert len(set(numbers)) == len(numbers)


def test_every_trait_is_met_among_the_undecided(letzshop: LetzshopSandbox) -> None:
    traits = Counter(
        trait for shipment in letzshop.control.shipments() for trait in shipment["traits"]
    )
    assert set(traits) == {
        "company", "no_phone", "junk_phone", "script", "luxembourgish", "swiss", "long_name",
        "no_locale", "moved", "mail_in_capitals", "shared_mail", "other_billing",
        "billing_abroad", "no_billing", "pick_up", "unknown_product", "no_variant",
        "no_product", "zero_price", "sold_below_list", "sold_above_list", "two_prices",
        "many_pieces", "two_shipments", "two_vendors", "total_too_small", "no_total",
        "half_decided", "no_sku", "no_mail",
    }  # fmt: skip


def test_trade_numbers_have_the_length_of_their_parser(variants: list[dict[str, Any]]) -> None:
    seen: Counter[str] = Counter()
    for variant in variants:
        trade_id = variant["tradeId"]
        if trade_id and trade_id["number"]:
            number = trade_id["number"].replace("-", "")
            assert len(number) == LENGTHS[trade_id["parser"]]
            seen[trade_id["parser"]] += 1
    assert set(seen) == set(LENGTHS)


def test_check_digits_are_right_but_for_the_mistyped(variants: list[dict[str, Any]]) -> None:
    wrong = set()
    for variant in variants:
        trade_id = variant["tradeId"] or {}
        number = trade_id.get("number")
        if not number:
            continue
        books = trade_id["parser"].startswith("isbn") and not number.startswith("979")
        if not (isbn if books else ean).is_valid(number):
            wrong.add(variant["product"]["name"]["en"])
    assert wrong == {"Dish brush set", "Scarf, number mistyped"}


def test_numbers_have_their_odd_forms(variants: list[dict[str, Any]]) -> None:
    numbers = [(variant["tradeId"] or {}).get("number") or "" for variant in variants]
    assert any(number.startswith("00") for number in numbers)
    assert any(number.endswith("X") for number in numbers)
    assert any("-" in number for number in numbers)
    assert any(variant["tradeId"] is None for variant in variants)
    assert any(variant["tradeId"] == {"number": None, "parser": None} for variant in variants)
    assert any(variant["mpn"] for variant in variants)
    assert any(variant["sku"] is None for variant in variants)


def test_the_catalogue_has_most_of_what_is_sold(
    letzshop: LetzshopSandbox, variants: list[dict[str, Any]]
) -> None:
    catalogue = letzshop.control.catalogue() + letzshop.control.catalogue("moselle-shop")
    listed = {article["sku"] for article in catalogue}
    sold = {variant["sku"] for variant in variants if variant["sku"]}
    assert 0.8 < len(sold & listed) / len(sold) < 1
    assert len({article["sku"] for article in letzshop.control.catalogue()}) == len(
        letzshop.control.catalogue()
    )


def test_the_catalogues_numbers_differ_from_the_marketplaces_in_form_only(
    letzshop: LetzshopSandbox, variants: list[dict[str, Any]]
) -> None:
    sold = {variant["sku"]: (variant["tradeId"] or {}).get("number") for variant in variants}
    differing = 0
    for article in letzshop.control.catalogue():
        number, gtin = sold.get(article["sku"]), article["gtin"]
        if not number or not gtin:
            continue
        if number != gtin:
            differing += 1
            number, gtin = number.replace("-", ""), gtin.replace("-", "")
            number = isbn.to_isbn13(number) if len(number) == 10 else number
            gtin = isbn.to_isbn13(gtin) if len(gtin) == 10 else gtin
        assert number.zfill(14) == gtin.zfill(14)
    assert differing >= 4


def test_tax_rates_are_luxembourgs(letzshop: LetzshopSandbox) -> None:
    rates = defaultdict(set)
    for article in letzshop.control.catalogue():
        rates[article["tax_rate"]].add(article["category"])
    assert set(rates) == {3, 8, 14, 17}
    assert "Books" in rates[3]
    assert all("Books" not in rates[rate] for rate in (8, 14, 17))


def test_people_live_in_many_places_and_write_in_many_scripts(shipments: Shipments) -> None:
    addresses = _addresses(shipments)
    countries = {address["country"]["iso"] for address in addresses}
    assert {"LU", "FR", "BE", "DE", "CH"} <= countries
    letters = "".join(f"{address['firstName']}{address['lastName']}" for address in addresses)
    for sample in "Иγ王ع田ßŁễ🚲כ<'":
        assert sample in letters, sample
    assert max(len(address["lastName"]) for address in addresses) > 128
    assert any(address["company"] for address in addresses)
    assert any(not address["firstName"] and address["company"] for address in addresses)
    assert {shipment["order"]["locale"] for shipment in shipments} == {"fr", "de", "en", "lb", None}


def test_phones_are_written_in_many_ways(shipments: Shipments) -> None:
    valid, shapes = 0, set()
    phones = [(a["phone"], a["country"]["iso"]) for a in _addresses(shipments)]
    assert any(phone is None for phone, _ in phones)
    assert any(phone in {"n/a", "-"} for phone, _ in phones)
    written = [(phone, iso) for phone, iso in phones if phone]
    for phone, iso in written:
        shapes.add("".join("#" if sign.isdigit() else sign for sign in phone))
        try:
            valid += phonenumbers.is_possible_number(phonenumbers.parse(phone, iso))
        except phonenumbers.NumberParseException:
            continue
    assert len(shapes) >= 20
    assert valid > 0.8 * len(written)


def test_customers_come_back_with_other_addresses(shipments: Shipments) -> None:
    homes = defaultdict(set)
    names = defaultdict(set)
    for shipment in shipments:
        address, mail = shipment["order"]["shipAddress"], shipment["order"]["email"]
        if address and mail:
            homes[mail.lower()].add((address["streetName"], address["streetNumber"]))
            names[mail.lower()].add(address["firstName"])
    assert sum(len(streets) > 1 for streets in homes.values()) >= 5
    assert sum(len(people) > 1 for people in names.values()) >= 2


def test_some_orders_have_several_shipments(shipments: Shipments) -> None:
    by_order = defaultdict(list)
    for shipment in shipments:
        by_order[shipment["order"]["id"]].append(shipment)
    assert {len(found) for found in by_order.values()} >= {1, 2}
    for found in by_order.values():
        assert len({shipment["order"]["number"] for shipment in found}) == 1


def test_totals_cover_the_pieces_but_where_they_are_too_small(letzshop: LetzshopSandbox) -> None:
    worth: defaultdict[str, Decimal] = defaultdict(Decimal)
    small, totals = set(), {}
    for shipment in letzshop.control.shipments():
        order = shipment["order"]
        worth[order["id"]] += sum(Decimal(unit["price"] or 0) for unit in shipment["units"])
        totals[order["id"]] = order["total"]
        if "total_too_small" in shipment["traits"]:
            small.add(order["id"])
    told = {order: Decimal(total) for order, total in totals.items() if total is not None}
    assert len(told) < len(totals)
    assert {order for order, total in told.items() if total < worth[order]} == small
    assert any(total > worth[order] for order, total in told.items())


def test_sold_prices_differ_from_list_prices_and_some_are_zero(letzshop: LetzshopSandbox) -> None:
    listed = {article["sku"]: article["list_price"] for article in letzshop.control.catalogue()}
    units = [unit for shipment in letzshop.control.shipments() for unit in shipment["units"]]
    known = [unit for unit in units if unit["sku"] in listed]
    differing = [unit for unit in known if unit["price"] != listed[unit["sku"]]]
    assert 0.05 < len(differing) / len(known) < 0.6
    assert any(Decimal(unit["price"] or 1) == 0 for unit in units)
    assert any(unit["variant"] is None for unit in units)


def test_history_has_every_state_and_is_older_than_what_is_open(letzshop: LetzshopSandbox) -> None:
    past = letzshop.control.shipments(state="confirmed")
    states = Counter(unit["state"] for shipment in past for unit in shipment["units"])
    assert set(states) == {"confirmed_available", "confirmed_unavailable", "returned"}
    assert any(shipment["tracking"] for shipment in past)
    assert any(not shipment["tracking"] for shipment in past)
    mixed = [{unit["state"] for unit in shipment["units"]} for shipment in past]
    assert {"confirmed_unavailable"} in mixed
    assert {"returned"} in mixed
    assert {"returned", "confirmed_available"} in mixed
    assert {"confirmed_available", "confirmed_unavailable"} in mixed
    now = datetime.now(timezone.utc)
    newest = max(datetime.fromisoformat(shipment["order"]["completed_at"]) for shipment in past)
    for shipment in letzshop.control.shipments(state="unconfirmed"):
        moment = datetime.fromisoformat(shipment["order"]["completed_at"])
        assert newest < moment <= now
        assert now - moment < timedelta(days=4)


def test_a_half_decided_shipment_is_unconfirmed(letzshop: LetzshopSandbox) -> None:
    half = letzshop.control.shipments(trait="half_decided", state="unconfirmed")
    assert half
    for shipment in half:
        assert {unit["state"] for unit in shipment["units"]} == {
            "unconfirmed",
            "confirmed_available",
        }
