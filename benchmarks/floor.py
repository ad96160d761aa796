"""The floor under an import: the same values, looked up beforehand, given to `create`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from benchmarks.shop import Stopwatch

_PARTNER_FIELDS = ("partner_id", "partner_invoice_id", "partner_shipping_id")


@dataclass(frozen=True)
class Page:
    """What an import gives to `create` for one page.

    :ivar partners: arguments of each creation of partners, and the ids they got then
    """

    partners: list[tuple[list[dict[str, Any]], list[int]]]
    orders: list[dict[str, Any]]


def prepare(registry: Registry, channel_id: int, pages: Sequence[Sequence[Any]]) -> list[Page]:
    """Have the importer look everything up and prepare its values; nothing stays written.

    :param pages: `OrderData`, page by page
    """
    prepared = []
    with registry.cursor() as cr:
        importer, channel = _importer(cr, channel_id)
        for orders in pages:
            with _watch_partners(importer.env) as partners:
                batch = importer._open_batch(channel, orders, False)
            values = [
                importer._prepare_order_values(batch, data)
                | {"order_line": importer._prepare_lines(batch, data)}
                for data in orders
            ]
            prepared.append(Page(partners, values))
        cr.rollback()
    return prepared


def run(registry: Registry, channel_id: int, pages: Sequence[Page]) -> dict[str, float]:
    """Give the values to `create`, a commit a page; what each order took.

    Nothing is looked up, kept, compared or logged; partners are made in the same creations.
    """
    watch = Stopwatch()
    known: dict[int, int] = {}
    with registry.cursor() as cr:
        env = _importer(cr, channel_id)[0].env
        for page in pages:
            for values_list, ids in page.partners:
                created = env["res.partner"].create(
                    [_with(values, known, ("parent_id",)) for values in values_list]
                )
                known.update(zip(ids, created.ids, strict=True))
            env["sale.order"].create(
                [_with(values, known, _PARTNER_FIELDS) for values in page.orders]
            )
            env.flush_all()
            cr.commit()
    return watch.took(sum(len(page.orders) for page in pages))


def _importer(cr: Any, channel_id: int) -> tuple[Any, Any]:
    """Importer and channel with the context of an import."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    channel = env["orion.channel"].browse(channel_id)
    importer, channel = env["orion.order.importer"]._quietly(channel)
    return importer, channel


def _with(values: dict[str, Any], known: dict[int, int], names: Sequence[str]) -> dict[str, Any]:
    ids = {name: known.get(values[name], values[name]) for name in names if values.get(name)}
    return {**values, **ids}


@contextmanager
def _watch_partners(env: Any) -> Iterator[list[tuple[list[dict[str, Any]], list[int]]]]:
    """What is given to the creation of partners meanwhile."""
    model = env.registry["res.partner"]
    seen: list[tuple[list[dict[str, Any]], list[int]]] = []
    original = model.create

    def create(self: Any, vals_list: list[dict[str, Any]]) -> Any:
        copies = [dict(values) for values in vals_list]
        created = original(self, vals_list)
        seen.append((copies, list(created.ids)))
        return created

    model.create = create
    try:
        yield seen
    finally:
        del model.create
