"""Known sentences, offsets, and independence of the texts from each other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.text import ner


def _people(tagger: ner.Tagger, text: str) -> list[str]:
    return [text[span.start : span.end] for span in tagger.tag([text])[0] if span.entity == "PERSON"]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("市民王建国来电反映小区停车难。", ["王建国"]),
        ("我叫欧阳雪梅，是本村村民。", ["欧阳雪梅"]),
        ("古丽娜尔·买买提反映学校乱收费。", ["古丽娜尔·买买提"]),
        ("业主陈思远、周敏联名反映电梯故障。", ["陈思远", "周敏"]),
        ("请回复张女士，关于社保转移的问题。", ["张"]),
        ("请联系Michael Johnson先生，办理工作许可。", ["Michael Johnson"]),
        ("联系人：郑文斌　手机：139 1234 5678", ["郑文斌"]),
        ("钱学文 男 汉族 1962年5月出生", ["钱学文"]),
        ("举报沿街商铺占道经营，油烟扰民。", []),
        ("咨询新生儿落户需要携带哪些材料。", []),
    ],
)
def test_people_in_known_sentences(tagger: ner.Tagger, text: str, people: list[str]) -> None:
    assert _people(tagger, text) == people


def test_places_and_organisations(tagger: ner.Tagger) -> None:
    found = {(text_entity[0], text_entity[1]) for text_entity in _told(tagger, "他毕业于北京大学，后来在苏州工作。")}
    assert {("北京大学", "ORGANIZATION"), ("苏州", "LOCATION")} <= found


def _told(tagger: ner.Tagger, text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.entity) for span in tagger.tag([text])[0]]


@pytest.mark.parametrize("text", ["", "\n", "\n\n。\n", "plain ascii, 123.", "😀🎉", "12345", "。", " ", "\u3000", "\x00", "\ud800", "a" * 300])
def test_texts_that_hold_nobody(tagger: ner.Tagger, text: str) -> None:
    assert [span for span in tagger.tag([text])[0] if span.entity == "PERSON"] == []


def test_no_texts(tagger: ner.Tagger) -> None:
    assert tagger.tag([]) == []
    assert tagger.tag(["", ""]) == [[], []]


@pytest.mark.parametrize("before", ["😀", "𠮷野家门口，", "ＡＢＣ１２３，", "\n\n", "好。" * 200, "\u200b"])
def test_offsets_are_those_of_the_text_as_given(tagger: ner.Tagger, before: str) -> None:
    text = f"{before}市民王建国来电反映路灯不亮。"
    *_, span = (span for span in tagger.tag([text])[0] if span.entity == "PERSON")
    assert (span.start, span.end) == (len(before) + 2, len(before) + 5)
    assert text[span.start : span.end] == "王建国"


def test_full_width_letters_are_letters(tagger: ner.Tagger) -> None:
    assert tagger.tag(["联系人：Ｍｉｃｈａｅｌ先生。"])[0] == tagger.tag(["联系人:Michael先生."])[0]


def test_a_very_long_text(tagger: ner.Tagger) -> None:
    text = "市民王建国反映，" * 1250
    people = [span for span in tagger.tag([text])[0] if span.entity == "PERSON"]
    assert len(text) == 10_000
    assert sum(text[span.start : span.end] == "王建国" for span in people) > 1100


def test_least_trades_precision_for_recall(tagger: ner.Tagger, dev_texts: list[str]) -> None:
    many, usual, few = (sum(map(len, tagger.tag(dev_texts[:150], least=least))) for least in (0.1, ner.LIKELY, 0.9))
    assert many > usual > few > 0
    assert all(span.score >= 0.899 for spans in tagger.tag(dev_texts[:50], least=0.9) for span in spans)


def test_spans_lie_in_the_text_and_never_overlap(tagger: ner.Tagger, dev_texts: list[str]) -> None:
    for text, spans in zip(dev_texts, tagger.tag(dev_texts, least=0.1), strict=True):
        ends = [0, *(span.end for span in spans)]
        assert all(end <= span.start < span.end <= len(text) for end, span in zip(ends, spans, strict=False))
        assert all(0.1 <= span.score <= 1 for span in spans)


@given(st.data())
@settings(max_examples=10)
def test_spans_do_not_depend_on_batch_or_order(tagger: ner.Tagger, dev_texts: list[str], data: st.DataObject) -> None:
    """Bit for bit: spans, and their scores."""
    chosen = data.draw(st.lists(st.sampled_from(dev_texts), min_size=1, max_size=40))
    whole = tagger.tag(chosen)
    assert tagger.tag(chosen[::-1]) == whole[::-1]
    pick = data.draw(st.integers(0, len(chosen) - 1))
    assert tagger.tag([chosen[pick]]) == [whole[pick]]


@given(st.text(alphabet="王李张建国来电。，！\n ·aZ9😀𠮷", max_size=60))
@settings(max_examples=25)
def test_any_text_is_tagged(tagger: ner.Tagger, text: str) -> None:
    spans = tagger.tag([text, "市民王建国来电。"])[0]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert tagger.tag([text])[0] == spans


def test_the_package_is_read_not_run() -> None:
    code = "import sys; from gongkai.project import SHIPPED; from gongkai.text import ner; ner.load(SHIPPED).tag(['王芳']); print('jieba' in sys.modules, 'socket' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "False"


NOTHING_BESIDE = """
import os
from pathlib import Path
from gongkai.project import SHIPPED
from gongkai.text import ner
def held():
    open_files = [os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return len(os.listdir("/proc/self/task")), sorted(name for name in open_files if "/fd" not in name)
before = held()
found = ner.load(SHIPPED).tag(["市民王建国来电。"] * 3)
print(len(found), held() == before)
"""


def test_the_runtime_opens_no_socket_no_file_and_no_thread(tmp_path: Path) -> None:
    """Some releases of onnxruntime report home from a thread of their own, and keep a diary in the home folder."""
    alone = os.environ | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-c", NOTHING_BESIDE], env=alone, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3", "True"]
    assert list(tmp_path.iterdir()) == []
