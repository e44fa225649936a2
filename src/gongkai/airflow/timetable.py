"""When a dataset is due 更新周期: one timetable from the update frequency alone.

======================  =====================================================  =======================
frequency               due, local time                                        spread over
======================  =====================================================  =======================
``realtime`` 实时        every five minutes                                     5 minutes
``hourly`` 每小时         on the hour                                            30 minutes
``daily`` 每日           at ``at``                                              2 hours
``weekly`` 每周          Mondays                                                2 hours
``ten_day`` 每旬         the 1st, 11th and 21st                                 2 hours
``monthly`` 每月         the 1st                                                2 hours
``quarterly`` 每季度      1 January, April, July, October                        2 hours
``half_yearly`` 每半年    1 January and July                                     2 hours
``yearly`` 每年          1 January                                              2 hours
``irregular`` 不定期      never by itself                                        –
``once`` 一次性           once for every approval, at once                       –
======================  =====================================================  =======================

Every dataset has its own offset inside the spread, taken from its code, so that a thousand daily datasets do not start together
and each starts at the same time every day. With ``workdays`` a tick on a day off moves to the next Chinese working day 工作日
(make-up days 调休 count as working days); more often than weekly, it is left out instead, as that day has a tick of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import cache
from hashlib import sha256
from typing import Any

import pendulum
from airflow._shared.timezones.timezone import coerce_datetime, utcnow
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction
from airflow.timetables.simple import OnceTimetable
from airflow.timetables.trigger import CronTriggerTimetable
from pendulum import DateTime

log = logging.getLogger(__name__)

TITLES = {
    "realtime": "实时", "hourly": "每小时", "daily": "每日", "weekly": "每周", "ten_day": "每旬", "monthly": "每月",
    "quarterly": "每季度", "half_yearly": "每半年", "yearly": "每年", "irregular": "不定期", "once": "一次性",
}  # fmt: skip

_CRON = {
    "realtime": "*/5 * * * *",
    "hourly": "0 * * * *",
    "daily": "{minute} {hour} * * *",
    "weekly": "{minute} {hour} * * 1",
    "ten_day": "{minute} {hour} 1,11,21 * *",
    "monthly": "{minute} {hour} 1 * *",
    "quarterly": "{minute} {hour} 1 1,4,7,10 *",
    "half_yearly": "{minute} {hour} 1 1,7 *",
    "yearly": "{minute} {hour} 1 1 *",
}
_SPREAD = {"realtime": timedelta(minutes=5), "hourly": timedelta(minutes=30)}
_SPREAD_OTHERWISE = timedelta(hours=2)
_DAILY_OR_MORE_OFTEN = frozenset({"realtime", "hourly", "daily"})
_WORKDAYS = {(False, False): "", (True, False): "，遇休息日顺延", (False, True): "，休息日除外"}
_LONGEST_HOLIDAY = timedelta(days=20)
_INSTANT = timedelta(microseconds=1)


def schedule(
    frequency: str, *, code: str, at: str = "02:00", workdays: bool = False, timezone: str = "Asia/Shanghai"
) -> UpdateTimetable | OncePerApproval | None:
    """The schedule of a dataset, None when it has none.

    >>> schedule("daily", code="social_card").summary
    '每日 02:16'
    >>> schedule("irregular", code="social_card") is None
    True
    >>> schedule("fortnightly", code="social_card")
    Traceback (most recent call last):
        ...
    KeyError: 'fortnightly'
    """
    if frequency == "irregular":
        return None
    if frequency == "once":
        return OncePerApproval()
    return UpdateTimetable(frequency, code=code, at=at, workdays=workdays, timezone=timezone)


class UpdateTimetable(CronTriggerTimetable):
    """Fires when a dataset is due. The run's logical date is the tick of the calendar; it starts at the tick, moved to a
    working day where asked for, plus the dataset's offset.

    Of the times missed while nothing ran, only the newest is made up for: a snapshot of now answers them all.
    """

    def __init__(
        self, frequency: str, *, code: str, at: str = "02:00", workdays: bool = False, timezone: str = "Asia/Shanghai"
    ) -> None:
        hour, minute = (int(part) for part in at.split(":"))
        super().__init__(_CRON[frequency].format(hour=hour, minute=minute), timezone=timezone)
        self._arguments = {"frequency": frequency, "code": code, "at": at, "workdays": workdays, "timezone": timezone}
        self._offset = offset(frequency, code)
        self._leaves_out = workdays and frequency in _DAILY_OR_MORE_OFTEN
        self._moves = workdays and not self._leaves_out
        self._longest_delay = self._offset + (_LONGEST_HOLIDAY if self._moves else timedelta(0))
        self.description = _describe(frequency, hour, minute, self._offset) + _WORKDAYS[self._moves, self._leaves_out]

    @property
    def summary(self) -> str:
        return self.description

    def serialize(self) -> dict[str, Any]:
        return dict(self._arguments)

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> UpdateTimetable:
        return cls(data["frequency"], **{name: value for name, value in data.items() if name != "frequency"})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UpdateTimetable) and self._arguments == other._arguments

    def __hash__(self) -> int:
        return hash(tuple(self._arguments.values()))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The next run: later than the last one, not before ``restriction.earliest`` (the approval)."""
        floor = coerce_datetime(restriction.earliest or utcnow())
        if not restriction.catchup:
            floor = max(floor, self._newest_due(coerce_datetime(utcnow())))
        after = last_automated_data_interval.end if last_automated_data_interval else floor - self._longest_delay - _INSTANT
        tick = self._next(max(after, floor - self._longest_delay - _INSTANT))
        while self._start(tick) < floor:
            tick = self._next(tick)
        while self._moves and (following := self._next(tick)) <= self._start(tick):
            tick = following  # two ticks moved to one working day are one run
        start = self._start(tick)
        if restriction.latest is not None and restriction.latest < start:
            return None
        return DagRunInfo(run_after=start, data_interval=DataInterval.exact(tick))

    def _start(self, tick: DateTime) -> DateTime:
        if self._moves:
            tick = self._on(tick, next_working_day(self._local(tick).date()))
        return _utc(tick + self._offset)

    def _newest_due(self, now: DateTime) -> DateTime:
        """The newest start that is not later than now."""
        tick = self._previous(now + _INSTANT)
        while self._start(tick) > now:
            tick = self._previous(tick)
        return self._start(tick)

    def _next(self, moment: DateTime) -> DateTime:
        tick: DateTime = self._get_next(moment)
        while self._leaves_out and not is_working_day(self._local(tick).date()):
            day = next_working_day(self._local(tick).date())
            tick = self._get_next(self._midnight(day) - _INSTANT)
        return tick

    def _previous(self, moment: DateTime) -> DateTime:
        tick: DateTime = self._get_prev(moment)
        while self._leaves_out and not is_working_day(self._local(tick).date()):
            tick = self._get_prev(self._midnight(self._local(tick).date()))
        return tick

    def _local(self, moment: DateTime) -> DateTime:
        return moment.in_timezone(self._timezone)

    def _on(self, tick: DateTime, day: date) -> DateTime:
        local = self._local(tick)
        return tick if local.date() == day else _utc(local.replace(year=day.year, month=day.month, day=day.day))

    def _midnight(self, day: date) -> DateTime:
        return _utc(datetime.combine(day, clock(), tzinfo=self._timezone))


class OncePerApproval(OnceTimetable):
    """Fires once, as soon as the dataset is approved; and once more after every later approval."""

    description = TITLES["once"]

    @property
    def summary(self) -> str:
        return self.description

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        approved = restriction.earliest
        if approved is None or (last_automated_data_interval and last_automated_data_interval.end >= approved):
            return None
        return DagRunInfo.exact(approved)


def offset(frequency: str, code: str) -> timedelta:
    """How long after the tick a dataset starts: the same for ever, spread evenly over datasets.

    >>> offset("daily", "social_card") == offset("daily", "social_card")
    True
    >>> offset("hourly", "social_card") < timedelta(minutes=30)
    True
    """
    spread = _SPREAD.get(frequency, _SPREAD_OTHERWISE)
    return timedelta(seconds=int.from_bytes(sha256(code.encode()).digest()[:8]) % int(spread.total_seconds()))


def is_working_day(day: date) -> bool:
    """Whether offices work on that day, public holidays and make-up days counted. Beyond the years the calendar knows it is
    Monday to Friday, and a warning says so once per year.

    >>> is_working_day(date(2026, 10, 1)), is_working_day(date(2026, 10, 10)), is_working_day(date(2099, 1, 3))
    (False, True, False)
    """
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        _tell_unknown(day.year)
        return day.weekday() < 5


def next_working_day(day: date) -> date:
    """The day itself when it is a working day, else the first one after it.

    >>> next_working_day(date(2026, 10, 1))
    datetime.date(2026, 10, 8)
    """
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@cache
def _tell_unknown(year: int) -> None:
    log.warning("the public holidays of %s are not known: update chinesecalendar; Monday to Friday count as working days", year)


def _utc(moment: datetime) -> DateTime:
    return pendulum.instance(moment).in_timezone(pendulum.UTC)


def _describe(frequency: str, hour: int, minute: int, shift: timedelta) -> str:
    moment = datetime(2000, 1, 1, hour, minute) + shift
    at = ("次日 " if moment.day > 1 else "") + f"{moment:%H:%M}"
    words: dict[str, Callable[[], str]] = {
        "realtime": lambda: "每 5 分钟",
        "hourly": lambda: f"每小时第 {int(shift.total_seconds()) // 60} 分",
        "weekly": lambda: f"每周一 {at}",
        "ten_day": lambda: f"每旬 1、11、21 日 {at}",
        "monthly": lambda: f"每月 1 日 {at}",
        "quarterly": lambda: f"每季度首日 {at}",
        "half_yearly": lambda: f"1 月、7 月 1 日 {at}",
        "yearly": lambda: f"1 月 1 日 {at}",
    }
    return words.get(frequency, lambda: f"{TITLES[frequency]} {at}")()
