"""A source that changed under its columns stops the run, before anything of it is checked or packaged."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from gongkai import documents, quality
from gongkai.registry.entry import Entry

HEADER = "卡号,身份证号,姓名,手机,区划,金额,办卡日期\n"
MOBILES = [f"139{n:08d}" for n in range(4000, 4020)]


def rows(codes: list[str]) -> str:
    return HEADER + "".join(
        f"{number:04d},11010519491231002X,欧阳震华,13812345678,{code},12.50,2024-01-05\n" for number, code in enumerate(codes)
    )


def test_codes_that_became_telephones(project) -> None:
    project.write_rows(text=rows(["011"] * 20))
    project.register()
    first = project.run()
    assert first.verdict == "published"
    project.write_rows(text=rows(MOBILES))
    outcome = project.run()
    assert (outcome.verdict, outcome.exit_code) == ("refused", 3)
    assert outcome.reasons == ["drift.more_sensitive: values now look like 电话号码, registered as NONE (column 区划, 20 values)"]
    assert project.published().release == first.release


def test_a_column_somebody_answered_for(project) -> None:
    """The drift guard believes it; the leak scan still counts what it sees, and kinds without a check digit pass."""
    expectations = project.home / "expectations"
    expectations.mkdir()
    (expectations / f"{project.code}.yml").write_text("allow: [{column: 区划, kind: mobile, reason: 网点内部编号}]\n")
    project.write_rows(text=rows(MOBILES))
    project.register()
    assert project.run().verdict == "published"


def test_a_changed_type(project, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CARDS", postgres_url.replace("+psycopg", ""))
    columns = "卡号 text, 身份证号 text, 姓名 text, 手机 text, 区划 text, 金额 numeric(12,2), 办卡日期 date"
    execute(postgres_url, f"CREATE TABLE cards ({columns})")
    execute(postgres_url, "INSERT INTO cards VALUES ('1', '11010519491231002X', '欧阳震华', '13812345678', '011', 1, '2024-01-05')")
    project.write_entry(("source: {kind: file, path: drops/cards.csv}", "source: {kind: sql, connection: cards, table: cards}"))
    project.register()
    assert project.run().verdict == "published"
    execute(postgres_url, "ALTER TABLE cards ALTER 金额 TYPE text")
    outcome = project.run()
    told = "schema.changed_type: the source had numeric(12,2), now it has text (column 金额)"
    assert (outcome.verdict, outcome.reasons) == ("refused", [told])


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("kind", ["PHONE", "mobile"])
def test_an_answer_may_name_an_entity(project, kind: str) -> None:
    expectations = project.home / "expectations"
    expectations.mkdir()
    (expectations / f"{project.code}.yml").write_text(f"allow: [{{column: 区划, kind: {kind}, reason: 网点内部编号}}]\n")
    entry, found = Entry.model_validate(documents.read(project.entry, "")[0]), project.project
    assert (quality.waived(found, entry), quality.faults(found, entry)) == ({("区划", kind)}, [])
