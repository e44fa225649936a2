"""The rules as shipped, and every way a city's own can be wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml

from gongkai import rules
from gongkai.disclosure import Form
from gongkai.errors import ConfigError
from gongkai.project import SHIPPED, Project, shipped_folder

OPEN_TYPES = ("unconditional", "conditional")
RULES = rules.load(SHIPPED)


def fits(entity: str, value: str) -> bool:
    shape = RULES.entities[entity].shape
    return shape is None or bool(pc.match_substring_regex(pa.array([value]), f"^(?:{shape})$")[0].as_py())


@pytest.mark.parametrize(
    ("entity", "value", "expected"),
    [
        ("CN_ID_CARD", "11010519491231002X", True),
        ("CN_ID_CARD", "11010519491231002x", True),
        ("CN_ID_CARD", "110105491231002", True),
        ("CN_ID_CARD", "1101051949123100", False),
        ("CN_ID_CARD", "11010519491231002X ", False),
        ("CN_ID_CARD", "１１010519491231002X", False),
        ("CN_ID_CARD", "", False),
        ("PHONE", "13812345678", True),
        ("PHONE", "+8613812345678", True),
        ("PHONE", "0771-5551234", True),
        ("PHONE", "010-12345678", False),
        ("PHONE", "010-62345678", True),
        ("PHONE", "(0771)5551234转801", True),
        ("PHONE", "62345678", False),
        ("PHONE", "12345", False),
        ("PHONE", "无", False),
        ("PERSON_NAME", "张三", True),
        ("PERSON_NAME", "阿卜杜热合曼·买买提", True),
        ("PERSON_NAME", "〇明", True),
        ("PERSON_NAME", "O'Neill John", True),
        ("PERSON_NAME", "张", False),
        ("PERSON_NAME", "张三13812345678", False),
        ("USCC", "91450900MA5K000000", True),
        ("USCC", "92450900MA5K000000", False),
        ("USCC_SOLE_TRADER", "92450900MA5K000000", True),
        ("BUSINESS_REG_NO", "450900000012345", True),
        ("BUSINESS_REG_NO", "450900600012345", False),
        ("BANK_ACCOUNT", "6222 0212 3456 7890 123", True),
        ("BANK_ACCOUNT", "abc", False),
        ("EMAIL", "zhang@qq.com", True),
        ("EMAIL", "邮箱zhang@qq.com", False),
        ("VEHICLE_PLATE", "桂A12345", True),
        ("VEHICLE_PLATE", "桂AD12345", True),
        ("VEHICLE_PLATE", "桂A·1234警", True),
        ("VEHICLE_PLATE", "A12345", False),
        ("DATE_OF_BIRTH", "1949-12-31", True),
        ("DATE_OF_BIRTH", "19491231", True),
        ("DATE_OF_BIRTH", "1949年12月", True),
        ("DATE_OF_BIRTH", "1949-13-01", False),
        ("DISABILITY_CERT", "11010519491231002X44", True),
        ("INCOME", "1,234.50", True),
        ("INCOME", "面议", False),
        ("AGE", "35", True),
        ("POSTCODE", "537000", True),
        ("VIN", "LSVAA4182E2184847", True),
        ("NONE", "anything\nat all", True),
    ],
)
def test_shapes(entity: str, value: str, expected: bool) -> None:
    assert fits(entity, value) is expected


def test_every_label_of_the_real_column_names_is_an_entity() -> None:
    labels = (
        "ADDRESS ADDRESS_REGION AGE BANK_ACCOUNT BANK_NAME BUSINESS_REG_NO CN_ID_CARD DATE_OF_BIRTH DISABILITY_CERT EDUCATION"
        " EMAIL EMPLOYER ETHNICITY FREE_TEXT GENDER GEO HEALTH HOUSEHOLD_NO HUKOU ID_DOC_NO INCOME IP MARITAL"
        " MEDICAL_RECORD_NO NATIONALITY NATIVE_PLACE NONE OCCUPATION ORG_ADDRESS ORG_CODE ORG_NAME PARTY_NAME PASSWORD"
        " PERSON_NAME PERSON_NO PHONE PHOTO POLITICAL POSTCODE PROPERTY_CERT PROPERTY_NO QQ RELATION SOCIAL_SECURITY_NO"
        " STUDENT_NO TAX_NO USCC VEHICLE_DOC_NO VEHICLE_PLATE VIN WECHAT"
    )
    assert set(labels.split()) <= set(RULES.entities)


def test_core_and_important_data_is_never_open() -> None:
    for level in rules.NEVER_OPEN:
        assert {RULES.allowance(level, open_type) for open_type in OPEN_TYPES} == {rules.NOTHING}
    for entity in ("STATE_SECRET", "IMPORTANT_DATA"):
        assert RULES.allowed(entity, "conditional").methods == frozenset()


def test_nothing_that_points_at_a_person_is_kept() -> None:
    for entity in RULES.entities.values():
        for open_type in OPEN_TYPES:
            kept = "keep" in RULES.allowed(entity.code, open_type).methods
            assert kept == (entity.level == "general_1"), entity.code
    assert {entity.group for entity in RULES.entities.values() if entity.level == "general_4"} == {"direct", "sensitive"}


def test_a_level_never_opens_more_to_everybody_than_under_an_agreement() -> None:
    for level in RULES.levels:
        everybody, agreed = (RULES.allowance(level, open_type) for open_type in OPEN_TYPES)
        assert everybody.methods <= agreed.methods
        assert (everybody.form, everybody.first, everybody.last) <= (agreed.form, agreed.first, agreed.last)
        assert everybody.last <= agreed.last


@pytest.mark.parametrize(
    ("entity", "open_type", "first", "last", "form"),
    [
        ("CN_ID_CARD", "unconditional", 6, 0, Form.PART),
        ("CN_ID_CARD", "conditional", 6, 4, Form.PART),
        ("PHONE", "unconditional", 3, 4, Form.PART),
        ("PERSON_NAME", "conditional", 1, 0, Form.PART),
        ("DATE_OF_BIRTH", "unconditional", 6, 0, Form.PART),
        ("DATE_OF_BIRTH", "conditional", 7, 0, Form.PART),
        ("POSTCODE", "conditional", 4, 0, Form.PART),
        ("OCCUPATION", "conditional", 0, 0, Form.PART),
        ("HEALTH", "conditional", 0, 0, Form.PART),
        ("NONE", "unconditional", rules.UNLIMITED, rules.UNLIMITED, Form.ALL),
        ("NONE", "closed", 0, 0, Form.NOTHING),
    ],
)
def test_an_entity_s_own_limits_hold_within_its_level_s(entity: str, open_type: str, first: int, last: int, form: Form) -> None:
    allowed = RULES.allowed(entity, open_type)
    assert (allowed.first, allowed.last, allowed.form) == (first, last, form)


def test_the_digest_is_of_what_the_files_say(home: Path) -> None:
    folder = home / "rules"
    folder.mkdir()
    shipped = (shipped_folder() / "rules" / "policy.yml").read_text("utf-8")
    (folder / "policy.yml").write_text("# a comment more\r\n" + shipped.replace("\n", "\r\n"), "utf-8")
    assert rules.load(Project.at(home)).digest == RULES.digest
    (folder / "policy.yml").write_text(shipped.replace("last: 4", "last: 3"), "utf-8")
    assert rules.load(Project.at(home)).digest != RULES.digest
    assert rules.load(Project.at(home)).allowance("general_3", "unconditional").last == 3


def test_reading_them_imports_nothing_heavy() -> None:
    program = (
        "import sys; from gongkai import rules; from gongkai.project import SHIPPED; rules.load(SHIPPED)\n"
        "print({'pandas', 'sqlalchemy', 'alembic'} & set(sys.modules))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"


def test_a_city_s_file_replaces_the_shipped_one_of_its_name(home: Path) -> None:
    (home / "rules").mkdir()
    text = "entities:\n  NONE: {title: 无, group: plain, level: general_1, first: all, last: all}\n"
    (home / "rules" / "entities.yml").write_text(text, "utf-8")
    assert list(rules.load(Project.at(home)).entities) == ["NONE"]
    assert rules.load(Project.at(home)).levels == RULES.levels


BAD = [
    ("unknown level", "entities", {"NONE": {"level": "general_9"}}, "entities.NONE.level", "did you mean 'general_"),
    ("no level", "entities", {"NONE": {"level": None}}, "entities.NONE.level", "is not text"),
    ("unknown group", "entities", {"NONE": {"group": "quasy"}}, "entities.NONE.group", "did you mean 'quasi'?"),
    ("unknown key", "entities", {"NONE": {"shap": "x"}}, "entities.NONE.shap", "did you mean 'shape'?"),
    ("look-around", "entities", {"NONE": {"shape": "(?=a)b"}}, "entities.NONE.shape", "RE2"),
    ("open bracket", "entities", {"NONE": {"shape": "[a"}}, "entities.NONE.shape", "RE2"),
    ("negative limit", "entities", {"NONE": {"first": -1}}, "entities.NONE.first", "does not fit"),
    (
        "small letters",
        "entities",
        {"none_such": {"title": "x", "group": "plain", "level": "general_1"}},
        "entities.none_such",
        "match",
    ),
    ("core opened", "allow", {"core": {"conditional": {"methods": ["mask"], "form": "part"}}}, "allow.core", "never opened"),
    ("level not listed", "allow", {"general_7": {}}, "allow.general_7", "did you mean"),
    (
        "unknown method",
        "allow",
        {"general_2": {"conditional": {"methods": ["maks"], "form": "part"}}},
        "allow.general_2.conditional.methods[0]",
        "did you mean 'mask'?",
    ),
    (
        "keep without all",
        "allow",
        {"general_2": {"conditional": {"methods": ["keep"], "form": "part"}}},
        "allow.general_2.conditional.form",
        "contradicts",
    ),
    (
        "unknown form",
        "allow",
        {"general_2": {"conditional": {"methods": [], "form": "parts"}}},
        "allow.general_2.conditional.form",
        "did you mean 'part'?",
    ),
    (
        "unknown open type",
        "allow",
        {"general_2": {"closed": {"methods": [], "form": "part"}}},
        "allow.general_2.closed",
        "known words",
    ),
]


@pytest.mark.parametrize(("part", "edit", "key", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_wrong_rule_is_told_by_its_key(home: Path, part: str, edit: dict[str, object], key: str, words: str) -> None:
    faults = load_edited(home, part, edit).faults
    assert [fault.key for fault in faults] == [key]
    assert words in str(faults[0])


def test_all_that_is_wrong_in_both_files_is_told_at_once(home: Path) -> None:
    load_edited(home, "entities", {"NONE": {"level": "x", "shape": "["}})
    faults = load_edited(home, "allow", {"core": {}, "general_9": {}}).faults
    assert [fault.key for fault in faults] == ["entities.NONE.level", "entities.NONE.shape", "allow.core", "allow.general_9"]
    assert {fault.file for fault in faults} == {"rules/entities.yml", "rules/policy.yml"}


@pytest.mark.parametrize("missing", ["core", "important"])
def test_the_levels_of_the_standard_stay(home: Path, missing: str) -> None:
    faults = load_edited(home, "levels", {missing: None}).faults
    assert f"levels.{missing}" in [fault.key for fault in faults]


def load_edited(home: Path, part: str, edit: dict[str, object]) -> ConfigError:
    """Write a city's file with one part changed, and load it; a None takes a key away."""
    name = "entities.yml" if part == "entities" else "policy.yml"
    document = yaml.safe_load((shipped_folder() / "rules" / name).read_text("utf-8"))
    for key, value in edit.items():
        if value is None:
            del document[part][key]
        elif isinstance(document[part].get(key), dict) and isinstance(value, dict):
            document[part][key] |= value
        else:
            document[part][key] = value
    (home / "rules").mkdir(exist_ok=True)
    (home / "rules" / name).write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    with pytest.raises(ConfigError) as caught:
        rules.load(Project.at(home))
    return caught.value
