"""Staging feeds of three languages, against Odoo's own `load()` and against bare `COPY` + merge."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psutil
from psycopg2 import sql

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

_COLUMNS = (
    "id", "title", "description", "price", "sale_price", "gtin", "brand", "availability",
    "condition", "link", "image_link", "product_type", "item_group_id", "color", "size", "gender",
    "age_group", "mpn", "adult", "atalanda:tax_rate", "atalanda:quantity",
    *(f"further {number}" for number in range(9)),
)  # fmt: skip
_BATCH = 5000
_PRICE = 3


def measure(registry: Registry, rows: int, loaded: int) -> dict[str, Any]:
    """What each way took, its ratios in time and in processor time, and what the second feed
    wrote.

    :param rows: of each feed
    :param loaded: rows given to `load()` of `product.template`
    """
    feeds = {code: [row_of(number, code) for number in range(rows)] for code in ("fr", "de", "en")}
    channel = _connect(registry)
    staged = {code: _stage(registry, channel, feed, code) for code, feed in feeds.items()}
    changed = max(1, rows // 100)
    # another order: by the number read backwards
    again = sorted(([*row] for row in feeds["fr"]), key=lambda row: row[0][::-1])
    for row in again[:changed]:
        row[_PRICE] = "3.33"
    second = _stage(registry, channel, again, "fr")
    for row in again:
        row[_PRICE] = "4.44"
    update = _stage(registry, channel, again, "fr")
    bare, bare_update = _bare(registry, feeds["fr"], again)
    costs = {
        "fresh": staged["fr"].cost,
        "three": sum((each.cost for each in staged.values()), Cost()) / 3,
        "second": second.cost,
        "update": update.cost,
        "bare": bare,
        "bare_update": bare_update,
        "load": _load(registry, feeds["fr"][:loaded]) * (rows / loaded),
    }
    return {
        "seconds": {name: cost.seconds for name, cost in costs.items()},
        "processor_seconds": {name: cost.processor_seconds for name, cost in costs.items()},
        "a_second": {name: rows / cost.seconds for name, cost in costs.items()},
        "ratios": _ratios({name: cost.seconds for name, cost in costs.items()}),
        "processor_ratios": _ratios({n: cost.processor_seconds for n, cost in costs.items()}),
        "concluding_seconds": staged["fr"].concluding_seconds,
        "changed": changed,
        "written_again": second.written,
    }


def _ratios(costs: dict[str, float]) -> dict[str, float]:
    return {
        "against_load": costs["load"] / costs["fresh"],
        "three_against_load": costs["load"] / costs["three"],
        "against_bare": costs["bare"] / costs["fresh"],
        "update_against_bare": costs["bare_update"] / costs["update"],
        "again_against_fresh": costs["fresh"] / costs["second"],
    }


@dataclass(frozen=True)
class Cost:
    """What something took.

    :ivar processor_seconds: of this process and of the database's process that serves it
    """

    seconds: float = 0.0
    processor_seconds: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, self.processor_seconds + other.processor_seconds)

    def __sub__(self, other: Cost) -> Cost:
        return self + other * -1

    def __mul__(self, factor: float) -> Cost:
        return Cost(self.seconds * factor, self.processor_seconds * factor)

    def __truediv__(self, divisor: float) -> Cost:
        return self * (1 / divisor)

    @classmethod
    def so_far(cls, cr: Any) -> Cost:
        """What clock and meters say now."""
        cr.execute("SELECT pg_backend_pid()")
        served = psutil.Process(cr.fetchone()[0]).cpu_times()
        here = time.process_time() + served.user + served.system
        return cls(time.perf_counter(), here)


@dataclass(frozen=True)
class Staged:
    """One import."""

    cost: Cost
    concluding_seconds: float
    written: int


def row_of(number: int, code: str) -> list[str]:
    """The cells of a product in a language."""
    return [
        f"P{number}", f"Product {number} {code}",
        f"What product {number} is good for, at some length, in {code}.",
        f"{number % 900 + 5}.90 EUR", "", "", f"Brand {number % 50}", "in stock", "new",
        f"https://shop.example/p/{number}", f"https://shop.example/i/{number}.jpg", "Home > Desk",
        f"G{number // 3}", "red", "M", "unisex", "adult", f"M{number}", "no", "17",
        str(number % 40), *(f"value {number % 100}" for _column in range(9)),
    ]  # fmt: skip


def lines_of(rows: Iterator[list[str]]) -> Iterator[str]:
    """A feed's lines, its header first."""
    yield "\t".join(_COLUMNS) + "\n"
    for row in rows:
        yield "\t".join(row) + "\n"


def _connect(registry: Registry) -> int:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        values = {"name": "Feeds", "marketplace": "letzshop"}
        return int(env["orion.channel"].create(values).id)


def _stage(registry: Registry, channel_id: int, rows: list[list[str]], code: str) -> Staged:
    """The whole way of an import, a commit a batch: reading, staging, what is missing."""
    content = base64.b64encode("".join(lines_of(iter(rows))).encode())
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        values = {"language": code, "batch_size": _BATCH, "content": content, "source_name": "x"}
        job = env["orion.import.job"].create({"channel_id": channel_id, **values})
        cr.commit()
        start = Cost.so_far(cr)
        moments = [time.perf_counter()]
        for _step in job._run_steps():
            env.flush_all()
            cr.commit()
            moments.append(time.perf_counter())
        cost = Cost.so_far(cr) - start
        return Staged(cost, moments[-1] - moments[-2], job.updated_count + job.imported_count)


def _bare(registry: Registry, rows: list[list[str]], again: list[list[str]]) -> tuple[Cost, Cost]:
    """The cost of `COPY` into a temporary table and one merge into a table like ours, with our
    indexes: fresh, and then with every row changed. The text for `COPY` was made beforehand;
    nothing is read, checked, digested, counted or remembered as met."""
    texts = [_copy_texts(rows), _copy_texts(again)]
    with registry.cursor() as cr:
        cr.execute("CREATE TABLE bench_product (LIKE orion_marketplace_product INCLUDING ALL)")
        cr.execute(
            "ALTER TABLE bench_product ALTER id SET DEFAULT"
            " nextval('orion_marketplace_product_id_seq')"
        )
        cr.commit()
        fresh, update = (_cost(cr, lambda batches=each: _merge(cr, batches)) for each in texts)
        return fresh, update


def _copy_texts(rows: list[list[str]]) -> list[str]:
    import tempfile
    from pathlib import Path

    from odoo.addons.orion_marketplace_import.lib.reading import iter_chunks
    from odoo.addons.orion_marketplace_import.lib.staging import StagedRows

    with tempfile.NamedTemporaryFile("w") as file:
        file.writelines(lines_of(iter(rows)))
        file.flush()
        chunks = iter_chunks(Path(file.name), size=_BATCH)
        batches = [StagedRows.of(chunk.table) for chunk in chunks]
        return [
            each.copy_text(dict.fromkeys(each.external_ids, "0" * 32)).getvalue()
            for each in batches
        ]


def _merge(cr: Any, batches: list[str]) -> None:
    from odoo.addons.orion_marketplace_import.lib.staging import (
        COPY_COLUMNS,
        JSON_COLUMNS,
        PLAIN_COLUMNS,
        TYPES,
    )

    def joined(names: Iterable[str], template: str = "{}") -> sql.Composed:
        return sql.SQL(", ").join(sql.SQL(template).format(sql.Identifier(name)) for name in names)

    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(TYPES.get(name, "text")))
        for name in COPY_COLUMNS
    )
    plain = (*PLAIN_COLUMNS, *JSON_COLUMNS)
    create = sql.SQL("CREATE TEMPORARY TABLE bench_batch ({}) ON COMMIT DROP").format(columns)
    merge = sql.SQL(
        "INSERT INTO bench_product (channel_id, external_id, title, description, digests,"
        " row_digests, {names})"
        " SELECT 1, external_id, jsonb_build_object('en_US', title),"
        " jsonb_build_object('en_US', description), jsonb_build_object('fr', digest),"
        " jsonb_build_object('fr', row_digest), {names}"
        " FROM bench_batch ON CONFLICT (channel_id, external_id) DO UPDATE SET {updates}"
    ).format(
        names=joined(plain),
        updates=joined(
            ("title", "description", "digests", "row_digests", *plain), "{0} = excluded.{0}"
        ),
    )
    for batch in batches:
        cr.execute(create)
        cr.copy_expert("COPY bench_batch FROM STDIN (NULL '')", io.StringIO(batch))
        cr.execute(merge)
        cr.commit()


def _load(registry: Registry, rows: list[list[str]]) -> Cost:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        names = ["default_code", "name", "description_sale", "list_price"]
        data = [[row[0], row[1], row[2], row[_PRICE].split()[0]] for row in rows]
        cost = _cost(cr, lambda: env["product.template"].load(names, data))
        cr.rollback()
        return cost


def _cost(cr: Any, run: Callable[[], object]) -> Cost:
    start = Cost.so_far(cr)
    run()
    return Cost.so_far(cr) - start
