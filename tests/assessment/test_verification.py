"""Whole-table methods broken on purpose: what each promises is asked of the staged table by counting, not by its own code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.assessment.conftest import City

from gongkai.assessment import verification, wording
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import ConfigError, DataError
from gongkai.plan import ColumnPlan, Plan, TableStep
from gongkai.project import SHIPPED, Project

CANARY = 13812345678


def column(name: str, method: str, params: dict[str, Any]) -> ColumnPlan:
    treatment = {"type": "integer", "output": "integer", "entity": "NONE", "level": "general_1", "method": method, "params": params}
    return ColumnPlan(name=name, published=name, title=name, clean=(), key=False, shape=None, group="plain",
                      left=Disclosure(Form.ALL), **treatment)  # fmt: skip


def plan(method: str, *columns: str, own: dict[str, dict[str, Any]] | None = None, **params: Any) -> Plan:
    """``own``: the parameters of single columns."""
    made = tuple(column(name, method, (own or {}).get(name, {})) for name in columns)
    return Plan("code", "title", "r", "r", made, (), False, None, steps=(TableStep(method, params, columns),))


def broken(
    tmp_path: Path, made: Plan, *, project: Project = SHIPPED, person: str | None = None, **columns: list[Any]
) -> list[str]:
    path = tmp_path / "staged.parquet"
    pq.write_table(pa.table(columns), path)
    return [str(reason) for reason in verification.broken(project, made, path, person, tmp_path)]


ALIKE = {"born": ["1990"] * 3 + ["****"], "sex": ["男"] * 3 + ["****"]}
MEANS = {"pay": [900, 900, 900, None]}
COUNTS = {"place": ["A", "B", "C"], "people": [0, None, 12]}
DEALT = {"pay": [3, 1, 2]}


@pytest.mark.parametrize(
    ("made", "right", "wrong", "told"),
    [
        (plan("k_anonymize", "born", "sex", k=3), ALIKE, ALIKE | {"sex": ["男", "男", "女", "****"]},
         "kept.k_anonymize: are fewer than the 3 that have to look alike (column born、sex, 3 values)"),
        (plan("microaggregate", "pay", k=3), MEANS, {"pay": [900, 900, 901, None]},
         "kept.microaggregate: are means of fewer than 3 (column pay, 3 values)"),
        (plan("small_cells", "people", by=["place"]), COUNTS, COUNTS | {"people": [0, 4, 12]},
         "kept.small_cells: are counts below 5 (column people, 1 value)"),
        (plan("small_cells", "people", by=["place"], zeros=True), COUNTS | {"people": [None, None, 12]}, COUNTS,
         "kept.small_cells: are counts below 5 (column people, 1 value)"),
        (plan("shuffle", "pay", least=3), DEALT, {"pay": [2, 1]},
         "kept.shuffle: are fewer rows than the 3 to deal among (column pay, 2 values)"),
    ],
    ids=["k_anonymize", "microaggregate", "small_cells", "small_cells zeros", "shuffle"],
)  # fmt: skip
def test_each_is_held_to_its_word(tmp_path: Path, made: Plan, right: dict[str, Any], wrong: dict[str, Any], told: str) -> None:
    assert broken(tmp_path, made, **right) == []
    assert broken(tmp_path, made, **wrong) == [told]


def test_who_looks_alike_is_counted_in_persons_where_the_run_knows_them(tmp_path: Path) -> None:
    made, rows = plan("k_anonymize", "sex", k=3), {"sex": ["男"] * 3, "who": ["a", "a", "b"]}
    assert broken(tmp_path, made, **rows) == []
    assert broken(tmp_path, made, person="who", **rows) == [
        "kept.k_anonymize: are fewer than the 3 that have to look alike (column sex, 2 values)"
    ]


def test_a_small_amount_is_about_nobody_in_particular(tmp_path: Path) -> None:
    made = plan("small_cells", "people", "money", own={"money": {"holds": "amount"}}, by=["place"])
    assert broken(tmp_path, made, place=["A", "B"], people=[12, None], money=[3, None]) == []
    assert len(broken(tmp_path, made, place=["A", "B"], people=[3, None], money=[3, None])) == 1


def test_no_rows_break_no_promise(tmp_path: Path) -> None:
    for method, params in (("k_anonymize", {"k": 3}), ("microaggregate", {}), ("shuffle", {}), ("small_cells", {"by": ["pay"]})):
        assert broken(tmp_path, plan(method, "pay", **params), pay=[]) == []


# -- a city's own -------------------------------------------------------------------------------------------------------

DEAL = '''"""deal 发牌: rows are dealt again."""
from dataclasses import dataclass
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import Reason
TITLE = "发牌"
VERSION = 1
TYPES = frozenset({"integer"})
@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    highest: int = 9
    """No card above it is dealt."""
    def __post_init__(self):
        if self.highest < 1:
            raise ValueError("highest is 1 or more")
def stage(batches, params, treatment):
    yield from batches
def output(type, *, suit: str = ""):
    return type
def reveals(entity, *, suit: str = ""):
    return Disclosure(Form.COARSE)
'''
BROKEN = '''
def broken(params, columns, staged):
    for name in columns:
        if above := staged.count(name, f"> {params.highest}"):
            yield Reason("deal.too_high", f"are above {params.highest} of {staged.rows}", name, above)
'''


@pytest.fixture
def own(home: Path) -> Callable[[str], Project]:
    """A city with a whole-table method of its own, which says this."""

    def write(text: str) -> Project:
        folder = home / "transforms"
        folder.mkdir(exist_ok=True)
        (folder / "deal.py").write_text(text, "utf-8")
        return Project.at(home)

    return write


def test_a_city_s_own_is_held_to_its_word(own: Callable[[str], Project], tmp_path: Path) -> None:
    project, made = own(DEAL + BROKEN), plan("deal", "card")
    assert broken(tmp_path, made, project=project, card=[1, 9, None]) == []
    assert broken(tmp_path, made, project=project, card=[1, 10, 11]) == ["deal.too_high: are above 9 of 3 (column card, 2 values)"]
    assert broken(tmp_path, plan("deal", "card", highest=11), project=project, card=[1, 10, 11]) == []


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        (f"int('{CANARY}a')", "ValueError"),
        (f"{{}}[{CANARY}]", "KeyError"),
        ("staged.path_of_it", "AttributeError"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_one_that_cannot_say_stops_without_a_value(own: Callable[[str], Project], tmp_path: Path, word: str, kind: str) -> None:
    project = own(f"{DEAL}\ndef broken(params, columns, staged):\n    yield {word}\n")
    with pytest.raises(DataError) as stopped:
        broken(tmp_path, plan("deal", "card"), project=project, card=[CANARY])
    assert str(stopped.value) == f"method.failed: method deal could not be held to its word ({kind}) (column card)"
    assert stopped.value.__cause__ is None


def test_one_asks_in_vain_for_what_is_no_condition(own: Callable[[str], Project], tmp_path: Path) -> None:
    project = own(DEAL + BROKEN.replace("> {params.highest}", "> {params.highest} ++"))
    with pytest.raises(DataError, match=r"^risk\.failed: the file could not be measured \(ParserException\)$"):
        broken(tmp_path, plan("deal", "card"), project=project, card=[CANARY])


CARDS = [{"name": "place", "entity": "NONE", "method": "keep"}, {"name": "card", "entity": "NONE", "type": "integer", "method": "deal"}]


def allowed(city: City) -> None:
    """Under a policy that knows the method."""
    city.policy((r"\[keep, mask,", "[deal, keep, mask,"))


def test_a_city_s_own_is_refused_with_its_own_rule(city: City, own: Callable[[str], Project]) -> None:
    own(DEAL + BROKEN)
    allowed(city)
    city.dataset("cards", CARDS, table={"deal": {"highest": 12}})
    city.rows("cards", [{"place": "A", "card": value} for value in (1, 12, 3)])
    assert city.run("cards").verdict == "published"
    city.rows("cards", [{"place": "A", "card": value} for value in (1, 13, 3)])
    outcome = city.run("cards")
    assert (outcome.verdict, outcome.exit_code) == ("refused", 3)
    assert list(outcome.reasons) == ["deal.too_high: are above 12 of 3 (column card, 1 value)"]


def test_one_that_does_not_say_how_it_is_checked_is_no_method(city: City, own: Callable[[str], Project]) -> None:
    allowed(city)
    for text, told in (
        (DEAL, "columns[1].method: deal does not say how its word is checked; add broken(params, columns, staged) to it"),
        (DEAL.replace("class Params", "class Params_") + BROKEN, "columns[1].method: deal has no Params; see CONTRIBUTING.md"),
    ):
        own(text)
        with pytest.raises(ConfigError) as refused:
            city.dataset("cards", CARDS)
        assert [f"{fault.key}: {fault.problem}; {fault.remedy}" for fault in refused.value.faults] == [told]


def test_its_own_word_on_its_parameters_is_a_fault(city: City, own: Callable[[str], Project]) -> None:
    own(DEAL + BROKEN)
    allowed(city)
    for table, key, told in (
        ({"highest": 0}, "table.deal", "highest is 1 or more; see the parameters of deal"),
        ({"hihgest": 9}, "table.deal.hihgest", "no such parameter; did you mean 'highest'?"),
    ):
        with pytest.raises(ConfigError) as refused:
            city.dataset("cards", CARDS, table={"deal": table})
        assert [(fault.key, f"{fault.problem}; {fault.remedy}") for fault in refused.value.faults] == [(key, told)]


def test_it_is_explained() -> None:
    reason = {"rule": "kept.k_anonymize", "message": "…", "column": "born", "count": 3}
    words = wording.explain(reason, {"rows": None, "together": []}, {"born": "出生"})
    assert "出生，3 项" in words.zh
    assert words.zh_remedy
    assert words.en_remedy


def test_a_city_s_own_rule_is_told_in_its_own_words() -> None:
    reason = {"rule": "deal.too_high", "message": "are above 9 of 3", "column": "card", "count": 2}
    assert "are above 9 of 3" in wording.explain(reason, {"rows": None, "together": []}, {}).zh.lower()
