"""Whole-table methods broken on purpose: what each promises is asked of the staged table by counting, not by its own code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongkai.assessment import kept, wording
from gongkai.plan import Plan, TableStep


def plan(method: str, *columns: str, **params: Any) -> Plan:
    return Plan("code", "title", "r", "r", (), (), False, None, steps=(TableStep(method, params, columns),))


def broken(tmp_path: Path, made: Plan, **columns: list[Any]) -> list[str]:
    path = tmp_path / "staged.parquet"
    pq.write_table(pa.table(columns), path)
    return [str(reason) for reason in kept.broken(made, path, None, tmp_path)]


ALIKE = {"born": ["1990"] * 3 + ["****"], "sex": ["男"] * 3 + ["****"]}
MEANS = {"pay": [900, 900, 900, None]}
COUNTS = {"place": ["A", "B", "C"], "people": [0, None, 12]}


@pytest.mark.parametrize(
    ("made", "right", "wrong", "told"),
    [
        (plan("k_anonymize", "born", "sex", k=3), ALIKE, ALIKE | {"sex": ["男", "男", "女", "****"]},
         "kept.k_anonymize: are fewer than the 3 that have to look alike (column born、sex, 3 values)"),
        (plan("microaggregate", "pay", k=3), MEANS, {"pay": [900, 900, 901, None]},
         "kept.microaggregate: are means of fewer than 3 (column pay, 3 values)"),
        (plan("small_cells", "people", by=["place"]), COUNTS, COUNTS | {"people": [0, 4, 12]},
         "kept.small_cells: are counts below 5 (column people, 1 value)"),
    ],
    ids=["k_anonymize", "microaggregate", "small_cells"],
)  # fmt: skip
def test_each_is_held_to_its_word(tmp_path: Path, made: Plan, right: dict[str, Any], wrong: dict[str, Any], told: str) -> None:
    assert broken(tmp_path, made, **right) == []
    assert broken(tmp_path, made, **wrong) == [told]


def test_it_is_explained() -> None:
    reason = {"rule": "kept.k_anonymize", "message": "…", "column": "born", "count": 3}
    words = wording.explain(reason, {"rows": None, "together": []}, {"born": "出生"})
    assert "出生，3 项" in words.zh
    assert words.zh_remedy
    assert words.en_remedy
