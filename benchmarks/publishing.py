"""Publishing staged products, against Odoo's own `load()` of the same products.

Both make the same products with the same values, in the same context, without chatter; `load()`
in one language, publishing in three, with a listing and what is kept of each. They take turns, a
batch each, so that whatever else keeps the machine busy disturbs both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_marketplace_import.lib.product_data import ProductData
from odoo.addons.orion_marketplace_import.models.orion_publisher import QUIET

_BATCH = 500
_LOADED = (
    "default_code", "name", "description_sale", "list_price", "barcode", "weight", "orion_brand",
    "orion_mpn", "categ_id/.id", "taxes_id/.id", "is_storable", "company_id/.id",
)  # fmt: skip


def measure(registry: Registry, rows: int) -> dict[str, Any]:
    """Products a second of each way, and the ratio.

    :param rows: products of each way
    """
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        channel = _connect(env)
        _stage(env, channel, [_product(number) for number in range(rows)])
        staged = env["orion.marketplace.product"].search([("channel_id", "=", channel.id)])
        category = env["product.category"].create({"name": "Loaded"})
        cr.commit()
        warm = staged[:20]
        env["orion.publisher"]._publish(channel, warm.ids)
        _load(env, channel, category, range(10 * rows, 10 * rows + 20))
        cr.commit()
        if warm.filtered("publish_problem"):
            raise RuntimeError(warm.filtered("publish_problem")[0].publish_problem_text)
        todo = (staged - warm).ids
        published = loaded = 0.0
        for start in range(0, len(todo), _BATCH):
            ids = todo[start : start + _BATCH]
            published += _timed(env, lambda ids=ids: env["orion.publisher"]._publish(channel, ids))
            numbers = range(2 * rows + start, 2 * rows + start + len(ids))
            loaded += _timed(env, lambda numbers=numbers: _load(env, channel, category, numbers))
        staged.invalidate_recordset()
        if len(staged.filtered("published_at")) != rows:
            raise RuntimeError("Not all products were published.")
        changed = _change(env, channel, rows)
        again = _timed(env, lambda: env["orion.publisher"]._publish(channel, staged.ids))
        return {
            "against_load": loaded / published,
            "published_a_second": len(todo) / published,
            "loaded_a_second": len(todo) / loaded,
            "again_a_second": rows / again,
            "changed": changed,
        }


def _connect(env: api.Environment) -> Any:
    company = env.company
    for code in ("fr_FR", "de_DE"):
        env["res.lang"]._activate_lang(code)
    if not env["account.tax"].search([("company_id", "=", company.id), ("amount", "=", 17)]):
        group = env["account.tax.group"].create({"name": "VAT", "company_id": company.id})
        country = company.country_id or env.ref("base.lu")
        company.country_id = country
        values = {"name": "VAT 17", "amount": 17, "company_id": company.id}
        env["account.tax"].create({**values, "tax_group_id": group.id, "country_id": country.id})
    values = {"name": "Publishing", "marketplace": "letzshop", "company_id": company.id}
    return env["orion.channel"].create(values)


def _gtin(number: int) -> str:
    body = f"{400_000_000_000 + number}"
    return next(
        found for check in range(10) if (found := canonical_gtin(f"{body}{check}")) is not None
    )


def _product(number: int) -> ProductData:
    return ProductData(
        external_id=f"P{number}",
        title=f"Produit {number}",
        description=f"À quoi sert le produit {number}, assez longuement.",
        language="fr",
        price=Decimal(number % 900 + 5) + Decimal("0.90"),
        gtin=_gtin(number),
        brand=f"Brand {number % 50}",
        mpn=f"M{number}",
        product_type=f"Home > Desk {number % 20}",
        tax_rate=Decimal(17),
        quantity=number % 40,
        weight=Decimal("0.5"),
        availability="in_stock",
        condition="new",
    )


def _stage(env: api.Environment, channel: Any, products: list[ProductData]) -> None:
    """The same products in three languages."""
    for language, word in (("fr", "Produit"), ("de", "Produkt"), ("en", "Product")):
        job = env["orion.import.job"].create({"channel_id": channel.id, "language": language})
        env["orion.staging"]._merge(
            job,
            [
                replace(each, language=language, title=each.title.replace("Produit", word))
                for each in products
            ],
        )


def _load(env: api.Environment, channel: Any, category: Any, numbers: range) -> None:
    company = channel.company_id
    tax = env["account.tax"].search(
        [("company_id", "=", company.id), ("amount", "=", 17), ("type_tax_use", "=", "sale")],
        limit=1,
    )
    data = []
    for number in numbers:
        each = _product(number)
        data.append(
            [
                each.external_id, each.title, each.description, str(each.price), each.gtin[1:],
                str(each.weight), each.brand, each.mpn, str(category.id), str(tax.id), "True",
                str(company.id),
            ]
        )  # fmt: skip
    context = dict(QUIET, allowed_company_ids=company.ids)
    result = env["product.template"].with_context(**context).load(list(_LOADED), data)
    if not result["ids"]:
        raise RuntimeError(str(result["messages"]))


def _change(env: api.Environment, channel: Any, rows: int) -> int:
    """One row in a hundred has another price now."""
    changed = [replace(_product(number), price=Decimal("3.33")) for number in range(0, rows, 100)]
    job = env["orion.import.job"].create({"channel_id": channel.id, "language": "fr"})
    env["orion.staging"]._merge(job, changed)
    return len(changed)


def _timed(env: api.Environment, run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - started
