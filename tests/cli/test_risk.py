"""``gongkai risk`` on a small project that was really published: what it writes, what it prints, how it ends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from lxml import html
from tests.conftest import ENTRY, ROWS, City
from typer.testing import CliRunner, Result

from gongkai import lifecycle
from gongkai.assessment.reassessment import published
from gongkai.cli import risk as command
from gongkai.cli._progress import progress
from gongkai.errors import GongkaiError
from gongkai.project import Project, shipped_folder
from gongkai.registry.ledger import Ledger

SECOND = "hrss-none"
VALUES = (
    "11010519491231002X",
    "440308199901101512",
    "欧阳",
    "诸葛",
    "司马",
    "13812345678",
    "13987654321",
    "1000000.10",
    "2024-02-29",
)
TWO_PEOPLE = (
    ("opening: {type: unconditional}", "opening: {type: conditional, conditions: 签订协议}"),
    ("method: pseudonymize}", "method: mask, params: {keep: [6, 0]}, subject: 本人}"),
    ("title: 手机号, entity: PHONE, method: mask, params: {keep: [3, 0]}}", "title: 担保人证号, entity: CN_ID_CARD, method: mask, params: {keep: [0, 4]}, subject: 担保人}"),
    ("{name: 办卡日期, title: 办卡日期, type: date, entity: NONE, method: keep}", "{name: 办卡日期, title: 出生, type: date, entity: DATE_OF_BIRTH, method: generalize_date, params: {to: year}, subject: 本人}"),
)  # fmt: skip
"""One person's first six and birth year, another's last four: no number of anybody's, unless a release is held against itself."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a release of ``hrss-cards`` and a dataset that has none."""
    home = tmp_path_factory.mktemp("city")
    lifecycle.init(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGKAI_HOME", str(home))
        made = City(home)
        made.ask_nothing_of_rows()
        made.write_entry()
        made.write_rows()
        made.register()
        assert made.run().verdict == "published"
        other = made.entry.with_name("none.yml")
        other.write_text(ENTRY.replace(f"code: {made.code}", f"code: {SECOND}"), "utf-8")
        lifecycle.apply(Project.find(), [other])
    return home


@pytest.fixture
def project(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    """A copy of it."""
    home = tmp_path / "home"
    shutil.copytree(city, home, symlinks=True)
    monkeypatch.setenv("GONGKAI_HOME", str(home))
    return City(home)


def call(*words: str) -> Result:
    app = typer.Typer()
    command.register(app)
    app.command("other")(lambda: None)
    return CliRunner().invoke(app, ["risk", *words])


def error(result: Result) -> GongkaiError:
    """What the command line would tell, and end with its exit code."""
    assert isinstance(result.exception, GongkaiError), result.exception
    return result.exception


def texts(home: Path) -> Iterator[str]:
    for path in sorted(home.joinpath("var", "reports").rglob("risk.html")):
        yield path.read_text("utf-8")


def test_a_release_that_is_acceptable(project: City) -> None:
    result = call(project.code)
    assert result.exit_code == 0, result.exception
    page = project.home / "var" / "reports" / project.code / "risk.html"
    lines = result.stdout.splitlines()
    assert lines[-1] == str(page)
    shown = project.published()
    assert shown is not None and lines[0].split("  ")[:3] == [project.code, "社会保障卡持卡信息", shown.release]
    assert ["k", "1 行 rows", ""] in [line.split("\t") for line in lines]
    assert "候选 candidates: 手机号码\t100,000,000\t≥ 20" in lines
    text = page.read_text("utf-8")
    root = html.fromstring(text)
    assert "准予发布" in text and shown.release in text and "<b>手机号</b> <code>手机</code>" in text
    assert "100%" in root.get_element_by_id("utility").text_content(), "the run's own measure of what was lost is kept"


def test_no_value_of_a_row_is_told(project: City) -> None:
    assert all(value in ROWS for value in VALUES)
    told = [call(project.code, "--json").stdout, call("--all").stdout, *texts(project.home)]
    assert len(told) == 4
    assert not [value for value in VALUES for text in told if value in text]


def test_what_the_rules_of_today_refuse_ends_3(project: City) -> None:
    (project.home / "rules" / "policy.yml").unlink()
    result = call(project.code)
    refused = error(result)
    assert refused.exit_code == 3 and str(refused).startswith("risk.k: rows share their quasi-identifiers with fewer than 20")
    assert "k\t1 行 rows\t≥ 20" in result.stdout
    [text] = texts(project.home)
    assert "不予发布" in text and "有 3 行所在的等价类不足 20 行" in text


def test_json_is_the_record_and_where_the_page_is(project: City, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "page.html"
    record: dict[str, Any] = json.loads(call(project.code, "--json", "--output", str(target)).stdout)
    found = published(Project.find(), project.code)
    assert found is not None
    shown = project.published()
    assert shown is not None
    own = {"page": str(target), "release": shown.release, "titles": record["titles"]}
    assert record == json.loads(json.dumps({**found.document(), **own}))
    assert record["titles"]["身份证号"] == "身份证号" and target.is_file() and not list(texts(project.home))


def test_every_dataset_and_the_page_of_all(project: City, tmp_path: Path) -> None:
    lines = call("--all", "--output", str(tmp_path / "pages")).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["数据集 dataset", project.code, str(tmp_path / "pages" / "risk.html")]
    overview = html.fromstring((tmp_path / "pages" / "risk.html").read_text("utf-8"))
    [link] = overview.xpath("//a/@href")
    assert (tmp_path / "pages" / link).is_file()
    assert SECOND not in overview.text_content()


def test_a_release_that_is_damaged_stops_its_own_line_only(project: City) -> None:
    project.shown.chmod(0o700)
    (project.shown / "data.csv").unlink()
    result = call("--all", "--json")
    assert str(error(result)) == f"risk.today: {project.code}: 无法评估 could not be assessed"
    [record] = json.loads(result.stdout)["datasets"]
    assert record["verdict"] == "failed" and record["reasons"][0]["message"].startswith("store.damaged")
    assert "无法评估" in next(texts(project.home))
    assert error(call(project.code)).exit_code == 3


def test_a_dataset_that_was_closed_meanwhile_is_named(project: City) -> None:
    project.write_entry(
        ("opening: {type: unconditional}", "opening: {type: closed, grounds: 条例第十条, review_by: 2030-01-01}")
    )
    lifecycle.apply(Project.find(), [project.entry])
    refused = error(call(project.code))
    assert refused.exit_code == 3 and "approval.closed" in str(refused)


def test_an_entity_that_the_rules_lost_is_named(project: City) -> None:
    shipped = (shipped_folder() / "rules" / "entities.yml").read_text("utf-8")
    assert shipped.count("  PHONE:") == 1
    (project.home / "rules" / "entities.yml").write_text(shipped.replace("  PHONE:", "  TELEPHONE:"), "utf-8")
    wrong = error(call(project.code))
    assert wrong.exit_code == 2 and "PHONE" in str(wrong)


USES = [
    ("no_release", (SECOND,), f"publish it: gongkai run {SECOND}"),
    ("unknown", ("hrss-card",), "hrss-cards"),
    ("nothing", (), "gongkai risk --all"),
    ("both", ("hrss-cards", "--all"), "gongkai risk --all"),
    ("not_writable", ("hrss-cards", "--output", "/proc/page.html"), "--output"),
]


@pytest.mark.parametrize(("words", "remedy"), [use[1:] for use in USES], ids=[use[0] for use in USES])
def test_wrong_uses_end_2_and_name_what_would_be_right(project: City, words: tuple[str, ...], remedy: str) -> None:
    wrong = error(call(*words))
    assert wrong.exit_code == 2 and remedy in str(wrong)


def test_a_release_is_not_held_against_itself(home: Path) -> None:
    made = City(home)
    made.ask_nothing_of_rows()
    made.write_entry(*TWO_PEOPLE)
    made.write_rows(("13812345678", "440308199901101512"), ("13987654321", "11010519491231002X"))
    made.register()
    outcome = made.run()
    assert outcome.verdict == "published", outcome.reasons
    project = Project.find()
    assert [entered.release for entered in Ledger(project.settings.database).releases()] == [outcome.release]
    found = published(project, made.code)
    assert found is not None and found.together == () and found.reasons == []
    assert {each.subject for each, _ in found.residuals} == {"本人", "担保人"}


def test_a_bar_on_a_terminal_and_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for terminal in (False, True):
        monkeypatch.setattr("sys.stderr.isatty", lambda answer=terminal: answer)
        with progress("", "datasets", total=2) as shown:
            shown(description="hrss-cards", completed=0)
            shown(description="hrss-other", completed=1)
    told = capsys.readouterr()
    assert told.out == ""
