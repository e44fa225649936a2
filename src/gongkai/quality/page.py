"""The check report as a page 质量报告页: one HTML file in Chinese and English that needs no network and no script.

It opens on any machine a department has, prints, and fits a telephone. What refuses a release stands first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from gongkai.columns import logical_types
from gongkai.leaks.patterns import KINDS
from gongkai.leaks.staged import WORDS
from gongkai.project import Project
from gongkai.quality import wording
from gongkai.quality.dimensions import DIMENSIONS
from gongkai.quality.report import Report

_CENTRE_X, _CENTRE_Y, _RADIUS = 170.0, 130.0, 88.0


def render(report: Report, project: Project) -> str:
    """One self-contained page."""
    document = report.document()
    return str(_template().render(**_view(document, wording.method_titles(project, document))))


def _view(document: Mapping[str, Any], methods: Mapping[str, str]) -> dict[str, Any]:
    """What the template shows, sorted as it is read: failing rules first, then in the order they were asked."""
    columns = {column["name"]: column for column in document["columns"]}
    results = sorted(document["results"], key=lambda item: (item["success"], item["severity"] != "critical"))
    reasons = document["reasons"]
    return {
        "d": document,
        "refused": document["verdict"] == "refuse",
        "reasons": [(columns.get(reason["column"]), wording.explain(reason, document)) for reason in reasons],
        "warnings": document["warnings"],
        "failed": [item for item in results if not item["success"]],
        "passed": [item for item in results if item["success"]],
        "titles": {name: column["title"] for name, column in columns.items()},
        "radar": _radar(document["score"]["dimensions"]),
        "dimensions": DIMENSIONS,
        "kinds": KINDS,
        "words": WORDS,
        "severities": wording.SEVERITIES,
        "grade": wording.GRADES[document["score"]["grade"]],
        "cleaning": wording.CLEANING,
        "methods": methods,
        "type_title": logical_types.title,
    }


def _radar(scores: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Six axes: rings, spokes with their labels, and the area of the scores; a dimension nobody asked about counts as none."""
    axes = []
    for index, (code, item) in enumerate(DIMENSIONS.items()):
        value = scores[code]["score"]
        x, y = _point(index, 100)
        label_x, label_y = _point(index, 114)
        label_y += -11 if label_y < _CENTRE_Y - _RADIUS else 5 if label_y > _CENTRE_Y + _RADIUS else 0
        anchor = "middle" if abs(label_x - _CENTRE_X) < 2 else "start" if label_x > _CENTRE_X else "end"
        label = {"x": round(label_x, 1), "y": round(label_y + 4, 1), "anchor": anchor, "zh": item.titles[0], "en": item.english}
        axes.append({"x": x, "y": y, "dot": None if value is None else _point(index, value), "label": label})
    rings = [_polygon([level] * len(DIMENSIONS)) for level in (25, 50, 75, 100)]
    area = _polygon([scores[code]["score"] or 0 for code in DIMENSIONS])
    return {"axes": axes, "rings": rings, "area": area, "x": _CENTRE_X, "y": _CENTRE_Y}


def _polygon(values: list[float]) -> str:
    return " ".join("{},{}".format(*_point(index, value)) for index, value in enumerate(values))


def _point(index: int, value: float) -> tuple[float, float]:
    angle = 2 * math.pi * index / len(DIMENSIONS) - math.pi / 2
    distance = _RADIUS * value / 100
    return round(_CENTRE_X + distance * math.cos(angle), 1), round(_CENTRE_Y + distance * math.sin(angle), 1)


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("gongkai.quality", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["grouped"] = lambda count: "—" if count is None else f"{count:,}"
    environment.filters["percent"] = lambda share: f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"
    return environment.get_template("report.html")
