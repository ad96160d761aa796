"""Keys in clear: the only place that seals, opens and compares them.

Module functions on purpose: no model method, and so nothing that can be called from outside,
returns a key. Who wants to look at one comes through `reveal`, which notes it.

Equal keys are found by a keyed hash. Its own key (the pepper) is random, made once a database and
kept encrypted: so a hash stays what it is when the suite's keys are rotated, and is worthless
to who has the database alone.
"""

import base64
import hmac
import os

from markupsafe import escape

from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.orion_base import secrets
from odoo.addons.orion_base.lib.keyring import mask
from odoo.addons.orion_base.parameters import write_parameter
from odoo.addons.orion_base.rpc import MANAGER, check_caller

from .lib.key_list import folded

PEPPER_PARAMETER = "orion_digital_keys.pepper"
_PEPPER_BYTES = 32


def seal(env, plain):
    """The ciphertext of a key: text, or the bytes of an image.

    :raise KeyUnusable: when this server has not the right encryption key
    """
    return secrets.encrypt(env, _as_text(plain))


def value_hashes(env, plains):
    """What equal keys have in common, in the order given.

    :raise KeyUnusable: when this server has not the right encryption key
    """
    pepper = _pepper(env)
    return [hmac.digest(pepper, _as_bytes(plain), "sha256").hex() for plain in plains]


def likeness_hashes(env, plains):
    """What keys have in common that differ by nothing but capitals, blanks and dashes, in the
    order given; None for pictures. Not unique: where capitals count they are two keys.

    :raise KeyUnusable: when this server has not the right encryption key
    """
    pepper = _pepper(env)
    return [
        hmac.digest(pepper, f"likeness:{folded(plain)}".encode(), "sha256").hex()
        if isinstance(plain, str)
        else None
        for plain in plains
    ]


def masked(plain):
    """At most four characters of a key; of an image none."""
    return mask(plain) if isinstance(plain, str) else "****"


def open_key(key):
    """A key in clear, for the mail and for who has been let in by the caller. Whoever shows it to
    a person uses `reveal`.

    :param key: one `orion.digital.key`
    :return: text of a key or link, bytes of an image
    :raise KeyUnusable: when this server has not the right encryption key
    """
    key.ensure_one()
    key = key.sudo()
    if key.kind == "image":
        sealed = base64.b64decode(key.with_context(bin_size=False).value_file or b"").decode()
        return base64.b64decode(secrets.decrypt(key.env, sealed))
    return secrets.decrypt(key.env, key.value)


def mask_in(keys, text):
    """`text` with those of `keys` that stand in it masked, for whatever people wrote.

    Only keys whose beginning occurs are opened; what cannot be opened on this server is skipped,
    and so are images.

    :param text: plain text or Markup
    :return: of the type of `text`
    """
    safe = str(text)
    for key in keys.sudo().filtered(lambda key: key.kind != "image"):
        beginning = key.masked.rstrip("*")
        if beginning not in safe and str(escape(beginning)) not in safe:
            continue
        try:
            plain = open_key(key) if key.value else ""
        except secrets.KeyUnusable:
            continue
        for written in filter(None, (plain, str(escape(plain)))):
            safe = safe.replace(written, key.masked)
    return type(text)(safe)


def reveal(key, place="staff", address=None):
    """Show a key to a person: leaves a line that says who looked, when and where from.

    :param key: one `orion.digital.key`; of a member of the staff in the user's environment
    :param place: `staff`, `portal` or `link`; the caller has checked whose key it is in
        the latter two
    :param address: network address of who looks
    :return: text of a key or link, bytes of an image
    :raise AccessError: when a member of the staff is no Marketplace Manager of its company
    """
    key.ensure_one()
    if place == "staff":
        check_caller(key, MANAGER, "read")
        if not key.sudo().company_id <= key.env.user.company_ids and not key.env.su:
            raise AccessError(key.env._("This key belongs to another company."))
    plain = open_key(key)
    key.env["orion.key.reveal"].sudo().create(
        {
            "key_id": key.id,
            "user_id": key.env.uid if place != "link" else False,
            "place": place,
            "address": address or False,
        }
    )
    return plain


def rotate_all(env):
    """Encrypt with the newest key what stands outside of columns: images and the pepper.

    :return: number of values changed
    """
    sealed = _stored_pepper(env)
    changed, broken = secrets.rotate(env, {PEPPER_PARAMETER: sealed} if sealed else {})
    for ciphertext in changed.values():
        write_parameter(env, PEPPER_PARAMETER, ciphertext)
    count = len(changed)
    images = env["orion.digital.key"].sudo().search([("kind", "=", "image")])
    for image in images.with_context(bin_size=False):
        if not image.value_file:
            continue
        ciphertext = base64.b64decode(image.value_file).decode()
        changed, image_broken = secrets.rotate(env, {image.id: ciphertext})
        broken += image_broken
        for value in changed.values():
            image.value_file = base64.b64encode(value.encode())
            count += 1
    if broken:
        raise secrets.KeyUnusable(
            env._(
                "Digital keys that cannot be decrypted with the keys of this server: %(count)s. "
                "Add the key they were stored with to orion_encryption_keys.",
                count=len(broken),
            )
        )
    return count


def forget_all(env):
    """Give up images and the pepper: what encrypted them is lost."""
    env["orion.digital.key"].sudo().search([("kind", "=", "image")]).write({"value_file": False})
    env["ir.config_parameter"].sudo().search([("key", "=", PEPPER_PARAMETER)]).unlink()


# === INSIDE === #


def _as_bytes(plain):
    return plain if isinstance(plain, bytes) else plain.encode()


def _as_text(plain):
    return base64.b64encode(plain).decode() if isinstance(plain, bytes) else plain


def _pepper(env):
    sealed = _stored_pepper(env) or _make_pepper(env)
    return base64.b64decode(secrets.decrypt(env, sealed))


def _stored_pepper(env):
    rows = env.execute_query(
        SQL("SELECT value FROM ir_config_parameter WHERE key = %s", PEPPER_PARAMETER)
    )
    return rows[0][0] if rows else None


def _make_pepper(env):
    """Made by the first who needs it. Of two at once the second waits for the first, and has its
    transaction repeated by Odoo: two peppers would let a duplicate in."""
    sealed = seal(env, os.urandom(_PEPPER_BYTES))
    env.cr.execute(
        SQL(
            "INSERT INTO ir_config_parameter (key, value, create_uid, create_date)"
            " VALUES (%s, %s, 1, now() AT TIME ZONE 'UTC') ON CONFLICT (key) DO NOTHING",
            PEPPER_PARAMETER,
            sealed,
        ),
        log_exceptions=False,
    )
    env["ir.config_parameter"].invalidate_model()
    env.registry.clear_cache("stable")
    return _stored_pepper(env)
