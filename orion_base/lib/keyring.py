"""Encryption of secrets at rest: Fernet with rotation, and a key that cannot get lost silently."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .errors import OrionError

_PHRASE_MARK = "passphrase:"
PBKDF2_ITERATIONS = 600_000

# The key must come out the same on every host from the passphrase alone; so the salt is
# fixed, and the passphrase has to be long instead.
_PBKDF2_SALT = b"orion.keyring.1"
_SHORTEST_PHRASE_MARK = 16
_CHECK_TEXT = "orion.keyring.check"


class KeyringError(OrionError):
    """The encryption keys cannot be used."""

    code: ClassVar[str] = "keyring"


class KeyMissing(KeyringError):
    """There is no key although secrets were stored with one, or it may not be used."""

    code: ClassVar[str] = "key_missing"


class KeyWrong(KeyringError):
    """None of the keys is the one a secret was stored with."""

    code: ClassVar[str] = "key_wrong"


class Keyring:
    """Encrypts with the first key, decrypts with any.

    :param keys: newest first; each a Fernet key (44 characters of URL-safe base64) or
        ``passphrase:`` and at least 16 characters.
    :raises KeyMissing: no key.
    :raises KeyWrong: a key is not well-formed.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        raw_keys = [_raw_key(key.strip()) for key in keys if key.strip()]
        if not raw_keys:
            raise KeyMissing(
                "No encryption key is set. Set orion_encryption_keys in the server's configuration."
            )
        fernets = [Fernet(raw) for raw in raw_keys]
        self._primary = fernets[0]
        self._all = MultiFernet(fernets)
        self._hash_key = hmac.digest(raw_keys[0], b"orion.keyring.hash", "sha256")
        #: Fingerprint of the primary key: tells keys apart, and tells nothing about them.
        self.key_id = hmac.digest(raw_keys[0], b"orion.keyring.id", "sha256").hex()[:12]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key_id}>"

    def encrypt(self, text: str) -> str:
        """A token of `text`; a different one each time."""
        return self._primary.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """The text of `token`.

        :raises KeyWrong: no key fits, or the token is damaged.
        """
        plain = _decrypted(self._all, token)
        if plain is None:
            raise KeyWrong(
                "A stored secret cannot be read with the encryption keys of this server. "
                "Put the former key back into orion_encryption_keys, or enter the secret again."
            )
        return plain.decode()

    def needs_rotation(self, token: str) -> bool:
        """Whether `token` is readable, but with an older key than the primary one.

        :raises KeyWrong: no key fits.
        """
        if _decrypted(self._primary, token) is not None:
            return False
        self.decrypt(token)
        return True

    def rotate(self, token: str) -> str:
        """The same secret under the primary key; `token` itself when it is already.

        :raises KeyWrong: no key fits.
        """
        return self.encrypt(self.decrypt(token)) if self.needs_rotation(token) else token

    def keyed_hash(self, text: str) -> str:
        """HMAC-SHA256 of `text` in hex: finds equal secrets without reading them.

        Depends on the primary key: store `key_id` beside it.
        """
        return hmac.digest(self._hash_key, text.encode(), "sha256").hex()

    def check_value(self) -> str:
        """What to store in the database, so that `verify_check_value` can tell later."""
        return self.encrypt(_CHECK_TEXT)

    def verify_check_value(self, stored: str) -> None:
        """Raise unless `stored` was made by `check_value` with one of these keys.

        :raises KeyWrong: by another key: use none of this database's secrets.
        """
        plain = _decrypted(self._all, stored)
        if plain is None or not hmac.compare_digest(plain, _CHECK_TEXT.encode()):
            raise KeyWrong(
                "This server's encryption key is not the one this database was set up with. "
                "Give this server the same key as the others (orion_encryption_keys, or the "
                "key file in its data directory)."
            )


def mask(secret: str) -> str:
    """At most the first four characters, ``letz****``; under eight characters none."""
    return f"{secret[:4]}****" if len(secret) >= 8 else "****"


def load_or_create_key_file(path: str | Path) -> str:
    """The key in the file at `path`, made up and stored (mode 0600) when there is none.

    Processes that start at the same time all end with the same key: it is written to a file
    of its own, and then linked to its name, which only one can do.

    :raises KeyMissing: others than the owner may read the file, or it cannot be read or made.
    :raises KeyWrong: the file holds no key.
    """
    path = Path(path)
    failure = ""
    try:
        if not path.exists():
            _create_key_file(path)
        return _read_key_file(path)
    except OSError as exc:
        failure = exc.strerror or type(exc).__name__
    raise KeyMissing(
        f"The encryption key file {path} cannot be used: {failure}. Make it readable for the "
        "server's user, or set orion_encryption_keys."
    )


def _create_key_file(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(8)}")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        _sync_directory(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_key_file(path: Path) -> str:
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise KeyMissing(
                f"Other users of this machine may read the encryption key file {path}. Run "
                f"chmod 600 on it, and consider the secrets it protects as known to them."
            )
        key = file.read(1000).decode("ascii", errors="replace").strip()
    Keyring([key])
    return key


@lru_cache(maxsize=32)
def _passphrase_key(passphrase: str) -> bytes:
    raw = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), _PBKDF2_SALT, PBKDF2_ITERATIONS)
    return base64.urlsafe_b64encode(raw)


def _raw_key(key: str) -> bytes:
    """The Fernet key that `key` stands for, validated."""
    if key.startswith(_PHRASE_MARK):
        passphrase = key.removeprefix(_PHRASE_MARK)
        if len(passphrase) < _SHORTEST_PHRASE_MARK:
            raise KeyWrong(
                f"The passphrase in orion_encryption_keys is too short: it needs at least "
                f"{_SHORTEST_PHRASE_MARK} characters."
            )
        return _passphrase_key(passphrase)
    try:
        valid = len(base64.urlsafe_b64decode(key.encode())) == 32
    except (ValueError, binascii.Error):
        valid = False
    if not valid:
        raise KeyWrong(
            "An encryption key is not valid. Give 32 bytes in URL-safe base64 (44 characters), "
            "or passphrase: followed by a long passphrase."
        )
    return key.encode()


def _decrypted(fernet: Fernet | MultiFernet, token: str) -> bytes | None:
    try:
        return fernet.decrypt(token.encode())
    except InvalidToken:
        return None
