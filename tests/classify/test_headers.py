"""What a column's name and comment tell: the grammar case by case, the measured figures, a city's own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import rules
from gongkai.classify import _headers_files, _headers_lexicon, headers
from gongkai.classify.scoring import Score, read, score
from gongkai.errors import ConfigError
from gongkai.project import SHIPPED, Project

COLUMNS = Path(__file__).parent.parent / "data" / "columns"


def guess(name: str, comment: str | None = None, project: Project = SHIPPED) -> headers.Guess:
    return headers.guess(name, comment, project)


GRAMMAR = [
    # the last word decides
    ("监护人身份证地址", "ADDRESS"),
    ("监护人身份证有效期", "NONE"),
    ("监护人身份证号", "CN_ID_CARD"),
    ("监护人工作单位", "EMPLOYER"),
    ("学生家庭住址邮政编码", "POSTCODE"),
    ("残疾证号", "DISABILITY_CERT"),
    ("残疾证有效期", "NONE"),
    ("残疾证发证机关", "ORG_NAME"),
    ("残疾时间", "HEALTH"),
    ("出生医学证明编号", "ID_DOC_NO"),
    ("结婚证编号", "ID_DOC_NO"),
    ("身份证签发机关", "ORG_NAME"),
    ("身份证正面图片地址", "PHOTO"),
    ("商品图片地址", "NONE"),
    # whom it is about
    ("医院名称", "ORG_NAME"),
    ("项目名称", "NONE"),
    ("患者名称", "PERSON_NAME"),
    ("客户名称", "PARTY_NAME"),
    ("申请人名称", "PARTY_NAME"),
    ("申请人姓名", "PERSON_NAME"),
    ("省名称", "ADDRESS_REGION"),
    ("企业姓名", "ORG_NAME"),
    ("工作单位名称", "EMPLOYER"),
    ("联系人电话", "PHONE"),
    ("单位电话", "ORG_PHONE"),
    ("单位联系人电话", "PHONE"),
    ("投诉电话", "ORG_PHONE"),
    ("投诉人电话", "PHONE"),
    ("行政机关地址", "ORG_ADDRESS"),
    ("开户行地址", "ORG_ADDRESS"),
    ("下载地址", "NONE"),
    ("学生编号", "STUDENT_NO"),
    ("患者编号", "MEDICAL_RECORD_NO"),
    ("患者档案号", "MEDICAL_RECORD_NO"),
    ("人员编号", "PERSON_NO"),
    ("单位编号", "NONE"),
    ("医疗机构代码", "ORG_CODE"),
    ("家庭编号", "HOUSEHOLD_NO"),
    ("医保账号", "SOCIAL_SECURITY_NO"),
    ("收款人账号", "BANK_ACCOUNT"),
    ("创建人", "NONE"),
    ("办结人", "PERSON_NAME"),
    # what a neutral end leaves
    ("性别代码", "GENDER"),
    ("民族名称", "ETHNICITY"),
    ("职业类别代码", "OCCUPATION"),
    ("户口类型", "HUKOU"),
    ("证件类型", "NONE"),
    ("证件类型代码", "NONE"),
    ("残疾类别", "HEALTH"),
    ("就诊日期", "HEALTH"),
    ("就诊科室", "NONE"),
    ("满意度", "NONE"),
    ("慢性病说明", "HEALTH"),
    ("事件描述", "FREE_TEXT"),
    ("联系电话-类别代码", "NONE"),
    # explanations, choices, questions
    ("性别(1男 2女)", "GENDER"),
    ("性别【0未知，1男，2女】", "GENDER"),
    ("类型：1常口2暂口3境外人员", "NONE"),
    ("证件类型 1身份证 2护照", "NONE"),
    ("年龄（岁）", "AGE"),
    ("经纬度，json", "GEO"),
    ("国籍  默认CHN", "NATIONALITY"),
    ("身份证号码/组织机构代码", "CN_ID_CARD"),
    ("法定代表人/负责人", "PERSON_NAME"),
    ("是否残疾", "NONE"),
    ("有无过敏史", "NONE"),
    ("担保人, Guarantor", "PERSON_NAME"),
    ("紧急联系人1电话", "PHONE"),
    ("出生日期   身份证取", "DATE_OF_BIRTH"),
    ("退役时是否领取退役金", "NONE"),
    ("所属地区（区划表ID）", "NONE"),
    ("现有子女（人）", "NONE"),
    ("国籍或港澳台居民身份", "NATIONALITY"),
    # what was found, scored and told of health
    ("胸片结果", "HEALTH"),
    ("跌倒风险", "HEALTH"),
    ("结核病史", "HEALTH"),
    ("病情描述", "HEALTH"),
    ("体检有效期", "NONE"),
    ("处警结果", "FREE_TEXT"),
    ("省份信息", "ADDRESS_REGION"),
    ("作业人员证号", "ID_DOC_NO"),
    ("住院登记号", "MEDICAL_RECORD_NO"),
    ("当事人号码", "PHONE"),
    ("行驶证主页", "PHOTO"),
    ("民族_公安标准", "ETHNICITY"),
    ("居住事由编码", "NONE"),
    # what is said is not known, only whom it is about
    ("特困人员去留打算", "NONE"),
]

NAMES = [
    ("id_card", "CN_ID_CARD"),
    # English words and units win over the first letters of Chinese ones
    ("rain_mm", "NONE"),
    ("fare", "NONE"),
    ("humidity", "NONE"),
    ("temp", "NONE"),
    ("first_bus", "NONE"),
    ("pm25", "NONE"),
    ("distance_km", "NONE"),
    ("lon", "GEO"),
    ("ddh", "NONE"),
    ("weight_kg", "HEALTH"),
    ("mm", "PASSWORD"),
    ("guardianIdCardNo", "CN_ID_CARD"),
    ("guardian_id_card_type", "NONE"),
    ("contactPhone", "PHONE"),
    ("company_phone", "ORG_PHONE"),
    ("company_name", "ORG_NAME"),
    ("patient_name", "PERSON_NAME"),
    ("file_name", "NONE"),
    ("date_of_birth", "DATE_OF_BIRTH"),
    ("name_of_guardian", "PERSON_NAME"),
    ("is_disabled", "NONE"),
    ("homeaddr", "ADDRESS"),
    ("addreesPer", "ADDRESS"),
    ("marrige", "MARITAL"),
    ("create_time", "NONE"),
    ("creator_id", "NONE"),
    ("xm", "PERSON_NAME"),
    ("XM", "PERSON_NAME"),
    ("jhrsfzh", "CN_ID_CARD"),
    ("lxrdh", "PHONE"),
    ("bhrxm", "PERSON_NAME"),
    ("hyzkm", "MARITAL"),
    ("sfcjbx", "NONE"),
    ("xingming", "PERSON_NAME"),
    ("jianhurendianhua", "PHONE"),
    ("GZDW1", "EMPLOYER"),
    ("AAC002", "CN_ID_CARD"),
    ("AAB301_ID", "ADDRESS_REGION"),
    ("azcp0001", "NONE"),
    ("监护人电话", "PHONE"),
]


@pytest.mark.parametrize(("comment", "entity"), GRAMMAR)
def test_a_comment_is_read_by_its_grammar(comment: str, entity: str) -> None:
    assert guess("c1", comment).entity == entity


@pytest.mark.parametrize(("name", "entity"), NAMES)
def test_a_physical_name_is_put_into_chinese(name: str, entity: str) -> None:
    assert guess(name).entity == entity


def test_every_guess_says_by_what_it_was_made() -> None:
    assert [guess(*column).by for column in [("c1", "姓名"), ("AAC002", None), ("lxdh", None), ("phone", None), ("d3", None)]] == [
        "comment",
        "code_book",
        "pinyin",
        "english",
        "none",
    ]
    assert guess("d3") == headers.UNKNOWN


def test_letters_that_several_words_share_weigh_less() -> None:
    lexicon = _headers_lexicon.load(SHIPPED)
    shared = next(letters for letters, sure in lexicon.shared.items() if sure < 1)
    alone = next(letters for letters in lexicon.initials if letters not in lexicon.shared and guess(letters).weight > 0.7)
    assert guess(shared).weight < guess(alone).weight


def test_a_vague_comment_leaves_the_word_to_the_name() -> None:
    assert guess("student_no", "编号").entity == "STUDENT_NO"
    assert guess("company_name", "姓名").entity == "PERSON_NAME"


def test_a_bare_account_is_whose_the_name_says() -> None:
    assert guess("userAccount", "账号").entity == "PERSON_NAME"
    assert guess("bank_account", "账号").entity == "BANK_ACCOUNT"


def test_a_comment_that_lists_values_leaves_the_word_to_the_name() -> None:
    assert guess("profession", "工人，教师，学生，军人").entity == "OCCUPATION"
    assert guess("c1", "视力/听力/智力/精神").entity == "HEALTH"


def test_a_key_of_another_table_is_no_name() -> None:
    assert guess("hospital_id", "所属医院").entity == "NONE"
    assert guess("hospitalName", "所属医院").entity == "ORG_NAME"
    assert guess("openId", "微信号").entity == "WECHAT"


def test_a_picture_of_a_document_is_a_picture() -> None:
    assert guess("certificate_img", "毕业证书").entity == "PHOTO"
    assert guess("id_card_front_url", "身份证").entity == "PHOTO"


# -- figures ---------------------------------------------------------------------------------------------------------------


def _scores(file: str) -> dict[str, Score]:
    return dict(score(read(COLUMNS / file), lambda name, comment: guess(name, comment).entity))


@pytest.mark.parametrize(
    ("file", "name", "comment", "both"),
    [
        ("gov_headers.csv", 0.88, 0.99, 0.99),
        ("other_headers.csv", 0.75, 0.95, 0.96),
        ("fresh_headers.csv", 0.73, 0.96, 0.96),
        ("table_headers.csv", 0.76, 0.95, 0.96),
    ],
)
def test_figures_hold(file: str, name: float, comment: float, both: float) -> None:
    found = _scores(file)
    assert found["name"].f1 >= name
    assert found["comment"].f1 >= comment
    assert found["both"].f1 >= both


def test_a_score_counts_what_is_right() -> None:
    rows = read(COLUMNS / "gov_headers.csv")
    blind = score(rows, lambda name, comment: "NONE")["both"]
    labels = {(row.header, row.comment): row.entity for row in rows}
    perfect = score(rows, lambda name, comment: labels.get((name, comment), "NONE"))["both"]
    assert (blind.precision, blind.recall, blind.f1) == (0.0, 0.0, 0.0)
    assert blind.accuracy == sum(row.entity == "NONE" for row in rows) / len(rows)
    assert perfect.f1 > 0.99


@pytest.mark.parametrize("file", ["gov_headers.csv", "other_headers.csv", "fresh_headers.csv", "table_headers.csv"])
def test_labels_are_entities(file: str) -> None:
    assert {row.entity for row in read(COLUMNS / file)} <= set(rules.load(SHIPPED).entities)


# -- the dictionary --------------------------------------------------------------------------------------------------------


def test_every_character_of_the_dictionary_has_a_reading() -> None:
    documents = _headers_files.read(SHIPPED)[0].documents.values()
    known = {letter for document in documents for letters in document.readings.values() for letter in letters}
    words = _headers_lexicon.load(SHIPPED).words
    assert {letter for word in words for letter in word if "一" <= letter <= "鿿"} <= known


def test_every_phrase_a_physical_name_stands_for_is_understood() -> None:
    """A misspelt phrase would be a word for nothing."""
    lexicon = _headers_lexicon.load(SHIPPED)
    phrases = {*lexicon.names.values(), *lexicon.columns.values(), *lexicon.initials.values()}
    unknown = {phrase for phrase in phrases if headers._meaning(phrase, lexicon).weight == 0}
    assert unknown <= {"是否", "类", "性"}


def _city(folder: Path, text: str, name: str = "city") -> Project:
    (folder / "rules" / "headers").mkdir(parents=True, exist_ok=True)
    (folder / "rules" / "headers" / f"{name}.yml").write_text(text, encoding="utf-8")
    return Project.at(folder)


def test_a_citys_words_win(tmp_path: Path) -> None:
    assert guess("c1", "单位电话").entity == "ORG_PHONE"
    written = """
terms: {PERSON_NO: [穗康号], PHONE: [单位电话]}
names: {穗康号: [skh_no]}
columns: {BIZ_07: 病案号}
"""
    city = _city(tmp_path, written)
    assert guess("c1", "申请人穗康号", city).entity == "PERSON_NO"
    assert guess("c1", "单位电话", city).entity == "PHONE"
    assert guess("applicant_skh_no", project=city).entity == "PERSON_NO"
    assert guess("biz_07", "备注", city) == headers.Guess("MEDICAL_RECORD_NO", 0.95, "code_book")
    assert guess("c1", "监护人身份证号", city).entity == "CN_ID_CARD"


def test_a_citys_file_replaces_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    city = _city(tmp_path, "columns: {AAC002: 备注}", "codes-hrss")
    assert guess("AAC002", project=city).entity == "FREE_TEXT"
    assert guess("AAC001", project=city).entity == "NONE"


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    before = _headers_lexicon.load(_city(tmp_path, "terms: {PHONE: [甲乙丙]}"))
    after = _headers_lexicon.load(_city(tmp_path, "terms: {EMAIL: [甲乙丙丁, 甲乙丙]}"))
    assert before.words["甲乙丙"].entity == "PHONE"
    assert after.words["甲乙丙"].entity == "EMAIL"


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("terms: {PHONES: [电话]}", "terms.PHONES", "is not an entity of rules/entities.yml"),
        ("term: {PHONE: [电话]}", "term", "is not a key known here"),
        ("terms: {PHONE: 电话}", "terms.PHONE", "is not a list"),
        ("terms: {PHONE: [热线, 热线号], ORG_PHONE: [热线]}", "terms.ORG_PHONE[0]", "has a word that stands in"),
        ("names: {姓名: [Full_Name], 户名: [fullName]}", "names.户名[0]", "has a word that stands in"),
        ("heads: {size: {words: [尺寸], alone: NONE, else: NONE, when: {persons: AGE}}}", "heads.size.when.persons", "is neither"),
        ("heads: {size: {words: [尺寸], alone: NONE}}", "heads.size.else", "is missing"),
        ("nouns: {ghost: {alone: NONE, like: spirit, words: [魂]}}", "nouns.ghost.like", "is not a class"),
        ("nouns: {ghost: {alone: NONE, weight: 2, words: [魂]}}", "nouns.ghost.weight", "does not fit"),
        ("initials: {XM: 姓名}", "initials.XM", "is not written as it must be"),
        ("terms:\n\tPHONE: [电话]", "line 2", "is not readable as YAML"),
    ],
)
def test_a_fault_in_a_citys_file_is_named(tmp_path: Path, text: str, key: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        guess("c1", "姓名", _city(tmp_path, text))
    [fault] = caught.value.faults
    assert (fault.file, fault.key) == ("rules/headers/city.yml", key)
    assert fault.problem.startswith(problem)
    assert fault.remedy


# -- anything at all -------------------------------------------------------------------------------------------------------

ENTITIES = frozenset(rules.load(SHIPPED).entities)
letters = st.text(max_size=40) | st.text("监护人身份证号电话(1男，：/ 是否姓名_aA0－ｘｍ", max_size=20)


@settings(max_examples=150, deadline=None)
@given(name=letters, comment=st.none() | letters)
def test_no_text_is_too_strange(name: str, comment: str | None) -> None:
    found = guess(name, comment)
    assert found.entity in ENTITIES
    assert 0 <= found.weight <= 1
    assert (found.weight == 0) == (found.by == "none")
    assert found == guess(name, comment)


@settings(max_examples=100, deadline=None)
@given(row=st.sampled_from([row for row in read(COLUMNS / "gov_headers.csv") if row.comment]))
def test_width_and_case_of_a_comment_do_not_matter(row) -> None:  # type: ignore[no-untyped-def]
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in row.comment)
    assert guess("c1", wide) == guess("c1", row.comment) == guess("c1", row.comment.swapcase())


@pytest.mark.parametrize("name", ["id_card", "lxdh", "AAC002", "guardian_phone_type"])
def test_width_and_case_of_a_name_do_not_matter(name: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in name)
    assert guess(name.upper()) == guess(name.lower()) == guess(wide)
