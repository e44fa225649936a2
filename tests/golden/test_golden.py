"""What ships gives what its ``VERSION`` gave, on every processor; a change without a new VERSION is noticed, of whatever kind."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gongkai import documents, plugins, registry
from gongkai.columns import casting, cleaning
from gongkai.lifecycle import basis
from gongkai.plan import contract
from gongkai.project import SHIPPED
from gongkai.registry.entry import Entry
from gongkai.text import Detector

from . import corpus, preparing, record
from .corpus import TITLES, Made

PARTS = corpus.parts()
WRITTEN = record.read()
CHANGED = "the output of {} changed: give it a new VERSION, then run `make golden`"


@pytest.mark.parametrize("name", PARTS)
def test_the_output_is_that_of_its_version(name: str) -> None:
    fault = record.fault(name, WRITTEN.get(name), corpus.made(PARTS[name]))
    assert fault is None, fault


def test_no_golden_is_left_over() -> None:
    assert set(WRITTEN) == set(PARTS)


def test_every_plug_in_with_a_version_has_one() -> None:
    versioned = {
        f"{title} {name}"
        for kind, title in TITLES.items()
        for name in plugins.names(SHIPPED, kind)
        if hasattr(plugins.load(SHIPPED, kind, name), "VERSION")
    }
    assert versioned <= set(WRITTEN)
    assert {f"method {name}" for name in contract.names(SHIPPED)} <= versioned


def test_whatever_a_basis_names_by_its_version_has_one() -> None:
    document = documents.read(Path(registry.__file__).with_name("example.yml"), "")[0]
    parts = basis.of(SHIPPED, Entry.model_validate(document)).parts
    versioned = {name: said for name, said in parts.items() if said.startswith("version ")}
    assert {name: f"version {WRITTEN[name]['version']}" for name in versioned} == versioned
    assert {name for name in WRITTEN if not name.startswith(tuple(TITLES.values()))} <= set(versioned)
    assert {name.split()[0] for name in versioned} >= {"method", "source", "format"}


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_tried(name: str) -> None:
    assert PARTS[name].cases


def test_every_type_of_a_method_is_tried() -> None:
    for name in contract.names(SHIPPED):
        method = contract.load(SHIPPED, name)
        if not method.whole_table and name != "redact_text":
            tried = {case.split()[0].partition("(")[0] for case in PARTS[f"method {name}"].cases}
            assert tried == set(method.types), name


def test_every_operation_of_cleaning_is_tried() -> None:
    declared = [each for declarations in preparing.CLEANED.values() for declaration in declarations for each in declaration]
    tried = {next(iter(each)) if isinstance(each, dict) else each for each in declared}
    assert set(cleaning._VERBS) <= tried


# -- broken on purpose -------------------------------------------------------------------------------------------------------


def first_changed(column: pa.Array) -> pa.Array:
    """The column with another value in the first place that has one."""
    values = column.to_pylist()
    at = next((place for place, value in enumerate(values) if value is not None), None)
    if at is not None:
        others = [value for value in values if value not in (None, values[at])]
        values[at] = f"{values[at]}~" if isinstance(values[at], str) else next(iter(others), values[at])
    return pa.array(values, column.type)


def of_column(verb: Callable[..., pa.Array]) -> Callable[..., pa.Array]:
    return lambda *given, **options: first_changed(verb(*given, **options))


def of_batches(verb: Callable[..., Any]) -> Callable[..., Iterator[pa.RecordBatch]]:
    def broken(*given: Any, **options: Any) -> Iterator[pa.RecordBatch]:
        for batch in verb(*given, **options):
            yield pa.record_batch([first_changed(column) for column in batch.columns], schema=batch.schema)

    return broken


def of_what_is_given(verb: Callable[..., None]) -> Callable[..., None]:
    """A format that writes another value than it was given."""

    def broken(batches: Any, sink: Any, schema: pa.Schema, **options: Any) -> None:
        verb(of_batches(lambda: batches)(), sink, schema, **options)

    return broken


def of_pairs(verb: Callable[..., tuple[pa.Array, Any]]) -> Callable[..., tuple[pa.Array, Any]]:
    def broken(*given: Any, **options: Any) -> tuple[pa.Array, Any]:
        column, counts = verb(*given, **options)
        return first_changed(column), counts

    return broken


def of_spans(verb: Callable[..., Any]) -> Callable[..., Any]:
    """A detector that is a little less sure of one span."""

    def broken(*given: Any) -> Any:
        found = verb(*given)
        return [[span._replace(score=span.score - 0.002) for span in spans] for spans in found]

    return broken


def of_nulls(verb: Callable[..., pa.Array]) -> Callable[..., pa.Array]:
    """A method that gives the column instead of nulls."""
    return lambda column, **options: column


def module(kind: plugins.Kind, name: str) -> Any:
    return plugins.load(SHIPPED, kind, name)


BROKEN: list[tuple[str, Any, str, Callable[..., Any], str]] = [
    *((f"method {name}", module("transforms", name), "stage" if contract.load(SHIPPED, name).whole_table else "apply",
       of_batches if contract.load(SHIPPED, name).whole_table else of_column, "")
      for name in contract.names(SHIPPED) if name not in ("suppress", "redact_text")),
    ("method suppress", module("transforms", "suppress"), "apply", of_nulls, ""),
    ("method redact_text", module("transforms", "redact_text"), "apply", of_column, "odd and short, balanced"),
    ("method redact_text", Detector, "detect", of_spans, "spans in odd and short, balanced"),
    *((f"format {name}", module("formats", name), "write", of_what_is_given, "one column") for name in plugins.names(SHIPPED, "formats")),
    *((f"source {name}", module("sources", name), "scan", of_batches, "") for name in plugins.names(SHIPPED, "sources")),
    ("cleaning", cleaning, "clean", of_pairs, ""),
    ("casting", casting, "cast", of_pairs, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "place", "verb", "breaking", "only"), BROKEN, ids=[f"{row[0]} {row[2]}" for row in BROKEN])
def test_one_other_value_is_noticed(
    name: str, place: Any, verb: str, breaking: Callable[..., Any], only: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cases(case: str) -> bool:
        return case.startswith(only)

    written = {**WRITTEN[name], "cases": {case: digest for case, digest in WRITTEN[name]["cases"].items() if cases(case)}}
    monkeypatch.setattr(place, verb, breaking(getattr(place, verb)))
    fault = record.fault(name, written, corpus.made(PARTS[name], cases))
    assert fault is not None
    assert fault.startswith(CHANGED.format(name))


@pytest.mark.parametrize("operation", cleaning._VERBS)
def test_one_other_operation_of_cleaning_is_noticed(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verbs = dict(cleaning._VERBS)
    monkeypatch.setattr(cleaning, "_VERBS", {**verbs, operation: of_pairs(verbs[operation])})
    assert str(record.fault("cleaning", WRITTEN["cleaning"], corpus.made(PARTS["cleaning"]))).startswith(
        CHANGED.format("cleaning")
    )


# -- the record --------------------------------------------------------------------------------------------------------------

MADE = Made(1, {"a": "1", "b": "2"}, {"a": {}, "b": {"rules/x.csv": "d"}})
BEFORE = record.entry(MADE)
JUDGED: list[tuple[str, dict[str, Any], str | None, bool]] = [
    ("nothing changed", {}, None, True),
    ("an output", {"cases": {"a": "9", "b": "2"}}, f"{CHANGED.format('it')} (a)", False),
    ("an output, under a new version", {"cases": {"a": "9", "b": "2"}, "version": 2}, "it has a new VERSION: run `make golden`", True),
    ("nothing but the version", {"version": 2}, "it has a new VERSION: run `make golden`", True),
    ("the version goes back", {"version": 0}, "it went back to VERSION 0: give it one above 1, then run `make golden`", False),
    ("a content file", {"files": {"a": {}, "b": {"rules/x.csv": "e"}}}, "it stands on what changed, rules/x.csv: run `make golden`", True),
    ("a content file and the output on it", {"files": {"a": {}, "b": {"rules/x.csv": "e"}}, "cases": {"a": "1", "b": "9"}},
     "it stands on what changed, rules/x.csv: run `make golden`", True),
    ("a content file and another output", {"files": {"a": {}, "b": {"rules/x.csv": "e"}}, "cases": {"a": "9", "b": "9"}}, f"{CHANGED.format('it')} (a)", False),
    ("a case more", {"cases": {"a": "1", "b": "2", "c": "3"}, "files": {"a": {}, "b": {"rules/x.csv": "d"}, "c": {}}}, "it has other cases: run `make golden`", True),
    ("a case less", {"cases": {"b": "2"}, "files": {"b": {"rules/x.csv": "d"}}}, "it has other cases: run `make golden`", True),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told", "may_be_written"), [row[1:] for row in JUDGED], ids=[row[0] for row in JUDGED])
def test_what_is_a_fault_and_what_may_be_written(
    change: dict[str, Any], told: str | None, may_be_written: bool, tmp_path: Path
) -> None:
    path, now = tmp_path / "golden.json", dataclasses.replace(MADE, **change)
    assert record.write({"it": MADE}, path) == ["it"]
    assert record.fault("it", record.read(path)["it"], now) == told
    text = path.read_text("utf-8")
    if may_be_written:
        assert record.write({"it": now}, path) == ([] if told is None else ["it"])
        assert record.fault("it", record.read(path)["it"], now) is None
    else:
        with pytest.raises(ValueError, match="VERSION"):
            record.write({"it": now, "new": MADE}, path)
        assert path.read_text("utf-8") == text


def test_a_part_without_a_golden_is_a_fault_and_is_written(tmp_path: Path) -> None:
    assert record.fault("it", None, MADE) == "it has no golden: run `make golden`"
    assert record.write({"it": MADE}, tmp_path / "golden.json") == ["it"]


def test_a_part_that_is_gone_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "golden.json"
    record.write({"it": MADE, "gone": MADE}, path)
    assert record.write({"it": MADE}, path) == ["gone"]
    assert set(record.read(path)) == {"it"}


def test_a_digest_written_by_hand_is_a_fault() -> None:
    assert record.fault("it", {**BEFORE, "digest": "0" * 64}, MADE) == "it has other cases: run `make golden`"


@pytest.mark.parametrize("name", ["method keep", "source file", "format jsonl", "cleaning", "casting"])
def test_a_new_version_asks_for_a_new_golden(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    title, _, word = name.partition(" ")
    kinds: dict[str, plugins.Kind] = {title: kind for kind, title in TITLES.items()}
    place: Any = {"cleaning": cleaning, "casting": casting}.get(name) or module(kinds[title], word)
    monkeypatch.setattr(place, "VERSION", place.VERSION + 1)
    made = corpus.made(corpus.parts()[name])
    assert record.fault(name, WRITTEN[name], made) == f"{name} has a new VERSION: run `make golden`"
    assert record.refused(WRITTEN, {name: made}) == []


# -- other processors ----------------------------------------------------------------------------------------------------------

AGAIN = """
from tests.golden import corpus, record
written = record.read()
faults = [record.fault(name, written.get(name), corpus.made(part)) for name, part in corpus.parts().items()]
print(*filter(None, faults), sep="\\n", end="")
"""


@pytest.mark.slow
def test_a_plainer_processor_gives_the_same() -> None:
    """Without the instructions that Arrow, numpy and the C library choose by the processor they find."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__  # type: ignore[import-untyped]

    newer = " ".join(each for each in __cpu_dispatch__ if __cpu_features__.get(each))
    plain = {"NPY_DISABLE_CPU_FEATURES": newer, "ARROW_USER_SIMD_LEVEL": "NONE", "OPENBLAS_CORETYPE": "Prescott",
             "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F", "OMP_NUM_THREADS": "1"}  # fmt: skip
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", AGAIN], capture_output=True, text=True, cwd=root, env={**os.environ, **plain}
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr[-2000:]
