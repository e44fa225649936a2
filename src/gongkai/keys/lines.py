"""How a key is written 密钥的写法: ``version:hex``, a line for each version; and which secrets protect nobody.

Where a place holds a single line, spaces stand for its ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from gongkai.errors import ConfigError, Fault
from gongkai.keys.records import Key

MIN_BYTES = 16
MIN_DISTINCT = 8
"""Fewer different byte values than this in a key mean somebody typed it."""
MAKE_ONE = "make one of 32 random bytes, written version:hex (`openssl rand -hex 32`)"
_WRITTEN = re.compile(r"([1-9][0-9]{0,8}):((?:[0-9a-fA-F]{2})*)")


def parse(key_id: str, written: str, *, place: str) -> tuple[Key, ...]:
    """Every version that is written, rising. ConfigError with a fault for each that cannot be used; none quotes a digit.

    >>> parse("default", "2:9b1de2c6a07f4e8835d1c07ab4f6923e 1:5c3f90e17ad8426bb1f00c9d6e83a254", place="here")
    (Key(id='default', version=1), Key(id='default', version=2))
    >>> parse("default", "1:5c3f90e1", place="here")
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: here: version 1 has 4 bytes, 16 is the least; make one of 32 random bytes, ...
    """
    lines = written.split()
    found = [_WRITTEN.fullmatch(line) for line in lines]
    if not lines or None in found:
        which = f" in line {found.index(None) + 1} of {len(lines)}" if len(lines) > 1 else ""
        raise ConfigError.of(f"the key is empty or not written version:hex{which}", MAKE_ONE, file=place)
    keys = [Key(key_id, int(match[1]), bytes.fromhex(match[2])) for match in found if match]
    problems = [problem for key in keys for problem in _problems(key)] + _repeated(keys)
    if problems:
        raise ConfigError(*(Fault(place, "", problem, MAKE_ONE) for problem in problems))
    return tuple(sorted(keys, key=lambda key: key.version))


def _problems(key: Key) -> list[str]:
    if len(key.secret) < MIN_BYTES:
        return [f"version {key.version} has {len(key.secret)} bytes, {MIN_BYTES} is the least"]
    return [f"version {key.version} is not random"] if _typed_by_hand(key.secret) else []


def _repeated(keys: Sequence[Key]) -> list[str]:
    """A version that stands twice does not say which one is meant; a secret that stands twice is no new key."""
    times = Counter(key.version for key in keys)
    holders: dict[bytes, set[int]] = {}
    for key in keys:
        holders.setdefault(key.secret, set()).add(key.version)
    twice = [f"version {version} stands there {count} times" for version, count in sorted(times.items()) if count > 1]
    shared = [" and ".join(map(str, sorted(versions))) for versions in holders.values() if len(versions) > 1]
    return twice + [f"versions {versions} are one secret" for versions in shared]


def _typed_by_hand(secret: bytes) -> bool:
    """One byte repeated, a pattern over and over, an evenly rising row like 00 01 02, a sentence, decimal digits alone.

    Of 16 random bytes fewer than one in a million look like that.
    """
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    return (
        len(set(secret)) < MIN_DISTINCT
        or len(steps) == 1
        or any(secret[period:] == secret[:-period] for period in range(1, len(secret) // 2 + 1))
        or all(0x20 <= byte < 0x7F for byte in secret)
        or secret.hex().isdecimal()
    )
