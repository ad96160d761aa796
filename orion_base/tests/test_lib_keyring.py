import base64
import concurrent.futures
import stat
from unittest.mock import patch

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib import keyring
from odoo.addons.orion_base.lib.keyring import (
    KeyMissing,
    Keyring,
    KeyWrong,
    load_or_create_key_file,
    mask,
)

OLD, NEW, OTHER = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))


@given(st.text())
def test_what_is_encrypted_can_be_read(text):
    ring = Keyring([NEW])
    token = ring.encrypt(text)
    assert ring.decrypt(token) == text
    assert token != ring.encrypt(text)
    assert len(text) < 4 or text not in token


def test_rotation():
    token = Keyring([OLD]).encrypt("secret")
    both = Keyring([NEW, OLD])
    assert both.needs_rotation(token)
    rotated = both.rotate(token)
    assert not both.needs_rotation(rotated)
    assert both.rotate(rotated) == rotated
    assert Keyring([NEW]).decrypt(rotated) == "secret"
    assert both.key_id == Keyring([NEW]).key_id != Keyring([OLD]).key_id


@pytest.mark.parametrize("action", ["decrypt", "rotate", "needs_rotation", "verify_check_value"])
@pytest.mark.parametrize("token", [Keyring([OTHER]).encrypt("secret"), "", "é", "gAAAA"])
def test_wrong_key_or_damaged_token(action, token):
    with pytest.raises(KeyWrong) as caught:
        getattr(Keyring([NEW, OLD]), action)(token)
    assert caught.value.__context__ is None


def test_check_value_knows_its_keys():
    stored = Keyring([OLD]).check_value()
    assert Keyring([NEW, OLD]).verify_check_value(stored) is None
    with pytest.raises(KeyWrong):
        Keyring([NEW]).verify_check_value(stored)
    with pytest.raises(KeyWrong):
        # A secret of this database is no check value.
        Keyring([OLD]).verify_check_value(Keyring([OLD]).encrypt("secret"))


@pytest.mark.parametrize("keys", [[], [""], [" ", ""]])
def test_no_key(keys):
    with pytest.raises(KeyMissing):
        Keyring(keys)


@pytest.mark.parametrize(
    "key", ["short", NEW[:-4], "é" * 44, "passphrase:", "passphrase:only-15-chars"]
)
def test_malformed_key_is_refused_and_not_shown(key):
    with pytest.raises(KeyWrong) as caught:
        Keyring([key])
    assert key[-6:] not in caught.value.message or key == "passphrase:"


def test_passphrase_is_stretched_once():
    phrase = "passphrase:a long enough phrase"
    real = keyring.hashlib.pbkdf2_hmac
    with patch.object(keyring.hashlib, "pbkdf2_hmac", wraps=real) as stretch:
        first, second = Keyring([phrase]), Keyring([phrase])
    assert stretch.call_count == 1
    assert stretch.call_args.args[0] == "sha256"
    assert stretch.call_args.args[3] >= 600_000
    assert second.decrypt(first.encrypt("x")) == "x"


def test_keyed_hash_depends_on_text_and_key():
    hashes = {Keyring([key]).keyed_hash(text) for key in (OLD, NEW) for text in ("a", "b")}
    assert len(hashes) == 4
    assert Keyring([NEW, OLD]).keyed_hash("a") == Keyring([NEW]).keyed_hash("a")


def test_key_is_not_shown():
    assert NEW not in repr(Keyring([NEW])) + str(Keyring([NEW]).key_id)


@given(st.text())
def test_mask_shows_at_most_four(secret):
    masked = mask(secret)
    assert masked.endswith("****")
    shown = masked[:-4]
    assert secret.startswith(shown)
    assert len(shown) <= 4
    assert len(secret) >= 8 or not shown


def test_mask_as_documented():
    assert mask("letzshop-key-1") == "letz****"
    assert mask("letz-abcdef") == "letz****"
    assert mask("letz-ab") == "****"


def test_key_file_is_made_once(tmp_path):
    path = tmp_path / "orion" / "encryption.key"
    key = load_or_create_key_file(path)
    assert load_or_create_key_file(str(path)) == key
    assert Keyring([key]).decrypt(Keyring([key]).encrypt("x")) == "x"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_processes_starting_at_once_end_with_one_key(tmp_path):
    path = tmp_path / "orion" / "encryption.key"
    # Each sees no file yet: the moment between looking and linking.
    unseen = patch.object(keyring.Path, "exists", return_value=False)
    with unseen, concurrent.futures.ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(load_or_create_key_file, [path] * 16))
    assert len(keys) == 1
    assert list(path.parent.iterdir()) == [path]


def test_file_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "key"
    load_or_create_key_file(path)
    path.chmod(0o640)
    with pytest.raises(KeyMissing, match="chmod 600"):
        load_or_create_key_file(path)


def test_file_without_a_key_is_refused_and_kept(tmp_path):
    path = tmp_path / "key"
    path.write_text("no key")
    path.chmod(0o600)
    with pytest.raises(KeyWrong):
        load_or_create_key_file(path)
    assert path.read_text() == "no key"


def test_folder_that_is_none_is_told(tmp_path):
    (tmp_path / "orion").write_text("")
    with pytest.raises(KeyMissing) as caught:
        load_or_create_key_file(tmp_path / "orion" / "key")
    assert caught.value.__context__ is None


def test_fernet_keys_are_taken_as_they_are():
    key = Fernet.generate_key().decode()
    assert Fernet(key).decrypt(Keyring([key]).encrypt("x").encode()) == b"x"
