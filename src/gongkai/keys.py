"""Keys of pseudonyms 密钥: where they come from, which are refused, and how each use gets its own.

A key is written ``version:hex``, for example ``1:`` and 64 hexadecimal digits. It is looked for in the environment variable
``GONGKAI_KEY_<ID>``, then in the file ``keys/<id>.key`` of the project, which only its owner may read. Never in YAML.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from gongkai.errors import ConfigError
from gongkai.settings import Settings

MIN_BYTES = 16
MIN_DISTINCT = 8
"""Fewer different byte values than this in a key mean somebody typed it."""
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_WRITTEN = re.compile(r"([1-9][0-9]{0,8}):((?:[0-9a-fA-F]{2})*)")
_MAKE_ONE = "make one of 32 random bytes, written version:hex (`openssl rand -hex 32`)"


@dataclass(frozen=True, slots=True)
class Key:
    """A master key; its secret is in no ``repr``.

    >>> Key("default", 1, bytes(range(32)))
    Key(id='default', version=1)
    """

    id: str
    version: int
    secret: bytes = field(repr=False)


def load(settings: Settings, key_id: str = "default") -> Key:
    """The key called ``key_id``; ConfigError when it is missing, readable by others, or too weak to protect anybody."""
    if not _ID.fullmatch(key_id):
        raise ConfigError.of(f"'{key_id}' cannot be a key's id", "a lower-case letter, then letters, digits, _ or -", key="key")
    variable = f"GONGKAI_KEY_{key_id.upper().replace('-', '_')}"
    path = settings.keys / f"{key_id}.key"
    if variable in os.environ:
        return _parse(key_id, os.environ[variable], place=variable)
    if path.is_file():
        return _parse(key_id, _read_private(path), place=str(path))
    raise ConfigError.of(f"there is no key '{key_id}'", f"set {variable} or {_MAKE_ONE} into {path}, mode 0600", key="key")


def create(settings: Settings, key_id: str = "default") -> Path:
    """Make a new random key file of version 1, owner-only; ConfigError where one lies already: it is never overwritten."""
    import secrets

    path = settings.keys / f"{key_id}.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError.of("there is a key already", "keep it: a new one changes every pseudonym", file=str(path)) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"1:{secrets.token_hex(32)}\n")
    return path


def derive(key: Key, *, domain: str, purpose: str, length: int) -> bytes:
    """``length`` bytes for one purpose in one domain, by HKDF-SHA256 (RFC 5869) over the key's id and version, too.

    Any two differing in one of them are independent: datasets of two domains cannot be joined on a pseudonym, and a new
    version changes every output. ConfigError for an empty domain or purpose.

    >>> key = Key("default", 1, bytes(range(32)))
    >>> derive(key, domain="social-card", purpose="pseudonym", length=16).hex()
    '198c3083b83f191f7ca49f4616c7028a'
    >>> derive(key, domain="", purpose="pseudonym", length=16)
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: domain: a key is derived for a domain and a purpose; name both
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    if not domain or not purpose:
        empty = "purpose" if domain else "domain"
        raise ConfigError.of("a key is derived for a domain and a purpose", "name both", key=empty)
    parts = ("gongkai", key.id, str(key.version), domain, purpose)
    info = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key.secret)


def _read_private(path: Path) -> str:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError.of("others may read this key", f"run `chmod 600 {path}`, and replace the key", file=str(path))
        return file.read(4096).decode("ascii", "replace")


def _parse(key_id: str, written: str, *, place: str) -> Key:
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise ConfigError.of("the key is empty or not written version:hex", _MAKE_ONE, file=place)
    secret = bytes.fromhex(found[2])
    if len(secret) < MIN_BYTES:
        raise ConfigError.of(f"the key has {len(secret)} bytes, {MIN_BYTES} is the least", _MAKE_ONE, file=place)
    if _typed_by_hand(secret):
        raise ConfigError.of("the key is not random", _MAKE_ONE, file=place)
    return Key(key_id, int(found[1]), secret)


def _typed_by_hand(secret: bytes) -> bool:
    """One byte repeated, a short pattern, or an evenly rising row like 00 01 02."""
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    return len(set(secret)) < MIN_DISTINCT or len(steps) == 1
