"""Shipments as Letzshop tells them, for tests."""

import copy

ADDRESS = {
    "firstName": "Anna",
    "lastName": "Test",
    "company": None,
    "streetName": "Rue Exemple",
    "streetNumber": "12",
    "city": "Luxembourg",
    "zipCode": "1111",
    "phone": "+352000000",
    "country": {"name": "Luxembourg", "iso": "LU"},
}

VARIANT = {
    "id": "vA1vA2vA3vA4vA",
    "sku": "SKU-1",
    "mpn": None,
    "price": "49.95",
    "tradeId": {"number": "4006381333931", "parser": "gtin13"},
    "product": {"name": {"en": "Pen", "fr": "Stylo", "de": "Stift"}, "_brand": {}},
}


def variant(**values):
    return {**copy.deepcopy(VARIANT), **values}


def unit(external_id, state="unconfirmed", **values):
    return {"id": external_id, "state": state, "variant": variant(), **values}


def shipment(**values):
    """The answer of the documents' example; `order` values are merged into its order."""
    order = {
        "id": "nvDv5RQEmCwbjo",
        "number": "R532332163",
        "email": "anna.test@example.com",
        "total": "105.91",
        "completedAt": "2025-12-17T09:14:03+01:00",
        "locale": "fr",
        "shipAddress": copy.deepcopy(ADDRESS),
        "billAddress": copy.deepcopy(ADDRESS),
    }
    order.update(values.pop("order", {}))
    return {
        "id": "pWk8ZtQeLr2mNb",
        "number": "H74683403433",
        "state": "unconfirmed",
        "order": order,
        "inventoryUnits": [unit("aB3dE5fG7hJ9kL"), unit("aB3dE5fG7hJ9kM")],
        "tracking": None,
        "data": {"__typename": "Greco"},
        **values,
    }
