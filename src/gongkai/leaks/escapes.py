"""Text as it stands in a file, and with its escapes undone 转义还原: of JSON, of markup, of addresses on the web."""

from __future__ import annotations

import re
from collections.abc import Iterator

_JSON = re.compile(rb"\\+(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_MARKUP = re.compile(rb"&#(?:[xX]([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_PERCENT = re.compile(rb"(?:%[0-9A-Fa-f]{2}){3,}")
_LAST = 0x10FFFF


def views(content: bytes) -> Iterator[bytes]:
    """The content, and once more with each kind of escape undone that occurs in it.

    >>> [view.decode() for view in views(b"\\\\u5f20 &#19977; %E5%9B%9B")]
    ['\\\\u5f20 &#19977; %E5%9B%9B', '张 &#19977; %E5%9B%9B', '\\\\u5f20 三 %E5%9B%9B', '\\\\u5f20 &#19977; 四']
    """
    yield content
    if b"\\" in content:
        yield _JSON.sub(_unescaped, content)
    if b"&#" in content:
        yield _MARKUP.sub(lambda hit: _character(int(hit[1], 16) if hit[1] else int(hit[2])), content)
    if b"%" in content:
        undone = _PERCENT.sub(lambda hit: bytes.fromhex(hit[0].decode().replace("%", "")), content)
        if undone != content:
            yield undone


def _unescaped(hit: re.Match[bytes]) -> bytes:
    return _character(int(hit[1], 16)) if hit[1] else b"\n" if hit[2] in b"bfnrt" else hit[2]


def _character(number: int) -> bytes:
    return chr(number).encode("utf-8", "replace") if number <= _LAST else b"?"
