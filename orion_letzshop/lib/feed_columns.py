"""Columns of product feeds that are Letzshop's own."""

from __future__ import annotations

from odoo.addons.orion_marketplace_import.lib.reading.columns import ChannelColumns

LETZSHOP_COLUMNS = ChannelColumns(
    fields={
        "atalanda:tax_rate": "tax_rate",
        "atalanda:quantity": "quantity",
        "atalanda:preorder_days": "preorder_days",
    },
    attributes=(
        "atalanda:boost_sort",
        "atalanda:delivery_method",
        "atalanda:additional_product_type_1",
        "atalanda:additional_product_type_2",
        "atalanda:additional_product_type_3",
    ),
    namespaces={"http://api.atalanda.com/ns/gfeed": "atalanda"},
)
