"""Methods as the plan and the run see them 方法: what each is told, what it leaves, what it says of itself.

A method is a file; everything the program must know of it is asked of it here, and nowhere else by its name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pyarrow as pa

from gongkai import plugins
from gongkai.batches import Batches
from gongkai.columns import logical_types
from gongkai.disclosure import Disclosure
from gongkai.errors import ConfigError, Fault, GongkaiError, Reason
from gongkai.methods import series
from gongkai.methods.table import StagedTable, Treatment
from gongkai.project import Project

BY_PROGRAM = frozenset({"key", "entity", "person", "project"})
"""Parameters of a column's method that the program gives and nobody writes in an entry."""
_EVERY = ("TITLE", "TYPES", "reveals")
_WHOLE = ("Params", "output", "broken")
"""What a method's file must hold, and what one of the whole table beside it."""
QUOTING = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, pa.ArrowException)
"""What a method may raise of which the text may quote a cell: only its class goes on."""
_SOME_KEY = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a project: a shipped one or the city's own."""

    name: str
    module: ModuleType
    project: Project

    @property
    def title(self) -> str:
        """Its Chinese name."""
        return str(self.module.TITLE)

    @property
    def types(self) -> frozenset[str]:
        """The families of logical types that it takes."""
        found: frozenset[str] = self.module.TYPES
        return found

    @property
    def whole_table(self) -> bool:
        """Whether it treats the rows together: it has ``stage``, not ``apply``."""
        return hasattr(self.module, "stage")

    @property
    def is_identity(self) -> bool:
        """Whether it leaves every value as it is."""
        return bool(getattr(self.module, "IDENTITY", False))

    @property
    def keeps_apart(self) -> bool:
        """Whether different values stay different, so that a changed row finds its earlier self in the last release."""
        return bool(getattr(self.module, "KEEPS_APART", False))

    @property
    def needs_person(self) -> bool:
        """Whether it cannot do without knowing whose row it is."""
        return bool(getattr(self.module, "NEEDS_PERSON", False))

    @property
    def keyed_by(self) -> str:
        """What its key is derived for: each ``entity``, unless it says ``KEYED_BY`` ``dataset`` or ``column``."""
        return str(getattr(self.module, "KEYED_BY", "entity"))

    @property
    def needs_key(self) -> bool:
        """Whether it is given a key: a column's method that names it, one of the whole table that says ``NEEDS_KEY``."""
        return bool(getattr(self.module, "NEEDS_KEY", False)) if self.whole_table else self._takes("key")

    @property
    def by_person(self) -> bool:
        """Whether it treats or counts the rows of one person together, where the entry names who a row is about."""
        return bool(getattr(self.module, "BY_PERSON", False)) if self.whole_table else self._takes("person")

    @property
    def on_series(self) -> bool:
        """Whether it is written on ``pandas.Series``; the shipped ones all work on Arrow."""
        return not self.whole_table and series.wanted(self.module.apply)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What its file does not hold that a method's must."""
        lacking = [name for name in _EVERY if not hasattr(self.module, name)]
        if self.whole_table:
            lacking += [name for name in _WHOLE if not hasattr(self.module, name)]
        elif not hasattr(self.module, "apply"):
            lacking.append("apply or stage")
        return tuple(lacking)

    @property
    def table_parameters(self) -> dict[str, inspect.Parameter]:
        """The parameters of a whole-table method that a person may set."""
        return plugins.parameters(self.module.Params)

    def check(self, given: Mapping[str, Any], file: str = "", key: str = "") -> tuple[dict[str, Any], list[Fault]]:
        """A column's parameters as the method wants them, parsed from what an entry wrote, and what is wrong with them."""
        verb = self.module.reveals if self.whole_table else self.module.apply
        return plugins.check(verb, given, file=file, key=key, given_by_program=BY_PROGRAM)

    def check_table(self, given: Mapping[str, Any], file: str = "", key: str = "") -> tuple[dict[str, Any], list[Fault]]:
        """The same of a whole-table method's own parameters, one by one and then together."""
        parsed, faults = plugins.check(self.module.Params, given, file=file, key=key)
        if not faults:
            faults = list(self._refusal(lambda: self.module.Params(**parsed), file, key))
        return parsed, faults

    def table_params(self, given: Mapping[str, Any]) -> Any:
        """The ``Params`` of a whole-table method, made of what an entry wrote without a fault."""
        return self.module.Params(**self.check_table(given)[0])

    def misfits(
        self, params: Any, published: Sequence[str], treated: Mapping[str, Mapping[str, Any]], file: str, key: str
    ) -> Iterator[Fault]:
        """Why a whole-table method's parameters do not fit the columns there are, each treated one with its own parameters."""
        if hasattr(self.module, "fits"):
            yield from self._refusal(lambda: self.module.fits(params, published, treated), file, key)

    def _refusal(self, ask: Callable[[], object], file: str, key: str) -> Iterator[Fault]:
        """Let the method check its parameters; there is no data yet that its message could quote."""
        try:
            ask()
        except ValueError as error:
            yield Fault(file, key, str(error), f"see the parameters of {self.name}")

    def reveals(self, entity: str, given: Mapping[str, Any]) -> Disclosure:
        """What it leaves of a column of this entity, with these parsed parameters."""
        with self._named("cannot say what it reveals"):
            disclosure: Disclosure = self.module.reveals(entity, **self._told(self.module.reveals, given))
        return disclosure

    def expected_form(self, given: Mapping[str, Any]) -> str | None:
        """A regular expression of what it writes, the full mask aside; None where it does not say."""
        verb = getattr(self.module, "expected_form", None)
        form: str | None = None if verb is None else verb(**self._told(verb, given))
        return form

    def output(self, type_: str, entity: str, given: Mapping[str, Any]) -> str:
        """The logical type of a column afterwards; a column's method is asked by applying it to nothing."""
        if self.whole_table:
            logical: str = self.module.output(type_, **self._told(self.module.output, {**given, "entity": entity}))
            return logical
        empty = pa.array([], logical_types.arrow_type(type_))
        with self._named("fails on a column without rows"):
            out = self.apply(empty, given, key=_SOME_KEY, entity=entity, person=empty.slice(0))
        return logical_types.logical_type(out.type)

    def apply(
        self,
        column: pa.Array,
        given: Mapping[str, Any],
        *,
        entity: str,
        key: bytes | None = None,
        person: pa.Array | None = None,
    ) -> pa.Array:
        """The column treated by a column's method, with its parsed parameters and what else it takes. DataError
        ``method.failed`` where a method on ``pandas.Series`` gives back no column of these rows."""
        by_program = {"entity": entity, "key": key, "person": person, "project": self.project}
        told = {**given, **{name: each for name, each in by_program.items() if self._takes(name)}}
        return series.applied(self.module.apply, column, told) if self.on_series else self.module.apply(column, **told)

    def stage(self, batches: Batches, params: Any, treatment: Treatment) -> Batches:
        """The rows treated together by a whole-table method."""
        treated: Batches = self.module.stage(batches, params, treatment)
        return treated

    def broken(self, params: Any, columns: Mapping[str, Mapping[str, Any]], staged: StagedTable) -> Iterator[Reason]:
        """Why the staged table is not what a whole-table method promises of its columns, each with its own parameters."""
        reasons: Iterator[Reason] = self.module.broken(params, columns, staged)
        return reasons

    @contextmanager
    def _named(self, problem: str) -> Iterator[None]:
        """Whatever a city's own file raises, beside its own word on a parameter, becomes a ConfigError that names the file."""
        try:
            yield
        except (GongkaiError, ValueError):
            raise
        except Exception as error:  # noqa: BLE001 - it may be anything, and there is no data yet
            file = f"transforms/{self.name}.py"
            raise ConfigError.of(f"{problem} ({type(error).__name__})", "see CONTRIBUTING.md", file=file) from None

    def _takes(self, name: str) -> bool:
        return name in plugins.parameters(self.module.apply)

    def _told(self, verb: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """As much as a verb asks for of a column's parameters and of the project."""
        wanted = plugins.parameters(verb)
        return {name: value for name, value in {**given, "project": self.project}.items() if name in wanted}


def names(project: Project) -> list[str]:
    """The names of all methods of a project, sorted."""
    return plugins.names(project, "transforms")


def load(project: Project, name: str) -> Method:
    """The method called ``name``; ConfigError naming the known ones where there is none."""
    return Method(name, plugins.load(project, "transforms", name), project)
