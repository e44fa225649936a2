from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.columns import dates


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.datetimes()), max_size=20), st.integers(0, 3))
def test_reads_what_python_writes(moments: list[dt.datetime | None], start: int) -> None:
    texts = pa.array([each and each.isoformat(sep=" ") for each in moments], pa.string()).slice(start)
    assert dates.read(texts, *dates.ISO_DATETIME).to_pylist() == moments[start:]


@settings(deadline=None)
@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_knows_the_calendar(year: int, month: int, day: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        expected = dt.datetime.fromisoformat(text)
    except ValueError:
        expected = None
    assert dates.read(pa.array([text]), *dates.ISO_DATE).to_pylist() == [expected]
    pattern = dates.expression("%Y年%m月%d日", time=False)
    assert dates.search(pa.array([f"{year:04}年{month}月{day}日"]), pattern).to_pylist() == [expected]


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), max_size=10))
def test_never_fails_on_text(values: list[str | None]) -> None:
    column = pa.array(values, pa.string())
    assert len(dates.read(column, *dates.ISO_DATE, *dates.ISO_DATETIME, "YYYYmmdd")) == len(values)
    assert len(dates.search(column, dates.expression("%d.%m.%Y", time=False))) == len(values)


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        ("%Y年%m月%d日", "2024年3月5日", dt.datetime(2024, 3, 5)),
        ("%Y年%m月%d日", "2024年03月05日", dt.datetime(2024, 3, 5)),
        ("%Y/%m/%d", "2024/3/5", dt.datetime(2024, 3, 5)),
        ("%d.%m.%Y", "05.03.2024", dt.datetime(2024, 3, 5)),
        ("%Y%m%d", "20240305", dt.datetime(2024, 3, 5)),
        ("%Y%m%d", "2024035", None),
        ("%Y/%m/%d", "2024/3/5 ", None),
        ("%Y/%m/%d", "x2024/3/5", None),
        ("%Y/%m/%d", "２０２４/3/5", None),
        ("%Y.%m.%d", "2024x3x5", None),
        ("%Y/%m/%d %H:%M:%S", "2024/3/5 7:08:09", dt.datetime(2024, 3, 5, 7, 8, 9)),
        ("%Y/%m/%d %H:%M:%S.%f", "2024/3/5 7:08:09.5", dt.datetime(2024, 3, 5, 7, 8, 9, 500_000)),
        ("%Y%m%d%H%M%S", "20240305070809", dt.datetime(2024, 3, 5, 7, 8, 9)),
        ("%Y/%m/%d %H:%M:%S", "2024/3/5 24:00:00", None),
        ("%Y/%m/%d %H:%M:%S", "2024/3/5 23:59:60", None),
        ("%Y (%m) [%d] *?+^$|\\", "2024 (3) [5] *?+^$|\\", dt.datetime(2024, 3, 5)),
    ],
)
def test_formats(written: str, text: str, expected: dt.datetime | None) -> None:
    assert dates.search(pa.array([text]), dates.expression(written, time=True)).to_pylist() == [expected]


@pytest.mark.parametrize(
    ("written", "time", "problem"),
    [
        ("%d/%m/%y", True, "'%y' is not known here; known: %Y %m %d %H %M %S %f"),
        ("%Y-%m-%d %H", False, "'%H' is not known here; known: %Y %m %d"),
        ("%Y-%m", False, "%d is missing"),
        ("", False, "%Y %m %d is missing"),
        ("%Y-%Y-%m-%d", False, "'%Y' stands there twice"),
        ("%Y-%m-%d%", False, "'%' is not known here"),
        ("%Y-%m-%d %%", False, "'%%' is not known here"),
    ],
)
def test_refused_formats(written: str, time: bool, problem: str) -> None:
    with pytest.raises(ValueError) as caught:
        dates.expression(written, time=time)
    assert str(caught.value).startswith(problem)
