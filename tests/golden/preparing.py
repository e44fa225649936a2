"""Texts as sources give them, and what entries declare to clean them, for the golden corpus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SPACES = ["", " ", " a ", "\ta\n", "　张三　", "\u00a0a\u00a0", "a  b", "a \t\n b", "a　　b", "\u2003x\u2003y", "\ufeffa", "a\u200b", None]  # fmt: skip

TEXTS: Mapping[str, list[str | None]] = {
    "spaces and signs": [
        *_SPACES, "a\r\nb\x85c\u2028d", "\x00a\x1f", "\u202ea", "ＡＢＣ１２３！（）", "～￥", "ｱ", "Straße", "ǆ", "ÀÉ", "İ", "ß", "𐐀", "😀", "-", "无", "NULL", "1", "2", "男",
    ],
    "numbers": [
        "0", "-0", "+1", "007", "1.", ".5", ".", "1.50", "1.505", "-1.50", "1e5", "1E-3", "1e400", "1,234", "1,234,567.890", "12,34", "１２３", "１，２３４．５",
        " 12 ", "--1", "1 2", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "999999999999999",
        "9" * 38, "9" * 39, "0" * 50 + "1", "0." + "0" * 30, "0.00000000000000000001", "0.1234567890123456789012", "1.000", "12345.00", "nan", "inf",
        "-Infinity", "0x10", "1_000", "½", "一", "", None,
    ],
    "truths": ["true", "TRUE", "t", "1", "yes", "Y", "是", "false", "F", "0", "no", "N", "否", "对", "真", "2", " true", "", None],
    "dates": [
        "2024-02-29", "2023-02-29", "0001-01-01", "0000-01-01", "9999-12-31", "10000-01-01", "2024-2-9", "20240229", "2024/02/29", "2024年2月29日",
        "2024年02月30日", "29.02.2024", "2024-02-29 08:00:00", "2024-02-29T08:00:00.5", "2024-02-29 23:59:59.999999", "2024-02-29 24:00:00", "2024-02-29 8:00",
        "2024-02-29T08:00:00Z", "2024-02-29T08:00:00+08:00", "2024-02-29 08:00", "44760", "44760.5", "44760.0", "60", "61", "2958465", "2958466", "１９９０-０１-０１", "", None,
    ],
}  # fmt: skip
"""By what they look like."""
CLEANED: Mapping[str, list[list[Any]]] = {
    "spaces and signs": [
        ["trim"], ["collapse_space"], ["strip_control"], ["half_width"], ["upper"], ["lower"], [{"null_tokens": ["-", "无", ""]}],
        [{"codes": {"1": "男", "2": "女"}}], ["half_width", "strip_control", "collapse_space", "trim", {"null_tokens": ["", "-"]}], ["number"], ["trimm"],
    ],
    "numbers": [["number"], ["half_width", "trim", "number"], [{"codes": {"0": "无", "+1": "有"}}]],
    "truths": [[{"codes": {"是": "true", "否": "false", "": "false"}}], ["upper"]],
    "dates": [
        [{"date": ["%Y年%m月%d日"]}], [{"date": ["%Y/%m/%d", "%d.%m.%Y", "excel_serial"]}], [{"date": ["%Y%m%d"]}], [{"datetime": ["%Y-%m-%d %H:%M"]}],
        [{"datetime": ["%Y-%m-%dT%H:%M:%S.%f", "excel_serial"]}], [{"date": ["%q"]}], ["half_width", {"date": ["%Y-%m-%d"]}],
    ],
}  # fmt: skip
"""By the texts that are cleaned, what is declared for them."""
