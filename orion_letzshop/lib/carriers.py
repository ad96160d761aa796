"""Letzshop's carriers, and what `provider` it is told for ours."""

from __future__ import annotations

#: What `setShipmentTracking` is told as `provider`, by our carrier code. The values
#: Letzshop accepts are not published; a code that is not here goes out as it is.
PROVIDERS: dict[str, str] = {
    "greco": "Greco",
    "colissimo": "Colissimo",
    "xpresslogistics": "XpressLogistics",
    "dhl": "DHL",
    "ups": "UPS",
    "fedex": "FedEx",
    "post_lu": "POST Luxembourg",
}

#: Address to which the shipment number is appended. The path's capitals matter.
TRACKING_URL_PREFIXES: dict[str, str] = {
    "greco": "https://dispatchweb.fr/Tracky/Home/",
}


def carrier_code(typename: str) -> str:
    """Our code of the carrier whose GraphQL type is `typename`; empty for none."""
    return typename.strip().lower()


def provider_name(carrier: str) -> str:
    """What Letzshop is told as provider for our carrier code, or for a free text."""
    return PROVIDERS.get(carrier.strip().lower(), carrier.strip())


def tracking_url(carrier: str, shipment_number: str) -> str:
    """Address of the parcel's page; empty where the carrier has none that we know."""
    prefix = TRACKING_URL_PREFIXES.get(carrier.strip().lower(), "")
    return prefix + shipment_number.strip() if prefix and shipment_number.strip() else ""
