"""What the gate holds back: rows that stand out, releases whose difference singles somebody out, masks and tables that add up.

Each release here is one that would go out alone; each test runs the whole way from a source to the store.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.assessment.conftest import BASIS, City

from gongkai.project import shipped_folder

DISTRICTS = ["云湖区", "澜北区"]
PLACE = {"name": "place", "entity": "ADDRESS_REGION", "method": "generalize_region", "params": {"to": "county"}}
BORN = {"name": "born", "entity": "DATE_OF_BIRTH", "method": "generalize_date", "params": {"to": "year"}}
AMOUNT = {"name": "amount", "entity": "NONE", "type": "integer", "method": "keep"}
COARSE = [PLACE, BORN, AMOUNT]


def people(count: int, place: str = "370102", year: int = 1990, first: int = 0) -> list[dict[str, Any]]:
    return [{"place": place, "born": f"{year}-03-{day % 28 + 1:02d}", "amount": first + day} for day in range(count)]


class TestRows:
    def test_twenty_alike_go_out(self, city: City) -> None:
        city.dataset("subsidies", COARSE)
        city.rows("subsidies", people(20))
        assert city.run("subsidies").verdict == "published"

    def test_nineteen_do_not(self, city: City) -> None:
        city.dataset("subsidies", COARSE)
        city.rows("subsidies", [*people(30), *people(19, place="370103")])
        outcome = city.run("subsidies")
        assert (outcome.verdict, outcome.exit_code) == ("refused", 3)
        (reason,) = outcome.reasons
        assert reason.startswith("risk.k: rows share their quasi-identifiers with fewer than 20, the fewest with 19")
        assert "place (without it 49)" in reason
        assert reason.endswith("(19 values)")

    def test_one_person_of_many_rows_is_one(self, city: City) -> None:
        who = {"name": "id", "entity": "PERSON_NO", "publish": False}
        city.dataset("visits", [who, *COARSE], person="id")
        city.rows("visits", [{"id": "p1", **row} for row in people(30)])
        (reason,) = city.run("visits").reasons
        assert "persons share their quasi-identifiers with fewer than 20, the fewest with 1" in reason
        city.rows("visits", [{"id": f"p{index}", **row} for index, row in enumerate(people(30))])
        assert city.run("visits").verdict == "published"

    def test_null_stands_out(self, city: City) -> None:
        city.dataset("subsidies", COARSE)
        city.rows("subsidies", [*people(30), {"place": "370102", "born": "", "amount": 1}])
        assert [reason.partition(":")[0] for reason in city.run("subsidies").reasons] == ["risk.k"]

    def test_one_income_behind_twenty_people_is_everybody_s(self, city: City) -> None:
        income = {"name": "income", "entity": "INCOME", "type": "integer", "method": "bucket", "params": {"width": 1000}}
        city.dataset("incomes", [PLACE, BORN, income])
        rows = [{"place": row["place"], "born": row["born"], "income": 1500} for row in people(30)]
        city.rows("incomes", rows)
        assert [reason.partition(" (")[0] for reason in city.run("incomes").reasons] == [
            "risk.l: some class has 1 different values where 2 must be"
        ]
        city.rows("incomes", [{**row, "income": 1500 + 1000 * (index % 2)} for index, row in enumerate(rows)])
        assert city.run("incomes").verdict == "published"

    def test_k_anonymize_makes_them_go_out(self, city: City) -> None:
        columns = [{**PLACE, "method": "k_anonymize", "params": {}}, {**BORN, "method": "k_anonymize", "params": {"finest": "year"}}, AMOUNT]
        city.dataset("subsidies", columns)
        city.rows("subsidies", [*people(30), *people(19, place="370103"), *people(1, place="370104", year=1950)])
        outcome = city.run("subsidies")
        assert outcome.verdict == "published", outcome.reasons
        said = json.loads((city.home / "var" / "store" / "subsidies" / "current" / "report.json").read_text("utf-8"))["risk"]
        assert (said["level"], said["k_required"], said["k"] >= 20) == (3, 20, True)

    def test_a_masked_name_counts(self, city: City) -> None:
        name = {"name": "name", "entity": "PERSON_NAME", "method": "mask", "params": {"show": ["surname"]}}
        city.dataset("cards", [name, AMOUNT])
        city.rows("cards", [*({"name": "王小明", "amount": n} for n in range(30)), {"name": "欧阳震华", "amount": 1}])
        assert [reason.partition(":")[0] for reason in city.run("cards").reasons] == ["risk.k"]

    def test_rows_about_nobody_are_not_asked(self, city: City) -> None:
        city.dataset("buildings", [{"name": "name", "entity": "NONE", "method": "keep"}, AMOUNT])
        city.rows("buildings", [{"name": "旧址", "amount": 1}])
        assert city.run("buildings").verdict == "published"
        assert city.open_releases("buildings")[0].sketch is None


class TestDifference:
    def test_two_safe_releases_whose_difference_is_one_person(self, city: City) -> None:
        city.dataset("subsidies", COARSE)
        city.rows("subsidies", people(30))
        assert city.run("subsidies").verdict == "published"
        city.rows("subsidies", people(31))
        outcome = city.run("subsidies")
        assert outcome.verdict == "refused"
        (reason,) = outcome.reasons
        assert reason.startswith("risk.difference: of the 1 persons whose rows differ from release 000001-")
        assert "1 are in combinations of quasi-identifiers where fewer than 20 changed" in reason
        assert [kept.release[:6] for kept in city.open_releases("subsidies")] == ["000001"]

    def test_twenty_new_ones_go_out(self, city: City) -> None:
        city.dataset("subsidies", COARSE)
        for count in (200, 220):
            city.rows("subsidies", people(count))
            assert city.run("subsidies").verdict == "published"
        assert len(city.open_releases("subsidies")) == 2

    def test_against_the_release_before_the_last_one_too(self, city: City) -> None:
        """Twenty come, nineteen of them go: each step moves enough, and first and last differ by one."""
        city.dataset("subsidies", COARSE)
        city.policy((r"(?m)^ +k: 20\n", "      k: 19\n"))
        city.dataset("subsidies", COARSE)
        for count in (200, 220):
            city.rows("subsidies", people(count))
            assert city.run("subsidies").verdict == "published"
        city.rows("subsidies", [*people(200), *people(1, first=219)])
        reasons = city.run("subsidies").reasons
        assert ["000001" in reason for reason in reasons] == [True]

    def test_under_an_agreement_it_warns(self, city: City) -> None:
        city.dataset("subsidies", COARSE, opening="conditional")
        city.rows("subsidies", people(30))
        city.run("subsidies")
        city.rows("subsidies", people(31))
        outcome = city.run("subsidies")
        assert outcome.verdict == "published"
        record = json.loads((city.home / "var" / "reports" / "subsidies" / f"{outcome.run}.risk.json").read_text("utf-8"))
        assert [(each["kind"], each["action"], each["count"]) for each in record["together"]] == [("difference", "warn", 1)]

    def test_from_a_format_that_is_not_parquet(self, city: City) -> None:
        city.dataset("subsidies", COARSE, formats=["xlsx"])
        city.rows("subsidies", people(30))
        assert city.run("subsidies").verdict == "published"
        city.rows("subsidies", people(31))
        assert [reason.partition(":")[0] for reason in city.run("subsidies").reasons] == ["risk.difference"]


HEAD = {"name": "id", "entity": "CN_ID_CARD", "method": "mask", "params": {"keep": [6, 0]}}
TAIL = {"name": "no", "entity": "CN_ID_CARD", "method": "mask", "params": {"keep": [0, 4]}}


class TestComplement:
    """Thirty people whose ID numbers end alike, so that neither dataset stands out by itself."""

    def ids(self, resident_id: Callable[[str], str]) -> list[str]:
        found = (resident_id(f"370102{1960 + n // 12}{n % 12 + 1:02d}{day:02d}123") for n in range(200) for day in range(1, 29))
        return [number for number in found if number.endswith("1230")][:30]

    def test_two_masks_of_one_number(self, city: City, resident_id: Callable[[str], str]) -> None:
        ids = self.ids(resident_id)
        city.dataset("cards", [HEAD, BORN | {"params": {"to": "decade"}}], opening="conditional")
        city.rows("cards", [{"id": number, "born": f"{number[6:10]}-01-01"} for number in ids])
        assert city.run("cards").verdict == "published"
        city.dataset("loans", [TAIL, AMOUNT], opening="conditional")
        city.rows("loans", [{"no": number, "amount": n} for n, number in enumerate(ids)])
        outcome = city.run("loans")
        assert outcome.verdict == "refused"
        (reason,) = outcome.reasons
        assert reason.startswith("risk.complement: together with cards信息 (cards) readers see characters 1-6, 15-18 of 公民身份号码: 3")
        assert "330 must" in reason
        assert not [number for number in ids if number[6:14] in reason]

    def test_alone_each_goes_out(self, city: City, resident_id: Callable[[str], str]) -> None:
        city.dataset("loans", [TAIL, AMOUNT], opening="conditional")
        city.rows("loans", [{"no": number, "amount": n} for n, number in enumerate(self.ids(resident_id))])
        assert city.run("loans").verdict == "published"

    def test_last_quarter_s_rule_and_this_one_s(self, city: City, resident_id: Callable[[str], str]) -> None:
        ids = self.ids(resident_id)
        rows = [{"id": number, "no": number, "born": f"{number[6:10]}-01-01"} for number in ids]
        hidden = {"publish": False}
        decade = BORN | {"params": {"to": "decade"}}
        city.dataset("cards", [HEAD, {**TAIL, **hidden}, decade], opening="conditional")
        city.rows("cards", rows)
        assert city.run("cards").verdict == "published"
        city.dataset("cards", [{**HEAD, **hidden}, TAIL, decade], opening="conditional")
        (reason,) = city.run("cards").reasons
        assert reason.startswith("risk.complement: together with cards信息 000001-")


WHOLE = [
    {"name": "place", "entity": "ADDRESS_REGION", "method": "keep", "unmasked": BASIS},
    {"name": "born", "entity": "DATE_OF_BIRTH", "method": "keep", "unmasked": BASIS},
    {"name": "sex", "entity": "GENDER", "method": "keep", "unmasked": BASIS},
]


class TestJoin:
    """Under a policy that lets whole birth dates out, so that only the join is left to notice."""

    @pytest.fixture
    def lenient(self, city: City) -> City:
        city.policy((r"(?m)^ +(k|l|suppress): .*\n", ""), (r"\[mask,([^]]*\]\s+)form: part\s+first: 7", r"[keep, mask,\1form: all\n      first: all"))
        text = (shipped_folder() / "rules" / "entities.yml").read_text("utf-8")
        whole = text.replace("    first: 7\n", "    first: all\n    last: all\n").replace("level: general_2, first: 6}", "level: general_2, first: all}")
        (city.home / "rules" / "entities.yml").write_text(whole, "utf-8")
        return city

    def rows(self, extra: str) -> list[dict[str, Any]]:
        return [{"place": "370102", "born": f"1990-01-{day:02d}", "sex": "12"[day % 2], extra: day} for day in range(1, 29)]

    def test_unique_pairs(self, lenient: City) -> None:
        for code, extra in (("cards", "amount"), ("loans", "debt")):
            column = {**AMOUNT, "name": extra}
            lenient.dataset(code, [*WHOLE, column], opening="conditional")
            lenient.rows(code, self.rows(extra))
        assert lenient.run("cards").verdict == "published"
        outcome = lenient.run("loans")
        assert outcome.verdict == "refused"
        (reason,) = outcome.reasons
        assert reason.startswith("risk.join: 28 persons match exactly one of cards信息 (cards) on region county, birth day, sex")

    def test_nobody_in_common(self, lenient: City) -> None:
        lenient.dataset("cards", [*WHOLE, AMOUNT], opening="conditional")
        lenient.rows("cards", self.rows("amount"))
        assert lenient.run("cards").verdict == "published"
        lenient.dataset("loans", [*WHOLE, AMOUNT], opening="conditional")
        lenient.rows("loans", [{**row, "place": "370103"} for row in self.rows("amount")])
        assert lenient.run("loans").verdict == "published"
