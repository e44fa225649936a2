"""A text as the recognizers read it 归一化: half width, no invisible characters, and the way back to the text as given.

Width is changed one character for one, so only invisible characters move positions. What compatibility normalisation (NFKC)
would stretch or bind to its neighbours (㎡, ⑩, ², ½) stays as it is: ``50㎡13812345678`` must not become ``50m213812345678``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_WIDE = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0xFF01, 0xFF5F), 0x3000, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, *range(0x1D7CE, 0x1D800))
}
"""Full-width ASCII, the many spaces, mathematical digits."""
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DASHES = re.compile("(?<=[0-9])[‐‑‒–—―−﹣]{1,2}(?=[0-9])")


class View(NamedTuple):
    """``plain`` is the text without invisible characters, ``half`` the same in half width; both have the same length.

    ``at``: for every character of ``plain`` its index in the text as given; None where they are the same.
    """

    plain: str
    half: str
    at: tuple[int, ...] | None

    def given(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch in the text as given.

        >>> look("电话138\u200b１２３").given(2, 8)
        (2, 9)
        """
        return (start, end) if self.at is None else (self.at[start], self.at[end - 1] + 1)

    def seen(self, index: int) -> int:
        """Where the character at ``index`` of the text as given stands in ``plain``."""
        if self.at is None:
            return index
        from bisect import bisect_left

        return bisect_left(self.at, index)


def look(text: str) -> View:
    """The view of a text.

    >>> look("手机：１３８ 面积50㎡").half
    '手机:138 面积50㎡'
    """
    plain, at = text, None
    if _INVISIBLE.search(text):
        kept = [index for index, character in enumerate(text) if not _INVISIBLE.match(character)]
        plain, at = "".join(text[index] for index in kept), tuple(kept)
    half = plain if plain.isascii() else plain.translate(_WIDE)
    return View(plain, _DASHES.sub(_hyphens, half), at)


def _hyphens(found: re.Match[str]) -> str:
    return "-" * len(found[0])
