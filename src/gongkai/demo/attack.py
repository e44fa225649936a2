"""The demo attacked 攻击测试: somebody who has a register of every resident tries to find each published row's person in it.

The register 人口登记 holds what a neighbour, an insurer or a leaked file might: name, ID number, birth date, sex, telephone,
address. The attacker knows every method and its parameters, only not the key; for each row they take whoever agrees with
all that is published and pick one of them. The pseudonyms say whether they are right: here, and only here, somebody with the
key makes them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gongkai import keys, rules, stores
from gongkai.assessment import roles
from gongkai.counts import Counts
from gongkai.demo.people import People
from gongkai.disclosure import FULL_MASK, SUPPRESSED
from gongkai.methods.recoding import ladders
from gongkai.pipeline.desensitization import stage
from gongkai.plan import LOCK, ColumnPlan, Plan, contract
from gongkai.project import Project
from gongkai.registry.entry import Entry

Marks = npt.NDArray[np.bool_]
_HELD = {
    "PERSON_NAME": "name", "CN_ID_CARD": "id_number", "GENDER": "sex", "PHONE": "phone", "ADDRESS": "address",
    "ADDRESS_REGION": "district", "EMAIL": "email", "BANK_ACCOUNT": "bank_card", "DATE_OF_BIRTH": "birth",
}  # fmt: skip
"""What the register holds, by entity."""
_SAYS_NOTHING = (SUPPRESSED, FULL_MASK)


@dataclass(frozen=True, slots=True)
class Attack:
    """How it went. ``rows`` of which the truth is known; ``alone``: rows that agree with a single resident; ``success``: the
    share of rows whose person is found, guessing among all who agree; ``surest``: the best chance on any row; ``threshold``:
    the most the policy lets a row be found with."""

    code: str
    title: str
    rows: int
    alone: int
    success: float
    surest: float
    threshold: float

    @property
    def held(self) -> bool:
        """Whether the release kept what the policy promises."""
        return self.surest <= self.threshold


def attack(project: Project, entry: Entry, residents: People) -> Attack | None:
    """Attack the current release of a dataset; None where it has none, or no column of it tells persons apart, so that nobody
    knows who is right."""
    store = stores.of(project)
    now = store.current(entry.code)
    if now is None:
        return None
    in_force, plan = rules.load(project), Plan.parse(store.document(entry.code, now.release, LOCK))
    known = roles(plan)
    if known.person is None:
        return None
    with store.open(entry.code, now.release, "data.parquet") as file:
        table = pq.read_table(file)
    truth = _truth(project, entry, plan, residents, table.column(known.person))
    quasi = [column for column in plan.columns if column.published in known.quasi]
    demand = in_force.demand([column.entity for column in plan.columns], entry.opening.type)
    return _attacked(project, entry, table, quasi, truth, residents, 1 / demand.k)


def _attacked(
    project: Project,
    entry: Entry,
    table: pa.Table,
    quasi: list[ColumnPlan],
    truth: npt.NDArray[np.int64],
    residents: People,
    threshold: float,
) -> Attack:
    known: dict[tuple[str, str], Marks] = {}
    rows = alone = 0
    success = surest = 0.0
    for who, cells in _classes(table, quasi, truth):
        agree = np.ones(len(residents), bool)
        for column, cell in zip(quasi, cells, strict=True):
            agree &= _agreeing(project, column, cell, residents, known)
        candidates = int(agree.sum())
        right = int(agree[who].sum())
        rows += len(who)
        if candidates:
            success += right / candidates
            alone += len(who) * (candidates == 1)
            surest = max(surest, 1 / candidates if right else 0.0)
    return Attack(entry.code, entry.title, rows, alone, success / rows if rows else 0.0, surest, threshold)


def _classes(
    table: pa.Table, quasi: list[ColumnPlan], truth: npt.NDArray[np.int64]
) -> Iterator[tuple[npt.NDArray[np.int64], tuple[str | None, ...]]]:
    """Rows that look alike: who they really are, and what is published of them."""
    names = [column.published for column in quasi]
    if not names:
        yield truth[truth >= 0], ()
        return
    texts = pa.table({name: table.column(name).cast(pa.string()) for name in names}).append_column("·", pa.array(truth))
    grouped = texts.group_by(names).aggregate([("·", "list")])
    for row in grouped.to_pylist():
        who = np.array(row["·_list"], np.int64)
        yield who[who >= 0], tuple(row[name] for name in names)


def _agreeing(
    project: Project, column: ColumnPlan, cell: str | None, residents: People, known: dict[tuple[str, str], Marks]
) -> Marks:
    """Who of the register might be published as this; everybody where it says nothing. ``known``: what was found so far."""
    if cell is None or cell in _SAYS_NOTHING:
        return np.ones(len(residents), bool)
    place = (column.published, cell)
    if place not in known:
        marks = [np.asarray(pc.fill_null(pc.equal(form, cell), False)) for form in _forms(project, column, residents)]
        known[place] = np.logical_or.reduce(marks)
    return known[place]


def _forms(project: Project, column: ColumnPlan, residents: People) -> Iterator[pa.Array]:
    """Every form in which the method might publish what the register says of each resident."""
    held = pa.array([str(value) for value in getattr(residents, _HELD[column.entity])])
    method = contract.load(project, column.method)
    given = method.check(column.params)[0]
    if column.method != "k_anonymize":
        yield method.apply(held, given, entity=column.entity).cast(pa.string())
        return
    typed = held.cast(pa.date32()) if column.type == "date" else held
    ladder = ladders.build(column.entity, column.type, **given, project=project)
    for level in ladder.levels:
        if level not in _SAYS_NOTHING:
            yield ladder.write(typed, level)


def _truth(project: Project, entry: Entry, plan: Plan, residents: People, published: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Which resident each row is about, -1 where nobody can tell: by making every resident's pseudonym with the key."""
    (column,) = [each for each in plan.columns if each.name == plan.person]
    alone = replace(plan, columns=(column,), steps=(), person=None)
    register = pa.record_batch({column.name: pa.array(residents.id_number)})
    (made,) = stage(project, alone, keys.for_entry(project, entry), Counts())(iter([register]))
    return _places(made.column(0).to_pylist(), published.to_pylist())


def _places(pseudonyms: list[str], published: list[str | None]) -> npt.NDArray[np.int64]:
    by_name: Mapping[str, int] = {name: place for place, name in enumerate(pseudonyms)}
    return np.array([by_name.get(name or "", -1) for name in published], np.int64)
