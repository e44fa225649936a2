"""A running Airflow, asked and told over its public API.

On SQLite, Airflow answers 500 where two of its processes wrote in the same instant; such an answer is asked for again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gongkai.errors import TransientError

if TYPE_CHECKING:
    import httpx

DONE = frozenset({"success", "failed"})
_TRIES = 8
_CONFLICT = 409
_SERVERS_FAULT = 500


@dataclass(slots=True)
class Server:
    """The API server of a project and a login. Every method raises TransientError when it does not answer."""

    url: str
    username: str
    password: str = field(repr=False)
    _token: str | None = field(default=None, repr=False)

    def health(self) -> dict[str, str]:
        """The state of each part (``metadatabase``, ``scheduler``, ``dag_processor``…): ``healthy`` or not."""
        answer = self._send("GET", "/api/v2/monitor/health", login=False)
        return {name: part["status"] for name, part in answer.items() if part and part["status"]}

    def warm(self) -> None:
        """Let the API tasks speak to build its routes now; else the first task waits seconds for it."""
        self._send("GET", "/execution/health", login=False)

    def dags(self) -> list[str]:
        """The ids of all DAGs that are listed now."""
        found: list[str] = []
        while True:
            page = self._send("GET", "/api/v2/dags", params={"limit": 100, "offset": len(found), "order_by": "dag_id"})
            found += [dag["dag_id"] for dag in page["dags"]]
            if not page["dags"] or len(found) >= page["total_entries"]:
                return found

    def trigger(self, dag_id: str) -> str:
        """Start a run now; its id. The id is ours, so that asking twice starts it once."""
        run = f"manual__{datetime.now(UTC).isoformat()}_{secrets.token_hex(4)}"
        body = {"dag_run_id": run, "logical_date": None}
        self._send("POST", f"/api/v2/dags/{dag_id}/dagRuns", json=body, done_by=_CONFLICT)
        return run

    def runs(self, dag_id: str) -> dict[str, str]:
        """The state of every run of a DAG by its id, newest first."""
        path = f"/api/v2/dags/{dag_id}/dagRuns"
        answer = self._send("GET", path, params={"limit": 100, "order_by": "-run_after"})
        return {run["dag_run_id"]: run["state"] for run in answer["dag_runs"]}

    def state(self, dag_id: str, run: str) -> str:
        """``queued``, ``running``, ``success`` or ``failed``."""
        state: str = self._send("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run}")["state"]
        return state

    def tasks(self, dag_id: str, run: str) -> dict[str, str | None]:
        """The state of every task of a run by its id; None before it is scheduled."""
        answer = self._send("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run}/taskInstances")
        return {task["task_id"]: task["state"] for task in answer["task_instances"]}

    def wait_for(self, *dag_ids: str, seconds: float = 120) -> None:
        """Return once every DAG is listed; TransientError when one is not after ``seconds``."""
        deadline = time.monotonic() + seconds
        while missing := set(dag_ids) - set(self.dags()):
            if time.monotonic() > deadline:
                raise TransientError(f"the DAG of {', '.join(sorted(missing))}", "not listed")
            time.sleep(0.5)

    def wait(self, dag_id: str, run: str, seconds: float = 600) -> str:
        """Return a run's state once it is ``success`` or ``failed``; TransientError when it is not after ``seconds``."""
        deadline = time.monotonic() + seconds
        while (state := self.state(dag_id, run)) not in DONE:
            if time.monotonic() > deadline:
                raise TransientError(f"the end of run {run} of {dag_id}", state)
            time.sleep(0.5)
        return state

    def _send(self, method: str, path: str, *, login: bool = True, done_by: int | None = None, **arguments: Any) -> Any:
        """The JSON answered. ``done_by``: a status that says that an earlier try of the same was done after all."""
        import httpx

        try:
            with httpx.Client(base_url=self.url, timeout=30, trust_env=False) as client:
                if login and self._token is None:
                    body = {"username": self.username, "password": self.password}
                    answer = _patiently(lambda: client.post("/auth/token", json=body))
                    self._token = answer.raise_for_status().json()["access_token"]
                headers = {"Authorization": f"Bearer {self._token}"} if login else {}
                answer = _patiently(lambda: client.request(method, path, headers=headers, **arguments))
                return None if answer.status_code == done_by else answer.raise_for_status().json()
        except httpx.HTTPStatusError as error:
            raise TransientError(f"Airflow ({method} {path})", f"HTTP {error.response.status_code}") from None
        except httpx.HTTPError as error:
            raise TransientError(f"Airflow ({method} {path})", type(error).__name__) from None


def _patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer, asked for again while it is a server's fault, and the last one when it stays so."""
    from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential_jitter

    again = Retrying(
        retry=retry_if_result(lambda answer: answer.status_code >= _SERVERS_FAULT),
        stop=stop_after_attempt(_TRIES),
        wait=wait_exponential_jitter(initial=0.2, max=5),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    return again(ask)
