"""The assessment as a page 风险评估报告: one HTML file in Chinese and English that needs no network and no script.

What a reviewer 审查员 reads first stands first: the verdict and why, then the level, what was found against what is asked, who
could attack, what is left of identifiers, what the dataset tells together with others, and what all that has cost the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from gongkai.assessment import plots, wording
from gongkai.quality.wording import Phrase

_OPENING = {
    "unconditional": ("无条件开放", "open to everybody"),
    "conditional": ("有条件开放", "open under conditions"),
    "closed": ("不予开放", "closed"),
}


def render(document: Mapping[str, Any]) -> str:
    """One self-contained page of an assessment, whose record ``document`` is (``Assessment.document``).

    ``titles``, where the record has it, gives the Chinese names of columns, ``release`` the name of the release it is of.
    """
    return str(_environment().get_template("risk.html").render(**_view(document)))


def render_all(documents: Sequence[Mapping[str, Any]], pairs: Sequence[Mapping[str, Any]]) -> str:
    """The page of a whole catalogue: each dataset's line, which leads to ``<code>/risk.html``, and what datasets tell together.

    ``documents``: records as for ``render``; ``pairs``: as ``gongkai.assessment.reassessment.pairs`` gives them.
    """
    lines = sorted((_line(document) for document in documents), key=lambda line: line["order"])
    refused = sum(line["verdict"] != "pass" for line in lines)
    levels = {level: sum(line["level"] == level for line in lines) for level in wording.LEVELS}
    words = {"levels": wording.LEVELS, "kinds": wording.KINDS, "actions": wording.ACTIONS}
    template = _environment().get_template("catalogue.html")
    return str(template.render(lines=lines, pairs=pairs, refused=refused, by_level=levels, **words))


def _view(document: Mapping[str, Any]) -> dict[str, Any]:
    rows = document["rows"]
    titles = document.get("titles", {})
    return {
        "d": {"release": None, **document},
        "rows": rows,
        "titles": titles,
        "refused": document["verdict"] == "refuse",
        "opening": _OPENING[document["dataset"]["opening"]],
        "reasons": list(_reasons(document, titles)),
        "summary": wording.summary(document),
        "facts": [] if rows is None else list(_facts(rows, bool(document["roles"]["quasi"]))),
        "unit": wording.UNITS["row" if rows is None else rows["classes"]["unit"]],
        "plots": _plots(document),
        "population": () if rows is None else _population(rows["population"]),
        "basis": ("", "") if rows is None else _basis(rows["attackers"]),
        "roles": list(_roles(document["roles"])),
        "anonymized": list(_anonymized(document["table"])),
        "levels": wording.LEVELS,
        "attackers": wording.ATTACKERS,
        "kinds": wording.KINDS,
        "actions": wording.ACTIONS,
        "steps": wording.STEPS,
    }


def _reasons(document: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[tuple[str | None, Phrase]]:
    for reason in document["reasons"]:
        yield reason["column"], wording.explain(reason, document, titles)


def _facts(rows: Mapping[str, Any], searchable: bool) -> Iterator[tuple[wording.Words, str, str, bool | None]]:
    """What was found, what is asked of it, and whether that holds; None where nothing is asked. ``searchable``: whether there
    is a column to look somebody up by."""
    classes, demand, diverse = rows["classes"], rows["demand"], rows["diversity"]
    if searchable:
        k, share = classes["k"], rows["withheld"]
        asked = demand["k"] > 1
        yield _fact(("最小等价类 k", "Smallest class, k"), f"{k:,}", f"≥ {demand['k']:,}", asked, k >= demand["k"])
        if diverse is not None:
            l_, t = diverse["l_distinct"], diverse["t"]
            yield _fact(("多样性 l", "Diversity, l"), f"{l_:,}", f"≥ {demand['l']:,}", demand["l"] > 1, l_ >= demand["l"])
            yield _fact(("接近性 t", "Closeness, t"), f"{t:.3f}", f"≤ {demand['t']:g}", demand["t"] < 1, t <= demand["t"])
        most, holds = f"≤ {wording.percent(demand['suppress'])}", share <= demand["suppress"]
        yield _fact(("已抑制的行", "Rows suppressed"), wording.percent(share), most, asked or share > 0, holds)
    yield ("数据行数", "Rows"), f"{classes['rows']:,}", "", None


def _fact(
    words: wording.Words, value: str, limit: str, asked: bool, holds: bool
) -> tuple[wording.Words, str, str, bool | None]:
    return words, value, limit if asked else "", holds if asked else None


def _plots(document: Mapping[str, Any]) -> dict[str, Any]:
    """Those there is something to draw for."""
    from markupsafe import Markup

    rows, drawn = document["rows"], {"sizes": "", "attackers": "", "uniqueness": ""}
    if rows is not None and document["roles"]["quasi"] and rows["classes"]["sizes"]:
        drawn["sizes"] = plots.class_sizes(rows)
        drawn["attackers"] = plots.attackers(rows["attackers"]) if rows["attackers"] else ""
        population = rows["population"]
        drawn["uniqueness"] = plots.uniqueness(population) if population and population["model"] != "file" else ""
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - numbers and fixed words, written by lxml


def _population(found: Mapping[str, Any] | None) -> tuple[str, ...]:
    if found is None:
        return ()
    counts = [f"{found[name]:,.0f}" for name in ("population", "units", "sample_uniques", "expected")]
    return counts[0], counts[1], wording.percent(found["fraction"]), counts[2], counts[3]


def _basis(models: Mapping[str, Any] | None) -> wording.Words:
    if models is None:
        return "", ""
    zh, en = wording.BASES[models["basis"]]
    population = f"{models['population'] or 0:,}"
    return zh.format(population=population), en.format(population=population)


def _roles(roles: Mapping[str, Any]) -> Iterator[tuple[Any, list[tuple[str, str]]]]:
    """Each role that some column has, with its columns and their entities; a direct identifier is told once."""
    found = {
        "direct": [(name, roles["quasi"].get(name, "")) for name in roles["direct"]],
        "quasi": [(name, entity) for name, entity in roles["quasi"].items() if name not in roles["direct"]],
        "sensitive": list(roles["sensitive"].items()),
        "aside": [(name, "") for name in roles["aside"]],
    }
    yield from ((wording.ROLES[role], columns) for role, columns in found.items() if columns)


def _anonymized(table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The whole-table methods that chose levels, with what they tell of it."""
    for name, done in table.items():
        if "columns" in done and "nodes" in done:
            share = done["suppressed"] / max(done["rows"], 1)
            counts = [f"{done[each]:,}" for each in ("nodes", "suppressed", "smallest")]
            told = (counts[0], wording.percent(done["loss"]), counts[1], wording.percent(share), counts[2])
            yield name, {"columns": done["columns"], "told": told}


def _line(document: Mapping[str, Any]) -> dict[str, Any]:
    """A dataset in the catalogue, refused ones and low levels first."""
    rows = document["rows"]
    level = None if rows is None else rows["level"]["level"]
    actions = [found["action"] for found in document["together"]]
    rank = {"failed": 0, "refuse": 1, "pass": 2}[document["verdict"]]
    return {
        "code": document["dataset"]["code"],
        "title": document["dataset"]["title"],
        "verdict": document["verdict"],
        "message": document["reasons"][0]["message"] if document["verdict"] == "failed" else "",
        "level": level,
        "k": rows["classes"]["k"] if rows is not None and document["roles"]["quasi"] else None,
        "k_wanted": rows["demand"]["k"] if rows is not None and rows["demand"]["k"] > 1 else None,
        "unit": wording.UNITS["row" if rows is None else rows["classes"]["unit"]],
        "block": len(document["reasons"]),
        "warn": actions.count("warn"),
        "order": (rank, 5 if level is None else level, document["dataset"]["code"]),
    }


@cache
def _environment() -> Any:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    loader = ChoiceLoader([PackageLoader(package, "templates") for package in ("gongkai.assessment", "gongkai.quality")])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["grouped"] = lambda count: "—" if count is None else f"{count:,}"
    environment.filters["percent"] = wording.percent
    environment.filters["sentence"] = wording.sentence
    return environment
