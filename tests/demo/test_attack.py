"""The attacker of the demo: they find everybody where nothing was done, and nobody for sure where enough was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gongkai.demo import attack
from gongkai.demo.people import People, people
from gongkai.disclosure import Disclosure, Form
from gongkai.plan import ColumnPlan, contract
from gongkai.project import SHIPPED

WHOLE = Disclosure(Form.ALL)
BORN = ColumnPlan("born", "born", "出生", "date", "date", "DATE_OF_BIRTH", "general_2", "keep", {}, (), False, None, "quasi", WHOLE)
SEX = replace(BORN, name="sex", published="sex", type="text", output="text", entity="GENDER")
HOME = replace(SEX, name="home", published="home", entity="ADDRESS")
PHONE = replace(SEX, name="phone", published="phone", entity="PHONE", method="mask", params={"keep": [3, 4]})


@pytest.fixture(scope="module")
def residents() -> People:
    return people(np.random.default_rng(1), 3000)


def published(column: ColumnPlan, values: list[Any]) -> pa.Array:
    texts = pa.array([str(value) for value in values])
    if column.method == "k_anonymize":
        return pa.array([str(value)[:3] + "0s" for value in values])
    method = contract.load(SHIPPED, column.method)
    return method.apply(texts, method.check(column.params)[0], entity=column.entity)


def attacked(residents: People, *columns: ColumnPlan, rows: int = 500, threshold: float = 0.05) -> attack.Attack:
    """A table about the first residents, whose columns were treated so."""
    held = {"DATE_OF_BIRTH": residents.birth, "GENDER": residents.sex, "ADDRESS": residents.address, "PHONE": residents.phone}
    table = pa.table({column.published: published(column, held[column.entity][:rows]) for column in columns})

    class Entry:
        code, title = "code", "title"

    truth = np.arange(rows, dtype=np.int64)
    return attack._attacked(SHIPPED, Entry(), table, list(columns), truth, residents, threshold)  # type: ignore[arg-type]


def test_whole_birth_date_sex_and_address_find_everybody(residents: People) -> None:
    found = attacked(residents, BORN, SEX, HOME)
    assert found.success > 0.99
    assert found.alone > 490
    assert not found.held


def test_the_usual_mask_of_a_telephone_finds_everybody(residents: People) -> None:
    found = attacked(residents, PHONE)
    assert found.success > 0.95
    assert not found.held


def test_a_decade_and_a_sex_find_nobody(residents: People) -> None:
    found = attacked(residents, replace(BORN, method="k_anonymize", params={"finest": "decade"}), SEX)
    assert found.alone == 0
    assert found.success < 0.05
    assert found.held


def test_a_suppressed_cell_may_be_anybody(residents: People) -> None:
    assert attack._agreeing(SHIPPED, BORN, "****", residents, {}).all()
    assert attack._agreeing(SHIPPED, BORN, None, residents, {}).all()
    assert attack._agreeing(SHIPPED, BORN, str(residents.birth[0]), residents, {}).sum() >= 1


def test_nothing_published_finds_one_of_all(residents: People) -> None:
    found = attacked(residents, rows=500)
    assert found.success == pytest.approx(1 / 3000, rel=1e-6)
