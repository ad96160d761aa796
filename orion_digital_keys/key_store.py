"""Putting keys in the pool, many at once. Only ciphertexts and hashes reach the database."""

import base64
from dataclasses import dataclass, field
from datetime import date

from odoo.tools import SQL

from . import vault
from .lib.key_list import picture_extension

#: Keys that are written by one statement.
CHUNK = 1000

_INSERT = """
    INSERT INTO orion_digital_key (
        product_id, company_id, batch_id, kind, value, value_hash, likeness_hash, masked,
        external_id, expires_on, piece_id, state, reserved_at,
        create_uid, create_date, write_uid, write_date)
    SELECT %(product)s, %(company)s, %(batch)s, v.kind, v.value, v.hash, v.likeness, v.masked,
           v.external_id, v.expires_on, v.piece_id,
           CASE WHEN v.piece_id IS NULL THEN 'available' ELSE 'reserved' END,
           CASE WHEN v.piece_id IS NULL THEN NULL ELSE %(now)s END,
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM unnest(%(kinds)s::text[], %(values)s::text[], %(hashes)s::text[],
                  %(likenesses)s::text[], %(masks)s::text[], %(external)s::text[],
                  %(expiry)s::date[], %(pieces)s::int[])
           WITH ORDINALITY AS v (kind, value, hash, likeness, masked, external_id, expires_on,
                                 piece_id, place)
     ORDER BY v.place
    ON CONFLICT (product_id, value_hash) DO NOTHING
    RETURNING value_hash, id
"""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that comes in. Its value shows in no `repr`.

    :param value: text of a key or link, bytes of an image
    :param filename: of an image; only its extension is kept, for the name may be the code
    :param piece_id: the sold piece it was bought for, or None for the pool
    """

    value: str | bytes = field(repr=False)
    kind: str = "text"
    filename: str = ""
    external_id: str = ""
    expires_on: date | None = None
    piece_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What became of new keys.

    :param key_ids: ids of keys by their place in the list; absent where it is a duplicate
    :param duplicates: places of keys that the product has already, or that came twice
    """

    key_ids: dict[int, int]
    duplicates: tuple[int, ...]


def add_keys(batch, new_keys):
    """Put keys in the pool of a product.

    :param batch: one `orion.key.batch` in sudo: product, company, expiry
    :param new_keys: `NewKey`s, their texts stripped
    :return: a `StoreResult`
    :raise KeyUnusable: when this server has not the right encryption key
    """
    env = batch.env
    hashes = vault.value_hashes(env, [new.value for new in new_keys])
    first = {}
    for place, value_hash in enumerate(hashes):
        first.setdefault(value_hash, place)
    key_ids = {}
    places = list(first.values())
    batch.flush_recordset()
    env["orion.digital.key"].flush_model()
    for start in range(0, len(places), CHUNK):
        chunk = places[start : start + CHUNK]
        found = _insert(batch, [(new_keys[place], hashes[place]) for place in chunk])
        key_ids |= {place: found[hashes[place]] for place in chunk if hashes[place] in found}
    _write_images(env, {key_ids[p]: new_keys[p] for p in key_ids if new_keys[p].kind == "image"})
    batch.invalidate_recordset(["key_ids"])
    duplicates = tuple(place for place in range(len(new_keys)) if place not in key_ids)
    batch.product_id.with_company(batch.company_id)._orion_keys_came()
    return StoreResult(key_ids, duplicates)


def _insert(batch, rows):
    """`{hash: id}` of those that were not there."""
    env = batch.env
    query = SQL(
        _INSERT,
        product=batch.product_id.id,
        company=batch.company_id.id,
        batch=batch.id,
        uid=env.uid,
        now=env.cr.now(),
        **_columns(batch, rows),
    )
    return dict(env.execute_query(query))


def _columns(batch, rows):
    """What differs from key to key, a list each."""
    env = batch.env
    news = [new for new, _value_hash in rows]
    return {
        "kinds": [new.kind for new in news],
        "values": [None if new.kind == "image" else vault.seal(env, new.value) for new in news],
        "hashes": [value_hash for _new, value_hash in rows],
        "likenesses": vault.likeness_hashes(env, [new.value for new in news]),
        "masks": [vault.masked(new.value) for new in news],
        "external": [new.external_id or None for new in news],
        "expiry": [new.expires_on or batch.expires_on or None for new in news],
        "pieces": [new.piece_id for new in news],
    }


def _write_images(env, images):
    """Images are attachments of their keys, encrypted."""
    for key_id, new in images.items():
        sealed = base64.b64encode(vault.seal(env, new.value).encode())
        name = f"key-{key_id}{picture_extension(new.filename)}"
        env["orion.digital.key"].browse(key_id).write({"value_file": sealed, "filename": name})
