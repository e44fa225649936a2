"""What was wrong, and what the user is told: each ends in a clear error, and nothing is published."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongkai.errors import GongkaiError

CANARY = "CANARY13800138000"
SOURCE = "{kind: file, path: drops/cards.csv}"


def entry(*edits: tuple[str, str]) -> Callable[[Any], None]:
    return lambda project: project.write_entry(*edits)


def rows(*edits: tuple[str, str], **how: str) -> Callable[[Any], None]:
    return lambda project: project.write_rows(*edits, **how)


def raw(content: bytes) -> Callable[[Any], None]:
    return lambda project: project.rows.write_bytes(content)


def both(*acts: Callable[[Any], None]) -> Callable[[Any], None]:
    def act(project: Any) -> None:
        for one in acts:
            one(project)

    return act


def after_publication(act: Callable[[Any], None]) -> Callable[[Any], None]:
    """The fault shows against a release that is already out."""

    def run(project: Any) -> None:
        project.register()
        assert project.run().verdict == "published"
        act(project)

    return run


def key_file(content: str, mode: int = 0o600) -> Callable[[Any], None]:
    def act(project: Any) -> None:
        path: Path = project.home / "keys" / "default.key"
        path.write_text(content)
        path.chmod(mode)

    return act


def expectations(text: str) -> Callable[[Any], None]:
    def act(project: Any) -> None:
        folder: Path = project.home / "expectations"
        folder.mkdir(exist_ok=True)
        (folder / f"{project.code}.yml").write_text(text, encoding="utf-8")

    return act


HEADER = "卡号,身份证号,姓名,手机,区划,金额,办卡日期\n"
BAD = [
    # what was wrong | how | words the user is told
    ("the entry is not YAML", entry(("code: hrss-cards", "code: [hrss-cards")), "cards.yml"),
    ("a key stands twice", entry(("title: 社会保障卡持卡信息", "title: 甲\ntitle: 乙")), "title.*(twice|duplicate|once)"),
    ("a key is misspelt", entry(("abstract:", "abstrct:")), "abstrct"),
    ("a core item is missing", entry(("abstract: 持卡人的基本信息，虚构。\n", "")), "abstract"),
    ("the folder is another department's", entry(("department: hrss", "department: market")), "department"),
    ("obtained by sharing", entry(("sharing: {type: unconditional}", "sharing: {type: unconditional, obtained: true}")), "shar"),
    ("not to be shared, yet open", entry(("sharing: {type: unconditional}", "sharing: {type: not_shared}")), "shar"),
    ("conditional without conditions", entry(("opening: {type: unconditional}", "opening: {type: conditional}")), "conditions"),
    ("irregular without a maximum age", entry(("daily", "irregular")), "max_age"),
    ("an unknown frequency", entry(("daily", "fortnightly")), "frequency"),
    ("a published column without entity", entry(("entity: CN_ID_CARD, ", "")), r"columns\[1\].*entity"),
    ("a published column without method", entry((", entity: CN_ID_CARD, method: pseudonymize", ", entity: CN_ID_CARD")), r"columns\[1\].*method"),
    ("an unknown entity", entry(("CN_ID_CARD", "CN_ID_CRAD")), "CN_ID_CARD"),
    ("an unknown method", entry(("method: pseudonymize", "method: pseudonymise")), "pseudonymize"),
    ("a misspelt parameter", entry(("{keep: [1, 0]}", "{kepe: [1, 0]}")), "keep"),
    ("a parameter that does not fit", entry(("{keep: [1, 0]}", "{keep: many}")), "keep"),
    ("an ID number kept as it is", entry(("method: pseudonymize", "method: keep")), "policy forbids keep"),
    ("a mask that shows too much", entry(("{keep: [1, 0]}", "{keep: [30, 30]}")), "at most"),
    ("an unknown type", entry(('"decimal(12,2)"', "money")), "decimal"),
    ("an unknown cleaning", entry(("entity: PERSON_NAME,", "entity: PERSON_NAME, clean: [trimm],")), "trim"),
    ("two columns of one name", entry(("{name: 手机, title", "{name: 姓名, title")), "姓名"),
    ("two columns published under one name", entry(("{name: 手机, title", "{name: 手机, publish_as: 姓名, title")), "姓名"),
    ("a password in the entry", entry((SOURCE, f"{{kind: sql, connection: 'postgresql://u:{CANARY}@h/d', table: t}}")), "connection|credential"),
    ("an unknown kind of source", entry((SOURCE, "{kind: fil, path: drops/cards.csv}")), "file"),
    ("a source without its parameter", entry((SOURCE, "{kind: file}")), "path"),
    ("an unknown format", entry(("columns:\n", "formats: [csv, exel]\ncolumns:\n")), "exel"),
    ("incremental without a watermark", entry((SOURCE, "{kind: file, path: drops/cards.csv, load: {mode: incremental, full_every: P30D}}")), "watermark"),
    ("a watermark about a person", entry((SOURCE, "{kind: file, path: drops/cards.csv, load: {mode: incremental, watermark: 手机, full_every: P30D}}")), r"columns\[3\].entity.*watermark"),
    ("incremental without Parquet to go on from", entry((SOURCE, "{kind: file, path: drops/cards.csv, load: {mode: incremental, watermark: 办卡日期, full_every: P30D}}"), ("columns:\n", "formats: [csv]\ncolumns:\n")), "parquet"),
    ("published names that differ in capitals only", entry(("name: 区划,", "name: 区划, publish_as: Code,"), ("name: 金额,", "name: 金额, publish_as: code,")), "capitals"),
    ("expectations on a column that is not there", expectations("rules:\n  - {code: D-01, type: expect_column_values_to_not_be_null, column: 没有, severity: critical, dimension: completeness, description: {zh: 无, en: none}}\n"), r"D-01\.column.*卡号"),
    ("expectations of an unknown type", expectations("rules:\n  - {code: D-01, type: expect_nothing, column: 卡号, severity: critical, dimension: completeness, description: {zh: 无, en: none}}\n"), r"D-01\.type.*expect_column"),
    ("the connection is unknown", entry((SOURCE, "{kind: sql, connection: nowhere_db, table: t}")), "nowhere_db"),
    ("the file is not there", lambda project: project.rows.unlink(), "cards.csv|drops"),
    ("the file is empty", raw(b""), "empty|header"),
    ("a header and no rows", rows(text=HEADER), "empty|no rows|row"),
    ("neither UTF-8 nor GBK", raw(HEADER.encode() + b"0001,\xff\xfe\xff,a,b,c,1,2024-01-01\n"), "encod|decod|UTF-8|utf-8"),
    ("declared UTF-8, is GBK", both(entry((SOURCE, "{kind: file, path: drops/cards.csv, encoding: utf-8}")), rows(encoding="gbk")), "utf-8|UTF-8"),
    ("a row with a cell too many", rows(("0002,440308199901101512", "0002,440308199901101512," + CANARY)), "row 3|line 3|row 2"),
    ("a row with a cell too few", rows(("0003,,", "0003,")), "row"),
    ("a quote that never closes", rows(("欧阳震华", '"欧阳震华')), "row|quot"),
    ("HTML in a .csv", raw(b"<html><body>" + CANARY.encode() + b"</body></html>\n"), "column|html|HTML|header"),
    ("a header that stands twice", rows((HEADER, HEADER.replace("手机", "姓名"))), "姓名|twice|duplicate"),
    ("a column nobody classified", rows(text="".join(line + tail for line, tail in zip(
        (HEADER.strip(), "0001,11010519491231002X,欧阳震华,13812345678,011,12.50,2024-01-05"), (",备注\n", f",{CANARY}\n"), strict=True))), "new_column.*备注"),
    ("a column that vanished", rows(text="卡号,身份证号,姓名,手机,区划,金额\n0001,11010519491231002X,欧阳震华,13812345678,011,1\n"), "vanished_column.*办卡日期"),
    ("a mobile number in a plain column", rows((",011,", ",13812345678,")), "mobile|scan"),
    ("mobile numbers that became numbers", both(entry(("decimal(12,2)", "decimal(20,2)")), rows((",12.50,", ",13812345678,"), (",0.00,", ",13987654321,"))), "scan.mobile.*金额"),
    ("an ID number in a plain column", rows((",440308,", ",编号11010519491231002X,")), "id_number|scan"),
    ("most dates are no dates", rows(("2024-01-05", CANARY), ("2024-02-29", "45321")), "unfit|办卡日期"),
    ("most rows vanished since the last release", after_publication(rows(text=HEADER + "0001,11010519491231002X,欧阳震华,13812345678,011,1,2024-01-05\n")), "row"),
    ("the same key with different cells", both(entry(("columns:\n", "deduplicate: true\ncolumns:\n")), rows(("0002,", "0001,"))), "key"),
    ("no key for pseudonyms", lambda project: (project.home / "keys" / "default.key").unlink(), "key"),
    ("a key others may read", key_file("1:" + "5a" * 32, 0o644), "default.key|mode|owner"),
    ("a short key", key_file("1:5a5a"), "short|16|bytes"),
    ("the drop's marker is missing", entry((SOURCE, "{kind: file, path: drops/cards.csv, marker: _SUCCESS}")), "_SUCCESS|marker|complete"),
    ("closed 不予开放", entry(("opening: {type: unconditional}", "opening: {type: closed, grounds: 涉及个人隐私, review_by: 2027-01-01}")), "closed|不予开放"),
]  # fmt: skip


@pytest.mark.parametrize(("arrange", "told"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input(project: Any, arrange: Callable[[Any], None], told: str) -> None:
    arrange(project)
    before = project.published()
    try:
        project.register()
        outcome = project.run()
        message, code = "\n".join(outcome.reasons), outcome.exit_code
    except GongkaiError as error:
        message, code = str(error), error.exit_code
    assert code in (2, 3, 4), message
    assert re.search(told, message, re.DOTALL), message
    assert CANARY not in message
    after = project.published()
    assert (after and after.release) == (before and before.release)


def test_the_table_is_long_enough() -> None:
    assert len(BAD) >= 40
