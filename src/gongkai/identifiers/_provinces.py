"""The first two digits of a GB/T 2260 code: provinces 省级行政区划, also as residence permits write them.

Nothing here knows counties: numbers keep the county of their year, and most counties have been renamed or merged since.
"""

from __future__ import annotations

import numpy as np

from gongkai.identifiers import _digits
from gongkai.identifiers._types import Bytes, Flags

PROVINCES = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
    "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
    "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省",
    "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区",
    "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区", "83": "台湾地区",
}
"""GB/T 2260 and, from 2018, 83 for the residence permit of people from Taiwan (71 stands in older numbers)."""

CODES = tuple(PROVINCES)

_KNOWN = np.zeros(11 * 256, bool)  # bytes that are no digits are worth up to 255
_KNOWN[[int(code) for code in CODES]] = True


def are_provinces(digits: Bytes) -> Flags:
    """Which texts begin with a province's code, given digits of shape (2, texts) or more."""
    return _KNOWN[_digits.number(digits[:2])]
