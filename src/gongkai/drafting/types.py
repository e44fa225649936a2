"""The logical type a draft suggests 建议的数据类型: the source's own where it declares one, text where a file does not.

A text becomes a number or a date only where every value of the table is one and nothing is lost by it: a code with leading
zeros, an 18-digit number and a column nobody calls a quantity stay text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gongkai.drafting.column_statistics import DATES, DATETIMES, Facts

_NATIVE = (
    (re.compile(r"tinyint\(1\)|bool(ean)?", re.IGNORECASE), "boolean"),
    (re.compile(r"(tiny|small|medium|big)?int(eger|[248])?(\(\d+\))?|(small|big)?serial", re.IGNORECASE), "integer"),
    (re.compile(r"(int|(small|medium|tiny)int)(\(\d+\))? unsigned|int(8|16|32|64)|uint(8|16|32)", re.IGNORECASE), "integer"),
    (re.compile(r"double( precision)?|float[48]?(\(\d+\))?|real|binary_(float|double)", re.IGNORECASE), "float"),
    (re.compile(r"date|date32(\[day\])?", re.IGNORECASE), "date"),
    (re.compile(r"(datetime|timestamp)2?(\(\d+\))?( with(out)? (local )?time zone)?", re.IGNORECASE), "datetime"),
)
_DECIMAL = re.compile(r"(?:decimal|numeric|number|decimal128|dec)\((\d+),\s*(\d+)\)", re.IGNORECASE)
_QUANTITY = re.compile(
    r"额|数量|人数|次数|个数|数(?=\s|$)|面积|年龄|岁|费|价|率|工资|收入|重量|长度|时长|分数|得分|成绩|[(（](?:元|万元|吨|米|平方米|亩|人|次|天|分钟|小时)[)）]"
    r"|(?:^|_)(?:amount|amt|count|cnt|qty|quantity|total|sum|num|age|area|price|fee|cost|rate|ratio|score|minutes|hours|days)(?:_|$)",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"日期|时间|时刻|年月日|生日|日(?=\s|$)|(?:^|_)(?:day|dob|birth\w*)(?:_|$)|(?:rq|sj|date|time)(?:$|[_ ])", re.IGNORECASE
)


def native(word: str) -> str | None:
    """The logical type of a source's own word for one; None where only text is sure to lose nothing.

    >>> native("numeric(12,2)"), native("timestamp without time zone"), native("int(10) unsigned"), native("varchar(18)")
    ('decimal(12,2)', 'datetime', 'integer', None)
    """
    found = _DECIMAL.fullmatch(word.strip())
    if found and 1 <= int(found[1]) <= 38 and int(found[2]) <= int(found[1]):
        return f"decimal({int(found[1])},{int(found[2])})"
    return next((logical for pattern, logical in _NATIVE if pattern.fullmatch(word.strip())), None)


def number(declared: str | None, facts: Facts) -> str | None:
    """The numeric type that all values have, whatever the column is called; None where one of them has not.

    >>> number(None, Facts(fits={"integer", "decimal"})), number(None, Facts(fits={"decimal"}, whole=3, scale=6))
    ('integer', 'decimal(11,6)')
    >>> number("integer", Facts())
    """
    if declared is not None and declared.partition("(")[0] in ("integer", "decimal", "float") and "native" in facts.fits:
        return declared
    if "integer" in facts.fits:
        return "integer"
    return f"decimal({min(18, facts.whole + facts.scale + 2)},{facts.scale})" if "decimal" in facts.fits else None


def plain(names: str, declared: str | None, facts: Facts) -> tuple[str, list[Mapping[str, Any]]]:
    """Type and cleaning of a column that says nothing of a person; ``names`` are its header and comment.

    >>> plain("金额", None, Facts(fits={"decimal"}, whole=4, scale=2))
    ('decimal(8,2)', [])
    >>> plain("区划代码", None, Facts(fits={"integer", "decimal"})), plain("受理日期", None, Facts(fits={"%Y/%m/%d"}))
    (('text', []), ('date', [{'date': ['%Y/%m/%d']}]))
    """
    if declared is not None and (not facts.values or "native" in facts.fits):
        return declared, []
    if declared is None and _QUANTITY.search(names) and (kind := number(None, facts)):
        return kind, []
    return moment(names, facts) or ("text", [])


def moment(names: str, facts: Facts) -> tuple[str, list[Mapping[str, Any]]] | None:
    """Date or datetime with the cleaning that reads it, where every value is one."""
    for logical, patterns in (("date", DATES), ("datetime", DATETIMES)):
        for pattern in patterns:
            if pattern in facts.fits and (pattern != DATES[-1] or _MOMENT.search(names)):
                return logical, [] if pattern == patterns[0] else [{logical: [pattern]}]
    return None
