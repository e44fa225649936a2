"""Invented tables that no dictionary has seen: petition tickets, a clinic with pinyin headers, a car park without names."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

ROWS = 400
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董袁潘"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彬鹏浩凯健俊帆雪梅琳晨宇嘉欣"
_ROADS = ["人民", "解放", "中山", "建设", "和平", "文化", "胜利", "长江", "新华", "朝阳", "光明", "幸福", "团结", "青年", "东风", "北京", "上海", "黄河"]
_COUNTIES = ["广西壮族自治区玉林市玉州区", "广西壮族自治区玉林市福绵区", "广西壮族自治区玉林市博白县", "广西壮族自治区玉林市陆川县"]
_COMPLAINTS = ["楼下夜宵摊噪音扰民", "小区停水三天无人处理", "路灯损坏存在安全隐患", "垃圾清运不及时气味大", "工地拖欠工资", "物业乱收费"]
_DIAGNOSES = ["高血压病", "2型糖尿病", "急性上呼吸道感染", "慢性胃炎", "腰椎间盘突出", "支气管肺炎", "冠心病", "偏头痛", "过敏性鼻炎", "缺铁性贫血"]


@dataclass(frozen=True)
class Table:
    """Headers with their comments and types, rows of texts, and of each column that holds a person what must never come out."""

    name: str
    columns: list[tuple[str, str, str]]
    rows: list[list[str]]
    secret: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.columns]

    def secrets(self) -> set[str]:
        """Every raw value that a release may not hold anywhere."""
        places = [self.names.index(name) for name in self.secret]
        return {row[place] for row in self.rows for place in places}

    def write(self, path: Path, encoding: str = "utf-8") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(self.names)
            writer.writerows(self.rows)
        return path

    def write_xlsx(self, path: Path) -> Path:
        import openpyxl

        path.parent.mkdir(parents=True, exist_ok=True)
        book = openpyxl.Workbook()
        for row in [self.names, *self.rows]:
            book.active.append(row)
        book.save(path)
        return path

    def load(self, url: str) -> None:
        """Make and fill the table in a database, with its comments."""
        from sqlalchemy import create_engine, text

        engine = create_engine(url)
        mysql = engine.dialect.name in ("mysql", "mariadb")
        inline = [f"{name} {kind}" + (f" COMMENT '{comment}'" if mysql and comment else "") for name, comment, kind in self.columns]
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE {self.name} ({', '.join(inline)})"))
            for name, comment, _ in self.columns:
                if comment and not mysql:
                    connection.execute(text(f"COMMENT ON COLUMN {self.name}.{name} IS '{comment}'"))
            places = ", ".join(f":c{place}" for place in range(len(self.columns)))
            kinds = [kind for _, _, kind in self.columns]
            filled = [{f"c{place}": _typed(kinds[place], cell) for place, cell in enumerate(row)} for row in self.rows]
            connection.execute(text(f"INSERT INTO {self.name} VALUES ({places})"), filled)
        engine.dispose()


def _typed(kind: str, cell: str) -> object:
    if kind.startswith(("bigint", "int")):
        return int(cell)
    if kind == "date":
        return dt.date.fromisoformat(cell)
    return dt.datetime.fromisoformat(cell) if kind.startswith(("timestamp", "datetime")) else cell


def petitions() -> Table:
    """信访工单: free remarks that quote names, telephones and ID numbers."""
    random = Random(1)
    rows = []
    for number in range(ROWS):
        person, phone, card = name(random), identifier("mobile", random), identifier("resident_id", random)
        remark = f"{person}来电反映，{random.choice(_COMPLAINTS)}，身份证{card}，请回电{phone}，住{address(random)}。"
        rows.append(
            [f"XF{20260000 + number}", moment(random), person, card, phone, address(random), remark, random.choice(["已办结", "办理中"]),
             str(random.randint(1, 60))]
        )  # fmt: skip
    columns = [
        ("工单编号", "", "text"), ("受理时间", "", "timestamp"), ("信访人姓名", "", "text"), ("身份证号码", "", "text"), ("联系电话", "", "text"),
        ("联系地址", "", "text"), ("诉求内容", "", "text"), ("办理状态", "", "text"), ("办理天数", "", "integer"),
    ]  # fmt: skip
    return Table("信访工单", columns, rows, ("信访人姓名", "身份证号码", "联系电话", "联系地址", "诉求内容"))


def clinic(datetimes: str = "timestamp") -> Table:
    """门诊登记: headers of pinyin initials, told by their comments."""
    random = Random(2)
    rows = [
        [str(10_000 + number), name(random), random.choice("男女"), birthday(random), identifier("resident_id", random),
         identifier("mobile", random), address(random), random.choice(_DIAGNOSES), random.choice(["内科", "外科", "儿科", "急诊科"]),
         f"{random.randint(500, 30_000) / 100:.2f}", moment(random)]
        for number in range(ROWS)
    ]  # fmt: skip
    columns = [
        ("jzlsh", "就诊流水号", "bigint PRIMARY KEY"), ("xm", "患者姓名", "varchar(50)"), ("xb", "性别：男、女", "varchar(2)"),
        ("csrq", "出生日期", "date"), ("zjhm", "身份证号", "varchar(18)"), ("lxdh", "联系电话", "varchar(20)"),
        ("jzdz", "家庭住址", "varchar(200)"), ("zdmc", "诊断名称", "varchar(100)"), ("ksmc", "就诊科室名称", "varchar(50)"),
        ("fyje", "费用金额（元）", "decimal(10,2)"), ("jzsj", "就诊时间", datetimes),
    ]  # fmt: skip
    return Table("mz_djb", columns, rows, ("xm", "zjhm", "lxdh", "jzdz", "zdmc"))


def parking() -> Table:
    """停车记录: headers that say nothing, no comments."""
    random = Random(3)
    rows = [
        [f"{number + 1:06d}", identifier("vehicle_plate", random), name(random), identifier("mobile", random), moment(random),
         str(random.randint(5, 900)), f"{random.randint(0, 80) / 2:.2f}", random.choice(["A区", "B区", "C区"]), identifier("resident_id", random)]
        for number in range(ROWS)
    ]  # fmt: skip
    return Table("parking", [(f"d{place}", "", "text") for place in range(1, 10)], rows, ("d2", "d3", "d4", "d9"))


def identifier(kind: str, random: Random) -> str:
    value: str = import_module(f"gongkai.identifiers.{kind}").generate(random)
    return value


def name(random: Random) -> str:
    return random.choice(_SURNAMES) + "".join(random.choices(_GIVEN, k=random.choice([1, 2, 2])))


def address(random: Random) -> str:
    return f"{random.choice(_COUNTIES)}{random.choice(_ROADS)}路{random.randint(1, 400)}号{random.randint(1, 30)}栋{random.randint(101, 2905)}室"


def birthday(random: Random) -> str:
    return (dt.date(1940, 1, 1) + dt.timedelta(days=random.randint(0, 27_000))).isoformat()


def moment(random: Random) -> str:
    return (dt.datetime(2026, 1, 1) + dt.timedelta(minutes=random.randint(0, 400_000))).isoformat(" ")
