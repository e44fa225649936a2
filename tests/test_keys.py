from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gongkai import keys
from gongkai.errors import ConfigError
from gongkai.keys import Key
from gongkai.settings import Settings

GOOD = "3f9a1c77e0b2d84456aa90bc12fe03d7851b6e2f44c9a0d3e7f815263748596a"
KEY = Key("default", 1, bytes(range(32)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "keys").mkdir()
    return Settings(home=tmp_path)


def write(settings: Settings, content: str, *, key_id: str = "default", mode: int = 0o600) -> Path:
    path = settings.keys / f"{key_id}.key"
    path.write_text(content)
    path.chmod(mode)
    return path


def test_from_the_file(settings: Settings) -> None:
    write(settings, f"7:{GOOD}\n")
    assert keys.load(settings) == Key("default", 7, bytes.fromhex(GOOD))


def test_from_the_environment_first(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write(settings, f"1:{GOOD}", key_id="joint-2026")
    monkeypatch.setenv("GONGKAI_KEY_JOINT_2026", f"2:{GOOD.upper()}")
    assert keys.load(settings, "joint-2026") == Key("joint-2026", 2, bytes.fromhex(GOOD))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "empty or not written version:hex"),
        ("1:", "has 0 bytes"),
        (GOOD, "not written version:hex"),
        (f"0:{GOOD}", "not written version:hex"),
        (f"-1:{GOOD}", "not written version:hex"),
        (f"1:{GOOD[:-1]}", "not written version:hex"),
        (f"1:{GOOD[:-2]}zz", "not written version:hex"),
        (f"1:{GOOD[:30]}", "has 15 bytes"),
        (f"1:{'00' * 32}", "not random"),
        (f"1:{'5a' * 32}", "not random"),
        (f"1:{GOOD[:32]}", None),
        (f"1:{'deadbeef' * 8}", "not random"),
        (f"1:{bytes(range(32)).hex()}", "not random"),
        (f"1:{bytes(range(32, 0, -1)).hex()}", "not random"),
        ("1:密钥", "not written version:hex"),
    ],
    ids=[
        "empty", "no bytes", "no version", "version 0", "negative version", "half a byte", "not hexadecimal", "15 bytes",
        "zeros", "one byte repeated", "16 bytes", "four bytes repeated", "rising", "falling", "Chinese",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["file", "environment"])
def test_what_is_taken_and_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, place: str, written: str, problem: str | None
) -> None:
    if place == "file":
        write(settings, written)
    else:
        monkeypatch.setenv("GONGKAI_KEY_DEFAULT", written)
    if problem is None:
        assert keys.load(settings).version == 1
        return
    with pytest.raises(ConfigError, match=problem) as caught:
        keys.load(settings)
    assert "openssl rand" in str(caught.value)
    secret = written.partition(":")[2]
    assert not secret or secret not in str(caught.value)


def test_missing(settings: Settings) -> None:
    with pytest.raises(ConfigError, match=r"no key 'default'; set GONGKAI_KEY_DEFAULT or make one .*keys/default\.key"):
        keys.load(settings)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o777], ids=oct)
def test_a_file_others_may_touch_is_refused(settings: Settings, mode: int) -> None:
    write(settings, f"1:{GOOD}", mode=mode)
    with pytest.raises(ConfigError, match="others may read this key; run `chmod 600"):
        keys.load(settings)


@pytest.mark.parametrize("key_id", ["", "../etc/passwd", "A", "a b", "a" * 41, "a\n"])
def test_an_id_that_is_no_name(settings: Settings, key_id: str) -> None:
    with pytest.raises(ConfigError, match="cannot be a key's id"):
        keys.load(settings, key_id)


def test_a_made_key_is_random_private_and_never_overwritten(settings: Settings) -> None:
    path = keys.create(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made = keys.load(settings)
    assert len(made.secret) == 32
    with pytest.raises(ConfigError, match="there is a key already"):
        keys.create(settings)
    assert keys.load(settings) == made != keys.load(settings, keys.create(settings, "other").stem)


def test_a_made_key_ignores_the_umask(settings: Settings) -> None:
    before = os.umask(0)
    try:
        assert stat.S_IMODE(keys.create(settings).stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_the_secret_is_in_no_repr() -> None:
    key = Key("default", 1, bytes.fromhex(GOOD))
    for text in (repr(key), str(key), f"{key}", repr([key]), repr({"key": key})):
        assert GOOD not in text
        assert str(key.secret) not in text


def test_derivation_known_answers() -> None:
    assert keys.derive(KEY, domain="social-card", purpose="pseudonym", length=16).hex() == "198c3083b83f191f7ca49f4616c7028a"
    derived = keys.derive(KEY, domain="social-card", purpose="pseudonym", length=32)
    assert derived.hex() == expand(KEY.secret, "gongkai", "default", "1", "social-card", "pseudonym").hex()


def expand(secret: bytes, *parts: str) -> bytes:
    """RFC 5869 by hand, one block: extract with an empty salt, expand once."""
    import hmac

    info = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def test_anything_different_gives_another_key() -> None:
    given = {"domain": "a", "purpose": "b"}
    derived = [
        keys.derive(KEY, **given, length=32),
        keys.derive(Key("other", 1, KEY.secret), **given, length=32),
        keys.derive(Key("default", 2, KEY.secret), **given, length=32),
        keys.derive(Key("default", 1, KEY.secret[:-1] + b"!"), **given, length=32),
        keys.derive(KEY, domain="b", purpose="b", length=32),
        keys.derive(KEY, domain="a", purpose="c", length=32),
        keys.derive(KEY, domain="ab", purpose="c", length=32),
        keys.derive(KEY, domain="a", purpose="bc", length=32),
    ]
    assert len(set(derived)) == len(derived)


@pytest.mark.parametrize(("domain", "purpose", "missing"), [("", "b", "domain"), ("a", "", "purpose")])
def test_a_domain_and_a_purpose_are_named(domain: str, purpose: str, missing: str) -> None:
    with pytest.raises(ConfigError, match=f"^{missing}: "):
        keys.derive(KEY, domain=domain, purpose=purpose, length=16)
