"""``gongkai detect``: spans out, never a text; and the score on labelled texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gongkai.cli import detect
from gongkai.errors import ConfigError

SECRET = "金丝雀13812345678"
HOTLINE = Path(__file__).parents[1] / "data" / "zh_ner" / "hotline_synth.jsonl"


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    detect.register(made)
    made.callback()(lambda: None)
    return made


def run(app: typer.Typer, *arguments: str, given: bytes | None = None) -> str:
    result = CliRunner().invoke(app, ["detect", *arguments], input=given, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def lines(*documents: object) -> bytes:
    return "\n".join(json.dumps(document, ensure_ascii=False) for document in documents).encode()


def test_spans_of_standard_input(app: typer.Typer) -> None:
    given = lines({"id": "a", "text": f"市民王建国，{SECRET}"}, {"id": 2, "text": "无", "more": 1})
    first, second = (json.loads(line) for line in run(app, "-", "--mode", "balanced", given=given + b"\n\n").splitlines())
    assert [first["id"], second] == ["a", {"id": 2, "spans": []}]
    assert {"start": 9, "end": 20, "entity": "PHONE", "score": 0.85} in first["spans"]
    assert [2, 5, "PERSON"] in [[span["start"], span["end"], span["entity"]] for span in first["spans"]]


def test_only_some_entities_into_a_file(app: typer.Typer, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\xef\xbb\xbf" + lines({"id": 1, "text": f"王建国，{SECRET}"}))
    assert run(app, str(source), "--entities", "PHONE,EMAIL", "--output", str(target)) == ""
    assert [span["entity"] for span in json.loads(target.read_text())["spans"]] == ["PHONE"]


def test_many_texts_stay_in_order(app: typer.Typer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "BATCH", 3)
    given = lines(*({"id": number, "text": "电话" * (number % 4) + "13812345678"} for number in range(10)))
    found = [json.loads(line) for line in run(app, "-", given=given).splitlines()]
    assert [(it["id"], it["spans"][0]["start"]) for it in found] == [(number, 2 * (number % 4)) for number in range(10)]


def test_the_score_as_json(app: typer.Typer) -> None:
    scores = json.loads(run(app, str(HOTLINE), "--eval", "--json", "--entities", "PHONE,PERSON"))
    assert set(scores) == {"PHONE", "PERSON"}
    assert scores["PHONE"] == {
        "labelled": 8, "found": 8, "exact": 8, "precision": 1.0, "recall": 1.0, "f1": 1.0, "character_recall": 1.0,
    }  # fmt: skip


BAD = [
    (b'{"id": 1, "text": "ok"}\n{"id": 2, "text": ', "line 2: is not JSON"),
    (b'{"id": 1}', "line 1.*text is missing"),
    (b'{"id": 1, "text": 5}', "line 1.*text is of the wrong type"),
    (b'["13812345678"]', "line 1.*the line is of the wrong type"),
    (b"\xff\xfe", "line 1: is not JSON in UTF-8"),
    ('{"id": 1, "text": "金丝雀", "spans": [{"start": 0, "end": 9, "type": "person"}]}'.encode(), "line 1: a span lies outside"),
    ('{"id": 1, "text": "金丝雀", "spans": [{"start": 0, "end": 3, "type": "persn"}]}'.encode(), "did you mean 'person'"),
]


@pytest.mark.parametrize(("given", "said"), BAD)
def test_a_bad_line_is_named_and_not_quoted(app: typer.Typer, tmp_path: Path, given: bytes, said: str) -> None:
    source = tmp_path / "bad.jsonl"
    source.write_bytes(given)
    with pytest.raises(ConfigError, match=said) as error:
        run(app, str(source), "--eval", "--json")
    assert "金丝雀" not in str(error.value)
    assert "138" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("no-such.jsonl",), "cannot be read"), (("-", "--entities", "PHONES"), "did you mean 'PHONE'")],
)
def test_what_cannot_be_done_is_told(app: typer.Typer, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        run(app, *arguments, given=b"")
