"""Names behind words that announce one 触发词: 姓名：张三, 联系人李四. Only in strict detection.

The model alone is more precise, but overlooks names that are words (安心, 庄严). The surname must be known; the name ends with
the clause, at a word that follows names, or after two more characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from gongkai.classify import lexicon
from gongkai.project import Project
from gongkai.text.span import Span

SCORE = 0.4
_VERBS = "反映|来电|投诉|举报|称|说|表示|咨询|申请|报案|要求|希望|诉|住"
_OTHERS = "于|在|的|系|是|因|向|与|和|及|等|现|已|被|为|年|先生|女士|同志|电话|手机|身份证|性别|男|女"
_AFTER = f"(?=[^\u3400-\u9fff]|$|{_VERBS}|{_OTHERS})"
_PART = "(?:(?![与和及等的在是说称因])[\u3400-\u9fff])"
_MINORITY = f"{_PART}{{1,8}}(?:[·•・‧]{_PART}{{1,8}}){{1,3}}"
_LATIN = "[A-Za-z]{2,20}(?:[ .'-][A-Za-z]{1,20}){0,3}(?![A-Za-z0-9_@卡码群号])"
_ANYBODY = re.compile("(?:姓名|[系诉报映电请事案访办]人|[我名]叫)$")
"""Triggers behind which Latin letters are a name; 学生APP has none."""
_SPEAKS = "(?=来电|来访|来信|反映|投诉|举报|致电)"
_NO_NAME = "民众户主东员区司额度费次时经是位客者楼路间后已又再曾网店全目辆我你他她您其此昨今日当该未续来多家长从于部"
_CLAUSE = "(?:^|(?<=[,。;:、!?，；： \n]))"


def finder(triggers: Sequence[str], project: Project) -> Callable[[str], Iterator[Span]]:
    """A function that finds such names in a half-width text.

    >>> from gongkai.project import SHIPPED
    >>> text = "投诉人:安心 电话略,申请人欧阳雪梅反映"
    >>> [text[it.start:it.end] for it in finder(["投诉人", "申请人"], SHIPPED)(text)]
    ['安心', '欧阳雪梅']
    """
    words = lexicon.lists("names", project)
    surname = f"(?:{'|'.join(words['compound'])}|[{''.join(words['surnames'])}])"
    name = f"(?!来[电访信])(?:{_MINORITY}|{surname}[\u3400-\u9fff]{{1,2}}?{_AFTER}|{surname}[\u3400-\u9fff]{{1,2}})"
    announced = "|".join(map(re.escape, sorted(triggers, key=len, reverse=True)))
    anybody = "|".join(re.escape(word) for word in triggers if _ANYBODY.search(word)) or "(?!)"
    spaced = f"{surname}(?:[ ]{{1,4}}[\u3400-\u9fff]){{1,2}}(?![\u3400-\u9fff])"
    gap = "(?:姓名|名字)?(?:是|为)?[ :=]{0,3}"
    patterns = (
        re.compile(f"(?:{announced}){gap}({spaced}|{name})"),
        re.compile(f"(?:{anybody}){gap}({_LATIN})"),
        re.compile(f"姓({surname}[ ,]{{0,2}}名(?:字)?(?:叫|为|是)?[ ]?{_PART}{{1,2}})"),
        re.compile(f"{_CLAUSE}({surname}(?![{_NO_NAME}])[\u3400-\u9fff](?:(?![{_NO_NAME}])[\u3400-\u9fff])?){_SPEAKS}"),
    )

    def find(half: str) -> Iterator[Span]:
        for pattern in patterns:
            for found in pattern.finditer(half):
                yield Span(*found.span(1), "PERSON", SCORE)

    return find


def repeated(text: str, found: Sequence[Span]) -> list[Span]:
    """Every other place of the text where a name of three or more characters stands that was found once.

    >>> repeated("王建国来电，王建国称", [Span(0, 3, "PERSON", 0.9)])
    [Span(start=6, end=9, entity='PERSON', score=0.4)]
    """
    names = {text[it.start : it.end] for it in found if it.entity == "PERSON" and it.end - it.start > 2}
    taken = {(it.start, it.end) for it in found}
    again = (Span(at.start(), at.end(), "PERSON", SCORE) for name in sorted(names) for at in re.finditer(re.escape(name), text))
    return [span for span in again if (span.start, span.end) not in taken]
