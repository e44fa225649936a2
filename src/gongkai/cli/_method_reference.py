"""Desensitization methods in words 方法说明: what a module of ``gongkai.transforms`` says of itself, for people who write YAML.

Everything comes from the module: its name, ``TITLE`` and ``TYPES``, signatures, docstrings, and the examples in these, of which
the first that is a treatment of a column becomes an example in YAML. Of a method on ``pandas.Series`` its price is told too, as
measured just then.
"""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass, replace
from doctest import DocTestParser
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from time import perf_counter
from types import ModuleType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.compute as pc

from gongkai import plugins
from gongkai.columns.logical_types import arrow_type
from gongkai.disclosure import Disclosure
from gongkai.drafting import yaml_text
from gongkai.errors import ConfigError
from gongkai.plan import contract
from gongkai.project import Project

TYPES = ("text", "integer", "decimal", "float", "boolean", "date", "datetime")
"""Logical types, the commonest first."""
_PLURALS = {"integer": "integers", "number": "numbers", "date": "dates"}
_WORDS: Mapping[Any, str] = {
    int: "integer", float: "number", str: "text", bool: "true or false", dt.date: "date", dt.datetime: "date and time",
    Any: "anything", type(None): "nothing",
}  # fmt: skip
_NAMED = re.compile(r"\A[^\n:]*: ")
"""How a module's docstring begins: its name and its title."""
_LISTS = (list, tuple, set, frozenset, Sequence)
_MAPPINGS = (dict, Mapping)
_MEASURED = 100_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """``type`` in words; ``default`` in JSON values, None where there is none; ``choices`` where only these are taken.

    ``about``: what a field of ``Params`` says of itself; a column's parameters are told in the method's ``details``.
    """

    name: str
    type: str
    required: bool
    default: Any
    choices: tuple[Any, ...] | None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A column treated so, its parameters as they are written; ``table``: those of a whole-table method."""

    entity: str
    type: str
    params: Mapping[str, Any]
    table: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """A method as it says it is. ``leaves``: what a reader learns by its default parameters; None where that depends on them
    or on the entity, as ``leaves_text`` says. ``values_per_second``: of a method on ``pandas.Series``, on this machine."""

    name: str
    title: str
    whole_table: bool
    types: tuple[str, ...]
    keyed: bool
    by_person: bool
    parameters: tuple[Parameter, ...]
    table_parameters: tuple[Parameter, ...]
    leaves: Disclosure | None
    leaves_text: str
    summary: str
    about: str
    details: str
    example: Example | None
    works_on: Literal["arrow", "pandas"]
    values_per_second: int | None
    file: str

    def document(self) -> dict[str, Any]:
        left = self.leaves
        return {
            "name": self.name,
            "title": self.title,
            "kind": "table" if self.whole_table else "column",
            "types": list(self.types),
            "keyed": self.keyed,
            "by_person": self.by_person,
            "parameters": [asdict(each) for each in self.parameters],
            "table_parameters": [asdict(each) for each in self.table_parameters],
            "leaves": None if left is None else {**asdict(left), "form": left.form.name.lower(), "parts": sorted(left.parts)},
            "leaves_text": self.leaves_text,
            "summary": self.summary,
            "about": self.about,
            "details": self.details,
            "example": None if self.example is None else yaml(self, self.example),
            "works_on": self.works_on,
            "values_per_second": self.values_per_second,
            "file": self.file,
        }


def described(project: Project, name: str) -> Method:
    """What a method says of itself. ConfigError when there is none of that name, or its file is not a method."""
    asked = _asked(project, name)
    module = asked.module
    verb = module.stage if asked.whole_table else module.apply
    about, example = _NAMED.sub("", inspect.getdoc(module) or ""), _example(asked)
    return Method(
        name=name,
        title=asked.title,
        whole_table=asked.whole_table,
        types=tuple(type_ for type_ in TYPES if type_ in asked.types),
        keyed=asked.needs_key,
        by_person=asked.by_person,
        parameters=_of_column(asked),
        table_parameters=_of_table(asked),
        leaves=_by_default(asked),
        leaves_text=_without_errors(_first(_prose(module.reveals))),
        summary=_first(about),
        about=about,
        details=_prose(verb),
        example=example,
        works_on="pandas" if asked.on_series else "arrow",
        values_per_second=_speed(asked, example) if asked.on_series else None,
        file=str(Path(module.__file__ or "")),
    )


def words(hint: Any) -> str:
    """A type for people who write YAML; whether nothing may stand there is said by its default.

    >>> words(tuple[str, ...]), words(tuple[int, int]), words(float | None), words(Literal["a", "b"])
    ('list of text', 'list of 2 integers', 'number', 'one of: a, b')
    >>> words(dict[str, list[int]]), words(list[Literal["x", "y"]] | str)
    ('mapping of text to list of integers', 'list of (one of: x, y) or text')
    """
    if hint in _WORDS:
        return _WORDS[hint]
    origin, inner = get_origin(hint), [each for each in get_args(hint) if each is not type(None)]
    if origin is Literal:
        return f"one of: {', '.join(map(str, inner))}"
    if origin in (Union, types.UnionType):
        return " or ".join(words(each) for each in inner)
    if origin in _MAPPINGS:
        return f"mapping of {words(inner[0])} to {words(inner[1])}"
    if origin in _LISTS:
        several = origin is tuple and ... not in inner
        kinds = dict.fromkeys(_plural(each) for each in inner if each is not ...)
        return f"list of {f'{len(inner)} ' if several else ''}{' and '.join(kinds)}"
    return getattr(hint, "__name__", str(hint))


def yaml(method: Method, example: Example) -> str:
    """A column of an entry that is treated so."""
    keys = {"name": "列名", "title": "列的标题", "type": example.type, "entity": example.entity, "method": method.name}
    lines = ["columns:", *(yaml_text.line(4, key, value) for key, value in keys.items())]
    lines[1] = lines[1].replace("    ", "  - ", 1)
    if example.params:
        lines.append(yaml_text.line(4, "params", example.params))
    if example.table:
        lines += ["table:", yaml_text.line(2, method.name, example.table)]
    return "\n".join(lines)


def _asked(project: Project, name: str) -> contract.Method:
    try:
        asked = contract.load(project, name)
        lacking = asked.lacks
        if not lacking:
            _of_column(asked), _of_table(asked), asked.on_series  # what its annotations name is looked up
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 - a file of somebody's: whatever is wrong with it, the others are shown
        raise ConfigError.of(f"cannot be loaded ({type(error).__name__})", "see CONTRIBUTING.md", file=_where(name)) from None
    if lacking:
        raise ConfigError.of(f"has no {', '.join(lacking)}", "see CONTRIBUTING.md", file=_where(name))
    return asked


def _where(name: str) -> str:
    return f"transforms/{name}.py"


def _of_column(asked: contract.Method) -> tuple[Parameter, ...]:
    verb = asked.module.reveals if asked.whole_table else asked.module.apply
    return _parameters(verb, contract.BY_PROGRAM)


def _of_table(asked: contract.Method) -> tuple[Parameter, ...]:
    """The fields of ``Params`` with what stands below each."""
    if not asked.whole_table:
        return ()
    said = _of_fields(asked.module.Params)
    return tuple(replace(each, about=said.get(each.name, "")) for each in _parameters(asked.module.Params))


def _of_fields(params: type) -> dict[str, str]:
    """The text below each field of a class, on one line."""
    with suppress(OSError):
        (written,) = ast.parse(dedent(inspect.getsource(params))).body
        body = written.body if isinstance(written, ast.ClassDef) else []
        return {
            field.target.id: _first(str(text.value.value))
            for field, text in pairwise(body)
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
            if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        }
    return {}


def _parameters(verb: Callable[..., Any], by_program: frozenset[str] = frozenset()) -> tuple[Parameter, ...]:
    hints, made = get_type_hints(verb), _made(verb)
    return tuple(
        _parameter(name, hints.get(name, Any), made.get(name, parameter.default))
        for name, parameter in plugins.parameters(verb, given_by_program=by_program).items()
    )


def _made(verb: Callable[..., Any]) -> dict[str, Any]:
    """The defaults that a class makes anew each time."""
    own = fields(verb) if isinstance(verb, type) and is_dataclass(verb) else ()
    return {field.name: field.default_factory() for field in own if field.default_factory is not MISSING}


def _parameter(name: str, hint: Any, default: Any) -> Parameter:
    required = default is inspect.Parameter.empty
    inner = [each for each in get_args(hint) if each is not type(None)] if type(None) in get_args(hint) else [hint]
    choices = get_args(inner[0]) if len(inner) == 1 and get_origin(inner[0]) is Literal else None
    return Parameter(name, words(hint), required, None if required else _plain(default), choices)


def _by_default(asked: contract.Method) -> Disclosure | None:
    if any(each.required for each in (*_of_column(asked), *_parameters(asked.module.reveals, contract.BY_PROGRAM))):
        return None
    with suppress(ValueError, KeyError, ConfigError):
        return asked.reveals("NONE", {})
    return None


def _example(asked: contract.Method) -> Example | None:
    """The first call in the docstrings that treats a column as an entry may; rather one that names entity and parameters."""
    found = [example for call in _calls(asked.module) if (example := _tried(asked, *call)) is not None]
    return max(found, key=lambda example: bool(example.params) + (example.entity != "NONE"), default=None)


def _tried(asked: contract.Method, entity: str, given: Mapping[str, Any]) -> Example | None:
    own = {each.name for each in _of_column(asked)}
    written = {name: _plain(value) for name, value in given.items() if name in own}
    params, faults = asked.check(written)
    if faults:
        return None
    for type_ in (f"{each}(12,2)" if each == "decimal" else each for each in TYPES if each in asked.types):
        with suppress(ValueError, TypeError, ConfigError):  # it is only a trial
            asked.reveals(entity, params)
            asked.output(type_, entity, params)
            return Example(entity, type_, written, _table(asked))
    return None


def _table(asked: contract.Method) -> dict[str, Any]:
    """The table's parameters: those that must be given, as the method's own example has them; where none must, the defaults."""
    given = next((given for verb, _, given in _said(asked.module) if verb == "Params"), {})
    required = {each.name: _plain(given.get(each.name)) for each in _of_table(asked) if each.required}
    return required or {each.name: each.default for each in _of_table(asked) if each.default is not None}


def _calls(module: ModuleType) -> Iterator[tuple[str, dict[str, Any]]]:
    """Entity and parameters of the calls in the examples of ``reveals``, then of ``apply``; those that raise left out."""
    for verb in ("reveals", "apply"):
        for called, entity, given in _said(module):
            if called == verb:
                yield entity, given


def _said(module: ModuleType) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every call of a verb in its own examples, and of ``Params`` in those of ``stage``."""
    for verb, place in (("reveals", "reveals"), ("apply", "apply"), ("Params", "stage")):
        doc = getattr(getattr(module, place, None), "__doc__", None) or ""
        bound: dict[str, dict[str, Any]] = {}
        for example in DocTestParser().get_examples(doc):
            for node in ast.walk(ast.parse(example.source)) if example.exc_msg is None else ():
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                    bound |= {name.id: _items(node.value) for name in node.targets if isinstance(name, ast.Name)}
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == verb:
                    yield verb, *_literals(node, bound)


def _items(written: ast.Dict) -> dict[str, Any]:
    """What a set of arguments says that is kept under a name, for ``**name`` further down."""
    return {str(_literal(key)): _literal(value) for key, value in zip(written.keys, written.values, strict=True) if key}


def _literals(call: ast.Call, bound: Mapping[str, Mapping[str, Any]]) -> tuple[str, dict[str, Any]]:
    """The entity of a call and its arguments that are written out; ``...`` for what is not."""
    given: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            given[keyword.arg] = _literal(keyword.value)
        elif isinstance(keyword.value, ast.Name):
            given |= bound.get(keyword.value.id, {})
    first = _literal(call.args[0]) if call.args else None
    entity = first if isinstance(first, str) else given.pop("entity", "NONE")
    return str(entity), given


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ...


def _plain(value: Any) -> Any:
    """A value as JSON and YAML have it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(_plain, value))
    return value.isoformat() if isinstance(value, dt.date) else value


def _speed(asked: contract.Method, example: Example | None) -> int | None:
    """How many made-up values it treats in a second, here and now, by its example; None where it cannot be tried."""
    tried = example or _tried(asked, "NONE", {})
    if tried is None:
        return None
    given, column = asked.check(tried.params)[0], _made_up(tried.type)
    try:
        started = perf_counter()
        asked.apply(column, given, entity=tried.entity, key=bytes(range(32)), person=column.cast(pa.string()))
        return round(len(column) / (perf_counter() - started))
    except Exception:  # noqa: BLE001 - somebody's own code, on values it may not be made for
        return None


def _made_up(type_: str) -> pa.Array:
    """As many values as are measured, each its place."""
    places = pa.array(range(_MEASURED))
    if type_ == "text":
        return pc.utf8_lpad(places.cast(pa.string()), 18, "0")
    if type_ == "date":
        return places.cast(pa.int32()).cast(pa.date32())
    if type_ == "boolean":
        return pc.equal(pc.bit_wise_and(places, 1), 1)
    exact = places.cast(pa.string()) if type_.startswith("decimal") else places
    return exact.cast(arrow_type(type_))


def _plural(hint: Any) -> str:
    word = words(hint)
    return _PLURALS.get(word, f"({word})" if ":" in word else word)


def _prose(verb: Callable[..., Any]) -> str:
    """A docstring without its examples."""
    return (inspect.getdoc(verb) or "").partition(">>>")[0].strip()


def _without_errors(text: str) -> str:
    """Without the sentences that say what is raised."""
    sentences = text.removesuffix(".").split(". ")
    return ". ".join(each for each in sentences if not each.startswith(("ValueError", "Raises", "The same ValueError"))) + "."


def _first(text: str) -> str:
    """The first paragraph, on one line."""
    return " ".join(text.partition("\n\n")[0].split())
