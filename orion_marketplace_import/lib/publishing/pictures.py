"""Addresses of pictures."""

from __future__ import annotations

import re
from hashlib import md5

#: What signs an address for a while, as storage and delivery networks write it (Amazon S3 and
#: CloudFront, Google, Azure, Akamai): the picture is the same when it changes. Both Python and
#: PostgreSQL read it.
SIGNATURE = (
    r"[?&](?:(?:x-amz-[a-z-]+|x-goog-[a-z-]+|awsaccesskeyid|googleaccessid|expires|signature"
    r"|key-pair-id|policy|hdnts|hdnea|sig)=[^&#]*|(?:st|se|skt|ske)=[0-9]{4}-[0-9]{2}-[^&#]*)"
)
_SIGNATURE = re.compile(SIGNATURE, re.IGNORECASE)


def address_digest(address: str) -> str:
    """Digest of an address as it stands."""
    return md5(address.encode(), usedforsecurity=False).hexdigest()


def picture_digest(address: str) -> str:
    """Digest of what an address names, whatever signs it."""
    return address_digest(_SIGNATURE.sub("", address))
