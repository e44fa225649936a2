"""The whole engine: what it does to every text alike, and how well it does on labelled ones."""

from __future__ import annotations

import json
import logging
import random
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.project import SHIPPED
from gongkai.text import Detector, Span, config, detector
from gongkai.text.config import NAMED
from gongkai.text.evaluate import TYPES, Evaluation, Score

STRICT = config.load(SHIPPED, "strict")
DATA = Path(__file__).parents[1] / "data" / "zh_ner"
PIECES = ["王建国", "电话", "１３８１２３４５６７８", "11010519491231002X", "㎡", "⑩", "😀", "\u200b", "\n", "，", "住朝阳区建国路88号", "微信号ab_cde8", " ", "京A12345"]  # fmt: skip


def rows(*names: str) -> list[dict[str, Any]]:
    return [json.loads(line) for name in names for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def evaluated(finder: Detector, labelled: Iterable[dict[str, Any]]) -> dict[str, Score]:
    evaluation = Evaluation()
    texts = list(labelled)
    for row, spans in zip(texts, finder.detect([row["text"] for row in texts]), strict=True):
        evaluation.add([Span(it["start"], it["end"], TYPES.get(it["type"], it["type"]), 1.0) for it in row["spans"]], spans)
    return evaluation.scores


@pytest.fixture(scope="module")
def finder() -> Detector:
    return detector(SHIPPED, config.load(SHIPPED, "balanced"))


def test_names_numbers_and_addresses_of_service_texts(finder: Detector) -> None:
    scores = evaluated(finder, rows("hotline_synth"))
    assert scores["PERSON"].f1 >= 0.95
    assert scores["ADDRESS"].exact >= 11
    assert scores["ADDRESS"].precision >= 0.9
    for entity in ("PHONE", "CN_ID_CARD", "BANK_ACCOUNT", "DISABILITY_CERT", "EMAIL", "ID_DOC_NO", "USCC", "VEHICLE_PLATE", "WECHAT"):
        assert scores[entity].f1 == 1.0, entity


def test_strict_overlooks_less() -> None:
    score = evaluated(detector(SHIPPED, STRICT), rows("hotline_synth"))["PERSON"]
    assert score.character_recall >= 0.97
    assert score.recall >= 0.95


@pytest.mark.parametrize("mode", ["balanced", "strict"])
def test_no_identifier_in_news(mode: config.Mode) -> None:
    plain = config.load(SHIPPED, mode).model_copy(update={"ner": "none"})
    texts = [row["text"] for row in rows("uner_gsdsimp_train", "uner_gsdsimp_dev")]
    found = [span.entity for spans in detector(SHIPPED, plain).detect(texts) for span in spans]
    assert [entity for entity in found if entity not in (*NAMED, "ADDRESS")] == []


def test_a_text_has_one_result(finder: Detector) -> None:
    texts = [row["text"] for row in rows("hotline_synth")] + ["", "无", "电话13812345678"]
    expected = finder.detect(texts)
    order = list(range(len(texts)))
    random.Random(1).shuffle(order)
    assert [finder.detect([text])[0] for text in texts[:20]] == expected[:20]
    assert finder.detect([texts[index] for index in order]) == [expected[index] for index in order]
    assert finder.detect(texts + texts) == expected + expected


@given(pieces=st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=12))
@settings(max_examples=30, deadline=None)
def test_spans_are_in_order_and_inside_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    end = 0
    for span in detector(SHIPPED, STRICT).detect([text])[0]:
        assert end <= span.start < span.end <= len(text)
        assert 0 < span.score <= 1
        end = span.end


@pytest.mark.parametrize("front", ["全角：ＡＢＣ，", "50㎡、⑩、½；", "😀😀 ", "\u200b\ufeff\u200b", "e\u0301①"])
def test_indices_are_those_of_the_text_as_given(finder: Detector, front: str) -> None:
    text = f"{front}市民王建国来电，手机号１３８１２３４５６７８。"
    found = {span.entity: text[span.start : span.end] for span in finder.detect([text])[0]}
    assert found["PHONE"] == "１３８１２３４５６７８"
    assert found["PERSON"] == "王建国"


def test_no_text_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("presidio-analyzer", "decision_process", "spacy"):
            caplog.set_level(logging.DEBUG, logger=name)
        detector(SHIPPED, config.load(SHIPPED, "balanced")).detect(["市民欧阳金丝雀来电，电话13812345678，身份证号11010519491231002X"])
    assert not any(part in record.getMessage() for record in caplog.records for part in ("金丝雀", "1381234", "110105"))


def test_presidio_is_quiet_once_built(finder: Detector) -> None:
    logging.getLogger("presidio-analyzer").setLevel(logging.WARNING)
    assert Detector(finder.config, SHIPPED).config == finder.config
    assert logging.getLogger("presidio-analyzer").level == logging.WARNING


OFFLINE = """
import socket
def refuse(*_, **__): raise SystemExit("a socket was opened")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
from gongkai.project import SHIPPED
from gongkai.text import detector
print(len(detector(SHIPPED).detect(["市民王建国来电，邮箱zhang@qq.com，见http://www.gov.cn"])[0]))
"""


@pytest.mark.slow
def test_loading_and_finding_open_no_socket() -> None:
    done = subprocess.run([sys.executable, "-c", OFFLINE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "2"), done.stderr


def test_finding_opens_no_socket(finder: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert finder.detect(["邮箱zhang@qq.com，见http://www.gov.cn"])[0]
