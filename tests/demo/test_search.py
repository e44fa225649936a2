"""The search finds a canary in every place and every spelling, and nothing where there is none."""

from __future__ import annotations

import base64
import gzip
import html
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from search import Finding, Needles, search

PHONE, NAME, ADDRESS = "15288227724", "欧阳梓杰", "云澜市长埠区桐川路230号新华里6幢3单元202室"
NEEDLES = Needles({"phone": [PHONE, "18641452600"], "name": [NAME, "聂梓"], "address": [ADDRESS]})

SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "gbk": lambda text: text.encode("gbk"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "percent": lambda text: quote(text).encode(),
    "percent, small letters": lambda text: quote(text).lower().encode(),
    "percent, every byte": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "percent of gbk": lambda text: quote(text, encoding="gbk").encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, one byte on": lambda text: base64.b64encode(b"x" + text.encode() + b"y"),
    "base64, two bytes on": lambda text: base64.b64encode(b"xx" + text.encode() + b"yy"),
    "base64 of gbk": lambda text: base64.b64encode(b"x" + text.encode("gbk") + b"yy"),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(b"\xff\xfe" + text.encode() + b"\xff"),
    "base64 in letters": lambda text: b"run" + base64.b64encode(text.encode()) + b"end",
    "json": lambda text: json.dumps({"text": text}).encode(),
    "json, every character": lambda text: "".join(f"\\u{ord(letter):04X}" for letter in text).encode(),
    "json in json": lambda text: json.dumps(json.dumps({"text": text})).encode(),
    "xml": lambda text: f"<a>{text}</a>".encode("ascii", "xmlcharrefreplace"),
    "xml, hexadecimal": lambda text: "".join(f"&#x{ord(letter):x};" for letter in text).encode(),
    "html": lambda text: html.escape(f"<{text}>").encode("ascii", "xmlcharrefreplace"),
    "base64 of json": lambda text: base64.b64encode(json.dumps([text]).encode()),
}


def _file(folder: Path, data: bytes) -> None:
    (folder / "log.txt").write_bytes(b"started \n" * 50 + b'value="' + data + b'" done\n' * 50)


def _zip(folder: Path, data: bytes) -> None:
    with zipfile.ZipFile(folder / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<t>" + data + b"</t>")


def _gzip(folder: Path, data: bytes) -> None:
    (folder / "task.log.gz").write_bytes(gzip.compress(b"line\n" + data))


def _sqlite(folder: Path, data: bytes) -> None:
    with sqlite3.connect(folder / "airflow.db") as connection:
        connection.execute("CREATE TABLE xcom (value BLOB)")
        connection.execute("INSERT INTO xcom VALUES (?)", [zlib.compress(b"[" + data + b"]")])
    connection.close()


def _long_cell(folder: Path, data: bytes) -> None:
    with sqlite3.connect(folder / "airflow.db") as connection:
        connection.execute("CREATE TABLE log (extra BLOB)")
        for shift in range(0, len(data) + 8, 4):
            connection.execute("INSERT INTO log VALUES (?)", [b"-" * (4070 + shift) + data + b"-" * 9000])
    connection.close()


def _parquet(folder: Path, data: bytes) -> None:
    table = pa.table({"value": pa.array([b"first", data, b"last"] * 10, pa.binary())})
    pq.write_table(table, folder / "staged.parquet", compression="zstd", write_statistics=False)


def _parquet_unused(folder: Path, data: bytes) -> None:
    values = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), pa.array([b"used", data], pa.binary()))
    pq.write_table(pa.table({"value": values}), folder / "staged.parquet", compression="zstd")


def _parquet_footer(folder: Path, data: bytes) -> None:
    table = pa.table({"value": [1]}).replace_schema_metadata({b"note": data})
    pq.write_table(table, folder / "staged.parquet")


PLACES = {
    "file": _file,
    "zip member": _zip,
    "gzip": _gzip,
    "compressed cell": _sqlite,
    "cell over pages": _long_cell,
    "parquet page": _parquet,
    "unused dictionary value": _parquet_unused,
    "parquet footer": _parquet_footer,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(("kind", "value"), [("phone", PHONE), ("name", NAME), ("address", ADDRESS)])
def test_every_spelling_is_found(tmp_path: Path, spelling: str, kind: str, value: str) -> None:
    _file(tmp_path, SPELLINGS[spelling](value))
    assert {finding.kind for finding in search(tmp_path, NEEDLES)} == {kind}


@pytest.mark.parametrize("spelling", ["utf-8", "gbk", "utf-16-le", "json", "base64, one byte on"])
@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_searched(tmp_path: Path, place: str, spelling: str) -> None:
    PLACES[place](tmp_path, SPELLINGS[spelling](PHONE + NAME))
    assert {finding.kind for finding in search(tmp_path, NEEDLES)} == {"phone", "name"}


@pytest.mark.parametrize("place", PLACES)
def test_what_is_masked_is_not_found(tmp_path: Path, place: str) -> None:
    PLACES[place](tmp_path, "欧阳** 152****7724 云澜市长埠区桐川路****".encode())
    assert search(tmp_path, NEEDLES) == []


def test_the_shortest_needle_is_found_in_utf_8(tmp_path: Path) -> None:
    _file(tmp_path, "聂梓".encode())
    assert search(tmp_path, NEEDLES) == [Finding("log.txt", "", "name", "utf-8")]


def test_a_file_name_is_searched(tmp_path: Path) -> None:
    (tmp_path / f"run_{PHONE}.log").touch()
    assert search(tmp_path, NEEDLES) == [Finding(f"run_{PHONE}.log", "file name", "phone", "utf-8")]


def test_a_needle_over_the_edge_of_a_chunk_is_found(tmp_path: Path) -> None:
    for before in range((1 << 22) - len(ADDRESS.encode()) - 1, (1 << 22) + 1, 16):
        assert NEEDLES.find(b"-" * before + ADDRESS.encode() + b"-") == {("address", "utf-8", ADDRESS)}


def test_folders_left_out_are_not_searched(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    _file(tmp_path / "sources", PHONE.encode())
    assert search(tmp_path, NEEDLES, skip=[tmp_path / "sources"]) == []
