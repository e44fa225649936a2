"""Values that other maskers gave back as they were, because they were too short, too long or not of the form expected.

Each row is a way in which a published tool let something through, told in values made up here. Whatever method the default
policy lets for such a column, nothing of the value may be read that the method does not declare.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import pyarrow as pa
import pytest
from tests.leaks.combinations import Combination, all_of_them

from gongkai.counts import Counts
from gongkai.disclosure import Form
from gongkai.keys import Key
from gongkai.leaks.columns import DATES, PLACES
from gongkai.pipeline import desensitization
from gongkai.plan import contract
from gongkai.project import SHIPPED

KEY = Key("default", 1, bytes(range(32)))
UNFIT = [
    ("e-mail without @", "EMAIL", "zhangsan.example.com"),
    ("e-mail of one letter", "EMAIL", "z@qq.com"),
    ("e-mail of a host alone", "EMAIL", "@example.com"),
    ("plate of six characters", "VEHICLE_PLATE", "鲁A1234"),
    ("plate of eight characters", "VEHICLE_PLATE", "鲁AD12345"),
    ("plate with a dot", "VEHICLE_PLATE", "鲁A·12345"),
    ("card of eight digits", "BANK_ACCOUNT", "62220200"),
    ("card in groups", "BANK_ACCOUNT", "6222 0212 3456 7890 123"),
    ("phone of seven digits", "PHONE", "8812345"),
    ("phone with a country code", "PHONE", "+86 138-1234-5678"),
    ("phone of half a dozen digits", "PHONE", "123456"),
    ("two phones", "PHONE", "13812345678/13987654321"),
    ("name of two characters", "PERSON_NAME", "张三"),
    ("name of one character", "PERSON_NAME", "张"),
    ("name of a compound surname", "PERSON_NAME", "欧阳娜"),
    ("name with a dot between", "PERSON_NAME", "阿依古丽·买买提"),
    ("name in Latin letters", "PERSON_NAME", "Li"),
    ("name of a rare character", "PERSON_NAME", "𠮷田"),
    ("ID number that ends in x", "CN_ID_CARD", "11010119900307803x"),
    ("ID number that ends in X", "CN_ID_CARD", "11010119900307803X"),
    ("ID number of fifteen digits", "CN_ID_CARD", "110101900307803"),
    ("ID number in full width", "CN_ID_CARD", "１１０１０１１９９００３０７８０３Ｘ"),
    ("ID number with a wrong check digit", "CN_ID_CARD", "110101199003078031"),
    ("ID number cut short", "CN_ID_CARD", "1101011990"),
    ("ID number of a resident of Hong Kong", "CN_ID_CARD", "810000199408230021"),
    ("ID number with spaces around", "CN_ID_CARD", " 110101199003078030 "),
    ("ID number and a word", "CN_ID_CARD", "110101199003078030（已核）"),
    ("picture sign in an ID column", "CN_ID_CARD", "🙂🙂"),
    ("a single digit in an ID column", "CN_ID_CARD", "7"),
    ("five thousand characters", "CN_ID_CARD", "110101199003078030" * 278),
    ("address of two characters", "ADDRESS", "村东"),
    ("address without a province", "ADDRESS", "幸福里三号楼二单元401"),
    ("day that is none", "DATE_OF_BIRTH", "1990-02-30"),
    ("day in two-digit years", "DATE_OF_BIRTH", "90.3.7"),
    ("day in words", "DATE_OF_BIRTH", "一九九〇年三月七日"),
    ("credit code of seventeen characters", "USCC_SOLE_TRADER", "92110101MA01AB3C5"),
    ("social security number with a letter", "SOCIAL_SECURITY_NO", "S1101011990"),
    ("answer in place of a diagnosis", "HEALTH", "无"),
]


def treated(combination: Combination, value: str) -> str | None:
    """What comes out for the value among others of its kind."""
    rows = combination.rows().slice(0, 3)
    column = pa.array([value, *rows.column("c").to_pylist()[1:]], pa.string())
    stage = desensitization.stage(SHIPPED, combination.plan, KEY, Counts())
    (out,) = stage(iter([rows.set_column(0, "c", column)]))
    text: str | None = out.column("c").cast(pa.string())[0].as_py()
    return text


def most_shown(value: str, combination: Combination) -> int:
    """How long a run of the value's characters the method may show; characters drawn by a key may be the same by chance."""
    left = combination.plan.columns[0].left
    if left.form is Form.COARSE and left.parts & (DATES | PLACES):
        return len(value) - 1
    by_chance = 4 if left.linkable or left.form is Form.COARSE else 1
    return max(left.first, left.last, *(stop - start for start, stop in left.middle), by_chance)


@pytest.mark.parametrize(("entity", "value"), [row[1:] for row in UNFIT], ids=[row[0] for row in UNFIT])
def test_none_comes_out_raw(entity: str, value: str) -> None:
    tried = set()
    for combination in all_of_them({(name, entity) for name in contract.names(SHIPPED)}):
        if combination.type != "text":
            continue
        out = treated(combination, value) or ""
        assert out.casefold() not in (value.casefold(), value.strip().casefold()), combination
        assert len(value) < 2 or value.strip() not in out, combination
        common = SequenceMatcher(None, value, out, autojunk=False).find_longest_match().size
        assert common <= most_shown(value, combination), combination
        tried.add(combination.method)
    assert {"mask", "suppress", "redact", "pseudonymize"} <= tried
