"""Invented sentences of public service, with the names in them marked: what the name finder practises on beside UNER.

Sentences come from ``service_templates.txt``, names are put together at random from surnames and the characters of given
names; nobody is meant. ``{人}`` is a full name, ``{姓}`` a surname alone.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

TEMPLATES = Path(__file__).with_name("service_templates.txt")

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方"
    "石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤"
    "毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁"
    "柯阮桂闵"
)
COMPOUND = "欧阳 上官 诸葛 司马 东方 皇甫 慕容 司徒 令狐 夏侯 尉迟 公孙 长孙 宇文 端木 轩辕 南宫 西门 闻人 独孤"
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲建国文辉力梅海燕云飞鹏波斌宇浩凯健俊帆雪琳婷欣怡佳慧颖雅倩蕾薇菲晨曦阳光"
    "辰轩子涵梓然思远博睿泽宏志诚信德福贵财旺发富祥瑞庆喜春夏秋冬生荣昌兴盛安宁康乐善美兰竹菊莲香凤珍珠宝金银铜铁树林森山川江河湖"
    "天地东西南北中一二三大小新立成功胜利学友爱民卫革命跃进援朝解放长青永万里石松柏杨柳桃花叶草苗根龙虎豹马牛羊鸡狗彪骏鸿雁鹤莺鹃素"
    "淑贤惠巧翠彩霜露雨雷电风清水冰洁白墨紫丹朱黄绿蓝晓月星日旭晴朗煜炎焱灿烂烨坤乾震巽坎离艮兑言语诗书画琴棋忠孝仁义礼智勤俭恭谦和"
    "顺谨慎恒毅正严肃庄重高尚前程锦绣"
)
TURKIC = (
    "艾山江 吐尔逊 买买提 阿卜杜拉 古丽 热依汗 努尔 阿依古丽 卡迪尔 艾力 木合塔尔 帕提古丽 玉素甫 伊明 哈力克 米热古丽 阿不都 "
    "肉孜 艾合买提 托乎提 图尔荪 迪丽努尔 祖丽皮娅 叶尔肯 加娜尔 巴合提"
)
TIBETAN = "扎西 多吉 卓玛 次仁 央金 丹增 格桑 拉姆 尼玛 达瓦 平措 旺堆 白玛 索朗 罗布 顿珠 德吉 仁青 洛桑 才让 旦增"
MONGOLIAN = "巴特尔 其其格 乌兰 苏日娜 那仁 格日勒 敖登 宝音 图雅 额尔德尼 斯琴 哈斯 阿古拉 苏和 布仁"
LATIN_FIRST = "John Maria David Anna Peter Olga Ahmed Linh Carlos Sofia James Yuki Ivan Emma Robert Fatima Kim Lucas"
LATIN_LAST = "Smith Ivanova Brown Tanaka Garcia Nguyen Lee Wilson Müller Rossi Khan Lopez Taylor Silva Petrov Park"
CALLED = "阿婆 大爷 大妈 老汉 某 某某 某某 老太"


def sentences(count: int, seed: int) -> list[tuple[str, list[tuple[int, int]]]]:
    """``count`` sentences, each with where its names start and end; the templates in turn."""
    chance = random.Random(seed)  # noqa: S311 - makes up names, not secrets
    lines = TEMPLATES.read_text(encoding="utf-8").splitlines()
    templates = [line for line in lines if line and not line.startswith("#")]
    return [_fill(templates[index % len(templates)], chance) for index in range(count)]


def _fill(template: str, chance: random.Random) -> tuple[str, list[tuple[int, int]]]:
    text, names = "", []
    for part in re.split(r"(\{[人姓]\})", template):
        if part in ("{人}", "{姓}"):
            name = _name(chance) if part == "{人}" else _surname(chance)
            names.append((len(text), len(text) + len(name)))
            text += name
        else:
            text += part
    return text, names


def _surname(chance: random.Random) -> str:
    if chance.random() < 0.04:
        return chance.choice(COMPOUND.split())
    return chance.choices(SURNAMES, weights=[1 / (rank + 8) for rank in range(len(SURNAMES))])[0]


def _name(chance: random.Random) -> str:
    """Four of five are a surname and one or two characters."""
    kind = chance.random()
    if kind < 0.84:
        return _surname(chance) + "".join(chance.choices(GIVEN, k=1 if chance.random() < 0.25 else 2))
    if kind < 0.89:
        return "·".join(chance.sample(TURKIC.split(), 2 if chance.random() < 0.7 else 1))
    if kind < 0.92:
        return "".join(chance.sample(TIBETAN.split(), 2 if chance.random() < 0.8 else 1))
    if kind < 0.935:
        return chance.choice(MONGOLIAN.split())
    if kind < 0.955:
        return f"{chance.choice(LATIN_FIRST.split())} {chance.choice(LATIN_LAST.split())}"
    if kind < 0.985:
        return _surname(chance) + chance.choice(CALLED.split())
    return chance.choice("老小阿") + _surname(chance)
