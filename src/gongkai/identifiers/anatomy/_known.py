"""What a reader knows of a person from the other columns 已知信息, as far as it says something of an identifier."""

from __future__ import annotations

from dataclasses import dataclass

BIRTH = ("decade", "year", "quarter", "month", "day")


@dataclass(frozen=True, slots=True)
class Facts:
    """``birth``: which parts of the birth date are known; ``birth_years``: within how many calendar years it lies (an age:
    two); ``region``: how many leading digits of the division code.

    >>> Facts(birth=frozenset({"year"})) | Facts(sex=True, region=4)
    Facts(birth=frozenset({'year'}), birth_years=None, sex=True, region=4)
    """

    birth: frozenset[str] = frozenset()
    birth_years: int | None = None
    sex: bool = False
    region: int = 0

    def __or__(self, other: Facts) -> Facts:
        """Everything that either knows."""
        years = [each for each in (self.birth_years, other.birth_years) if each is not None]
        return Facts(
            self.birth | other.birth, min(years, default=None), self.sex or other.sex, max(self.region, other.region)
        )
