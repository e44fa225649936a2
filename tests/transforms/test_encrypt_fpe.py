from __future__ import annotations

import string
from datetime import date, timedelta
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from gongkai import plugins
from gongkai.ciphers import ff1_scalar
from gongkai.disclosure import LOOKALIKE, Disclosure, Form
from gongkai.identifiers import resident_id as identifier
from gongkai.methods.columns.resident_id_ranking import bounds, ranking
from gongkai.project import SHIPPED
from gongkai.reference import divisions

encrypt_fpe = plugins.load(SHIPPED, "transforms", "encrypt_fpe")
REGIONS = sorted(code for code in divisions.load(SHIPPED).names if len(code) == 6)
RANKING = ranking(SHIPPED)
KEY = bytes(range(32))
KEEPS = [(), ("region",), ("birth_year",), ("sex",), ("region", "sex"), ("sex", "birth_year")]
LETTERS = string.digits + string.ascii_uppercase

DIGITS = st.text(string.digits, min_size=6, max_size=45)
UPPER = st.text(LETTERS, min_size=4, max_size=30)
LOWER = UPPER.map(str.lower)
NO_CODES = [
    "", "12345", "12345a", "1234567 ", "１２３４５６", "123456\n", "-123456", "12.3456", "****", "a\x00b123", "张三李四王五",
    "aB34", "Ab34", "abc", "ABC", "ÀBCD", "ab_d", "9" * 4_097,
]  # fmt: skip


def turned(values: list[str | None], turn: str = "apply", **given_: Any) -> list[str | None]:
    out: list[str | None] = getattr(encrypt_fpe, turn)(pa.array(values, pa.string()), key=KEY, **given_).to_pylist()
    return out


def id_number(region: str, born: date, sequence: int) -> str:
    body = f"{region}{born:%Y%m%d}{sequence:03d}"
    return body + "10X98765432"[sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body)) % 11]


ID_NUMBERS = st.builds(id_number, st.sampled_from(REGIONS), st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
ENDS = [
    id_number(region, born, sequence)
    for region in (REGIONS[0], REGIONS[-1])
    for born in (date(1900, 1, 1), date(1900, 12, 31), date(2000, 2, 29), date(2000, 12, 31), date(2099, 12, 31))
    for sequence in (0, 999)
]


@pytest.mark.parametrize("cipher", ["aes", "sm4"])
@given(values=st.lists(DIGITS, max_size=8))
@example(values=["0" * length for length in range(6, 41)] + ["9" * 4_096])
def test_digits_are_ff1_of_the_digits(cipher: Any, values: list[str]) -> None:
    key = KEY if cipher == "aes" else KEY[:16]
    expected = [
        "".join(map(str, ff1_scalar.encrypt([int(n) for n in value], key, radix=10, cipher=cipher))) for value in values
    ]
    assert turned([*values], cipher=cipher) == expected


@given(value=UPPER)
def test_capitals_are_ff1_of_the_characters(value: str) -> None:
    numerals = ff1_scalar.encrypt([LETTERS.index(sign) for sign in value], KEY, radix=36)
    assert turned([value], alphabet="alphanumeric") == ["".join(LETTERS[numeral] for numeral in numerals)]


@given(values=st.lists(st.one_of(st.none(), DIGITS, UPPER, LOWER, st.sampled_from(NO_CODES)), max_size=12))
@example(values=[*NO_CODES, None, "0000", "zzzz", "a000", "0A00"])
@pytest.mark.parametrize("alphabet", ["digits", "alphanumeric"])
def test_the_form_is_kept_and_everything_else_is_masked(alphabet: str, values: list[str | None]) -> None:
    for value, out in zip(values, turned(values, alphabet=alphabet), strict=True):
        if not value:
            assert out == value
            continue
        assert out is not None
        if forms(value, alphabet):
            assert len(out) == len(value)
            assert forms(out, alphabet)
            assert not (value.upper() == value and out.upper() != out)
            assert not (value.upper() != value and out.lower() != out)
        else:
            assert out == ("***" if value == "****" else "****")


def forms(value: str, alphabet: str) -> bool:
    if alphabet == "digits":
        return 6 <= len(value) <= 4_096 and set(value) <= set(string.digits)
    one_case = set(value) <= set(LETTERS) or set(value) <= set(LETTERS.lower())
    return 4 <= len(value) <= 4_096 and one_case


@pytest.mark.parametrize("cipher", ["aes", "sm4"])
@pytest.mark.parametrize("alphabet", ["digits", "alphanumeric"])
@settings(max_examples=50)
@given(values=st.lists(st.one_of(DIGITS, UPPER, LOWER), max_size=12, unique=True))
@example(values=["ab12", "AB12", "0012", "00a2"])
def test_codes_stay_apart_and_come_back(alphabet: str, cipher: str, values: list[str]) -> None:
    good: list[str | None] = [value for value in values if forms(value, alphabet)]
    out = turned(good, alphabet=alphabet, cipher=cipher)
    assert len(set(out)) == len(good)
    assert turned(out, "decrypt", alphabet=alphabet, cipher=cipher) == good
    assert turned(turned(good, "decrypt", alphabet=alphabet, cipher=cipher), alphabet=alphabet, cipher=cipher) == good


def test_small_letters_are_permuted_among_themselves() -> None:
    """All texts of three letters or digits behind one letter: that is a sixth of what there is, and none may lose its case."""
    texts = [f"{a}{b}{c}z" for a in LETTERS.lower() for b in LETTERS.lower() for c in LETTERS.lower()]
    out = turned([*texts, *(text.upper() for text in texts)], alphabet="alphanumeric")
    assert len(set(out)) == 2 * len(texts)
    assert all(text is not None and text != text.upper() for text in out[: len(texts)])
    assert all(text is not None and text == text.upper() for text in out[len(texts) :])


def test_every_text_of_six_digits_once() -> None:
    """Of all of them one on average would come out as it was; it is masked, and the others are permuted."""
    column = pa.array([f"{number:06d}" for number in range(1_000_000)])
    out = encrypt_fpe.apply(column, key=KEY)
    masked = pc.equal(out, "****")
    assert pc.sum(pc.equal(out, column)).as_py() == 0
    assert pc.count_distinct(out).as_py() == 1_000_000 - pc.sum(masked).as_py() + pc.any(masked).as_py()
    assert pc.sum(masked).as_py() < 10
    back = encrypt_fpe.decrypt(out, key=KEY)
    assert back.equals(pc.if_else(masked, "***", column))  # the mask itself, masked


@pytest.mark.parametrize("keep", KEEPS, ids="-".join)
@pytest.mark.parametrize("cipher", ["aes", "sm4"])
@settings(max_examples=20)
@given(values=st.lists(st.one_of(ID_NUMBERS, st.sampled_from(ENDS)), max_size=8, unique=True))
@example(values=ENDS)
def test_identity_numbers_become_others_and_come_back(keep: tuple[str, ...], cipher: str, values: list[str]) -> None:
    given_: dict[str, Any] = {"alphabet": "id_number", "keep": keep, "cipher": cipher}
    out = turned([*values], **given_)
    assert len(set(out)) == len(values)
    assert turned(out, "decrypt", **given_) == values
    assert turned(turned([*values], "decrypt", **given_), **given_) == values
    for value, number in zip(values, out, strict=True):
        assert number is not None
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        assert number[:6] in REGIONS
        assert date(1900, 1, 1) <= born <= date(2099, 12, 31)
        assert number == id_number(number[:6], born, int(number[14:17]))
        assert "region" not in keep or number[:6] == value[:6]
        assert "birth_year" not in keep or number[6:10] == value[6:10]
        assert "sex" not in keep or int(number[16]) % 2 == int(value[16]) % 2


def test_others_take_them_for_identity_numbers() -> None:
    given_: dict[str, Any] = {"alphabet": "id_number", "keep": ("birth_year",)}
    values: list[str | None] = [id_number(REGIONS[place], date(1950 + place % 60, 1, 1), place) for place in range(500)]
    for number in turned(values, **given_):
        assert ric.get_birth_date(number) <= date(2009, 12, 31)
        assert ric.calc_check_digit(number) == str(number)[-1]
        assert identifier.is_valid(str(number))


NO_NUMBERS = [
    ("a wrong check character", "110105194912310021"),
    ("a small x", "11010519491231002x"),
    ("a division that is none", id_number("110199", date(1949, 12, 31), 2)),
    ("a province that is none", id_number("990101", date(1949, 12, 31), 2)),
    ("a day that is none", "110105194902300029"),
    ("the year before", id_number("110105", date(1899, 12, 31), 2)),
    ("the year after", id_number("110105", date(2100, 1, 1), 2)),
    ("a letter among the digits", "1101051949123100AX"),
    ("fifteen digits", "110105491231002"),
    ("a space behind", "11010519491231002X "),
    ("full-width digits", "１１０１０５１９４９１２３１００２Ｘ"),
    ("eighteen bytes of something else", "张三张三张三"),
    ("masked before", "110105********002X"),
]


@pytest.mark.parametrize("value", [value for _, value in NO_NUMBERS], ids=[name for name, _ in NO_NUMBERS])
def test_what_is_no_identity_number_is_masked(value: str) -> None:
    good = id_number("110105", date(1949, 12, 31), 2)
    for turn in ("apply", "decrypt"):
        out = turned([good, value, None, ""], turn, alphabet="id_number")
        assert out[1:] == ["****", None, ""]
        assert out[0] != "****"


@given(numbers=st.lists(ID_NUMBERS, min_size=1, max_size=5), keep=st.sampled_from(KEEPS))
@example(numbers=ENDS, keep=())
@example(numbers=ENDS, keep=("birth_year",))
def test_ranks_are_places(numbers: list[str], keep: tuple[str, ...]) -> None:
    """The rank, counted again in whole numbers."""
    characters = np.frombuffer("".join(numbers).encode(), np.uint8).reshape(-1, 18)
    parts, valid = RANKING.read(characters)
    assert valid.all()
    ranks, among = RANKING.rank(parts, keep), RANKING.among(parts, keep)
    for number, rank, count in zip(numbers, ranks.tolist(), among.tolist(), strict=True):
        year = int(number[6:10])
        first, end = (date(year, 1, 1), date(year + 1, 1, 1)) if "birth_year" in keep else (date(1900, 1, 1), date(2100, 1, 1))
        sequences = range(int(number[16]) % 2, 1000, 2) if "sex" in keep else range(1000)
        regions = [number[:6]] if "region" in keep else REGIONS
        born, days = date(year, int(number[10:12]), int(number[12:14])), (end - first).days
        assert count == len(regions) * days * len(sequences)
        assert rank == (regions.index(number[:6]) * days + (born - first).days) * len(sequences) + sequences.index(
            int(number[14:17])
        )
    assert np.array_equal(RANKING.write(RANKING.unrank(ranks, parts, keep)), characters)


def test_the_first_and_the_last_rank() -> None:
    parts, _ = RANKING.read(np.frombuffer(ENDS[0].encode(), np.uint8)[None])
    count = int(RANKING.among(parts, ())[0])
    assert count == len(REGIONS) * ((date(2100, 1, 1) - date(1900, 1, 1)) // timedelta(1)) * 1000
    for rank, expected in ((0, ENDS[0]), (count - 1, ENDS[-1])):
        assert RANKING.write(RANKING.unrank(np.array([rank], np.uint64), parts, ())).tobytes().decode() == expected


def test_kept_parts_change_what_becomes_of_the_others() -> None:
    """They are the tweak: equal hidden parts do not show as equal."""
    values: list[str | None] = [id_number(region, date(1990, 3, 7), 3) for region in REGIONS[:200]]
    out = turned(values, alphabet="id_number", keep=("region",))
    assert len({str(number)[6:17] for number in out}) > 195


def test_key_and_cipher_and_kept_parts_each_change_everything() -> None:
    column = pa.array([id_number(REGIONS[place], date(1990, 3, 7), place) for place in range(300)])
    ways: list[dict[str, Any]] = [{"keep": keep, "cipher": cipher} for keep in KEEPS for cipher in ("aes", "sm4")]
    outs = [
        encrypt_fpe.apply(column, key=key, alphabet="id_number", **way).to_pylist()
        for way in ways
        for key in (KEY, b"!" + KEY[1:])
    ]
    assert len(set().union(*outs)) == 300 * len(outs)


@pytest.mark.parametrize("alphabet", ["digits", "alphanumeric", "id_number"])
def test_every_layout_and_every_split_gives_the_same(alphabet: str) -> None:
    values = [*ENDS, None, "", "12345", "123456", "0" * 40, "abcd", "ABCD12", *NO_CODES[:-1]] * 400
    column = pa.array(values, pa.string())
    apply = partial(encrypt_fpe.apply, key=KEY, alphabet=alphabet)
    expected = apply(column)
    assert apply(column.dictionary_encode()).equals(expected)
    assert apply(column.cast(pa.large_string())).equals(expected)
    assert apply(pa.chunked_array([column[:5], column[5:]])).equals(expected)
    assert apply(column.slice(7, 9_000)).equals(expected.slice(7, 9_000))
    assert pa.concat_arrays([apply(column[place : place + 1]) for place in range(50)]).equals(expected[:50])


def test_nothing_of_a_masked_value_lies_in_memory() -> None:
    column = pa.array([ENDS[0], "110105194912310021", None])
    out = encrypt_fpe.apply(column, key=KEY, alphabet="id_number")
    assert all(b"110105194912310021" not in buffer.to_pybytes() for buffer in out.buffers() if buffer is not None)


REFUSED = [
    ({"alphabet": "letters"}, "alphabet is one of digits, alphanumeric, id_number"),
    ({"keep": ("region",)}, "keep is for the alphabet id_number"),
    ({"alphabet": "alphanumeric", "keep": ("sex",)}, "keep is for the alphabet id_number"),
    ({"alphabet": "id_number", "keep": ("birth_day",)}, "keep names parts that stay: region, birth_year, sex"),
    ({"alphabet": "id_number", "keep": ("region", "birth_year")}, "fewer than 1,000,000 numbers"),
    ({"alphabet": "id_number", "keep": ("region", "birth_year", "sex")}, "fewer than 1,000,000 numbers"),
]


@pytest.mark.parametrize(("given_", "said"), REFUSED, ids=[f"{given_}" for given_, _ in REFUSED])
def test_refuses(given_: dict[str, Any], said: str) -> None:
    for verb in (encrypt_fpe.apply, encrypt_fpe.decrypt):
        with pytest.raises(ValueError, match=said):
            verb(pa.array([], pa.string()), key=KEY, **given_)
    with pytest.raises(ValueError, match=said):
        encrypt_fpe.reveals("CN_ID_CARD", **given_)


def test_every_choice_of_parts_is_taken_or_refused_by_how_many_numbers_are_left() -> None:
    for keep in (keep for count in range(4) for keep in combinations(("region", "birth_year", "sex"), count)):
        left = bounds(SHIPPED, frozenset(keep))[0]
        if left >= 1_000_000:
            assert encrypt_fpe.reveals("CN_ID_CARD", alphabet="id_number", keep=keep).linkable
        else:
            assert {"region", "birth_year"} <= set(keep)


REGION = ("province", "city", "county")


def left(form: Form, *parts: str, **given: Any) -> Disclosure:
    return Disclosure(form, parts=frozenset({LOOKALIKE, *parts}), linkable=True, **given)


REVEALED = [
    ({}, left(Form.LINK, "length")),
    ({"alphabet": "alphanumeric", "domain": "city"}, left(Form.LINK, "length", domain="city")),
    ({"alphabet": "id_number"}, left(Form.LINK)),
    ({"alphabet": "id_number", "keep": ("sex",)}, left(Form.PART, "sex")),
    ({"alphabet": "id_number", "keep": ("region", "sex")}, left(Form.PART, *REGION, "sex", first=6)),
    ({"alphabet": "id_number", "keep": ("birth_year",)}, left(Form.PART, "birth_year", middle=((6, 10),))),
]


@pytest.mark.parametrize(("given_", "expected"), REVEALED, ids=[f"{given_}" for given_, _ in REVEALED])
def test_reveals(given_: dict[str, Any], expected: Disclosure) -> None:
    assert encrypt_fpe.reveals("CN_ID_CARD", **given_) == expected

