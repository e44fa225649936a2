"""The risk report: what stands on it in each case, in both languages, and that its plots are of the numbers."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from gongkai.assessment import linkage, page, plots, rows, wording
from gongkai.quality import page as quality_page
from gongkai.risk import level, models, population
from gongkai.risk.classes import Classes

CANARY = "<script>alert('{0}')</script>&\"%s"
SMALL = ((1, 3), (4, 2), (20, 2), (31, 1), (700, 1))
LARGE = ((20, 4), (35, 2))
JOIN = {
    "kind": "join",
    "action": "warn",
    "others": ["低保对象 (mzj-db)"],
    "zh": "有 12 人一一对应",
    "en": "12 persons match exactly one",
    "count": 12,
}
COMPLEMENT = {**JOIN, "kind": "complement", "action": "block", "zh": "候选只剩 32 个", "en": "32 numbers stand behind one"}
DIVERSE = {"name": "病种", "values": 9, "distance": "equal", "l_distinct": 1, "l_entropy": 1.0, "t": 0.4821}
ANONYMIZED = {
    "rows": 1000,
    "suppressed": 12,
    "classes": 9,
    "smallest": 20,
    "loss": 0.4123,
    "nodes": 1280,
    "evaluated": 40,
    "columns": {"出生年月": {"level": "year", "levels": ["month", "year", "*"], "loss": 0.5, "unfit": 3}},
}
PHONE = {
    "identifier": "phone",
    "title": "手机号码",
    "subject": "申请人",
    "columns": ["电话"],
    "characters": "1-3, 8-11",
    "beside": ["区划"],
    "least": 3,
    "most": 30_000,
    "wanted": 20,
    "reasoning": [{"zh": "一个地级市约 300 个", "en": "about 300 in a prefecture"}],
}


def of_rows(sizes: Sequence[tuple[int, int]], *, k: int = 20, people: int | None = None, withheld: int = 0) -> dict[str, Any]:
    """The record of rows with classes of these sizes."""
    units = sum(size * classes for size, classes in sizes)
    thresholds = tuple(sorted({2, 3, 5, 10, 20, k}))
    classes = Classes("person", units + withheld, units, tuple(sizes), thresholds=thresholds, withheld=withheld)
    most = 1 / k if k > 1 else 0.05
    return {
        "demand": {"k": k, "l": 2, "t": 0.3, "suppress": 0.05},
        "classes": classes.document(),
        "withheld": withheld / max(classes.rows, 1),
        "diversity": {"l_distinct": 1, "l_entropy": 1.0, "t": 0.4821, "columns": [DIVERSE]},
        "attackers": models.attack(sizes, threshold=most, population=people).document(),
        "population": None if people is None else population.estimate(sizes, people).document(),
        "level": level.grade(classes, class_threshold=most).document(),
        "blocking": [{"column": "出生年月", "k_without": 35}],
    }


def reason(rule: str, *, message: str = "…", column: str | None = None, count: int | None = None) -> dict[str, Any]:
    return {"rule": rule, "message": message, "column": column, "count": count}


def document(**parts: Any) -> dict[str, Any]:
    """A record that passes, but for ``parts``."""
    return {
        "dataset": {"code": "mzj-yljz", "title": "医疗救助对象", "opening": "unconditional"},
        "verdict": "refuse" if parts.get("reasons") else "pass",
        "reasons": [],
        "roles": {
            "quasi": {"出生年月": "DATE_OF_BIRTH", "电话": "PHONE"},
            "sensitive": {"病种": "HEALTH"},
            "direct": ["电话"],
            "aside": ["备注"],
        },
        "rows": of_rows(LARGE),
        "identifiers": [],
        "together": [],
        "utility": {},
        "table": {},
        "methods": {},
        **parts,
    }


REFUSED = document(
    reasons=[
        reason("risk.k", count=1104),
        reason("risk.l", column="病种"),
        reason("risk.t", column="病种"),
        reason("risk.suppressed", count=70),
        reason("risk.complement", message=COMPLEMENT["en"]),
    ],
    rows=of_rows(SMALL, people=20_000, withheld=70),
    identifiers=[PHONE],
    together=[COMPLEMENT, JOIN],
    utility={
        "出生年月": {"kept": 0.5234, "hidden": 0.021, "moved": None},
        "金额": {"kept": 1.0, "hidden": 0.0, "moved": 0.0131},
    },
    table={"k_anonymize": ANONYMIZED, "other": {"groups": 3}},
    methods={"k_anonymize": "K匿名"},
)
NOBODY = document(
    rows=None,
    roles={"quasi": {}, "sensitive": {}, "direct": [], "aside": []},
    utility={"名称": {"kept": 1.0, "hidden": 0.0, "moved": None}},
)
EVERY = ["verdict", "level", "sizes", "attackers", "identifiers", "together", "roles"]
CASES: list[tuple[str, dict[str, Any], list[str], str]] = [
    ("refused", REFUSED, ["verdict", "reasons", "level", "sizes", "attackers", "population", "identifiers", "together", "utility", "roles"], "不予发布"),
    ("passed", document(), EVERY, "达到政策的全部要求"),
    ("warned", document(together=[JOIN]), EVERY, "没有阻断发布的风险，有 1 项提示"),
    ("about nobody", NOBODY, ["verdict", "nobody"], "没有关于个人的数据项"),
    ("nothing to look up by", document(roles={"quasi": {}, "sensitive": {"病种": "HEALTH"}, "direct": [], "aside": []}), ["verdict", "level", "identifiers", "together", "roles"], "准予发布"),
    ("no rows", document(rows=of_rows(())), ["verdict", "level", "identifiers", "together", "roles"], "准予发布"),
    ("everybody in the data", document(rows=of_rows(SMALL, people=782)), ["verdict", "level", "sizes", "attackers", "population", "identifiers", "together", "roles"], "准予发布"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "sections", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_case_has_its_sections(record: dict[str, Any], sections: list[str], words: str) -> None:
    text = page.render(record)
    assert [element.get("id") for element in html.fromstring(text).iter("section")] == sections
    assert words in text


class _Tags(HTMLParser):
    """Collects tags that stay open, those there are, and every address a page would fetch."""

    VOID = frozenset({"meta", "input", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href", "action", "srcset")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("record", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_the_page_is_whole_and_needs_nothing_else(record: dict[str, Any]) -> None:
    text = page.render(record)
    tags = _Tags()
    tags.feed(text)
    assert tags.open == [] and tags.addresses == []
    assert tags.seen.isdisjoint({"script", "link", "img", "iframe", "object", "a"})
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    outside = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|url\(|@import|javascript", outside)


@pytest.mark.parametrize("text", [*(page.render(case[1]) for case in CASES), page.render_all([REFUSED, NOBODY], [JOIN])])
def test_both_languages_are_complete(text: str) -> None:
    """Whoever switches one language off still reads everything: what is in one stands beside the same in the other."""
    root = html.fromstring(text)
    chinese, english = (root.xpath(f"//*[@class='{language}']") for language in ("zh", "en"))
    assert len(chinese) == len(english) > 5
    for zh, en in zip(chinese, english, strict=True):
        assert zh.getnext() is en
        assert zh.text_content().strip() and en.text_content().strip()


def test_why_it_is_refused_and_what_would_help() -> None:
    text = html.fromstring(page.render(REFUSED)).get_element_by_id("reasons").text_content()
    for words in (
        "有 1,104 人所在的等价类不足 20 人，最小的只有 1 人", "Of the persons, 1,104 share their quasi-identifiers with fewer than 20",
        "“出生年月”（去掉后最小等价类为 35）", "出生年月 (without it the smallest class has 35)",
        "只出现 1 种取值，要求不少于 2 种", "相差 0.482，上限为 0.3", "8.22% 的行", "候选只剩 32 个。", "32 numbers stand behind one.",
    ):  # fmt: skip
        assert words in text


def test_every_reason_there_is_has_its_words() -> None:
    """What ``rows`` and ``together`` may give as a reason is explained in both languages, with what would help."""
    given = set(re.findall(r'Reason\("(risk\.[a-z]+)"', Path(rows.__file__).read_text("utf-8")))
    kinds = set(re.findall(r'Linkage\(\s*"([a-z]+)"', Path(linkage.__file__).read_text("utf-8")))
    assert kinds == wording.KINDS.keys() and len(given) == 4
    for rule in [*given, *(f"risk.{kind}" for kind in kinds)]:
        words = wording.explain(reason(rule, message="it is.", column="病种", count=1), REFUSED, {})
        assert all((words.zh, words.en, words.zh_remedy, words.en_remedy))
        assert not re.search(r"[{}]", words.zh + words.en + words.zh_remedy + words.en_remedy)


def test_numbers_are_written_for_people() -> None:
    text = html.fromstring(page.render(REFUSED)).text_content()
    for words in (
        "3–30,000",
        "要求 ≥ 20",
        "characters 1-3, 8-11 show",
        "52.34%",
        "0.013",
        "Of 1,280 combinations",
        "41.23%",
        "12 rows suppressed (1.2%)",
    ):
        assert words in text
    assert not re.search(r"\d\.\d{5,}|None|Undefined|nan", text)


def test_a_name_of_a_column_is_a_name_and_nothing_else() -> None:
    record = document(
        dataset={"code": "a", "title": CANARY, "opening": "conditional"},
        reasons=[reason("risk.l", column=CANARY), reason("risk.new", message=CANARY)],
        roles={"quasi": {CANARY: CANARY}, "sensitive": {CANARY: CANARY}, "direct": [], "aside": [CANARY]},
        together=[{**JOIN, "kind": CANARY, "others": [CANARY], "zh": CANARY, "en": CANARY}],
        identifiers=[{**PHONE, "title": CANARY, "columns": [CANARY], "beside": [CANARY], "subject": CANARY}],
        utility={CANARY: {"kept": None, "hidden": None, "moved": None}},
        table={"k_anonymize": {**ANONYMIZED, "columns": {CANARY: {"level": CANARY, "levels": [CANARY], "loss": 0, "unfit": 0}}}},
        titles={CANARY: CANARY},
        release=CANARY,
    )  # fmt: skip
    text = page.render(record)
    assert "<script" not in text
    assert html.fromstring(text).text_content().count(CANARY) > 12


def test_titles_stand_for_the_names_of_columns() -> None:
    text = page.render({**REFUSED, "titles": {"出生年月": "出生的年和月"}})
    assert "<b>出生的年和月</b> <code>出生年月</code>" in text
    assert "“出生的年和月”（去掉后最小等价类为 35）" in text


def test_the_style_is_that_of_the_check_report() -> None:
    style = (Path(quality_page.__file__).parent / "templates" / "style.css").read_text("utf-8")
    assert style in page.render(document())


# -- plots


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in etree.fromstring(svg).iter("{*}text")]


def bars(svg: str, colour: str) -> int:
    return len(etree.fromstring(svg).xpath(f"//*[local-name()='path'][contains(@style, 'fill: {colour}')]"))


def drawn() -> dict[str, str]:
    record = of_rows(SMALL, people=20_000)
    return {
        "sizes": plots.class_sizes(record),
        "attackers": plots.attackers(record["attackers"]),
        "uniqueness": plots.uniqueness(record["population"]),
    }


@pytest.mark.parametrize("name", ["sizes", "attackers", "uniqueness"])
def test_a_plot_is_small_and_brings_nothing_along(name: str) -> None:
    svg = drawn()[name]
    root = etree.fromstring(svg)
    assert len(svg) < 30_000
    assert {etree.QName(element).localname for element in root.iter()} == {"svg", "path", "text", "tspan"}
    assert not root.xpath("//@id") and not root.xpath("//*[@transform]")
    assert "font-family" not in svg and "matplotlib" not in svg.lower()
    assert root.get("role") == "img" and len(str(root.get("aria-label"))) > 10


def test_the_same_numbers_give_the_same_bytes() -> None:
    first = drawn()
    with matplotlib.rc_context({"svg.fonttype": "path", "font.size": 30, "lines.linewidth": 9, "font.family": "monospace"}):
        assert drawn() == first


def test_the_threshold_parts_classes_that_are_too_small_from_the_others() -> None:
    svg = plots.class_sizes(of_rows(SMALL, k=5))
    assert (bars(svg, plots.BAD), bars(svg, plots.BLUE)) == (2, 2)
    assert [text for text in texts(svg) if text[0].isdigit() or text.startswith("k")] == [
        "1", "3 · 0.38%", "2", "0", "3–4", "8 · 1.02%", "k = 5", "5–9", "0", "10–19", "0",
        "20–50", "71 · 9.08%", "51–100", "0", "101–200", "0", "201–500", "0", "501–1,000", "700 · 89.51%",
    ]  # fmt: skip


@pytest.mark.parametrize("k", [1, 2000])
def test_no_line_where_nothing_is_asked_or_everything_is_too_small(k: int) -> None:
    svg = plots.class_sizes(of_rows(SMALL, k=k))
    assert not any(text.startswith("k =") for text in texts(svg))
    assert bool(bars(svg, plots.BLUE)) == (k == 1) and bool(bars(svg, plots.BAD)) == (k > 1)


SIZES = st.dictionaries(st.integers(1, 400_000) | st.integers(1, 60), st.integers(1, 50), min_size=1, max_size=30)


@given(SIZES, st.integers(1, 200))
def test_bands_part_all_units_and_begin_at_k(found: Mapping[int, int], k: int) -> None:
    sizes = tuple(sorted(found.items()))
    classes = Classes("row", 0, 0, sizes, thresholds=(2, 3, 5, 10, 20, k))
    made = plots.bands(classes.document(), k)
    assert sum(band.units for band in made) == classes.units
    assert [band.low for band in made[1:]] == [int(band.high or 0) + 1 for band in made[:-1]] and made[0].low == 1
    for band in made:
        stop = 10**9 if band.high is None else band.high
        assert band.units == sum(size * many for size, many in sizes if band.low <= size <= stop)
    assert sum(band.units for band in made if band.low < k) == classes.below(k)


def test_the_attackers_are_held_against_the_threshold() -> None:
    svg = plots.attackers(models.attack(SMALL, threshold=0.05, population=20_000).document())
    shown = texts(svg)
    assert "≤ 5%" in shown and "检察官 Prosecutor" in shown
    assert [text for text in shown if text.endswith("%") and text[0].isdigit()] == ["100%", "1.15%", "3.91%", "0.04%", "0.04%"]
    assert (bars(svg, plots.BAD), bars(svg, plots.BLUE), bars(svg, plots.PALE)) == (1, 1, 3)


def test_uniqueness_is_counted_in_people_of_the_file() -> None:
    sizes = ((1, 40), (2, 30), (5, 20))
    found = population.estimate(sizes, 20_000)
    shown = texts(plots.uniqueness(found.document()))
    assert shown[:4] == ["数据中 in the data", "40", "Pitman", f"{found.expected:,.0f}"]


# -- the catalogue


def test_the_catalogue_leads_to_every_dataset_the_worst_first() -> None:
    generator = random.Random(7)
    failed = {"dataset": {"code": "f", "title": CANARY, "opening": "conditional"}, "verdict": "failed",
              "reasons": [reason("risk.failed", message=f"store.damaged: {CANARY}")], "rows": None, "together": []}  # fmt: skip
    records = [
        failed,
        {**REFUSED, "dataset": {**REFUSED["dataset"], "code": "r"}},
        {**document(), "dataset": {**REFUSED["dataset"], "code": "p"}},
        NOBODY,
    ]
    codes = ["f", "r", "p", "mzj-yljz"]
    for _ in range(3):
        text = page.render_all(generator.sample(records, 4), [JOIN])
        body = html.fromstring(text).get_element_by_id("datasets")
        assert [code.text for code in body.iter("code")] == codes
    assert body.xpath(".//a/@href") == ["r/risk.html", "p/risk.html", "mzj-yljz/risk.html"]
    assert "需要处理" in text and "Attention needed: 2" in text and "<script" not in text
    assert "12 persons match exactly one." in html.fromstring(text).get_element_by_id("together").text_content()
    cells = [" ".join(cell.text_content().split()) for cell in body.xpath(".//tr[td][2]/td")]
    assert cells[3] == "1 / 20 人persons" and cells[4:] == ["5", "1"]


def test_an_empty_catalogue_says_so() -> None:
    text = page.render_all([], [])
    assert "没有已发布的数据集" in text and "None do." in text
