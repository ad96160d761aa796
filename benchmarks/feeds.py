"""Staging a feed, against Odoo's own `load()` and against bare `COPY` with the same merge."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

_COLUMNS = (
    "id", "title", "description", "price", "sale_price", "gtin", "brand", "availability",
    "condition", "link", "image_link", "product_type", "item_group_id", "color", "size", "gender",
    "age_group", "mpn", "adult", "atalanda:tax_rate", "atalanda:quantity",
    *(f"further {number}" for number in range(9)),
)  # fmt: skip
_BATCH = 5000


def measure(registry: Registry, rows: int, loaded: int) -> dict[str, Any]:
    """Rows a second of each way, the ratios, and what the second feed wrote.

    :param rows: of the feed
    :param loaded: rows given to `load()` of `product.template`
    """
    feed = [_row(number) for number in range(rows)]
    channel = _connect(registry)
    fresh = _stage(registry, channel, feed)
    changed = max(1, rows // 100)
    # another order: by the number read backwards
    again = sorted(([*row] for row in feed), key=lambda row: row[0][::-1])
    for row in again[:changed]:
        row[3] = "3.33"
    second = _stage(registry, channel, again)
    bare = _bare(registry, _connect(registry), feed)
    load = _load(registry, feed[:loaded])
    return {
        "staged_a_second": rows / fresh["seconds"],
        "loaded_a_second": loaded / load,
        "bare_a_second": rows / bare,
        "against_load": (rows / fresh["seconds"]) / (loaded / load),
        "against_bare": bare / fresh["seconds"],
        "again_against_fresh": fresh["seconds"] / second["seconds"],
        "changed": changed,
        "written_again": second["updated_count"] + second["imported_count"],
    }


def _row(number: int) -> list[str]:
    return [
        f"P{number}", f"Product {number}", f"What product {number} is good for, at some length.",
        f"{number % 900 + 5}.90 EUR", "", "", f"Brand {number % 50}", "in stock", "new",
        f"https://shop.example/p/{number}", f"https://shop.example/i/{number}.jpg", "Home > Desk",
        f"G{number // 3}", "red", "M", "unisex", "adult", f"M{number}", "no", "17",
        str(number % 40), *(f"value {number % 100}" for _column in range(9)),
    ]  # fmt: skip


def _file(rows: list[list[str]]) -> bytes:
    return "\n".join("\t".join(row) for row in [list(_COLUMNS), *rows]).encode()


def _connect(registry: Registry) -> int:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        values = {"name": "Feeds", "marketplace": "letzshop"}
        return int(env["orion.channel"].create(values).id)


def _stage(registry: Registry, channel_id: int, rows: list[list[str]]) -> dict[str, Any]:
    """The whole way of an import, a commit a batch: reading, staging, what is missing."""
    content = base64.b64encode(_file(rows))
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        values = {"language": "fr", "batch_size": _BATCH, "content": content, "source_name": "x"}
        job = env["orion.import.job"].create({"channel_id": channel_id, **values})
        cr.commit()

        def run() -> None:
            for _step in job._run_steps():
                env.flush_all()
                cr.commit()

        seconds = _timed(run)
        return {
            "seconds": seconds,
            "updated_count": job.updated_count,
            "imported_count": job.imported_count,
        }


def _bare(registry: Registry, channel_id: int, rows: list[list[str]]) -> float:
    """The same rows as `ProductData` made beforehand: `COPY` and the merge alone."""
    import tempfile
    from pathlib import Path

    from odoo.addons.orion_marketplace_import.lib.reading import iter_chunks

    with tempfile.NamedTemporaryFile() as file, registry.cursor() as cr:
        file.write(_file(rows))
        file.flush()
        chunks = iter_chunks(Path(file.name), size=_BATCH)
        batches = [[row.product for row in chunk.rows] for chunk in chunks]
        env = api.Environment(cr, SUPERUSER_ID, {})
        job = env["orion.import.job"].create({"channel_id": channel_id, "language": "fr"})
        cr.commit()

        def run() -> None:
            for batch in batches:
                env["orion.staging"]._merge(job, batch)
                cr.commit()

        return _timed(run)


def _load(registry: Registry, rows: list[list[str]]) -> float:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        names = ["default_code", "name", "description_sale", "list_price"]
        data = [[row[0], row[1], row[2], row[3].split()[0]] for row in rows]
        seconds = _timed(lambda: env["product.template"].load(names, data))
        cr.rollback()
        return seconds


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
