"""What a stand-in may have in common, by chance, with the one another key makes: nothing, unless it is a word of a short list."""

from __future__ import annotations

import pytest

from gongkai.disclosure import LOOKALIKE, Disclosure, Form
from gongkai.leaks import promises
from gongkai.leaks.canary_result import Passed
from gongkai.leaks.columns import WatchedColumn

FAKE = Disclosure(Form.LINK, parts=frozenset({LOOKALIKE}), linkable=True)
PSEUDONYM = Disclosure(Form.LINK, linkable=True)
NAMES = [("王建国", "张想", "李月"), ("赵丽华", "陈晨", "陈晨"), ("孙志强", "周波", "吴燕"), ("钱小梅", "郑凯", "冯雪")]
WITHOUT_KEY = "stand-ins do not depend on the key, so anybody can make them"


@pytest.mark.parametrize(
    ("name", "disclosure", "same_in_all", "said"),
    [
        ("one made-up name drawn by both keys", FAKE, False, None),
        ("made-up names no key draws", FAKE, True, WITHOUT_KEY),
        ("one pseudonym of both keys", PSEUDONYM, False, WITHOUT_KEY),
        ("pseudonyms no key makes", PSEUDONYM, True, WITHOUT_KEY),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_stand_ins_under_another_key(name: str, disclosure: Disclosure, same_in_all: bool, said: str | None) -> None:
    column = WatchedColumn("holder", "holder", "text", "text", "PERSON_NAME", "direct", "fake", disclosure)
    passed = [Passed(raw, out, out if same_in_all else other) for raw, out, other in NAMES]
    assert promises.broken(column, passed, []) == said
