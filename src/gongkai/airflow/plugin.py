"""What Airflow loads into each of its processes: the timetables."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from gongkai.airflow.timetable import OncePerApproval, UpdateTimetable


class GongkaiPlugin(AirflowPlugin):
    """Found by the entry point ``airflow.plugins``."""

    name = "gongkai"
    timetables = [UpdateTimetable, OncePerApproval]  # noqa: RUF012 - the shape Airflow asks for
