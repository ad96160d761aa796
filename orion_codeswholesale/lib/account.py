"""The client id and secret of an account at CodesWholesale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from odoo.addons.orion_base.lib.errors import KeyMissing
from odoo.addons.orion_base.lib.sentence import Sentences

_lt = Sentences(__name__)

#: Names of the secrets, where both are given on their own.
CLIENT_ID, CLIENT_SECRET = "client_id", "client_secret"
#: The one secret that holds both, with a colon between.
BOTH = "api_key"


@dataclass(frozen=True, slots=True)
class Account:
    """What OAuth calls client credentials."""

    client_id: str
    client_secret: str = field(repr=False)

    @classmethod
    def of(cls, secrets: Mapping[str, str]) -> Account:
        """The account that a channel's secrets name.

        :raises KeyMissing: when a part of it is missing.
        """
        client_id, client_secret = secrets.get(CLIENT_ID, ""), secrets.get(CLIENT_SECRET, "")
        if not (client_id and client_secret):
            client_id, _colon, client_secret = secrets.get(BOTH, "").partition(":")
        if not (client_id and client_secret):
            raise KeyMissing(
                _lt(
                    "CodesWholesale needs a client id and a client secret. Enter both as one key, "
                    "with a colon between: client id:client secret."
                )
            )
        return cls(client_id.strip(), client_secret.strip())

    def fingerprint(self, endpoint: str) -> str:
        """Names the account with this secret at an address, without telling it."""
        return _digest(endpoint, self.client_id, self.client_secret)

    def name_at(self, endpoint: str) -> str:
        """Names the account at an address, whatever its secret is."""
        return _digest(endpoint, self.client_id)


def _digest(*texts: str) -> str:
    return blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()
