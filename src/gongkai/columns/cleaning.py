"""Cleaning 清洗: what an entry declares for a column, done in that order, counted, never guessed.

==================  ==========================================================================================
``trim``            去首尾空白, every Unicode space at both ends
``collapse_space``  合并空白, each run of spaces becomes one ASCII space
``strip_control``   去控制符, control and invisible characters; tabs and line ends become a space
``half_width``      全角转半角, full-width ASCII and the ideographic space
``upper``           转大写
``lower``           转小写
``number``          数字, thousands separators, surrounding spaces, full-width digits; the scale stays as written
``null_tokens``     空值标记, a list of texts that mean "nothing": they become null
``date``            日期, a list of formats (``%Y年%m月%d日``, ``excel_serial``) to ISO 8601
``datetime``        日期时间, the same with ``%H %M %S %f``
``codes``           代码对照, a mapping of texts to texts
==================  ==========================================================================================

In YAML a list of words and single-key mappings: ``[trim, {null_tokens: ["-", "无"]}, {codes: {"1": 男, "2": 女}}]``.
A value an operation does not understand stays as it is: casting and the entity's shape decide about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.columns import dates
from gongkai.columns.casting import cast as cast
from gongkai.columns.widths import half_width
from gongkai.errors import Fault, known

EXCEL_SERIAL = "excel_serial"
"""Days since 1899-12-30 as spreadsheets store them, from 1 March 1900 on."""


VERSION = 1
"""Changes when the same declaration cleans otherwise."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One cleaning step of one column: a name of the table above, and the texts it was given."""

    name: str
    argument: tuple[Any, ...] = ()


def parse(spec: Sequence[Any], *, key: str, file: str) -> tuple[list[Operation], list[Fault]]:
    """The operations an entry declares, and everything wrong in the declaration.

    >>> parse(["trim", {"null_tokens": ["-"]}], key="clean", file="")
    ([Operation(name='trim', argument=()), Operation(name='null_tokens', argument=('-',))], [])
    >>> print(*parse(["trimm", {"codes": {1: "男"}}], key="clean", file="")[1], sep=chr(10))
    clean[0]: no cleaning called 'trimm'; did you mean 'trim'?
    clean[1].codes: 1 is not text; write it in quotes
    """
    operations: list[Operation] = []
    faults: list[Fault] = []
    for index, item in enumerate(spec):
        try:
            operations.append(_operation(item))
        except _Wrong as wrong:
            faults.append(Fault(file, f"{key}[{index}]{wrong.below}", wrong.problem, wrong.remedy))
    return operations, faults


def clean(column: pa.Array, operations: Sequence[Operation]) -> tuple[pa.Array, dict[str, int]]:
    """The text ``column`` after ``operations``, and how many values each changed.

    Beside the operations' own names two things are counted: ``unlisted`` (``codes`` knows the value neither as a code nor as
    a meaning) and ``unread`` (``date``, ``datetime`` or ``number`` could not read it). Nulls stay null.

    >>> column, counts = clean(pa.array([" a ", "-", None]), parse(["trim", {"null_tokens": ["-"]}], key="", file="")[0])
    >>> column.to_pylist(), counts
    (['a', None, None], {'trim': 1, 'null_tokens': 1})
    """
    counts: dict[str, int] = {}
    column = column.cast(pa.string())
    for operation in operations:
        result, misses = _VERBS[operation.name](column, operation.argument)
        counts[operation.name] = counts.get(operation.name, 0) + _changed(column, result)
        for what, n in misses.items():
            counts[what] = counts.get(what, 0) + n
        column = result
    return column, counts


_Result = tuple[pa.Array, dict[str, int]]


def _changed(before: pa.Array, after: pa.Array) -> int:
    return len(before) - int(before.null_count) - _count(pc.equal(before, after))


def _simple(kernel: Callable[[pa.Array], pa.Array]) -> Callable[[pa.Array, tuple[Any, ...]], _Result]:
    return lambda column, argument: (kernel(column), {})


def _collapse_space(column: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(column, r"[\s\p{Z}]+", " ")


def _strip_control(column: pa.Array) -> pa.Array:
    spaced = pc.replace_substring_regex(column, r"\r\n|[\t\n\v\f\r\x{85}\x{2028}\x{2029}]", " ")
    return pc.replace_substring_regex(spaced, r"[\p{Cc}\p{Cf}]+", "")


def _number(column: pa.Array, argument: tuple[Any, ...]) -> _Result:
    tidy = pc.utf8_trim_whitespace(half_width(column))
    grouped = pc.match_substring_regex(tidy, r"^[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?$")
    plain = pc.if_else(grouped, pc.replace_substring(tidy, ",", ""), tidy)
    plain = pc.replace_substring_regex(plain, r"^\+", "")
    read = pc.match_substring_regex(plain, r"^-?([0-9]+[.]?[0-9]*|[.][0-9]+)$")
    return pc.if_else(read, plain, column), {"unread": _count(pc.invert(read))}


def _null_tokens(column: pa.Array, argument: tuple[Any, ...]) -> _Result:
    return pc.if_else(pc.is_in(column, pa.array(argument, pa.string())), None, column), {}


def _codes(column: pa.Array, argument: tuple[Any, ...]) -> _Result:
    codes, meanings = (pa.array(side, pa.string()) for side in zip(*argument, strict=True))
    meaning = meanings.take(pc.index_in(column, codes))
    listed = pc.or_(pc.is_valid(meaning), pc.is_in(column, meanings))
    return pc.coalesce(meaning, column), {"unlisted": _count(pc.and_(column.is_valid(), pc.invert(listed)))}


def _date(column: pa.Array, argument: tuple[Any, ...]) -> _Result:
    return _moments(column, argument, dates.ISO_DATE, time=False)


def _datetime(column: pa.Array, argument: tuple[Any, ...]) -> _Result:
    return _moments(column, argument, dates.ISO_DATETIME, time=True)


def _moments(column: pa.Array, formats: tuple[str, ...], iso: tuple[str, ...], *, time: bool) -> _Result:
    """Read distinct values only: a table's dates repeat."""
    encoded = column.dictionary_encode()
    texts = encoded.dictionary
    already = dates.read(texts, *iso).is_valid()
    read = pa.nulls(len(texts), pa.timestamp("us"))
    for written in formats:
        serial = written == EXCEL_SERIAL
        found = _serial(texts, time=time) if serial else dates.search(texts, dates.expression(written, time=time))
        read = pc.coalesce(read, found)
    text = pc.replace_substring(pc.cast(read, pa.string()), ".000000", "") if time else read.cast(pa.date32()).cast(pa.string())
    unread = pc.and_not(pc.is_null(read), already)
    result = pc.coalesce(pc.if_else(already, texts, text), texts)
    return result.take(encoded.indices), {"unread": _count(unread.take(encoded.indices))}


def _serial(texts: pa.Array, *, time: bool) -> pa.Array:
    shape = r"^[0-9]{1,7}([.][0-9]+)?$" if time else r"^[0-9]{1,7}([.]0*)?$"
    days = pc.cast(pc.if_else(pc.match_substring_regex(texts, shape), texts, None), pa.float64())
    days = pc.if_else(pc.and_(pc.greater_equal(days, 61), pc.less(days, 2_958_466)), days, None)
    seconds = pc.cast(pc.round(pc.multiply(pc.subtract(days, 25_569), 86_400)), pa.int64())
    return pc.cast(pc.cast(seconds, pa.timestamp("s")), pa.timestamp("us"))


def _count(flags: pa.Array) -> int:
    return int(pc.sum(flags).as_py() or 0)


_VERBS: Mapping[str, Callable[[pa.Array, tuple[Any, ...]], _Result]] = {
    "trim": _simple(pc.utf8_trim_whitespace),
    "collapse_space": _simple(_collapse_space),
    "strip_control": _simple(_strip_control),
    "half_width": _simple(half_width),
    "upper": _simple(pc.utf8_upper),
    "lower": _simple(pc.utf8_lower),
    "number": _number,
    "null_tokens": _null_tokens,
    "date": _date,
    "datetime": _datetime,
    "codes": _codes,
}


class _Wrong(Exception):
    """Something in a declaration; never leaves this module."""

    def __init__(self, problem: str, remedy: str, below: str = "") -> None:
        self.problem, self.remedy, self.below = problem, remedy, below
        super().__init__(problem)


def _operation(item: Any) -> Operation:
    if isinstance(item, str):
        name, argument = item, None
    elif isinstance(item, Mapping) and len(item) == 1:
        name, argument = next(iter(item.items()))
    else:
        raise _Wrong("is neither a word nor a mapping of one key", 'for example: trim, or null_tokens: ["-"]')
    if name not in _VERBS:
        raise _Wrong(f"no cleaning called '{name}'", known(str(name), _VERBS))
    if name not in _ARGUMENTS:
        if argument is not None:
            raise _Wrong("takes nothing", f"write just {name}", f".{name}")
        return Operation(name)
    try:
        return Operation(name, _ARGUMENTS[name](argument))
    except _Wrong as wrong:
        raise _Wrong(wrong.problem, wrong.remedy, f".{name}") from None


def _texts(argument: Any) -> tuple[str, ...]:
    if isinstance(argument, str) or not isinstance(argument, Sequence) or not argument:
        raise _Wrong("needs a list", 'for example ["-", "无"]')
    return tuple(_text(each) for each in argument)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"{value} is not text", "write it in quotes")
    return value


def _pairs(argument: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(argument, Mapping) or not argument:
        raise _Wrong("needs a mapping", 'for example {"1": 男, "2": 女}')
    return tuple((_text(code), _text(meaning)) for code, meaning in argument.items())


def _formats(*, time: bool) -> Callable[[Any], tuple[str, ...]]:
    def parsed(argument: Any) -> tuple[str, ...]:
        if not isinstance(argument, Sequence) or not argument:
            raise _Wrong("needs a list of formats", f'for example ["%Y年%m月%d日", {EXCEL_SERIAL}]')
        formats = (argument,) if isinstance(argument, str) else tuple(_text(each) for each in argument)
        for written in formats:
            try:
                dates.expression(written, time=time) if written != EXCEL_SERIAL else None
            except ValueError as error:
                raise _Wrong(f"'{written}' is no format", str(error)) from None
        return formats

    return parsed


_ARGUMENTS: Mapping[str, Callable[[Any], tuple[Any, ...]]] = {
    "null_tokens": _texts,
    "codes": _pairs,
    "date": _formats(time=False),
    "datetime": _formats(time=True),
}
