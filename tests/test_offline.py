"""Finding personal data asks nobody: no connection, no name resolved, while models are loaded and tables and texts are read.

A socket alone is no question: urllib3, which Presidio imports, binds one to this machine to learn whether it knows IPv6.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

GUARD = """
import sys
def guard(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        raise SystemExit(f"asked the network: {event}")
sys.addaudithook(guard)
"""
WORK = {
    "columns": """
import pyarrow as pa
from gongkai.project import SHIPPED
from gongkai.classify import profile
table = pa.table({"lxdh": ["13812345678", "13987654321"] * 50, "bz": ["市民王建国来电，其电话13812345678。"] * 100})
print(*(found.entity for found in profile(table, SHIPPED)))
""",
    "text": """
from gongkai.project import SHIPPED
from gongkai.text import detector
print(*(span.entity for span in detector(SHIPPED).detect(["市民王建国来电，其电话13812345678，邮箱a.b@example.com。"])[0]))
import pyarrow as pa
from gongkai import plugins
redacted = plugins.load(SHIPPED, "transforms", "redact_text").apply(pa.array(["市民王建国来电，邮箱a.b@example.com。"]))
print("王建国" in redacted[0].as_py())
""",
}
FOUND = {"columns": "PHONE FREE_TEXT", "text": "PERSON PHONE EMAIL\nFalse"}


def run(work: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", "ignore", "-c", GUARD + work], capture_output=True, text=True)


@pytest.mark.parametrize("name", WORK)
def test_nobody_is_asked(name: str) -> None:
    done = run(WORK[name])
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == FOUND[name]


@pytest.mark.parametrize("attempt", ["socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo('example.com', 80)"])
def test_the_guard_sees_a_question(attempt: str) -> None:
    done = run(f"import socket; {attempt}")
    assert done.returncode == 1
    assert "asked the network" in done.stderr
