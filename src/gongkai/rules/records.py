"""What the rules say 规则: entities, what may be disclosed of them, what rows must keep to; plain and frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Literal

from gongkai.disclosure import Form

UNLIMITED = 2**31 - 1
"""More characters than any value has."""
NEVER_OPEN = ("core", "important")


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of thing a column can hold 实体类型.

    ``group`` is direct, quasi, sensitive or plain. ``shape`` is RE2 that the whole cleaned text must match, None where anything
    fits. ``first`` and ``last`` are the most characters of such a value that may ever show at its ends, ``parts`` the named
    parts (``gongkai.identifiers.anatomy``) that may show wherever they stand.
    """

    code: str
    title: str
    level: str
    group: str
    shape: str | None
    first: int = 0
    last: int = 0
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that may be disclosed: by which methods, in which form, how many characters at each end.

    ``candidates``: how many values must at least be left to a reader who puts all columns together.
    """

    methods: frozenset[str]
    form: Form
    first: int
    last: int
    candidates: int = 1


@dataclass(frozen=True, slots=True)
class Demand:
    """What the rows of a dataset must keep to 匿名要求. ``k``: how many persons share each combination of quasi-identifiers at
    least; ``l``: how many different sensitive values stand behind one; ``t``: how far their distribution may lie from the
    whole table's; ``suppress``: the share of rows that may be suppressed to come there; ``reviews``: the kinds of review that
    must have passed."""

    k: int = 1
    l: int = 1  # noqa: E741 - the name the literature gives it
    t: float = 1.0
    suppress: float = 1.0
    reviews: tuple[str, ...] = ()

    def __or__(self, other: Demand) -> Demand:
        """Both: the stricter of each.

        >>> Demand(k=5, suppress=0.2) | Demand(k=20, l=2, suppress=0.1)
        Demand(k=20, l=2, t=1.0, suppress=0.1, reviews=())
        """
        return Demand(
            max(self.k, other.k),
            max(self.l, other.l),
            min(self.t, other.t),
            min(self.suppress, other.suppress),
            tuple(kind for kind in REVIEWS if kind in {*self.reviews, *other.reviews}),
        )


Action = Literal["block", "warn"]


@dataclass(frozen=True, slots=True)
class Together:
    """What is done about what a dataset tells together with other releases 关联风险: ``complement`` masks that add up,
    ``difference`` rows that came or went between releases, ``join`` unique matches with another dataset; ``releases``: how many
    earlier releases are compared."""

    complement: Action = "block"
    difference: Action = "block"
    join: Action = "block"
    releases: int = 3


NOTHING = Allowance(frozenset(), Form.NOTHING, 0, 0)
REVIEWS = {"legal": "合法性审查", "technical": "专家组论证", "committee": "专家委员会评审", "hearing": "听证"}
"""The kinds of review 审查类型 (玉林第15条), the one every dataset needs first."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All entities and what the policy allows. ``digest`` is SHA-256 over what both files say, comments aside."""

    entities: Mapping[str, Entity]
    levels: tuple[str, ...]
    """Most sensitive first."""
    digest: str
    titles: Mapping[str, str] = field(default_factory=dict)
    """The Chinese name of each level."""
    policy: Mapping[tuple[str, str], Allowance] = field(default_factory=dict)
    """By level and open type; what is not there is not allowed."""
    demands: Mapping[tuple[str, str], Demand] = field(default_factory=dict)
    """By level and open type."""
    together: Mapping[str, Together] = field(default_factory=dict)
    """By open type."""

    def allowance(self, level: str, open_type: str) -> Allowance:
        """What a level may disclose under an open type; nothing where the policy says nothing.

        >>> from gongkai.project import SHIPPED
        >>> from gongkai.rules import load
        >>> load(SHIPPED).allowance("core", "conditional").methods
        frozenset()
        """
        return self.policy.get((level, open_type), NOTHING)

    def allowed(self, entity: str, open_type: str) -> Allowance:
        """What a column of this entity may disclose: its level's allowance, within the entity's own limits.

        >>> from gongkai.project import SHIPPED
        >>> from gongkai.rules import load
        >>> allowed = load(SHIPPED).allowed("PERSON_NAME", "unconditional")
        >>> allowed.first, allowed.last, "keep" in allowed.methods
        (1, 0, False)
        """
        kind = self.entities[entity]
        level = self.allowance(kind.level, open_type)
        return replace(level, first=min(level.first, kind.first), last=min(level.last, kind.last))

    def candidates(self, entities: Iterable[str], open_type: str) -> int:
        """How many values must be left of an identifier that columns of these entities show: what the strictest wants.

        >>> from gongkai.project import SHIPPED
        >>> from gongkai.rules import load
        >>> load(SHIPPED).candidates(["CN_ID_CARD", "PHONE"], "conditional")
        330
        """
        return max(self.allowed(entity, open_type).candidates for entity in entities)

    def demand(self, entities: Iterable[str], open_type: str) -> Demand:
        """What the rows of a dataset must keep to that publishes columns of these entities: the strictest of their levels.

        >>> from gongkai.project import SHIPPED
        >>> from gongkai.rules import load
        >>> in_force = load(SHIPPED)
        >>> in_force.demand(["NONE", "DATE_OF_BIRTH"], "unconditional").k, in_force.demand(["NONE"], "unconditional").k
        (20, 1)
        """
        levels = {self.entities[entity].level for entity in entities}
        found = [self.demands[level, open_type] for level in levels if (level, open_type) in self.demands]
        return reduce(or_, found) if found else Demand()
