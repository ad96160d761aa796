"""Which code reads the rows: what other code has read must be read again."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from odoo.addons.orion_base.lib import gtin, money

from .. import feed_writer, product_data, product_table, staging


@cache
def code_version() -> bytes:
    """A digest of all code that a row's meaning depends on."""
    digest = blake2b(digest_size=16)
    others = (gtin, money, feed_writer, product_data, product_table, staging)
    modules = [Path(str(module.__file__)) for module in others]
    for path in sorted(Path(__file__).parent.glob("*.py")) + modules:
        digest.update(path.read_bytes())
    return digest.digest()
