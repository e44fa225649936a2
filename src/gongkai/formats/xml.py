"""XML 1.0: ``<dataset><row><field name="地址">…</field></row></dataset>`` in UTF-8.

The column's name is an attribute, so that any header survives. NULL is ``xsi:nil="true"`` (XML Schema), an empty text an empty
element. Written by string kernels, read back by the positions of its tags, which libxml2 confirms.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.errors import DataError, Reason
from gongkai.formats import _limits, _markup, _text, _xml
from gongkai.formats._typed import typed

VERSION = 1
MEDIA_TYPE = "application/xml"
EXTENSION = "xml"

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_OPENING = f'<?xml version="1.0" encoding="UTF-8"?>\n<dataset xmlns:xsi="{_XSI}">\n'.encode()
_ENDING = b"</dataset>\n"
_RULE, _MESSAGE = "format.xml_characters", "characters XML 1.0 cannot carry"


def write(batches: Batches, sink: BinaryIO, schema: pa.Schema) -> None:
    """One ``row`` a line. Raises DataError for characters XML 1.0 cannot carry, in values or headers.

    >>> import io
    >>> sink = io.BytesIO()
    >>> batch = pa.record_batch({"地址": ["a<b", "", None]})
    >>> write(iter([batch]), sink, batch.schema)
    >>> print(*sink.getvalue().decode().splitlines()[2:5], sep="\\n")
    <row><field name="地址">a&lt;b</field></row>
    <row><field name="地址"></field></row>
    <row><field name="地址" xsi:nil="true"/></row>

    >>> write(iter([pa.record_batch({"a": ["\\x00"]})]), io.BytesIO(), pa.schema({"a": pa.string()}))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: format.xml_characters: characters XML 1.0 cannot carry (column a, 1 value)
    """
    if bad := [name for name in schema.names if _xml.forbidden(pa.array([name]))]:
        raise DataError(*(Reason(_RULE, f"the header has {_MESSAGE}", repr(name)) for name in bad))
    tags = [f'<field name="{_xml.attribute(name)}"' for name in schema.names]
    sink.write(_OPENING)
    for piece in _text.pieces(_limits.refusing(_limits.dates(batches), _xml.forbidden, _RULE, _MESSAGE)):
        parts: list[str | pa.Array] = ["<row>"]
        for tag, column in zip(tags, piece.columns, strict=True):
            parts += _text.around(f"{tag}>", _xml.escape(_text.text(column)), "</field>", f'{tag} xsi:nil="true"/>')
        sink.write(_text.joined([*parts, "</row>\n"]))
    sink.write(_ENDING)


def read(path: Path, schema: pa.Schema) -> Batches:
    """The rows of a file ``write`` made; DataError when it is anything else.

    The first rows are read by libxml2 as well, which knows what their tags mean; all further rows must have the same tags.
    """
    witnessed = False
    with path.open("rb") as file:
        document = _markup.Document(file)
        for run in document:
            rows = run.removeprefix(b"\n")
            with _markup.refused(EXTENSION):
                texts = _texts(_markup.Markup(rows, EXTENSION), schema.names)
            if not witnessed:
                _witness(document.opening + _markup.first_rows(rows) + _ENDING, texts, schema.names)
                witnessed = True
            columns = [typed(column, field, EXTENSION) for column, field in zip(texts, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
        root = _markup.parse(document.opening + document.ending, EXTENSION)
        if root.tag != "dataset" or len(root):
            raise _markup.misplaced(EXTENSION)


def _texts(markup: _markup.Markup, names: list[str]) -> list[pa.Array]:
    """The columns of a run of rows as text; every tag must be the one that belongs there."""
    rows = markup.rows()
    tag = rows
    markup.expect(pc.equal(markup.tags(tag), "<row>"))
    columns = []
    for name in names:
        markup.expect_adjacent(tag)
        tag, column = _field(markup, tag + 1, f'<field name="{_xml.attribute(name)}"')
        columns.append(column)
    markup.expect_adjacent(tag)
    markup.expect_row_ends(rows, tag + 1, "\n")
    return columns


def _field(markup: _markup.Markup, tag: _markup.Places, start: str) -> tuple[_markup.Places, pa.Array]:
    """The texts of one column whose fields begin at these tags, and the tags at which they end."""
    heads = markup.tags(tag)
    nil = pc.equal(heads, f'{start} xsi:nil="true"/>')
    markup.expect(pc.or_(nil, pc.equal(heads, f"{start}>")))
    null = nil.to_numpy(zero_copy_only=False)
    end = tag + ~null
    markup.expect(pc.or_(nil, pc.equal(markup.tags(end), "</field>")))
    starts = markup.ends[tag]
    texts = markup.between(starts, np.where(null, starts, markup.begins[end]))
    return end, _markup.unescape(_markup.nulled(texts, null), EXTENSION)


def _witness(document: bytes, texts: list[pa.Array], names: list[str]) -> None:
    root = _markup.parse(document, EXTENSION)
    for number, row in enumerate(root):
        if [field.get("name") for field in row] != names or list(map(_text_of, row)) != [
            column[number].as_py() for column in texts
        ]:
            raise _markup.misplaced(EXTENSION)


def _text_of(field: Any) -> str | None:
    return None if field.get(f"{{{_XSI}}}nil") == "true" else field.text or ""
