"""Resolving unknown products: a thousand lines at once, and new products among many exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from odoo.modules.registry import Registry

from benchmarks import query_count, shop

_ORDERED_AT = datetime(2026, 11, 2, 8, 0, tzinfo=timezone.utc)
_PAGE = 250
#: What was sold, which no resolution may change.
_SOLD = (
    "name", "price_unit", "discount", "tax_ids", "product_uom_qty", "price_subtotal", "price_tax",
    "price_total", "currency_id", "extra_tax_data", "orion_price_unit",
)  # fmt: skip


def measure(
    registry: Registry, lines: int, pending: int, products: int, one_by_one: int
) -> dict[str, Any]:
    """Seconds and queries of resolving, and ratios of matching against one by one.

    :param lines: lines with one GTIN, resolved at once
    :param pending: exceptions among which new products are looked for
    :param products: new products; each is that of one exception
    :param one_by_one: of these, how many are also measured one at a time
    """
    shop.move_to_luxembourg(registry)
    channel = _connect(registry)
    _resolve(registry, channel, "warm", 20)
    return {
        "resolving": _resolve(registry, channel, "lines", lines),
        "matching": _match(registry, channel, pending, products, one_by_one),
    }


# === RESOLVING === #


def _resolve(registry: Registry, channel: int, name: str, count: int) -> dict[str, Any]:
    """Resolve so many lines of as many orders; time on the clock until it is committed."""
    gtin = _gtin(len(name))
    _import_orders(registry, channel, name, [gtin] * count)
    with shop.environment(registry) as env:
        product = _products(env, [f"The {name}"])[0]
        exceptions = env["orion.order.exception"].search([("canonical_gtin", "=", gtin)])
        # what a person may have changed on the lines: a discount that the product has not
        exceptions.order_line_id.write({"discount": 12.5})
        env.cr.commit()
        before = exceptions.order_line_id.read(_SOLD)
        env.invalidate_all()
        with query_count.counting() as queries:
            watch = shop.Stopwatch()
            done = env["orion.order.exception"].bulk_resolve(gtin=gtin, product_id=product.id)
            env.cr.commit()
            took = watch.took(1)
        if done != {"resolved": count, "orders_released": count}:
            raise RuntimeError(f"Not all were resolved: {done}")
        env.invalidate_all()
        changed = exceptions.order_line_id.read(_SOLD) != before
        right = exceptions.order_line_id.product_id == product
        unlike = product.list_price not in exceptions.order_line_id.mapped("price_unit")
        if changed or not right or not unlike:
            raise RuntimeError("What was sold has changed, or the product is not on the lines.")
    return {
        "seconds": took["ms"] / 1000,
        "processor_seconds": took["processor_ms"] / 1000,
        "queries_a_line": queries.total / count,
        "queries_of_ours": queries.ours,
        "by_module": dict(queries.modules.most_common()),
        "by_place": dict(queries.places.most_common(20)),
    }


# === MATCHING === #


def _match(
    registry: Registry, channel: int, pending: int, products: int, one_by_one: int
) -> dict[str, Any]:
    """New products among many exceptions: found and resolved, all at once and one at a time."""
    gtins = [_gtin(1000 + number) for number in range(pending)]
    _import_orders(registry, channel, "pending", gtins)
    with shop.environment(registry) as env:
        fresh = _products(env, [f"New {n}" for n in range(products)], gtins)
        env.cr.precommit.clear()
        ids = fresh.ids
    found = {
        "batch": _find(registry, channel, [ids]),
        "single": _find(registry, channel, [[id_] for id_ in ids[:one_by_one]]),
    }
    whole = {
        "single": _match_whole(registry, channel, [[id_] for id_ in ids[:one_by_one]]),
        "batch": _match_whole(registry, channel, [ids[one_by_one:]]),
    }
    result: dict[str, Any] = {}
    for name, numbers in (("finding", found), ("whole", whole)):
        result |= {f"{name}_{way}_ms": took["ms"] for way, took in numbers.items()}
        result[f"{name}_ratio"] = numbers["single"]["ms"] / numbers["batch"]["ms"]
    return result


def _find(
    registry: Registry, channel: int, batches: Sequence[Sequence[int]]
) -> Mapping[str, float]:
    """Time a product takes to be recognised as that of exceptions; nothing is resolved."""
    with shop.environment(registry) as env:
        env["orion.channel"].browse(channel).read(["name"])
        watch = shop.Stopwatch()
        count = sum(len(found) for found in _found(env, channel, batches))
        took = watch.took(sum(map(len, batches)))
    if count != sum(map(len, batches)):
        raise RuntimeError(f"Other exceptions were found: {count}")
    return took


def _found(env: Any, channel: int, batches: Iterable[Sequence[int]]) -> Iterable[Any]:
    exceptions = env["orion.order.exception"]
    record = env["orion.channel"].browse(channel)
    for batch in batches:
        env.invalidate_all()
        keys = exceptions._keys_of_products(batch)
        [(gtins, skus)] = exceptions._waiting_for(keys).values()
        waiting = exceptions._find_to_match(
            record, {"gtins": list(gtins), "skus": list(skus)}, 0, None
        )
        matches = waiting._find_matches(record)
        yield [match for match in matches.values() if match.product_id in batch]


def _match_whole(
    registry: Registry, channel: int, batches: Sequence[Sequence[int]]
) -> Mapping[str, float]:
    """Time a product takes from its commit until its exceptions are resolved by a worker."""
    from odoo.addons.orion_base.engine.worker import Worker

    worker = Worker(registry, sleep=lambda _seconds: None)
    watch = shop.Stopwatch()
    for batch in batches:
        with shop.environment(registry) as env:
            env["orion.order.exception"]._note_products(list(batch))
        while worker.step():
            pass
    took = watch.took(sum(map(len, batches)))
    with shop.environment(registry) as env:
        wanted = [id_ for batch in batches for id_ in batch]
        done = env["orion.order.exception"].search_count([("resolved_product_id", "in", wanted)])
    if done != len(wanted):
        raise RuntimeError(f"{done} of {len(wanted)} were resolved")
    return took


# === THE SHOP === #


def _connect(registry: Registry) -> int:
    with shop.environment(registry) as env:
        channel = env["orion.channel"].create(
            {
                "name": "Unknown products",
                "marketplace": "letzshop",
                "api_endpoint": "http://127.0.0.1:9",
            }
        )
        channel.set_credentials(api_key="not-used-by-this-part")
        return int(channel.id)


def _import_orders(registry: Registry, channel: int, name: str, gtins: Sequence[str]) -> None:
    """Orders of one line, a GTIN each, that the catalogue does not know."""
    for start in range(0, len(gtins), _PAGE):
        page = [
            _order(f"{name}-{number}", gtins[number])
            for number in range(start, min(start + _PAGE, len(gtins)))
        ]
        with shop.environment(registry) as env:
            result = env["orion.order.importer"]._import_page(
                env["orion.channel"].browse(channel), page
            )
        if result.imported != len(page):
            raise RuntimeError(f"The import went wrong: {result.errors[:1]}")


def _order(name: str, gtin: str) -> Any:
    from odoo.addons.orion_orders.lib.order_data import (
        AddressData,
        OrderData,
        OrderLineData,
        OrderState,
        PieceData,
        PieceState,
    )

    address = AddressData(
        name="Léa Müller", street="12 Rue du Fossé", zip="1536", city="Luxembourg",
        country_code="LU",
    )  # fmt: skip
    pieces = tuple(PieceData(f"{name}-{n}", PieceState.UNDECIDED) for n in range(3))
    line = OrderLineData(
        f"{name}-line", name=f"Sold as {name}", quantity=Decimal(3), price_unit=Decimal("19.99"),
        gtin=gtin, tax_rate=Decimal(3), pieces=pieces,
    )  # fmt: skip
    return OrderData(
        name, number=f"R{name}", ordered_at=_ORDERED_AT, version=_ORDERED_AT + timedelta(hours=1),
        currency="EUR", state=OrderState.UNDECIDED, lines=(line,), raw={"id": name},
        customer_email="lea@example.com", ship_to=address, bill_to=address,
    )  # fmt: skip


def _products(env: Any, names: Sequence[str], gtins: Sequence[str] = ()) -> Any:
    """Products at another price and tax than anything was sold."""
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("amount", "=", 17)], order="sequence, id", limit=1
    )
    return env["product.product"].create(
        [
            {
                "name": name,
                "barcode": gtins[number] if gtins else False,
                "list_price": 77.0,
                "is_storable": True,
                "taxes_id": [(6, 0, tax.ids)],
            }
            for number, name in enumerate(names)
        ]
    )


def _gtin(number: int) -> str:
    """A valid canonical GTIN."""
    body = f"0290{number:09d}"
    digits = [int(digit) for digit in body]
    check = -sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits)) % 10
    return f"{body}{check}"
