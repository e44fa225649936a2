"""What each identifier says of one value: its compact form, or why it is none. Every trap met in real tables stands here."""

from __future__ import annotations

import datetime
from importlib import import_module

import pytest

from gongkai import plugins
from gongkai.identifiers._errors import InvalidIdentifier

TOMORROW = datetime.date.today() + datetime.timedelta(1)
TODAY = datetime.date.today()


def with_check(body: str) -> str:
    from gongkai.identifiers._checksums import check_11_2

    return body + check_11_2(body)


TABLE = [
    # (name, given, what comes out: a compact form in ASCII or Han, or =reason)
    ("resident_id", "11010519491231002X", "11010519491231002X"),
    ("resident_id", "11010519491231002x", "11010519491231002X"),
    ("resident_id", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
    ("resident_id", "１１０１０５　１９４９１２３１－００２ｘ", "11010519491231002X"),
    ("resident_id", "110105-19491231-002X", "11010519491231002X"),
    ("resident_id", " 110105 19491231 002X\t\r\n", "11010519491231002X"),
    ("resident_id", "'11010519491231002X", "11010519491231002X"),
    ("resident_id", "\ufeff110105\u00a019491231\u200b002X", "11010519491231002X"),
    ("resident_id", "110105–19491231—002X", "11010519491231002X"),
    ("resident_id", with_check("11010520000229001"), with_check("11010520000229001")),  # leap day
    ("resident_id", with_check("11010519000229001"), "=date"),  # 1900 was none
    ("resident_id", with_check("11010519490230002"), "=date"),
    ("resident_id", with_check("11010519491331002"), "=date"),
    ("resident_id", with_check("11010518991231002"), "=date"),
    ("resident_id", with_check("11010520991231002"), "=date"),
    ("resident_id", with_check(f"110105{TODAY:%Y%m%d}002"), with_check(f"110105{TODAY:%Y%m%d}002")),
    ("resident_id", with_check(f"110105{TOMORROW:%Y%m%d}002"), "=date"),
    ("resident_id", with_check("81000019900101001"), with_check("81000019900101001")),  # Hong Kong
    ("resident_id", with_check("82000019900101001"), with_check("82000019900101001")),
    ("resident_id", with_check("83000019900101001"), with_check("83000019900101001")),  # Taiwan, residence permit
    ("resident_id", with_check("71000019900101001"), with_check("71000019900101001")),
    ("resident_id", with_check("33011320210709001"), with_check("33011320210709001")),  # 临平区, of 2021
    ("resident_id", with_check("32052319800101001"), with_check("32052319800101001")),  # 昆山县, gone since 1989
    ("resident_id", with_check("99010519491231002"), "=component"),
    ("resident_id", with_check("00010519491231002"), "=component"),
    ("resident_id", "110105194912310021", "=checksum"),
    ("resident_id", "110105194912310029", "=checksum"),
    ("resident_id", "11010519491231002", "=length"),
    ("resident_id", "11010519491231002XX", "=length"),
    ("resident_id", "110105194912310X2X", "=shape"),
    ("resident_id", "1101051949123100２Y", "=shape"),
    ("resident_id", "11010519491231002:", "=shape"),
    ("resident_id", "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "=shape"),  # digits, but Arabic ones
    ("resident_id", "110105********002X", "=shape"),
    ("resident_id", "202401051234567890", "=component"),  # order number
    ("resident_id", "", "=length"),
    ("resident_id", "110105 2024 0105 0017", "=checksum"),  # case number: place, day, sequence
    ("resident_id_15", "110105491231003", "110105491231003"),
    ("resident_id_15", "110105 491231 003", "110105491231003"),
    ("resident_id_15", "110105490230003", "=date"),
    ("resident_id_15", "110105000101003", "110105000101003"),
    ("resident_id_15", "110105000229003", "=date"),
    ("resident_id_15", "100105491231003", "=component"),
    ("resident_id_15", "110105491231002", "=checksum"),  # a business's registration
    ("resident_id_15", "11010549123100X", "=shape"),
    ("foreign_residence", "911840198506120015", "911840198506120015"),
    ("foreign_residence", "911840 19850612 0015", "911840198506120015"),
    ("foreign_residence", "usa110085061201", "USA110085061201"),
    ("foreign_residence", "ABC110085061201", "=component"),
    ("foreign_residence", "US1110085061201", "=shape"),
    ("foreign_residence", "911840198506120016", "=checksum"),
    ("foreign_residence", "11010519491231002X", "=shape"),
    ("foreign_residence", with_check("91184019850230001"), "=date"),
    ("foreign_residence", with_check("99984019850612001"), "=component"),
    ("hkmo_permit", "H12345678", "H12345678"),
    ("hkmo_permit", "m1234567800", "M1234567800"),
    ("hkmo_permit", "Ｈ１２３４５６７８（００）", "H1234567800"),
    ("hkmo_permit", "H1234567", "=length"),
    ("hkmo_permit", "X12345678", "=shape"),
    ("taiwan_permit", "01234567", "01234567"),
    ("taiwan_permit", "0123456789(B)", "0123456789B"),
    ("taiwan_permit", "0123456", "=length"),
    ("taiwan_permit", "0123456A", "=shape"),
    ("passport", "E12345678", "E12345678"),
    ("passport", "ea1234567", "EA1234567"),
    ("passport", "G12345678", "G12345678"),
    ("passport", "SE1234567", "SE1234567"),
    ("passport", "DE1234567", "DE1234567"),
    ("passport", "PE1234567", "PE1234567"),
    ("passport", "EO1234567", "=shape"),
    ("passport", "GE1234567", "=shape"),
    ("passport", "E1234567", "=length"),
    ("mobile", "13812345678", "13812345678"),
    ("mobile", "+86 138-1234-5678", "13812345678"),
    ("mobile", "008613812345678", "13812345678"),
    ("mobile", "8613812345678", "13812345678"),
    ("mobile", "（+86）138 1234 5678", "13812345678"),
    ("mobile", "１３８１２３４５６７８", "13812345678"),
    ("mobile", "19212345678", "19212345678"),  # 广电
    ("mobile", "19712345678", "19712345678"),
    ("mobile", "16212345678", "16212345678"),
    ("mobile", "17412345678", "17412345678"),
    ("mobile", "14912345678", "14912345678"),
    ("mobile", "15412345678", "=component"),
    ("mobile", "14412345678", "=component"),
    ("mobile", "19412345678", "=component"),
    ("mobile", "16012345678", "=component"),
    ("mobile", "12345678901", "=component"),
    ("mobile", "1381234567", "=length"),
    ("mobile", "1700000000000", "=length"),  # milliseconds
    ("mobile", "138****5678", "=shape"),
    ("mobile", "86138123456", "=component"),
    ("landline", "010-62345678", "01062345678"),
    ("landline", "01062345678", "01062345678"),
    ("landline", "（0755）86013388", "075586013388"),
    ("landline", "0755-86013388-8012", "075586013388转8012"),
    ("landline", "0755-8601 3388 转 8012", "075586013388转8012"),
    ("landline", "0755-86013388 ext.12", "075586013388转12"),
    ("landline", "+86-10-6234-5678", "01062345678"),
    ("landline", "0086 571 8705 2345", "057187052345"),
    ("landline", "0892-8822345", "08928822345"),
    ("landline", "86013388", "=shape"),  # a code of 8 digits
    ("landline", "400-810-8888", "=shape"),
    ("landline", "800-810-8888", "=shape"),
    ("landline", "12345", "=shape"),
    ("landline", "13812345678", "=shape"),
    ("landline", "010-6234567", "=shape"),
    ("landline", "026-62345678", "=shape"),
    ("landline", "2024-01050017", "=shape"),
    ("bank_card", "6222 0200 0000 0000 000", "6222020000000000000"),
    ("bank_card", "６２２２０２００００００００００００００", "=length"),
    ("bank_card", "4111-1111-1111-1111", "4111111111111111"),
    ("bank_card", "6222020000000000001", "=checksum"),
    ("bank_card", "622902202401050017", "=component"),  # case number of Gansu
    ("bank_card", "1234567890123456", "=component"),
    ("bank_card", "622202000000000000X", "=shape"),
    ("bank_card", "622202000000000", "=length"),
    ("bank_card", "6222020000000000000000", "=length"),
    ("uscc", "91110105MA01ABC922", "91110105MA01ABC922"),
    ("uscc", "91110105ma01abc922", "91110105MA01ABC922"),
    ("uscc", "9111 0105 MA01 ABC9 22", "91110105MA01ABC922"),
    ("uscc", "91110105MA01ABC923", "=checksum"),
    ("uscc", "92110105MA01ABC92Y", "=component"),  # one person's
    ("uscc", "94110105MA01ABC922", "=component"),
    ("uscc", "91990105MA01ABC922", "=component"),
    ("uscc", "91110105MA01ABO922", "=shape"),
    ("uscc", "91110105MA01ABC92", "=length"),
    ("uscc", "11010519491231002X", "=component"),
    ("uscc_sole_trader", "92110105MA01ABC92Y", "92110105MA01ABC92Y"),
    ("uscc_sole_trader", "91110105MA01ABC922", "=component"),
    ("uscc_sole_trader", "92110105MA01ABC922", "=checksum"),
    ("org_code", "MA01ABC9-2", "MA01ABC92"),
    ("org_code", "ma01abc92", "MA01ABC92"),
    ("org_code", "MA01ABC9-3", "=checksum"),
    ("org_code", "MA01ABC9-A", "=shape"),
    ("org_code", "MA01ABC9", "=length"),
    ("tax_no", "110105MA01ABC92", "110105MA01ABC92"),
    ("tax_no", "91110105MA01ABC922", "91110105MA01ABC922"),
    ("tax_no", "92110105MA01ABC92Y", "92110105MA01ABC92Y"),
    ("tax_no", "11010519491231002X01", "11010519491231002X01"),
    ("tax_no", "110105MA01ABC93", "=checksum"),
    ("tax_no", "AB0105MA01ABC92", "=shape"),
    ("tax_no", "990105MA01ABC92", "=component"),
    ("tax_no", "1101051949123100", "=length"),
    ("personal_tax_number", "11010519491231002X", "11010519491231002X"),
    ("personal_tax_number", "11010519491231002X00", "11010519491231002X00"),
    ("personal_tax_number", "11010519491231002XAB", "=shape"),
    ("personal_tax_number", "110105194912310021", "=checksum"),
    ("social_security_number", "11010519491231002X", "11010519491231002X"),
    ("social_security_number", "110105194912310021", "=checksum"),
    ("driving_licence", "110105 19491231 002x", "11010519491231002X"),
    ("driving_licence", "110105194912310021", "=checksum"),
    ("disability_cert", "11010519491231002X43", "11010519491231002X43"),
    ("disability_cert", "11010519491231002x43b1", "11010519491231002X43B1"),
    ("disability_cert", "11010519491231002X83", "=component"),
    ("disability_cert", "11010519491231002X45", "=component"),
    ("disability_cert", "110105194912310021" + "43", "=checksum"),
    ("disability_cert", "11010519491231002X4A", "=shape"),
    ("disability_cert", "11010519491231002X", "=length"),
    ("student_number", "G11010519491231002X", "G11010519491231002X"),
    ("student_number", "l110105201412310021", "L110105201412310021"),
    ("student_number", "G110105201412310021", "=checksum"),
    ("student_number", "L110105201402300021", "=date"),
    ("student_number", "A11010519491231002X", "=shape"),
    ("student_number", "11010519491231002X", "=length"),
    ("business_reg_no", "110108000000016", "110108000000016"),
    ("business_reg_no", "100000000000009", "=checksum"),
    ("business_reg_no", "990108000000016", "=component"),
    ("business_reg_no", "11010800000001", "=length"),
    ("business_reg_no", "11010800000001X", "=shape"),
    ("vehicle_plate", "京A·12345", "京A12345"),
    ("vehicle_plate", "京a12345", "京A12345"),
    ("vehicle_plate", "粤B D12345", "粤BD12345"),
    ("vehicle_plate", "沪AD12345", "沪AD12345"),  # new energy, small
    ("vehicle_plate", "沪A12345F", "沪A12345F"),  # new energy, large
    ("vehicle_plate", "粤Z1234港", "粤Z1234港"),
    ("vehicle_plate", "粤Z1234澳", "粤Z1234澳"),
    ("vehicle_plate", "京A1234警", "京A1234警"),
    ("vehicle_plate", "京A1234学", "京A1234学"),
    ("vehicle_plate", "京A1234挂", "京A1234挂"),
    ("vehicle_plate", "沪A1234领", "沪A1234领"),
    ("vehicle_plate", "使014578", "使014578"),
    ("vehicle_plate", "京A1234应急", "京A1234应急"),
    ("vehicle_plate", "京AI2345", "=shape"),
    ("vehicle_plate", "京I12345", "=shape"),
    ("vehicle_plate", "京ABCDEF", "=shape"),
    ("vehicle_plate", "京A1234", "=length"),
    ("vehicle_plate", "A12345京", "=shape"),
    ("vehicle_plate", "国A12345", "=shape"),
    ("vin", "LZZABC12332000017", "LZZABC12332000017"),
    ("vin", "lzzabc12332000017", "LZZABC12332000017"),
    ("vin", "LZZABC12032000017", "=checksum"),
    ("vin", "LZZABC1233200001I", "=shape"),
    ("vin", "12345678901234567", "=shape"),
    ("vin", "LZZABC1233200001", "=length"),
    ("email", "Zhang.San@Example.COM", "zhang.san@example.com"),
    ("email", "ｚｈａｎｇ＠ｑｑ．ｃｏｍ", "zhang@qq.com"),
    ("email", "a.b+c_d%e@mail.example.com.cn", "a.b+c_d%e@mail.example.com.cn"),
    ("email", "邮箱zhang@qq.com", "=shape"),
    ("email", "zhang@qq", "=shape"),
    ("email", "zhang@@qq.com", "=shape"),
    ("email", ".zhang@qq.com", "=shape"),
    ("email", "zhang..san@qq.com", "=shape"),
    ("email", "zhang@-qq.com", "=shape"),
    ("email", "a" * 65 + "@qq.com", "=shape"),
    ("ipv4", "192.168.1.1", "192.168.1.1"),
    ("ipv4", "192.168.1.256", "=shape"),
    ("ipv4", "192.168.01.1", "=shape"),
    ("ipv4", "1.2.3", "=shape"),
    ("ipv6", "2001:DB8::1", "2001:db8::1"),
    ("ipv6", "::ffff:192.168.1.1", "::ffff:192.168.1.1"),
    ("ipv6", "12:30:45", "=shape"),
    ("ipv6", "00:1a:2b:3c:4d:5e", "=shape"),
    ("mac", "00:1a:2b:3c:4d:5e", "00:1A:2B:3C:4D:5E"),
    ("mac", "001a.2b3c.4d5e", "00:1A:2B:3C:4D:5E"),
    ("mac", "00:1a-2b:3c:4d:5e", "=shape"),
    ("mac", "202401051234", "=shape"),
    ("wechat", "wx_zhang-01", "wx_zhang-01"),
    ("wechat", "zhang", "=length"),
    ("wechat", "微信zhangsan", "=shape"),
    ("qq", "12345", "12345"),
    ("qq", "1234", "=length"),
    ("qq", "01234567", "=shape"),
    ("date_of_birth", "1990-01-05", "19900105"),
    ("date_of_birth", "1990/1/5", "19900105"),
    ("date_of_birth", "1990.01.05", "19900105"),
    ("date_of_birth", "1990年1月5日", "19900105"),
    ("date_of_birth", "1990 年 1 月 5 日", "19900105"),
    ("date_of_birth", "1990-01-05 00:00:00", "19900105"),
    ("date_of_birth", "1990-01-05T00:00:00.000", "19900105"),
    ("date_of_birth", "1990-01-05 12:30:00", "=shape"),
    ("date_of_birth", "1990-02-29", "=date"),
    ("date_of_birth", "2090-01-01", "=date"),
    ("date_of_birth", "1890-01-01", "=date"),
    ("date_of_birth", "1990-01", "=shape"),
    ("coordinates", "116.39748,39.90872", "116.39748,39.90872"),
    ("coordinates", "39.90872 116.39748", "116.39748,39.90872"),
    ("coordinates", "（116.39748，39.90872）", "116.39748,39.90872"),
    ("coordinates", "POINT(116.39748 39.90872)", "116.39748,39.90872"),
    ("coordinates", "116.39,39.90", "=shape"),
    ("coordinates", "139.39748,39.90872", "=shape"),
    ("coordinates", "116.39748", "=shape"),
]


@pytest.mark.parametrize(("name", "given", "expected"), TABLE)
def test_a_value(name: str, given: str, expected: str) -> None:
    import pyarrow as pa

    kind = import_module(f"gongkai.identifiers.{name}")
    if expected.startswith("="):
        with pytest.raises(InvalidIdentifier) as caught:
            kind.validate(given)
        assert caught.value.reason == expected[1:]
    else:
        assert kind.validate(given) == expected
    assert kind.check(pa.array([given])).to_pylist() == [not expected.startswith("=")]


def test_every_identifier_has_values_that_hold_and_values_that_do_not() -> None:
    for name in plugins.modules("gongkai.identifiers"):
        outcomes = {expected.startswith("=") for kind, _, expected in TABLE if kind == name}
        assert outcomes == {True, False}, name
