"""Letzshop's carriers."""

from __future__ import annotations


def carrier_code(typename: str) -> str:
    """Our code of the carrier whose GraphQL type is `typename`; empty for none."""
    return typename.strip().lower()


def provider_name(carrier_name: str, carrier: str) -> str:
    """What `setShipmentTracking` is told as `provider`: Letzshop's name of the carrier where it
    is known, else our code. The values that Letzshop accepts are not published."""
    return carrier_name.strip() or carrier.strip()
