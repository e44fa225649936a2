"""The golden table: every value that formats, and programs that read them, are known to lose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

TEXTS = [
    "011", "000000", "450902199001011234", "4509021990010112345678", "null", "None", "NULL", "nan", "N/A", "", None, "0", "1e5", "TRUE",
    " 前后 ", "\t", "\n", "a\nb", "c\r\nd", "e\rf", "\r", 'g"h', '"', '""', "'", "a,b", ";", "\\", "\\N", "\\n", "<&>", "&amp;", "]]>",
    "<![CDATA[x]]>", "<row>", "</row>", "=1+1", "+1", "-1", "@SUM(A1)", "http://a.b/c", "mailto:a@b.c", "😀👨‍👩‍👧", "𠮷", "é", "\u200b", "\ufeffx",
    "_x000D_", "_x005F_", "a_x0041_x0042_", "_x", "{}", "[1]", "2024-02-29", "44760", "1.50", "长" * 5000, "x" * 32_767, "\u2028", "\x85",
]  # fmt: skip


@pytest.fixture(scope="session")
def golden() -> pa.RecordBatch:
    rows = len(TEXTS)

    def cycle(values: list[object], kind: pa.DataType) -> pa.Array:
        return pa.array([values[place % len(values)] for place in range(rows)], kind)

    return pa.record_batch(
        {
            "地址": pa.array(TEXTS, pa.string()),
            "地质": pa.array(TEXTS[::-1], pa.string()),
            "头\"<&>,' ": cycle(["x"], pa.string()),
            "空": cycle([None], pa.string()),
            "金额": cycle([Decimal("1.50"), Decimal("0.00"), Decimal("-9999999999.99"), None], pa.decimal128(12, 2)),
            "微量": cycle([Decimal("1E-20"), Decimal("-1E-20"), Decimal("0E-20"), None], pa.decimal128(38, 20)),
            "整": cycle([Decimal(10**37), Decimal(-1)], pa.decimal128(38, 0)),
            "人数": cycle([0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 999_999_999_999_999, None], pa.int64()),
            "率": cycle([0.0, -0.0, 0.1, 1e22, 5e-324, 1.7976931348623157e308, None], pa.float64()),
            "有效": cycle([True, False, None], pa.bool_()),
            "日期": cycle([date(1, 1, 1), date(1899, 12, 31), date(2024, 2, 29), date(9999, 12, 31), None], pa.date32()),
            "时间": cycle(
                [datetime(2024, 2, 29, 8), datetime(1900, 1, 1, 0, 0, 0, 1), datetime(9999, 12, 31, 23, 59, 59, 999999), None],
                pa.timestamp("us"),
            ),
        }
    )


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """A table as a file of a format."""

    def write(format: ModuleType, *batches: pa.RecordBatch, **options: object) -> Path:
        path = tmp_path / f"data.{format.EXTENSION}"
        with path.open("wb") as sink:
            format.write(iter(batches), sink, batches[0].schema, **options)
        return path

    return write
