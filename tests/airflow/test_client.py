"""What the client asks again, and what it gives up on, held against a real server that answers by a script."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import tenacity

from gongkai.airflow import client
from gongkai.airflow.client import Server
from gongkai.errors import TransientError

DAG_RUNS = "/api/v2/dags/housing.permits/dagRuns"


class Scripted:
    """A server that answers runs with the listed statuses, one after the other, and notes the run ids it was sent."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == DAG_RUNS:
                    outer.asked.append(body["dag_run_id"])
                status = 201 if self.path != DAG_RUNS else outer.statuses.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps({"access_token": "t", "dag_run_id": body.get("dag_run_id")}).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Scripted]]:
    monkeypatch.setattr(tenacity.nap.time, "sleep", lambda _: None)
    started = []

    def start(*statuses: int) -> Scripted:
        server = Scripted(*statuses)
        threading.Thread(target=server.http.serve_forever, daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.http.shutdown()
        server.http.server_close()


@pytest.mark.parametrize("statuses", [(200,), (500, 200), (503, 500, 200), (500, 409)], ids=str)
def test_a_run_is_started_once_however_often_it_is_asked_for(scripted, statuses: tuple[int, ...]) -> None:
    server = scripted(*statuses)
    run = Server(server.url, "admin", "x").trigger("housing.permits")
    assert server.asked == [run] * len(statuses)


@pytest.mark.parametrize(
    ("statuses", "kind", "asked"),
    [((404,), "HTTP 404", 1), ((403,), "HTTP 403", 1), ((500,) * 20, "HTTP 500", client._TRIES)],
    ids=["no such DAG", "not allowed", "broken for good"],
)
def test_what_will_not_change_is_told(scripted, statuses: tuple[int, ...], kind: str, asked: int) -> None:
    server = scripted(*statuses)
    with pytest.raises(TransientError, match=kind):
        Server(server.url, "admin", "x").trigger("housing.permits")
    assert len(server.asked) == asked
