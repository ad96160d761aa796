"""Orders as a naive connector writes them: one at a time, with Odoo's default context."""

from __future__ import annotations

from typing import Any

from odoo.modules.registry import Registry

from benchmarks import shop


def run(registry: Registry, orders: list[Any], mark: str) -> dict[str, float]:
    """Write these orders, each in a transaction of its own; what each took.

    :param orders: `OrderData`, read and mapped before
    :param mark: makes their customers others than those of other ways
    """
    watch = shop.Stopwatch()
    for data in orders:
        with shop.environment(registry) as env:
            _write(env, data, mark)
    return watch.took(len(orders))


def _write(env: Any, data: Any, mark: str) -> None:
    partner = _partner(env, data, mark)
    env["sale.order"].create(
        {
            "partner_id": partner.id,
            "partner_shipping_id": _contact(env, partner, data.ship_to, "delivery").id,
            "partner_invoice_id": _contact(env, partner, data.bill_to, "invoice").id,
            "client_order_ref": data.number,
            "date_order": data.ordered_at.replace(tzinfo=None),
            "order_line": [
                (
                    0,
                    0,
                    {
                        "product_id": _product(env, line).id,
                        "name": line.name,
                        "product_uom_qty": float(line.quantity),
                        "price_unit": float(line.price_unit),
                    },
                )
                for line in data.lines
            ],
        }
    )


def _partner(env: Any, data: Any, mark: str) -> Any:
    email = f"{mark}.{data.customer_email or data.external_id}"
    found = env["res.partner"].search([("email", "=", email)], limit=1)
    if found:
        return found
    values = {**_address(env, data.bill_to), "email": email, "phone": data.customer_phone}
    return env["res.partner"].create(values)


def _contact(env: Any, partner: Any, address: Any, kind: str) -> Any:
    values = _address(env, address)
    same = ("name", "street", "zip", "city")
    if all((partner[name] or "") == (values[name] or "") for name in same):
        return partner
    domain = [("parent_id", "=", partner.id), *((name, "=", values[name]) for name in same)]
    found = env["res.partner"].search(domain, limit=1)
    return found or env["res.partner"].create({**values, "parent_id": partner.id, "type": kind})


def _address(env: Any, address: Any) -> dict[str, Any]:
    country = env["res.country"].search([("code", "=", address.country_code)], limit=1)
    return {
        "name": address.name or address.company or "?",
        "street": address.street,
        "zip": address.zip,
        "city": address.city,
        "country_id": country.id,
    }


def _product(env: Any, line: Any) -> Any:
    products = env["product.product"]
    return (
        products.search([("barcode", "=", line.gtin)], limit=1)
        or products.search([("default_code", "=", line.sku)], limit=1)
        or products.search([("sale_ok", "=", True)], limit=1)
    )
