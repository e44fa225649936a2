"""What a good engineer writes in an afternoon: ADBC out of PostgreSQL, Arrow kernels, each format by its usual fast library.

One streaming pass, bounded memory, rows made into Python once for all the formats that need them; no checks.
Usage: arrow_script.py URL FOLDER FORMATS
"""

import json
import sys
from functools import cached_property
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import xlsxwriter
from lxml import etree

QUERY = (
    "SELECT id_no, name, phone, birth, gender, district, address, amount::text AS amount, updated_at, status, score "
    "FROM bench ORDER BY id"
)


def mask(column, first, last):
    length = pc.utf8_length(column)
    stars = pc.binary_repeat("*", pc.subtract(length, first + last))
    parts = [pc.utf8_slice_codeunits(column, 0, first), stars]
    if last:
        parts.append(pc.utf8_slice_codeunits(column, -last, None))
    return pc.binary_join_element_wise(*parts, "")


def masked(batch):
    columns = {name: batch.column(name) for name in batch.schema.names}
    columns["id_no"] = mask(columns["id_no"], 6, 0)
    columns["name"] = mask(columns["name"], 1, 0)
    columns["phone"] = mask(columns["phone"], 3, 0)
    columns["birth"] = pc.cast(pc.year(columns["birth"]), pa.string())
    columns["address"] = pc.struct_field(pc.extract_regex(columns["address"], "^(?P<cut>.*?市.*?区)"), "cut")
    columns["amount"] = pc.cast(columns["amount"], pa.decimal128(12, 2))
    return pa.record_batch(columns)


class Rows:
    def __init__(self, batch):
        self.batch = batch

    @cached_property
    def dicts(self):
        return self.batch.to_pylist()

    @cached_property
    def json(self):
        return [json.dumps(row, ensure_ascii=False, default=str) for row in self.dicts]


class Json:
    def __init__(self, path, lines):
        self.file, self.lines, self.first = path.open("w", encoding="utf-8"), lines, True
        if not lines:
            self.file.write("[")

    def write(self, rows):
        text = rows.json
        if self.lines:
            self.file.write("\n".join(text) + "\n")
        else:
            self.file.write(("" if self.first else ",\n") + ",\n".join(text))
        self.first = False

    def close(self):
        self.file.write("" if self.lines else "]\n")
        self.file.close()


class Xml:
    def __init__(self, path):
        self.context = etree.xmlfile(str(path), encoding="utf-8")
        self.file = self.context.__enter__()
        self.root = self.file.element("dataset")
        self.root.__enter__()

    def write(self, rows):
        for row in rows.dicts:
            element = etree.Element("row")
            for name, value in row.items():
                etree.SubElement(element, "field", name=name).text = None if value is None else str(value)
            self.file.write(element)

    def close(self):
        self.root.__exit__(None, None, None)
        self.context.__exit__(None, None, None)


class Xlsx:
    LIMIT = 1_048_575

    def __init__(self, path):
        self.book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self.sheet, self.row = None, self.LIMIT

    def write(self, rows):
        batch = rows.batch
        columns = [column.cast(pa.string()).to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            if self.row == self.LIMIT:
                self.sheet, self.row = self.book.add_worksheet(), 0
                self.sheet.write_row(0, 0, batch.schema.names)
            self.row += 1
            for index, value in enumerate(row):
                if value is not None:
                    self.sheet.write_string(self.row, index, value)

    def close(self):
        self.book.close()


class Arrow:
    def __init__(self, writer):
        self.writer = writer

    def write(self, rows):
        self.writer.write_batch(rows.batch)

    def close(self):
        self.writer.close()


def writer(name, folder, schema):
    path = folder / f"data.{name}"
    return {
        "csv": lambda: Arrow(pcsv.CSVWriter(path, schema)),
        "parquet": lambda: Arrow(pq.ParquetWriter(path, schema, compression="zstd")),
        "json": lambda: Json(path, lines=False),
        "jsonl": lambda: Json(path, lines=True),
        "xml": lambda: Xml(path),
        "xlsx": lambda: Xlsx(path),
    }[name]()


def main():
    url, folder, formats = sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(",")
    with adbc.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(QUERY)
        writers = []
        for batch in map(masked, cursor.fetch_record_batch()):
            rows = Rows(batch)
            writers = writers or [writer(name, folder, batch.schema) for name in formats]
            for one in writers:
                one.write(rows)
        for one in writers:
            one.close()


main()
