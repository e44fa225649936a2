"""Words of fakes 仿真词表: what made-up names, addresses, companies and mail addresses are put together from.

The words are those of Faker's zh_CN providers, listed when they are first wanted and always in the same order. A release of
Faker that changes its lists changes every fake: a digest of the lists stands in the tests, so that an upgrade is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import TypeAlias

import pyarrow as pa

from gongkai.project import Project
from gongkai.reference import divisions

Words: TypeAlias = tuple[pa.Array, ...]


def tables(kind: str, project: Project) -> Words:
    """The parts of one kind in the order they are written; one word of each is taken, all with the same chance.

    >>> from gongkai.project import SHIPPED
    >>> surnames, given = tables("name", SHIPPED)
    >>> surnames[0].as_py(), len(given) > 4000
    ('王', True)
    """
    return project.once(_tables, kind)


def _tables(project: Project, kind: str) -> Words:
    return tuple(pa.array(list(words), pa.string()) for words in _KINDS[kind](project))


def _name(_project: Project) -> Iterable[Iterable[str]]:
    """Surnames as often as they are borne, given names mostly of two characters."""
    from faker.providers.person.zh_CN import Provider

    surnames = [name for name, weight in Provider.last_names.items() for _ in range(max(1, round(weight * 100)))]
    given: list[str] = []
    for names in (Provider.first_names_male, Provider.first_names_female):
        single = [name for name in dict.fromkeys(names) if len(name) == 1]
        given += [*(name for name in dict.fromkeys(names) if len(name) > 1), *map("".join, product(single, single))]
        given += single * (len(single) // 4)
    return surnames, given


def _address(project: Project) -> Iterable[Iterable[str]]:
    """A province, a city it has not, a district, a street named after a family, a number."""
    from faker.providers.address.zh_CN import Provider
    from faker.providers.person.zh_CN import Provider as Person

    real = set(divisions.load(project).names.values())
    cities = [name + suffix for name in dict.fromkeys(Person.first_names) for suffix in Provider.city_suffixes]
    places = [province + city for province in Provider.provinces for city in cities if city not in real]
    streets = [name + suffix for name in Person.last_names for suffix in Provider.street_suffixes]
    return places, [f"{name}区" for name in dict.fromkeys(Provider.districts)], streets, [f"{n}号" for n in range(1, 1000)]


def _company(_project: Project) -> Iterable[Iterable[str]]:
    """A brand of two made-up words, and what the company is."""
    from faker.providers.company.zh_CN import Provider

    short = [prefix for prefix in dict.fromkeys(Provider.company_prefixes) if len(prefix) == 2 and not prefix.isascii()]
    firsts, seconds = dict.fromkeys(each[0] for each in short), dict.fromkeys(each[1] for each in short)
    brands = [word for word in map("".join, product(firsts, seconds)) if word not in short]
    return brands, brands, Provider.company_suffixes


def _email(_project: Project) -> Iterable[Iterable[str]]:
    """A name and a number at example.com, which RFC 2606 keeps for examples: no mail arrives there."""
    from faker.providers.person.zh_CN import Provider

    surnames, given = Provider.last_romanized_names, Provider.first_romanized_names
    numbers = [f"{number:05d}@example.com" for number in range(100_000)]
    return [name.lower() for name in surnames], [f".{name.lower()}" for name in given], numbers


_KINDS: dict[str, Callable[[Project], Iterable[Iterable[str]]]] = {
    "name": _name,
    "address": _address,
    "company": _company,
    "email": _email,
}
