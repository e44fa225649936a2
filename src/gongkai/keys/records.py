"""What a key is 密钥: one version of it, and all there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gongkai.errors import ConfigError

Source = Literal["environment", "file", "backend"]


@dataclass(frozen=True, slots=True)
class Key:
    """A master key; its secret is in no ``repr``.

    >>> Key("default", 1, bytes(range(32)))
    Key(id='default', version=1)
    """

    id: str
    version: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Every version of a key, rising, and the place it was found at: a variable's name or a path."""

    id: str
    source: Source
    place: str
    keys: tuple[Key, ...]

    @property
    def current(self) -> Key:
        return self.keys[-1]

    def version(self, number: int) -> Key:
        """ConfigError naming the versions there are when this one is not among them.

        >>> ring = Keyring("default", "file", "keys/default.key", (Key("default", 2, bytes(range(32))),))
        >>> ring.version(2)
        Key(id='default', version=2)
        >>> ring.version(1)
        Traceback (most recent call last):
            ...
        gongkai.errors.ConfigError: keys/default.key: key 'default' has no version 1; it has 2
        """
        for key in self.keys:
            if key.version == number:
                return key
        there = ", ".join(str(key.version) for key in self.keys)
        raise ConfigError.of(f"key '{self.id}' has no version {number}", f"it has {there}", file=self.place)
