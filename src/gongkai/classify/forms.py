"""What kind of writing the values of a column are 取值形式: dates, numbers, coordinates, masked values, sentences."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.columns import dates

DATES = ("YYYY-mm-dd", "YYYYmmdd", "YYYY/mm/dd", "YYYY.mm.dd")
BIRTH_YEARS = (1930, 2012)
"""Between these lies the median year of birth of a register of people."""
BIRTH_SPREAD = 20
"""Years between the 10th and the 90th percentile of births; the dates of a business lie closer."""
LONG_TEXT = 25
"""Characters; what is longer on average is written, not coded."""

_WRITTEN = r"\A(?P<Y>[0-9]{4})[-/.年](?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?\z"
_TIME = r"[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"
_SENTENCE = r"[，。；！？、：]|\p{Han}[,;!?]"
_CODE = r"^[0-9A-Za-z_./:#+-]+$"
_STAR, _KEPT = "[*＊×●■○]", "[^*＊×●■○]"
_SOMEBODY = r"^\p{Han}{1,2}某{1,2}\p{Han}?$"
_MASKED = f"^{_KEPT}{{0,12}}(?:{_STAR}+{_KEPT}{{0,8}}){{1,4}}$|{_SOMEBODY}"
_MASKED_AS = {
    "PHONE": rf"^1[3-9][0-9]{{0,5}}{_STAR}{{3,8}}[0-9]{{0,4}}$",
    "CN_ID_CARD": rf"^[1-8][0-9]{{0,13}}{_STAR}{{8,17}}[0-9]{{0,4}}[0-9Xx]?$|^[1-8][0-9]{{9,13}}{_STAR}{{4,8}}[0-9Xx]?$",
    "PERSON_NAME": rf"^\p{{Han}}{{0,2}}{_STAR}{{1,3}}\p{{Han}}?$|{_SOMEBODY}",
    "EMAIL": f"^[^@]*{_STAR}+[^@]*@",
}
_AMOUNT = r"^-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$|^-?[0-9]{1,12}\.[0-9]{1,2}$"
_PLACE = r"-?[0-9]{1,3}\.[0-9]{4,}"


def ratio(found: pa.Array) -> float:
    """The share of true in an array without nulls, 0 of an empty one."""
    return float(pc.mean(found.cast(pa.float64())).as_py() or 0.0)


def masked(texts: pa.Array) -> dict[str, float]:
    """The share of values that are masked already, in all (``masked``), and by what they were where the mask still tells.

    >>> masked(pa.array(["138****5678", "张*"]))
    {'masked': 1.0, 'PHONE': 0.5, 'CN_ID_CARD': 0.0, 'PERSON_NAME': 0.5, 'EMAIL': 0.0}
    """
    hidden = pc.match_substring_regex(texts, _MASKED)
    if not pc.any(hidden).as_py():
        return {"masked": 0.0}
    return {"masked": ratio(hidden)} | {
        entity: ratio(pc.match_substring_regex(texts, pattern)) for entity, pattern in _MASKED_AS.items()
    }


def days(texts: pa.Array) -> pa.Array:
    """The dates written in the values, a time of day cut off; null where there is none."""
    texts = pc.replace_substring_regex(texts, _TIME, "")
    return pc.coalesce(dates.read(texts, *DATES), dates.search(texts, _WRITTEN))


def dated(texts: pa.Array) -> dict[str, float]:
    """The share of dates, and of those that may be births (``birth``: all of them or none).

    >>> dated(pa.array(["1949-10-01", "1960-01-31", "1975-06-01", "1988-12-31", "2001-02-28"]))
    {'date': 1.0, 'birth': 1.0}
    >>> dated(pa.array(["2024-10-01", "2024-10-02"]))
    {'date': 1.0, 'birth': 0.0}
    """
    read = days(texts)
    share = ratio(read.is_valid())
    if not share:
        return {"date": 0.0, "birth": 0.0}
    years = pc.year(read.drop_null()).to_numpy(zero_copy_only=False)
    early, middle, late = np.percentile(years, [10, 50, 90])
    born = BIRTH_YEARS[0] <= middle <= BIRTH_YEARS[1] and late - early >= BIRTH_SPREAD
    return {"date": share, "birth": share if born else 0.0}


def written(texts: pa.Array) -> dict[str, float]:
    """``length`` in characters on average, shares of ``sentences`` and of ``codes`` (ASCII without spaces), and ``free`` text.

    A text is free when it is long on average or mostly holds the punctuation of sentences, and is not made of codes.

    >>> written(pa.array(["市民来电反映，小区漏水。", "已办结，满意。"]))["free"]
    1.0
    """
    length = float(pc.mean(pc.utf8_length(texts)).as_py() or 0.0)
    sentences = ratio(pc.match_substring_regex(texts, _SENTENCE))
    codes = ratio(pc.match_substring_regex(texts, _CODE))
    free = codes < 0.5 and (length > LONG_TEXT or sentences > 0.5)
    return {"length": length, "sentences": sentences, "codes": codes, "free": float(free)}


def numbers(texts: pa.Array) -> dict[str, float]:
    """Shares of amounts, moments in milliseconds, ages, six-digit division codes and postcodes, and coordinates.

    >>> numbers(pa.array(["120.153576", "104.066541"]))["coordinates"]
    1.0
    """
    shares = {
        "digits": ratio(pc.match_substring_regex(texts, "^[0-9]+$")),
        "amounts": ratio(pc.match_substring_regex(texts, _AMOUNT)),
        "moments": ratio(pc.match_substring_regex(texts, "^1[0-9]{12}$")),
        "pairs": ratio(pc.match_substring_regex(texts, rf"^[(（]?{_PLACE} ?[,，; ] ?{_PLACE}[)）]?$")),
        "ages": ratio(pc.match_substring_regex(texts, "^(?:1[01])?[0-9]{1,2}岁?$")),
        "postcodes": ratio(pc.match_substring_regex(texts, "^[0-8][0-9]{5}$")),
        "divisions": ratio(pc.match_substring_regex(texts, rf"^(?:{_PROVINCES})[0-9]{{4}}(?:[0-9]{{3}}(?:[0-9]{{3}})?)?$")),
    }
    return shares | {"coordinates": _coordinates(texts)}


_PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[123]"


def _coordinates(texts: pa.Array) -> float:
    """The share of single numbers with four decimals or more that lie in China as longitude or, all of them, as latitude."""
    fit = pc.match_substring_regex(texts, f"^{_PLACE}$")
    if not pc.any(fit).as_py():
        return 0.0
    values = texts.filter(fit).cast(pa.float64()).to_numpy(zero_copy_only=False)
    inside = max(np.mean((values > 73) & (values < 136)), np.mean((values > 3) & (values < 54)))
    return float(inside) * ratio(fit)
