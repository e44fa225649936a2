"""What the scheduler imports ahead works in the tasks it forks."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os
from gongkai.airflow.preload import MODULES, preload
preload()
import sys
assert set(MODULES) <= set(sys.modules)
import duckdb, numpy, pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq

def work():
    rows = pa.table({"a": numpy.random.default_rng(1).integers(0, 9, 200_000), "b": [str(n) for n in range(200_000)]})
    with duckdb.connect() as connection:
        count = connection.execute("SELECT count(*) FROM (SELECT * FROM rows ORDER BY ALL)").fetchone()[0]
    numpy.ones((300, 300)) @ numpy.ones((300, 300))
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd")
    return count == pq.read_table(pa.BufferReader(sink.getvalue())).num_rows == pc.sum(pc.is_valid(rows["a"])).as_py()

children = []
for _ in range(6):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if work() else 1)
    children.append(pid)
codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
assert codes == [0] * 6, codes
print("forks work")
"""


def test_forks_inherit_what_was_imported() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.stdout == "forks work\n", done.stderr
