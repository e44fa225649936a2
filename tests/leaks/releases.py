"""A small release, written by the right formats, and ways to break it so that a raw value stands where none may."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gongkai import plugins
from gongkai.project import SHIPPED

TABLE = pa.table(
    {
        "编号": [f"A{index:04d}" for index in range(200)],
        "姓名": ["张**"] * 200,
        "身份证号": ["110101************"] * 200,
        "住址": ["北京市东城区"] * 200,
        "办理时间": [f"2026-01-{index % 28 + 1:02d} 08:00:00" for index in range(200)],
    }
)
FORMATS = ("csv", "json", "jsonl", "xml", "xlsx", "parquet")

Break = Callable[[Path, str], None]


def write(folder: Path, table: pa.Table = TABLE, formats: tuple[str, ...] = FORMATS) -> Path:
    """Every format and two papers."""
    folder.mkdir(exist_ok=True)
    for name in formats:
        with (folder / f"data.{name}").open("wb") as sink:
            plugins.load(SHIPPED, "formats", name).write(iter(table.to_batches(max_chunksize=64)), sink, table.schema)
    (folder / "metadata.json").write_text(json.dumps({"title": "示例", "rows": 200, "contact": "0999-2018001"}, ensure_ascii=False))
    (folder / "report.html").write_text("<p>共 200 行，SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</p>")
    return folder


def _cell(path: Path, raw: str) -> None:
    """The writer of the format itself is given the raw value in one cell of the middle."""
    column = TABLE.column("住址").to_pylist()
    column[130] = raw
    _rewrite(path, TABLE.set_column(3, "住址", pa.array(column)))


def _header(path: Path, raw: str) -> None:
    _rewrite(path, TABLE.rename_columns([*TABLE.schema.names[:-1], raw]))


def _rewrite(path: Path, table: pa.Table) -> None:
    write(path.parent, table, (path.suffix[1:],))


def _file_name(path: Path, raw: str) -> None:
    path.rename(path.with_name(f"data-{raw}{path.suffix}"))


def _text(old: str, new: str) -> Break:
    def change(path: Path, raw: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new.replace("RAW", raw), 1), encoding="utf-8")

    return change


def _escaped(path: Path, raw: str) -> None:
    """As JSON writes it that keeps to ASCII."""
    written = json.dumps(raw)[1:-1]
    _text("北京市东城区", written.replace("2", "\\u0032") if raw.isascii() else written)(path, raw)


def _appended(text: str) -> Break:
    return lambda path, raw: path.write_bytes(path.read_bytes() + text.replace("RAW", raw).encode())


def _member(name: str, old: str, new: str) -> Break:
    """One member of a workbook changed, or added where there is none of that name."""

    def change(path: Path, raw: str) -> None:
        with zipfile.ZipFile(path) as package:
            members = {member.filename: package.read(member) for member in package.infolist()}
        text = members.get(name, b"").decode()
        assert old in text
        members[name] = (text.replace(old, new.replace("RAW", raw), 1) if old else new.replace("RAW", raw)).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for member, content in members.items():
                package.writestr(member, content)

    return change


def _package_comment(path: Path, raw: str) -> None:
    with zipfile.ZipFile(path, "a") as package:
        package.comment = raw.encode()


def _member_name(path: Path, raw: str) -> None:
    with zipfile.ZipFile(path, "a") as package:
        package.writestr(f"xl/media/{raw}.png", b"")


def _key_value(path: Path, raw: str) -> None:
    pq.write_table(TABLE.replace_schema_metadata({"source": raw}), path)


def _field_value(path: Path, raw: str) -> None:
    pq.write_table(TABLE.cast(pa.schema([field.with_metadata({"note": raw}) for field in TABLE.schema])), path)


def _unused_word(path: Path, raw: str) -> None:
    """A dictionary that holds a value no row uses."""
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 200), pa.array(["北京市东城区", raw]))
    table = TABLE.set_column(3, "住址", words).replace_schema_metadata(None)
    with pq.ParquetWriter(path, table.schema, store_schema=False) as writer:
        writer.write_table(table)


_EVERYWHERE: dict[str, Break] = {"cell": _cell, "header": _header, "file name": _file_name}
BREAKS: dict[str, dict[str, Break]] = {
    "csv": _EVERYWHERE | {"comment": _appended("# RAW\n"), "a further column": _text('"A0003"', '"A0003",RAW')},
    "json": _EVERYWHERE | {"a further key": _text('{"编号": "A0007"', '{"RAW": 1, "编号": "A0007"'), "escaped": _escaped},
    "jsonl": _EVERYWHERE | {"a further line": _appended('{"注": "RAW"}\n'), "escaped": _escaped},
    "xml": _EVERYWHERE
    | {"comment": _text("<row>", "<!-- RAW --><row>"), "attribute": _text("<row>", '<row id="RAW">')},
    "xlsx": _EVERYWHERE
    | {
        "sheet name": _member("xl/workbook.xml", 'name="数据"', 'name="RAW"'),
        "author": _member("docProps/core.xml", "<dc:creator></dc:creator>", "<dc:creator>RAW</dc:creator>"),
        "comment": _member("xl/comments1.xml", "", "<comments><comment><t>RAW</t></comment></comments>"),
        "comment of the package": _package_comment,
        "name of a member": _member_name,
    },
    "parquet": _EVERYWHERE
    | {"key-value": _key_value, "field's key-value": _field_value, "unused word": _unused_word},
}
