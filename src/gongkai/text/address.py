"""Addresses down to the door 详细地址: places that stand side by side, and the house numbers that follow them.

The model of names gives places (朝阳区, 建国路); a place becomes an address where a number with its unit follows
(88号院3号楼2单元501室), or where two roads meet (路口). A place without either stays a place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from gongkai.text.span import Span

_NUMBER = "(?:[0-9]{1,5}[A-Za-z]?|[A-Za-z][0-9]{0,4}|[一二三四五六七八九十百零〇两]{1,5}|[甲乙丙丁])"
_STRONG = "(?:号楼|号院|号门|弄|栋|幢|单元|室|支弄|号房|层楼)"
_WEAK = "(?:号|组|队|社|排|座|楼|层|户|门|期|区|院|巷|段|村民小组)"
_ONE = f"(?:附?{_NUMBER}[ ]?(?:之{_NUMBER})?(?:{_STRONG}|{_WEAK})|[东西南北中][区院座楼门])"
_DASHED = "(?!(?:19|20)[0-9]{2}-)[0-9]{1,4}[A-Za-z]?(?:-[0-9]{1,4}){1,3}[号室]?"
_BARE = f"(?:{_DASHED}|[0-9]{{2,4}}(?![0-9年月日天人元次个户岁时点分秒万亿多余%.:/-]))"
"""Numbers without a unit: 18-2-101, or the room behind its stair (2单元501)."""
_ROOM = re.compile(f"[ ]?{_BARE}")
_UNIT_ENDS = re.compile("(?:单元|号楼|[栋幢座楼弄号])$")
_LINK = "[ ,，]?"
_TAIL = re.compile(f"(?:{_LINK}{_ONE})+(?:{_LINK}{_BARE})?|{_LINK}{_DASHED}(?![0-9年月日])")
_ENDS_DASHED = re.compile(f"(?<![0-9]){_DASHED}$")
_STAIRS = re.compile("(?<![0-9])(?!(?:19|20)[0-9]{2}-)[0-9]{1,4}[A-Za-z]?(?:-[0-9]{1,4}){2,3}[号室]?$")
_ESTATE = "花园|小区|家园|公寓|新村|大厦|广场|社区|苑|园|城|府|庭|村|街|路|巷"
_NAME = re.compile(f"[\u3400-\u9fff]{{1,8}}?(?:{_ESTATE})|[\u3400-\u9fff]{{0,4}}[0-9]{{1,2}}城")
"""A building or estate the model overlooked, between a road and its numbers."""
_NOT_NAME = re.compile("[的在有与和是及从到被将把向对于因称说了着过]")
_UNIT = re.compile(f"{_NUMBER}[ ]?(?:之{_NUMBER})?(?:({_STRONG})|(?![段区期里]){_WEAK})")
_ROAD = re.compile("(?:[路街道巷里弄村组庄屯苑园院城镇乡坊段桥寨湾沟坝塘集]|胡同|小区|公寓|大厦|广场)$")
_CROSSING = re.compile(
    "(?P<other>[与和、及/至](?P<name>[\u3400-\u9fff]{1,8}?(?:路|街|大道|巷|道)))?"
    "(?:交叉路?口|十字路口|丁字路口|交汇处|交界处|交口|路口)(?:[东西南北]{1,2}[侧角边面]?)?"
)
_BEFORE = re.compile("[^\u3400-\u9fff]|[住在于是为址到至从由的及和与往映诉称告请至来对把将]")
_DIVISIONS = re.compile("(?:[\u3400-\u9fff]{1,6}?(?:[省市区县旗州盟镇乡]|街道))+")
_PLACE = re.compile("[\u3400-\u9fff]")
_AND = re.compile("[与和、及/至]")
_LIVES = re.compile("(?:[现家租暂居]?住(?:在|于)?|位于|坐落于?)")
_HOME = re.compile(
    f"住(?:在|于|址)?[ :]?((?:{_NUMBER}(?:{_STRONG}|[楼座层户门])[ ,-]?)+(?:[0-9]{{2,4}}[室号]?(?![0-9年月日天元人]))?"
    "|[0-9]{1,3}(?:-[0-9]{1,4}){2,3}[室号]?(?![0-9年月日]))"
)
"""A door without a street: 住12栋1单元1201."""

SCORE, ANNOUNCED = 0.85, 0.4


def addresses(half: str, places: Iterable[Span]) -> list[Span]:
    """The addresses that begin with one of the places (LOCATION, ORGANIZATION) of a half-width text; none overlaps another.

    >>> text = "家住朝阳区建国路88号院3号楼501室，电话"
    >>> [text[it.start:it.end] for it in addresses(text, [Span(2, 5, "LOCATION", 0.9), Span(5, 8, "LOCATION", 0.8)])]
    ['朝阳区建国路88号院3号楼501室']
    >>> addresses("苏州5号开始下雨", [Span(0, 2, "LOCATION", 0.8)])
    []
    """
    found: list[Span] = []
    ordered = sorted(_bare(half, place) for place in places)
    starting = {place.start: place for place in ordered}
    for place in ordered:
        if not found or place.start >= found[-1].end:
            end, exact = _grow(half, place, starting)
            if exact or _door(half[place.start : end]):
                start = _reach(half, found[-1].end if found else 0, place.start)
                found.append(Span(start, end, "ADDRESS", max(SCORE, place.score)))
    return found


def announced(triggers: Sequence[str]) -> Callable[[str], Iterator[Span]]:
    """A function that finds what stands behind words that announce an address, as far as the clause goes, if it has a number.

    For strict detection, where the model overlooks places.

    >>> text = "住址:槐荫里七号,电话略"
    >>> [text[it.start:it.end] for it in announced(["住址"])(text)]
    ['槐荫里七号']
    """
    words = "|".join(map(re.escape, sorted(triggers, key=len, reverse=True)))
    pattern = re.compile(f"(?:{words})(?:是|为|在|于)?[ :=]{{0,3}}([\u3400-\u9fff0-9A-Za-z#()-]{{2,60}})")

    def find(half: str) -> Iterator[Span]:
        for found in pattern.finditer(half):
            if _UNIT.search(found[1]):
                yield Span(*found.span(1), "ADDRESS", ANNOUNCED)
        for found in _HOME.finditer(half):
            yield Span(*found.span(1), "ADDRESS", ANNOUNCED)

    return find


def _reach(half: str, free: int, start: int) -> int:
    """Where the divisions begin, from ``free`` on, that stand right before an address and that the model did not tell of."""
    before = half[max(free, start - 24) : start]
    clause = _BEFORE.split(before)[-1]
    return start - len(clause) if _DIVISIONS.fullmatch(clause) else start


def _bare(half: str, place: Span) -> Span:
    """A place without the word before it."""
    word = _LIVES.match(half, place.start, place.end)
    return place._replace(start=word.end()) if word and word.end() < place.end else place


def _grow(half: str, place: Span, places: Mapping[int, Span]) -> tuple[int, bool]:
    """Where what begins with a place ends, and whether it is a crossing, which needs no number."""
    end = place.end
    while True:
        crossing = _crossing(half, end, places)
        if crossing is not None:
            return crossing, True
        step = _step(half, end, places)
        if step is None:
            return end, False
        end = step


def _step(half: str, end: int, places: Mapping[int, Span]) -> int | None:
    """The end of the next piece: numbers with units, the next place, or a name the model overlooked before more numbers."""
    tail = _TAIL.match(half, end) or (_UNIT_ENDS.search(half[max(0, end - 2) : end]) and _ROOM.match(half, end))
    if tail:
        return tail.end()
    place = places.get(end + 1 if half[end : end + 1] == " " else end)
    if place is not None:
        return place.end
    name = _NAME.match(half, end)
    if name and not _NOT_NAME.search(name[0]) and _TAIL.match(half, name.end()):
        return name.end()
    return None


def _door(text: str) -> bool:
    """Whether the numbers say more than a date or a count: a door's unit, several units, one behind a road, 18-2-101."""
    name = _PLACE.search(text)
    units = [unit for unit in _UNIT.finditer(text) if name and unit.start() >= name.end()]
    if any(unit[1] for unit in units) or len(units) > 1 or _STAIRS.search(text):
        return True
    dashed = _ENDS_DASHED.search(text)
    return any(_ROAD.search(text[: unit.start()]) for unit in [*units, *([dashed] if dashed else [])])


def _crossing(half: str, end: int, places: Mapping[int, Span]) -> int | None:
    """Where a crossing of two roads ends that begins with the one that ends here."""
    found = _CROSSING.match(half, end)
    if found:
        return found.end() if found["other"] or _ROAD.search(half[max(0, end - 4) : end]) else None
    if not _AND.match(half, end):
        return None
    place = places.get(end + 1)
    behind = _CROSSING.match(half, place.end) if place else None
    return behind.end() if behind and not behind["other"] else None
