"""Writing YAML that people edit 手写格式: plain where nothing can be misread, quoted elsewhere, with notes beside the lines."""

from __future__ import annotations

import json
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff_][A-Za-z0-9\u4e00-\u9fff_./（）()-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"})


def scalar(value: Any) -> str:
    """A value on one line, in flow style.

    >>> scalar("姓名"), scalar("011"), scalar("no"), scalar([1, 0]), scalar({"to": "year"})
    ('姓名', '"011"', '"no"', '[1, 0]', '{to: year}')
    """
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else _quoted(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(scalar, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{scalar(key)}: {scalar(inner)}' for key, inner in value.items())}}}"
    return json.dumps(value)


def line(indent: int, key: str, value: Any, note: str = "") -> str:
    """``key: value`` with an optional note.

    >>> line(2, "title", "姓名", "请填写")
    '  title: 姓名  # 请填写'
    """
    return f"{' ' * indent}{key}: {scalar(value)}{f'  # {one_line(note)}' if note else ''}"


def one_line(text: str) -> str:
    """A text as a comment can carry it.

    >>> one_line("a\\nb")
    'a b'
    """
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _quoted(text: str) -> str:
    """JSON's quotes, with what YAML would not take written as escapes."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in written)
