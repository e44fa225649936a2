"""Schedules against the calendar: what is due when, and never before the approval."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pendulum
import pytest
from airflow.timetables.base import DataInterval, TimeRestriction
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.airflow import timetable
from gongkai.airflow.timetable import OncePerApproval, UpdateTimetable, offset, schedule

CHINA = ZoneInfo("Asia/Shanghai")
PERIODIC = ("realtime", "hourly", "daily", "weekly", "ten_day", "monthly", "quarterly", "half_yearly", "yearly")
CODE = "social_card"


def local(text: str) -> pendulum.DateTime:
    return pendulum.instance(datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC))


def next_run(table, approved, now, last=None, *, catchup=False):
    interval = DataInterval.exact(last) if last else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timetable, "utcnow", lambda: now)
        return table.next_dagrun_info(
            last_automated_data_interval=interval, restriction=TimeRestriction(approved, None, catchup)
        )


def tick_of(frequency, approved, now, *, at="02:00", workdays=False, last=None) -> str:
    """The local start without the dataset's own offset."""
    table = UpdateTimetable(frequency, code=CODE, at=at, workdays=workdays)
    start = next_run(table, local(approved), local(now), local(last) if last else None).run_after - offset(frequency, CODE)
    return start.in_timezone("Asia/Shanghai").format("YYYY-MM-DD HH:mm")


TICKS = [
    # name, frequency, approved, now, keywords, expected
    ("realtime", "realtime", "2026-03-02T10:02", "2026-03-02T10:02", {}, "2026-03-02 10:05"),
    ("hourly", "hourly", "2026-03-02T10:59", "2026-03-02T10:59", {}, "2026-03-02 11:00"),
    ("daily, approved after the tick", "daily", "2026-03-02T10:00", "2026-03-02T10:00", {}, "2026-03-03 02:00"),
    ("daily, approved before the tick", "daily", "2026-03-02T01:00", "2026-03-02T01:00", {}, "2026-03-02 02:00"),
    ("daily, late source", "daily", "2026-03-02T10:00", "2026-03-02T10:00", {"at": "23:30"}, "2026-03-02 23:30"),
    ("weekly is Monday", "weekly", "2026-03-03T10:00", "2026-03-03T10:00", {}, "2026-03-09 02:00"),
    ("ten-day from the 1st", "ten_day", "2026-03-01T10:00", "2026-03-01T10:00", {}, "2026-03-11 02:00"),
    ("ten-day over a short month's end", "ten_day", "2026-02-21T10:00", "2026-02-21T10:00", {}, "2026-03-01 02:00"),
    ("ten-day in a leap year", "ten_day", "2028-02-21T10:00", "2028-02-21T10:00", {}, "2028-03-01 02:00"),
    ("monthly over the 31st", "monthly", "2026-01-31T10:00", "2026-01-31T10:00", {}, "2026-02-01 02:00"),
    ("monthly on a leap day", "monthly", "2028-02-29T10:00", "2028-02-29T10:00", {}, "2028-03-01 02:00"),
    ("quarterly", "quarterly", "2026-02-10T10:00", "2026-02-10T10:00", {}, "2026-04-01 02:00"),
    ("quarterly over the year's end", "quarterly", "2026-10-02T10:00", "2026-10-02T10:00", {}, "2027-01-01 02:00"),
    ("half-yearly", "half_yearly", "2026-01-02T10:00", "2026-01-02T10:00", {}, "2026-07-01 02:00"),
    ("yearly", "yearly", "2026-01-02T10:00", "2026-01-02T10:00", {}, "2027-01-01 02:00"),
    ("after the last run", "daily", "2026-03-01T10:00", "2026-03-02T10:00", {"last": "2026-03-02T02:00"}, "2026-03-03 02:00"),
    ("only the newest missed one", "daily", "2026-03-01T10:00", "2026-03-09T10:00", {"last": "2026-03-02T02:00"}, "2026-03-09 02:00"),
    ("daily leaves National Day out", "daily", "2026-09-30T10:00", "2026-09-30T10:00", {"workdays": True}, "2026-10-08 02:00"),
    ("a make-up Saturday counts", "daily", "2026-10-09T10:00", "2026-10-09T10:00", {"workdays": True}, "2026-10-10 02:00"),
    ("hourly leaves Sunday out", "hourly", "2026-11-21T23:30", "2026-11-21T23:30", {"workdays": True}, "2026-11-23 00:00"),
    ("monthly moves off Sunday", "monthly", "2026-10-20T10:00", "2026-10-20T10:00", {"workdays": True}, "2026-11-02 02:00"),
    ("quarterly moves over National Day", "quarterly", "2026-09-20T10:00", "2026-09-20T10:00", {"workdays": True}, "2026-10-08 02:00"),
    ("approved while the tick is moved", "quarterly", "2026-10-03T10:00", "2026-10-03T10:00", {"workdays": True}, "2026-10-08 02:00"),
    ("yearly moves over New Year", "yearly", "2025-12-20T10:00", "2025-12-20T10:00", {"workdays": True}, "2026-01-04 02:00"),
    # both Mondays of the Spring Festival 2026 (15 to 23 February) move to the 24th
    ("two ticks moved to one day are one run", "weekly", "2026-02-10T10:00", "2026-02-10T10:00", {"workdays": True}, "2026-02-24 02:00"),
    ("and the next is a week on", "weekly", "2026-02-10T10:00", "2026-02-25T10:00",
     {"workdays": True, "last": "2026-02-23T02:00"}, "2026-03-02 02:00"),
    ("beyond the known years a Saturday is off", "daily", "2099-01-02T10:00", "2099-01-02T10:00", {"workdays": True}, "2099-01-05 02:00"),
]  # fmt: skip


@pytest.mark.parametrize(("frequency", "approved", "now", "keywords", "expected"), [row[1:] for row in TICKS], ids=[row[0] for row in TICKS])
def test_tick(frequency: str, approved: str, now: str, keywords: dict[str, object], expected: str) -> None:
    assert tick_of(frequency, approved, now, **keywords) == expected


moments = st.datetimes(datetime(2023, 1, 1), datetime(2026, 11, 30)).map(lambda moment: pendulum.instance(moment, tz="UTC"))
ats = st.times().map(lambda moment: f"{moment:%H:%M}")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PERIODIC), moments, moments, ats, st.booleans(), st.text("abcdef_0", min_size=2, max_size=8))
def test_runs_follow_each_other_and_the_approval(frequency, approved, now, at, workdays, code) -> None:
    table = UpdateTimetable(frequency, code=code, at=at, workdays=workdays)
    now = max(now, approved)
    last, starts = None, []
    for _ in range(4):
        info = next_run(table, approved, now, last)
        starts.append(info.run_after)
        last = info.data_interval.end
        assert info.run_after >= approved
        ticked = (info.run_after - offset(frequency, code)).in_timezone("Asia/Shanghai")
        if workdays:
            assert timetable.is_working_day(ticked.date())
        if not workdays and frequency not in ("realtime", "hourly"):
            assert f"{ticked:%H:%M}" == at
    assert starts == sorted(set(starts))
    assert sum(start <= now for start in starts) <= 1, "more than the newest missed run is made up for"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PERIODIC), moments, st.booleans())
def test_missed_runs_are_the_ones_catching_up_would_make(frequency, approved, workdays) -> None:
    """The newest due start is found backward; walking forward from the approval must meet the same one."""
    table = UpdateTimetable(frequency, code=CODE, workdays=workdays)
    first = next_run(table, approved, approved)
    second = next_run(table, approved, first.run_after, first.data_interval.end)
    assert next_run(table, approved, second.run_after).run_after == second.run_after
    assert next_run(table, approved, second.run_after - timedelta(seconds=1)).run_after == first.run_after


@pytest.mark.parametrize("frequency", PERIODIC)
@pytest.mark.parametrize("workdays", [False, True], ids=["every day", "working days"])
def test_serialized_and_back(frequency: str, workdays: bool) -> None:
    table = UpdateTimetable(frequency, code=CODE, at="05:30", workdays=workdays, timezone="Asia/Urumqi")
    again = UpdateTimetable.deserialize(table.serialize())
    assert again == table
    assert hash(again) == hash(table)
    assert again.description == table.description
    now = local("2026-03-02T10:00")
    assert next_run(again, now, now) == next_run(table, now, now)


def test_a_thousand_daily_datasets_do_not_start_together() -> None:
    minutes: dict[int, int] = {}
    for number in range(1_000):
        minute = int(offset("daily", f"dataset_{number}").total_seconds()) // 60
        minutes[minute] = minutes.get(minute, 0) + 1
    assert max(minutes) < 120
    assert max(minutes.values()) <= 25
    assert len(minutes) > 110


def test_once_is_once_per_approval() -> None:
    approved, later = local("2026-03-02T10:00"), local("2026-04-02T10:00")
    table = schedule("once", code=CODE)
    assert isinstance(table, OncePerApproval)
    first = next_run(table, approved, approved)
    assert first.run_after == approved
    assert next_run(table, approved, later, first.data_interval.end) is None
    again = next_run(table, later, later, first.data_interval.end)
    assert again is not None
    assert again.run_after == later
    assert next_run(table, None, later) is None


def test_irregular_has_no_schedule() -> None:
    assert schedule("irregular", code=CODE) is None


def test_unknown_years_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    timetable._tell_unknown.cache_clear()
    with caplog.at_level("WARNING"):
        assert timetable.is_working_day(date(2098, 1, 1)) == (date(2098, 1, 1).weekday() < 5)
        timetable.is_working_day(date(2098, 1, 2))
    assert [record.getMessage() for record in caplog.records].count(
        "the public holidays of 2098 are not known: update chinesecalendar; Monday to Friday count as working days"
    ) == 1


def test_an_end_is_respected() -> None:
    table = UpdateTimetable("daily", code=CODE)
    now = local("2026-03-02T10:00")
    restriction = TimeRestriction(now, now + timedelta(hours=1), True)
    assert table.next_dagrun_info(last_automated_data_interval=None, restriction=restriction) is None
