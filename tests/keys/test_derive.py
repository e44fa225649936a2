"""HKDF over id, version, domain and purpose: RFC 5869's own vectors, known answers, and what a rotation does to a column."""

from __future__ import annotations

import hmac

import pyarrow as pa
import pytest

from gongkai import keys, plugins
from gongkai.errors import ConfigError
from gongkai.keys import Key
from gongkai.project import SHIPPED, Project

KEY = Key("default", 1, bytes(range(32)))

RFC5869 = [
    (
        "A.1",
        b"\x0b" * 22,
        bytes(range(13)),
        bytes(range(0xF0, 0xFA)),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        "A.2",
        bytes(range(0x50)),
        bytes(range(0x60, 0xB0)),
        bytes(range(0xB0, 0x100)),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "A.3",
        b"\x0b" * 22,
        b"",
        b"",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]


def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 section 2, by hand."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    block, output = b"", b""
    while len(output) < length:
        block = hmac.digest(extracted, block + info + bytes([len(output) // 32 + 1]), "sha256")
        output += block
    return output[:length]


@pytest.mark.parametrize(("secret", "salt", "info", "expected"), [row[1:] for row in RFC5869], ids=[row[0] for row in RFC5869])
def test_the_vectors_of_rfc_5869(secret: bytes, salt: bytes, info: bytes, expected: str) -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    length = len(expected) // 2
    assert hkdf(secret, salt, info, length).hex() == expected
    assert HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=info).derive(secret).hex() == expected


@pytest.mark.parametrize("length", [1, 16, 32, 33, 64])
@pytest.mark.parametrize("purpose", ["pseudonym", "假名"])
def test_is_that_hkdf_over_its_five_parts(length: int, purpose: str) -> None:
    parts = ("gongkai", "default", "1", "social-card", purpose)
    info = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    assert keys.derive(KEY, domain="social-card", purpose=purpose, length=length) == hkdf(KEY.secret, b"", info, length)


ANSWERS = [
    ("as it is", KEY, "social-card", "pseudonym", "198c3083b83f191f7ca49f4616c7028a"),
    ("another secret", Key("default", 1, bytes(range(1, 33))), "social-card", "pseudonym", "084de0c4bf79a1fe17d46f87d6305068"),
    ("another version", Key("default", 2, KEY.secret), "social-card", "pseudonym", "a2ebee205dd46634905e8fe1d0df7f74"),
    ("another id", Key("joint", 1, KEY.secret), "social-card", "pseudonym", "5e5d70742dd8b27290e584d2fc171caa"),
    ("another domain", KEY, "social-cards", "pseudonym", "b85f5952e89623a467122f1273bde9f4"),
    ("another purpose", KEY, "social-card", "pseudonyms", "f84c144ce9f4455a0587e23986eefebb"),
    ("a boundary moved", KEY, "social-cardp", "seudonym", "443a2d7df3b5cbda4bf952b5904d37ca"),
]


@pytest.mark.parametrize(
    ("key", "domain", "purpose", "expected"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_known_answers(key: Key, domain: str, purpose: str, expected: str) -> None:
    assert keys.derive(key, domain=domain, purpose=purpose, length=16).hex() == expected


def test_known_answers_all_differ() -> None:
    assert len({row[-1] for row in ANSWERS}) == len(ANSWERS)


@pytest.mark.parametrize(("domain", "purpose", "missing"), [("", "b", "domain"), ("a", "", "purpose")])
def test_a_domain_and_a_purpose_are_named(domain: str, purpose: str, missing: str) -> None:
    with pytest.raises(ConfigError, match=f"^{missing}: "):
        keys.derive(KEY, domain=domain, purpose=purpose, length=16)


def test_a_fingerprint_is_the_plans(project: Project) -> None:
    """People compare what `gongkai keys list` shows with what a plan.lock.json says."""
    from gongkai.plan import _named

    assert keys.fingerprint(KEY) == "c17c248411e3e0b8"
    assert _named(KEY) == f"default:1:{keys.fingerprint(KEY)}"
    assert keys.fingerprint(KEY) not in KEY.secret.hex()


@pytest.mark.parametrize("cipher", ["aes", "sm4", "sm3"])
def test_a_rotation_changes_every_pseudonym_and_the_old_version_gives_the_old_ones(project: Project, cipher: str) -> None:
    column = pa.array([f"{number:018d}" for number in range(10_000)])
    method = plugins.load(SHIPPED, "transforms", "pseudonymize")

    def published(version: int | None = None) -> pa.Array:
        derived = keys.derive(keys.load(project, version=version), domain="cards", purpose="pseudonymize", length=32)
        return method.apply(column, key=derived, cipher=cipher)

    keys.create(project)
    before = published()
    keys.rotate(project)
    after = published()
    assert len(set(before.to_pylist()) | set(after.to_pylist())) == 20_000
    again = published(version=1)
    assert again.to_pylist() == before.to_pylist()
    assert [part and part.to_pybytes() for part in again.buffers()] == [part and part.to_pybytes() for part in before.buffers()]
    assert published(version=2).equals(after)
