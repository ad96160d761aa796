"""Encryption of what nobody may read. The only place of the suite that decrypts.

These are module functions on purpose: no model method, and so nothing that can be called from
outside, returns a secret or an object that holds one.

Keys come from ``orion_encryption_keys`` in odoo.conf, else from the environment variable
``ORION_ENCRYPTION_KEYS``, both comma separated with the newest first, else from a random key
file that is made once. A check value in the database tells whether this server has the
right key; a key is never replaced silently.
"""

import functools
import logging
import os
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tools import config

from .lib.errors import RetryLater
from .lib.keyring import KeyMissing, Keyring, KeyringError, load_or_create_key_file, mask
from .parameters import write_parameter

_logger = logging.getLogger(__name__)

CONFIG_OPTION = "orion_encryption_keys"
ENVIRONMENT_VARIABLE = "ORION_ENCRYPTION_KEYS"
CHECK_PARAMETER = "orion_base.encryption_check"

OK, MISSING, WRONG = "ok", "missing", "wrong"

_last_logged = {}


class KeyUnusable(RetryLater):
    """This server has not the key the secrets were encrypted with."""

    code = "encryption_key"


# === KEYS === #


def key_file(env):
    """Path of this database's key file. It is outside the filestore, so no backup of the
    database and its filestore carries the key along."""
    uuid = env["ir.config_parameter"].sudo().get_param("database.uuid")
    return Path(config["data_dir"]) / "orion" / f"{uuid}.key"


def key_source(env):
    """Where the newest key comes from: `config`, `environment`, `file` or False (none yet)."""
    if _split(config.get(CONFIG_OPTION)):
        return "config"
    if _split(os.environ.get(ENVIRONMENT_VARIABLE)):
        return "environment"
    return "file" if key_file(env).is_file() else False


def key_status(env):
    """Whether this server can decrypt: `ok`, `missing` (no key) or `wrong` (another key)."""
    status = OK
    try:
        _open_ring(env)
    except KeyMissing:
        status = MISSING
    except KeyringError:
        status = WRONG
    _log_change(env, status)
    return status


def key_is_usable(env):
    """Whether this server may claim work: it has the right key, or none is needed yet."""
    return key_status(env) == OK


def key_problem(env):
    """A sentence for people when the key is not usable, else False."""
    status = key_status(env)
    if status == MISSING:
        return env._(
            "The encryption key is missing on this server. Put the key that was used before into "
            "odoo.conf as orion_encryption_keys, or its file back into the data directory, "
            "and restart Odoo."
        )
    if status == WRONG:
        return env._(
            "The encryption key of this server is not the one the credentials were encrypted with. "
            "Add the former key to orion_encryption_keys in odoo.conf, behind the new one, "
            "and restart Odoo."
        )
    return False


def require_usable(env):
    """:raise UserError: when this server has not the right key"""
    problem = key_problem(env)
    if problem:
        raise UserError(problem)


# === VALUES === #


def encrypt(env, plain):
    """The ciphertext of `plain` with the newest key; makes a key file when there is no key.

    :raise KeyUnusable: when this server has not the right key
    """
    return _usable_ring(env, create=True).encrypt(plain)


def decrypt(env, ciphertext):
    """:raise KeyUnusable: when this server has not the right key"""
    ring = _usable_ring(env)
    try:
        return ring.decrypt(ciphertext)
    except KeyringError as error:
        raise KeyUnusable(
            env._("A stored secret cannot be decrypted with the keys of this server. Set it again.")
        ) from error


def masked(plain):
    """At most four characters of a secret, for people to recognise it."""
    return mask(plain)


def keyed_hash(env, plain):
    """A hash to compare secrets by, worthless without the key.

    :raise KeyUnusable: when this server has not the right key
    """
    return _usable_ring(env, create=True).keyed_hash(plain)


def newest_key_id(env):
    """Fingerprint of the newest key, or False when there is none."""
    try:
        ring = _open_ring(env)
    except KeyringError:
        return False
    return ring.key_id if ring else False


def channel_secrets(channel):
    """The plain secrets of one channel by name.

    :raise KeyUnusable: when this server has not the right key
    """
    sealed = channel.sudo().credential_ids.filtered("secret_ciphertext")
    return {
        credential.name: decrypt(channel.env, credential.secret_ciphertext) for credential in sealed
    }


def rotate(env, ciphertexts):
    """Encrypt with the newest key what an older one encrypted.

    :param ciphertexts: dict of ciphertext by any key
    :return: pair (dict of the changed ciphertexts, list of the keys that could not be decrypted)
    """
    ring = _usable_ring(env)
    rotated = {key: _rotated(ring, ciphertext) for key, ciphertext in ciphertexts.items()}
    broken = [key for key, ciphertext in rotated.items() if ciphertext is None]
    changed = {
        key: ciphertext
        for key, ciphertext in rotated.items()
        if ciphertext not in (None, ciphertexts[key])
    }
    return changed, broken


def renew_check_value(env):
    """Let the newest key alone be the right one, once everything is encrypted with it."""
    _write_check_value(env, _usable_ring(env))


def start_anew(env):
    """Accept the keys of this server, or a fresh key file; what older keys encrypted is lost.

    The caller has emptied the encrypted values.
    """
    try:
        keys = _known_keys(env) or (load_or_create_key_file(key_file(env)),)
        _write_check_value(env, _ring(keys))
    except KeyringError as error:
        raise UserError(error.message) from error
    _logger.warning("Database %s starts with a new encryption key", env.cr.dbname)


# === INSIDE === #


def _rotated(ring, ciphertext):
    """`ciphertext` under the newest key, or None when no key decrypts it."""
    try:
        return ring.rotate(ciphertext)
    except KeyringError:
        return None


def _split(text):
    return tuple(key.strip() for key in (text or "").split(",") if key.strip())


def _configured_keys():
    return _split(config.get(CONFIG_OPTION)) or _split(os.environ.get(ENVIRONMENT_VARIABLE))


def _known_keys(env):
    """Configured keys, newest first, and behind them that of a file made earlier."""
    keys = _configured_keys()
    path = key_file(env)
    if path.is_file():
        keys += (load_or_create_key_file(path),)
    return keys


@functools.lru_cache(maxsize=16)
def _ring(keys):
    # kept because a passphrase goes through a slow derivation
    return Keyring(keys)


def _open_ring(env):
    """The keyring that fits this database; None while no key is needed.

    :raise KeyringError: when the keys of this server do not fit
    """
    keys = _known_keys(env)
    check = env["ir.config_parameter"].sudo().get_param(CHECK_PARAMETER)
    # without a check value an existing ciphertext tells whether the key is right
    sample = None if check else env["orion.credential"]._sample_ciphertext()
    if not keys:
        if check or sample:
            raise KeyMissing("This server has no encryption key.")
        return None
    ring = _ring(keys)
    if check:
        ring.verify_check_value(check)
    elif sample:
        ring.decrypt(sample)
    return ring


def _usable_ring(env, create=False):
    problem = key_problem(env)
    if problem:
        raise KeyUnusable(problem)
    ring = _open_ring(env)
    if ring is None and create:
        ring = _ring((load_or_create_key_file(key_file(env)),))
    elif ring is None:
        raise KeyUnusable(env._("There is no encryption key yet. Set the credentials again."))
    if create and not env["ir.config_parameter"].sudo().get_param(CHECK_PARAMETER):
        _write_check_value(env, ring)
    return ring


def _write_check_value(env, ring):
    write_parameter(env, CHECK_PARAMETER, ring.check_value())


def _log_change(env, status):
    """One line when a key turns out unusable, not one per call."""
    if _last_logged.get(env.cr.dbname, OK) != status:
        _last_logged[env.cr.dbname] = status
        if status == OK:
            _logger.info("Encryption key of database %s is usable again", env.cr.dbname)
        else:
            _logger.warning(
                "Encryption key of database %s is %s: this server sends nothing to marketplaces",
                env.cr.dbname,
                status,
            )
