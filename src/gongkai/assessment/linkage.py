"""What a release tells together with those that are open 关联风险: masks that add up, differences, joins.

Each is blocked or warned about as the policy says, and told with the names of datasets, never with a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from gongkai import rules, stores
from gongkai.assessment import ledger
from gongkai.assessment.roles import Roles
from gongkai.errors import Reason
from gongkai.plan import Plan, disclosed
from gongkai.project import Project
from gongkai.registry.entry import Entry
from gongkai.registry.ledger import Ledger
from gongkai.registry.records import OpenRelease
from gongkai.risk import sketch
from gongkai.risk.complement import complements
from gongkai.risk.difference import Difference, compare
from gongkai.risk.disclosure import Told
from gongkai.risk.join import join
from gongkai.rules import Action, Demand


@dataclass(frozen=True, slots=True)
class Linkage:
    """One thing that this release and ``others`` tell together. ``kind``: complement, difference, join; ``zh`` and ``en``: what
    a reviewer reads; ``count``: of how many persons or numbers it speaks."""

    kind: str
    action: Action
    others: tuple[str, ...]
    zh: str
    en: str
    count: int

    def reason(self) -> Reason:
        return Reason(f"risk.{self.kind}", self.en, count=None)

    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Release:
    """The release to be assessed: its staged table, what its columns are, who its rows are about. ``own``: its name where it is
    open already, so that it is not compared with itself."""

    project: Project
    entry: Entry
    plan: Plan
    staged: Path
    roles: Roles
    demand: Demand
    person: str | Path | None
    temp: Path
    own: str | None = None


def together(release: Release) -> list[Linkage]:
    """Everything it tells together with the open releases of the catalogue."""
    if not release.roles.personal:
        return []
    every = Ledger(release.project.settings.database).releases()
    opened = [other for other in every if (other.code, other.release) != (release.entry.code, release.own)]
    return [*_complements(release, opened), *_differences(release), *_joins(release, opened)]


def _complements(release: Release, opened: list[OpenRelease]) -> Iterator[Linkage]:
    in_force, opening = rules.load(release.project), release.entry.opening.type
    wanted = {entity: in_force.allowed(entity, opening).candidates for entity in in_force.entities}
    names = {f"{other.code} {other.release}": _title(release, other) for other in opened}
    others = [ledger.parse(column, f"{other.code} {other.release}") for other in opened for column in other.disclosed]
    mine: list[Told] = disclosed(release.plan.columns)
    own = [f"{other.code} {other.release}" for other in opened if other.code == release.entry.code]
    for found in complements(mine, others, wanted, release.project, own=own):
        sources = tuple(dict.fromkeys(names[source] for source in found.sources))
        en = (
            f"together with {', '.join(sources)} readers see characters {found.positions} of {found.title}: "
            f"{found.least:,} numbers stand behind one, {found.wanted:,} must; this dataset alone leaves {found.alone:,}"
        )
        zh = (
            f"与{'、'.join(sources)}合并后，{found.title}的第 {found.positions} 位可见，候选只剩 {found.least:,} 个，"
            f"要求不少于 {found.wanted:,} 个；单看本数据集为 {found.alone:,} 个"
        )
        yield Linkage("complement", in_force.together[opening].complement, sources, zh, en, found.least)


def _differences(release: Release) -> Iterator[Linkage]:
    """Against the newest releases that the store still has, each of which a reader may have kept."""
    k, allowed = release.demand.k, rules.load(release.project).together[release.entry.opening.type]
    kept = stores.of(release.project).kept(release.entry.code)
    if k < 2 or kept is None:
        return
    for name in reversed([name for name in kept if name != release.own][-allowed.releases :]):
        found = _difference(release, name, k)
        if found is None or not found.isolated:
            continue
        en = (
            f"of the {found.changed:,} persons whose rows differ from release {name}, {found.isolated:,} are in combinations "
            f"of quasi-identifiers where fewer than {k} changed: whoever has both releases singles them out"
        )
        zh = (
            f"与版本 {name} 相比，有 {found.changed:,} 人的记录发生变化，其中 {found.isolated:,} 人所在的准标识符组合里"
            f"变化不足 {k} 人，同时持有两个版本的人可以把他们单独识别出来"
        )
        yield Linkage("difference", allowed.difference, (f"{release.entry.title} {name}",), zh, en, found.isolated)


def _difference(release: Release, name: str, k: int) -> Difference | None:
    """Nothing where the two releases have no comparable columns."""
    from gongkai.assessment.previous_release import table

    before = table(release.project, release.entry.code, name, release.temp)
    same = {(c.published, c.output, c.method, str(c.params)) for c in before.plan.columns}
    columns = [c.published for c in release.plan.columns if (c.published, c.output, c.method, str(c.params)) in same]
    quasi = [name for name in release.roles.quasi if name in columns]
    if not columns:
        return None
    person = release.roles.person if release.roles.person in columns else None
    return compare(before.path, release.staged, columns, quasi, k=k, person=person, temp=release.temp)


def _joins(release: Release, opened: list[OpenRelease]) -> Iterator[Linkage]:
    """Against the newest open release of each other dataset."""
    if not release.roles.quasi:
        return
    newest = {other.code: other for other in opened if other.code != release.entry.code and other.sketch is not None}
    mine: dict[str, pa.Table | None] = {}
    for other in newest.values():
        name = str(other.key)
        if name not in mine:
            mine[name] = _sketch(release, name)
        yield from _join(release, other, mine[name])


def _sketch(release: Release, name: str) -> pa.Table | None:
    key = ledger.key_of(release.project, name)
    return (
        None if key is None else ledger.make(release.project, release.staged, release.roles, key, release.person, release.temp)
    )


def _join(release: Release, other: OpenRelease, mine: pa.Table | None) -> Iterator[Linkage]:
    action = rules.load(release.project).together[release.entry.opening.type].join
    title = _title(release, other)
    if mine is None:
        en = f"{title} was opened under a key that is gone, so nobody can tell what both share; publish it anew"
        yield Linkage("join", action, (title,), f"{title}开放时的密钥已不存在，无法比对；请重新发布该数据集", en, 0)
        return
    found = join(mine, sketch.read(bytes(other.sketch or b"")))
    if found.unique:
        shared = _spoken(found.attributes)
        en = f"{found.unique:,} persons match exactly one of {title} on {shared['en']}: a join tells what both say of each"
        zh = f"按{shared['zh']}与{title}关联，有 {found.unique:,} 人一一对应：同时使用两个数据集即可拼出同一个人的信息"
        yield Linkage("join", action, (title,), zh, en, found.unique)


_WORDS: Mapping[str, str] = {
    "birth": "出生日期", "age": "年龄", "sex": "性别", "region": "地区", "name": "姓名", "day": "日", "month": "月",
    "quarter": "季", "year": "年", "decade": "年代", "county": "区县", "city": "市", "province": "省",
}  # fmt: skip


def _spoken(attributes: tuple[str, ...]) -> dict[str, str]:
    """The shared attributes in words: ``birth@year`` is the birth year."""
    zh, en = [], []
    for each in attributes:
        name, _, level = each.partition("@")
        fine = "" if level == "value" else level
        zh.append(f"{_WORDS.get(name, name)}{f'({_WORDS[fine]})' if fine else ''}")
        en.append(f"{name} {fine}".strip())
    return {"zh": "、".join(zh), "en": ", ".join(en)}


def _title(release: Release, other: OpenRelease) -> str:
    """How another release is called: a dataset's title, with the release where it is one of this very dataset."""
    return f"{other.title} {other.release}" if other.code == release.entry.code else f"{other.title} ({other.code})"
