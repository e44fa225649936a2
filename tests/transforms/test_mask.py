from __future__ import annotations

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form

mask = plugins.load("gongkai.transforms", "mask")

CASES = [
    ("phone", "13812345678", (3, 4), "138****5678"),
    ("ID number", "110101199003070038", (6, 4), "110101********0038"),
    ("name", "张三丰", (1, 0), "张**"),
    ("name, end only", "张三丰", (0, 1), "**丰"),
    ("bank card", "6222021001116245702", (6, 4), "622202*********5702"),
    ("just long enough", "12345678901", (3, 4), "123****8901"),
    ("one too short", "1234567890", (3, 4), "****"),
    ("exactly the ends", "1234567", (3, 4), "****"),
    ("shorter than the ends", "123", (3, 4), "****"),
    ("emoji are one character", "😀😁😂🤣😃", (1, 1), "😀***😃"),
    ("masked already", "138****5678", (3, 4), "****"),
    ("only signs", "***********", (3, 4), "****"),
    ("the full mask itself", "****", (1, 0), "***"),
    ("nothing kept", "13812345678", (0, 0), "****"),
    ("empty", "", (3, 4), ""),
    ("null", None, (3, 4), None),
]


@pytest.mark.parametrize(("given", "keep", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_alone_and_among_others(given: str | None, keep: tuple[int, int], expected: str | None) -> None:
    assert mask.apply(pa.array([given], pa.string()), keep=keep).to_pylist() == [expected]
    among = pa.array(["a much longer value than the others", given, None], pa.string())
    assert mask.apply(among, keep=keep).to_pylist()[1] == expected


def test_another_sign() -> None:
    assert mask.apply(pa.array(["13812345678"]), keep=(3, 4), char="●").to_pylist() == ["138●●●●5678"]


def test_reveals_the_ends_and_the_length() -> None:
    assert mask.reveals(keep=(3, 4)) == Disclosure(Form.PART, 3, 4, frozenset({"length"}))
    assert mask.reveals(keep=(0, 0)) == Disclosure(Form.NOTHING)


SIGNS = ["", "**", "x", "0", "张", " ", "\x00"]


@pytest.mark.parametrize(
    "wrong", [{"keep": (-1, 4)}, {"keep": (3, -4)}, *({"keep": (1, 0), "char": each} for each in SIGNS)], ids=str
)
def test_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"keep is|char is"):
        mask.apply(pa.array(["13812345678"]), **wrong)
    with pytest.raises(ValueError, match=r"keep is|char is"):
        mask.reveals(**wrong)
