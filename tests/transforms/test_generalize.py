from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import ConfigError
from gongkai.project import SHIPPED, Project

generalize = plugins.load(SHIPPED, "transforms", "generalize")
EDUCATION = Path(__file__).parents[2] / "rules/hierarchies/education.csv"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A city's own file."""
    path = tmp_path / "rules/hierarchies/job.csv"
    path.parent.mkdir(parents=True)
    path.write_text("教师;教育;*\n医生;卫生;*\n护士;卫生;*\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("given", "level", "expected"),
    [
        ("博士研究生毕业", 1, "研究生教育"),
        ("11", 1, "研究生教育"),
        ("28", 1, "大学本科教育"),
        ("大专", 1, "大学专科教育"),
        ("大专", 2, "高等教育"),
        ("47", 2, "高中阶段教育"),
        ("普通高中", 3, "高中及以下"),
        ("文盲", 1, "小学以下"),
        ("90", 3, "其他"),
        ("29", 1, "****"),
        ("大专 ", 1, "****"),
        ("****", 1, "***"),
        ("", 1, ""),
        (None, 1, None),
    ],
    ids=str,
)
def test_education(given: str | None, level: int, expected: str | None) -> None:
    assert generalize.apply(pa.array([given], pa.string()), hierarchy="education", level=level).to_pylist() == [expected]


def test_every_level_of_education_joins_groups_of_the_one_before() -> None:
    rows = [line.split(";") for line in EDUCATION.read_text(encoding="utf-8").splitlines()]
    assert len({row[0] for row in rows}) == len(rows)
    groups = [len({row[level] for row in rows}) for level in range(4)]
    assert groups == sorted(groups, reverse=True)
    assert groups[1:] == [9, 4, 3]


def test_codes_say_what_their_names_say() -> None:
    first = [code for code in range(10, 91, 10) if code != 50]
    names = ["研究生教育", "大学本科教育", "大学专科教育", "中等职业教育", "普通高级中学教育", "初级中学教育", "小学教育", "其他"]
    codes = pa.array([str(code) for code in first])
    assert generalize.apply(codes, hierarchy="education", level=1).to_pylist() == names


def test_a_file_of_the_citys_own_is_read_again_when_it_changes(own: Path) -> None:
    column = pa.array(["医生", "护士", "律师"])
    first = Project.at(own.parents[2])
    assert generalize.apply(column, hierarchy="job", level=1, project=first).to_pylist() == ["卫生", "卫生", "****"]
    own.write_text("医生;卫生;*\n律师;法律;*\n", encoding="utf-8")
    then = Project.at(own.parents[2])
    assert generalize.apply(column, hierarchy="job", level=1, project=then).to_pylist() == ["卫生", "****", "法律"]


@pytest.mark.parametrize(
    "text",
    ["医生;卫生\n护士\n", "医生;卫生\n医生;教育\n", "a;x;m\nb;x;n\nc;y;n\n", ""],
    ids=["ragged", "a value twice", "two parents", "nothing"],
)
def test_a_wrong_file_is_refused_without_its_values(own: Path, text: str) -> None:
    own.write_text(text, encoding="utf-8")
    with pytest.raises((ConfigError, ValueError)) as refused:
        generalize.apply(pa.array([], pa.string()), hierarchy="job", level=1, project=Project.at(own.parents[2]))
    assert "rules/hierarchies/job.csv" in str(refused.value)
    assert not any(word in str(refused.value) for word in ("医生", "护士", "卫生", "教育"))


@pytest.mark.parametrize(("hierarchy", "level"), [("nowhere", 1), ("education", 0), ("education", 4), ("../education", 1)])
def test_refused(hierarchy: str, level: int) -> None:
    with pytest.raises(ValueError, match=r"no file rules/hierarchies|levels 1 to 3"):
        generalize.apply(pa.array(["本科"]), hierarchy=hierarchy, level=level)
    with pytest.raises(ValueError, match=r"no file rules/hierarchies|levels 1 to 3"):
        generalize.reveals("EDUCATION", hierarchy=hierarchy, level=level)


def test_reveals_the_level() -> None:
    assert generalize.reveals("EDUCATION", hierarchy="education", level=2) == Disclosure(Form.COARSE, parts=frozenset({"level2"}))
