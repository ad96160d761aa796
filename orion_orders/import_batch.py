"""What one page of an import has looked up, so that each thing is asked once."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ImportBatch:
    """Lookups of one batch of orders of one channel.

    :param channel: one `orion.channel`, in sudo
    :param history: the orders are of the past
    :param partners: `{external id: OrderPartners}`
    :param matches: `{(external id, line id): ProductMatch}`
    """

    channel: Any
    company: Any
    history: bool = False
    partners: dict[str, "OrderPartners"] = field(default_factory=dict)
    matches: dict[tuple[str, str], "ProductMatch"] = field(default_factory=dict)
    pricelists: dict[str, Any] = field(default_factory=dict)
    fiscal_positions: dict[Any, Any] = field(default_factory=dict)
    mapped_taxes: dict[Any, Any] = field(default_factory=dict)
    rate_taxes: dict[Any, Any] | None = None
    common: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderPartners:
    """Ids of the customer and of the contacts that get invoice and goods."""

    customer: int
    invoice: int
    delivery: int


@dataclass(frozen=True, slots=True)
class ProductMatch:
    """The product of a line, or why there is none.

    :param problem: a value of `sale.order.line.orion_match_problem`, or False
    :param unit_id: id of the `uom.uom` in which a piece is sold; None: the product's own
    :param learned: known by what a person has said once, not by the catalogue
    """

    product_id: int | None = None
    problem: str | bool = False
    unit_id: int | None = None
    learned: bool = False


@dataclass(slots=True)
class Catalogue:
    """The products that some lines may stand for.

    :param by_gtin: `{canonical GTIN: {product id: id of the unit it is the barcode of, or None
        for the product's own}}`
    :param by_sku: `{SKU: product ids}`
    :param gtins: `{product id: canonical GTIN of its own barcode}`
    :param aliases: `{("gtin" or "sku", value): product id}`, what people have said once
    """

    by_gtin: dict[str, dict[int, int | None]] = field(default_factory=dict)
    by_sku: dict[str, set[int]] = field(default_factory=dict)
    gtins: dict[int, str] = field(default_factory=dict)
    aliases: dict[tuple[str, str], int] = field(default_factory=dict)
