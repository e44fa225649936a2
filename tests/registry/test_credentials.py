"""What is taken for a credential in an entry, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai.registry import credentials


def keys(document: Any) -> list[str]:
    return [fault.key for fault in credentials.faults(document, "a.yml")]


@pytest.mark.parametrize(
    "key",
    ["password", "Passwd", "PWD", "db_password", "secret", "client-secret", "token", "auth_token", "api_key", "apikey",
     "access-key", "access_key_id", "private_key", "passphrase", "credentials", "密码", "数据库_口令"],
)  # fmt: skip
def test_a_key_of_the_source_that_names_a_credential(key: str) -> None:
    assert keys({"source": {key: "x"}}) == [f"source.{key}"]
    assert keys({"source": {"options": [{key: {"a": 1}}]}}) == [f"source.options[0].{key}"]


@pytest.mark.parametrize(
    "key", ["table", "key", "primary_key", "partition_key", "tokens", "null_tokens", "passenger", "encoding"]
)
def test_a_key_of_the_source_that_names_none(key: str) -> None:
    assert keys({"source": {key: "x"}}) == []


def test_a_key_that_says_nothing_holds_nothing() -> None:
    assert keys({"source": {"password": None, "token": ""}}) == []


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:p@h/d",
        "mysql+pymysql://root:@h",
        "oracle://u:p@ss@h",
        "mssql://u:p%40@h:1433/d",
        "ftp://u:p/w?#@h",
        "see jdbc:mysql://u:p@h",
        "host=h password=x",
        "Server=h;Pwd=x;",
        "https://h/x?access_token=abc",
        "token: abc",
        "口令：abc",
        "密码=abc",
    ],
)
def test_a_text_that_holds_a_credential(text: str) -> None:
    assert keys({"abstract": text}) == ["abstract"]
    assert keys({"columns": [{"params": {"x": [text]}}]}) == ["columns[0].params.x[0]"]
    assert len(keys({"source": {text: 1}})) == 1


@pytest.mark.parametrize(
    "text",
    [
        "https://data.example.gov.cn/licence",
        "https://data.example.gov.cn:8443/licence?id=1",
        "postgresql://h/d",
        "someone@example.gov.cn",
        "开放时间 08:30-17:30",
        "办理密码重置业务的人次",
        "passwords are not in this table",
        "比例 1:2@2026",
        "tokenised: yes",
    ],
)
def test_a_text_that_holds_none(text: str) -> None:
    assert keys({"abstract": text}) == []


@pytest.mark.parametrize(
    ("connection", "told"), [("hrss", 0), ("hrss-db_1.x", 0), ("postgresql://h", 1), ("a b", 1), ("a@b", 1), ("", 1)]
)
def test_a_connection_is_named_by_its_id(connection: str, told: int) -> None:
    assert keys({"source": {"connection": connection}}) == ["source.connection"] * told


@pytest.mark.parametrize("document", [None, "x", [], {"source": "x"}, {"source": None}, {"source": {"connection": 1}}])
def test_a_document_of_another_shape_is_no_trouble(document: Any) -> None:
    assert keys(document) == []
