"""Keys of pseudonyms 密钥: where they come from, which are refused, and how each use gets its own.

A key is looked for in this order, and the first place that has it is taken as it is:

1. the environment variable ``GONGKAI_KEY_<ID>``;
2. the file ``keys/<id>.key`` of the project, which only its owner may read;
3. the secrets backend that Airflow is told to use (Vault, a local file), as its variable ``gongkai_key_<id>``.

Never in YAML, and never in Airflow's metadata database, whose variables can be read on its pages.

Everywhere it is written ``version:hex``, for example ``1:`` and 64 hexadecimal digits, a line for each version 版本. The
highest is the current one. Older ones stay, so that a dataset can keep the pseudonyms it has.
"""

from __future__ import annotations

from typing import Protocol

from gongkai.errors import ConfigError
from gongkai.keys import places
from gongkai.keys.change import create, rotate
from gongkai.keys.lines import parse
from gongkai.keys.places import ids
from gongkai.keys.records import Key, Keyring
from gongkai.project import Project

__all__ = ["Key", "Keyring", "create", "derive", "fingerprint", "for_entry", "ids", "keyring", "load", "rotate", "versions"]


class Pseudonyms(Protocol):
    """Which key an entry wants; without a version the current one."""

    @property
    def key(self) -> str: ...
    @property
    def version(self) -> int | None: ...


class Choosing(Protocol):
    """An entry, of which only this is looked at."""

    @property
    def pseudonyms(self) -> Pseudonyms: ...


def load(project: Project, key_id: str = "default", version: int | None = None) -> Key:
    """The current version of the key called ``key_id``, or the one that is named.

    ConfigError when there is no such key or version (saying which there are), when others may read it, and when any of its
    versions is too weak to protect anybody; TransientError when Airflow's secrets backend does not answer.

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> project = Project.at(Path(mkdtemp()))
    >>> path, added = create(project), rotate(project)
    >>> load(project), load(project, version=1)
    (Key(id='default', version=2), Key(id='default', version=1))
    >>> load(project, version=3)
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: ...default.key: key 'default' has no version 3; it has 1, 2
    """
    ring = keyring(project, key_id)
    return ring.current if version is None else ring.version(version)


def for_entry(project: Project, entry: Choosing) -> Key:
    """The key and version that an entry names under ``pseudonyms``. ConfigError and TransientError as from ``load``."""
    return load(project, entry.pseudonyms.key, entry.pseudonyms.version)


def versions(project: Project, key_id: str = "default") -> tuple[int, ...]:
    """The versions there are, rising; the last is the current one. Errors as from ``load``."""
    return tuple(key.version for key in keyring(project, key_id).keys)


def keyring(project: Project, key_id: str = "default") -> Keyring:
    """Every version of a key, each of them checked, and where it comes from. Errors as from ``load``."""
    found = places.require(project, key_id)
    return Keyring(key_id, found.source, found.place, parse(key_id, found.text, place=found.place))


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


def fingerprint(key: Key) -> str:
    """Which key it is, in 16 hexadecimal digits that people can compare; nobody learns the key from it.

    >>> fingerprint(Key("default", 1, bytes(range(32))))
    'c17c248411e3e0b8'
    """
    return derive(key, domain="plan", purpose="fingerprint", length=16).hex()[:16]
