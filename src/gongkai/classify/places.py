"""Whether a whole value looks like an address 地址, a division 行政区划, an organisation 单位 or an illness, by its words."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.classify import lexicon
from gongkai.project import Project

_NUMBER = "(?:[0-9A-Za-z]+|[一二三四五六七八九十百]+)"


def looks(texts: pa.Array, project: Project) -> dict[str, pa.Array]:
    """For each entity of words, which of the texts (half-width, no nulls) look like it (bool).

    An address has two markers (省市区县… 路街村… 号栋室…), one of them finer than a division; storeys and buildings alone
    are the size of a house (3栋18层). What ends like an organisation is none.

    >>> from gongkai.project import SHIPPED
    >>> seen = looks(pa.array(["浙江省杭州市文三路90号", "浙江省杭州市", "杭州市西湖区教育局", "急性阑尾炎"]), SHIPPED)
    >>> {entity: pc.index(found, True).as_py() for entity, found in seen.items()}
    {'ADDRESS': 0, 'ADDRESS_REGION': 1, 'ORG_NAME': 2, 'BANK_NAME': -1, 'HEALTH': 3}
    """
    words = {name: lexicon.either(listed) for name, listed in lexicon.lists("places", project).items()}
    compact = pc.replace_substring_regex(texts, r"\s+", "")
    seen = {name: pc.match_substring_regex(compact, pattern) for name, pattern in _patterns(words).items()}
    markers = pc.count_substring_regex(compact, _markers(words))
    several = pc.greater_equal(markers, 2)
    organisation = pc.and_not(seen["organisation"], seen["door_at_end"])
    address = pc.and_(several, pc.or_(seen["way"], pc.and_(seen["door"], seen["home"])))
    region = pc.and_not(seen["region"], seen["quarter"])
    return {
        "ADDRESS": pc.and_not(pc.and_not(address, organisation), region),
        "ADDRESS_REGION": region,
        "ORG_NAME": organisation,
        "BANK_NAME": seen["bank"],
        "HEALTH": pc.and_not(pc.and_not(seen["illness"], organisation), address),
    }


def _patterns(words: Mapping[str, str]) -> dict[str, str]:
    division = rf"{lexicon.HAN}{{1,7}}?(?:{words['divisions']}|自治区|自治州|地区)"
    door = f"{_NUMBER}(?:{words['doors']})"
    return {
        "region": rf"^(?:(?:{words['provinces']})(?:{division}){{0,3}}|(?:{division}){{1,3}})$",
        "quarter": "[小社园校景厂牧林灾山矿病库防战片辖郊市]区$",
        "way": rf"{lexicon.HAN}(?:{words['ways']})",
        "door": f"{door}|{_NUMBER}-{_NUMBER}(?:-{_NUMBER})?$",
        "home": rf"{lexicon.HAN}(?:{words['divisions']})|{_NUMBER}(?:号|室|单元)",
        "door_at_end": f"(?:{door}|{_NUMBER}-{_NUMBER})$",
        "organisation": rf"^[{lexicon.HAN[1:-1]}0-9A-Za-z()（）·“”\".&-]{{2,}}(?:{words['organisations']})(?:[（(].*[）)])?$",
        "bank": f"^.*(?:{words['banks']}).*$",
        "illness": f"^.{{0,12}}(?:{words['illnesses']}).{{0,8}}$",
    }


def _markers(words: Mapping[str, str]) -> str:
    """RE2 of every marker of an address, to be counted."""
    return rf"{lexicon.HAN}(?:{words['divisions']}|{words['ways']})|{_NUMBER}(?:{words['doors']})"
