"""The plots of a risk report 图表: sizes of classes, the attackers' odds, uniqueness; as inline SVG of numbers and fixed words.

Drawn by matplotlib in pixels, then written anew: of what it draws only bars, lines and texts are taken over. So no style sheet,
id or date of its own reaches the page, and the same numbers give the same bytes. A text stays a text, in the page's own font,
and a word is there in both languages for the page's switch.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from gongkai.assessment import wording

INK, SOFT, LINE, BLUE, PALE, BAD = "#1b2430", "#5b6776", "#dfe4ea", "#1d5fa8", "#a9c3e0", "#b3261e"
"""The colours of the page's style sheet, and a lighter blue."""
_WIDTH, _ROW, _BAR = 380, 22, 11
_LEFT, _FULL, _BESIDE = 116, 140, 7
"""Where bars begin, how long the longest is, and the gap before the text beside it."""
_EDGES = (1, 2, 3, 5, 10, 20, *(lead * 10**power + 1 for power in (1, 2, 3, 4) for lead in (5, 10, 20)))
"""Where bands of class sizes begin: single sizes where a class hides hardly anybody, then 1-2-5."""
_SVG = "http://www.w3.org/2000/svg"


class Band(NamedTuple):
    """Units in classes of ``low`` to ``high`` units; None where the band is open."""

    low: int
    high: int | None
    units: int

    @property
    def label(self) -> str:
        if self.high is None:
            return f"≥ {self.low:,}"
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,}–{self.high:,}"


def bands(classes: Mapping[str, Any], k: int) -> list[Band]:
    """The units of a file by the size of their class, from 1 to the largest, with a new band at ``k``.

    ``classes`` is the record of ``gongkai.risk.classes``: its bands, and below some sizes the units.

    >>> given = {"units": 11, "below": [{"size": 7, "units": 1}], "sizes": [{"from": 1, "to": 1, "units": 1},
    ...                                                                    {"from": 10, "to": 10, "units": 10}]}
    >>> [(band.label, band.units) for band in bands(given, 7)]
    [('1', 1), ('2', 0), ('3–4', 0), ('5–6', 0), ('7–9', 0), ('10', 10)]
    """
    sizes = classes["sizes"]
    if not sizes:
        return []
    below = {each["size"]: each["units"] for each in classes["below"]}
    largest = sizes[-1]["to"]
    whole = {size for size in (*_EDGES, k) if all(not each["from"] < size <= each["to"] for each in sizes)}
    edges = sorted(size for size in {*whole, *({k} & below.keys())} if 1 <= size <= largest)
    totals = {size: below.get(size, sum(each["units"] for each in sizes if each["to"] < size)) for size in edges}
    stops = [*edges[1:], largest + 1]
    ends = [*(totals[size] for size in edges[1:]), classes["units"]]
    last = edges[-1] if edges[-1] == max(_EDGES) else None
    return [
        Band(low, None if low == last else stop - 1, end - totals[low])
        for low, stop, end in zip(edges, stops, ends, strict=True)
    ]


def class_sizes(rows: Mapping[str, Any]) -> str:
    """How many units are in classes of which size; ``rows`` is the record of the rows, with at least one class. Those in
    classes smaller than the k that is asked are red, above a line."""
    k, classes = rows["demand"]["k"], rows["classes"]
    shown = bands(classes, k)
    longest = max(band.units for band in shown)
    cut = k > 1 and shown[-1].low >= k
    height = 22 + _ROW * len(shown) + (18 if cut else 0)
    with _drawing(height) as (figure, axes):
        _text(axes, _LEFT - _BESIDE, 12, "size", color=SOFT, ha="right", size=10.5)
        _text(axes, _LEFT, 12, classes["unit"], color=SOFT, size=10.5)
        y = 22.0
        for band in shown:
            if cut and band.low == k:
                y += 18
                _line(axes, (0, _WIDTH), (y - 4, y - 4), BAD)
                _text(axes, _WIDTH, y - 9, f"k = {k:,}", color=BAD, ha="right", weight="bold")
            bad = band.low < k
            _row(axes, y, band.label, band.units / longest, BAD if bad else BLUE)
            told = f"{band.units:,} · {wording.percent(band.units / classes['units'])}" if band.units else "0"
            colour = SOFT if not band.units else BAD if bad else INK
            _text(axes, _beside(band.units / longest), y + 15, told, color=colour)
            y += _ROW
        return _written(figure, height, wording.PLOTS["sizes"])


def attackers(models: Mapping[str, Any]) -> str:
    """The risks of the three attackers, as in the record of ``gongkai.risk.models``, and the threshold as a line."""
    threshold = models["threshold"]
    bars = [(name, what, models[name][what]) for name in ("prosecutor", "journalist") for what in ("highest", "average")]
    bars.append(("marketer", "average", models["marketer"]))
    longest = max(threshold * 1.3, *(risk for _, _, risk in bars))
    height = 24 + _ROW * len(bars) + 16
    with _drawing(height) as (figure, axes):
        x, y = _LEFT + _FULL * threshold / longest, 24.0
        for name, what, risk in bars:
            first = what == "highest" or name == "marketer"
            y += 8 if first and name != "prosecutor" else 0
            over = risk > threshold and what == "highest"
            _row(axes, y, name if first else "", risk / longest, BAD if over else BLUE if what == "highest" else PALE)
            told, at = wording.percent(risk), _beside(risk / longest)
            at = x + _BESIDE if x - 100 < at < x + _BESIDE else at  # the line would cross it
            _text(axes, at, y + 15, told, color=BAD if over else INK)
            _text(axes, at + 7 * len(told) + 9, y + 15, what, color=SOFT, size=10.5)
            y += _ROW
        _line(axes, (x, x), (18, height), BAD)
        _text(axes, x, 13, f"≤ {wording.percent(threshold)}", color=BAD, ha="center", weight="bold")
        return _written(figure, height, wording.PLOTS["attackers"])


def uniqueness(population: Mapping[str, Any]) -> str:
    """Who is alone in the file, and how many of those each model expects to be alone in the population, the chosen one dark."""
    bars = [("alone", float(population["sample_uniques"]), SOFT)]
    for name in wording.MODELS:
        if population.get(name) is not None:
            chosen = name == population["model"]
            bars.append((name, population[name] * population["fraction"], BLUE if chosen else PALE))
    longest = max(count for _, count, _ in bars) or 1
    height = _ROW * len(bars)
    with _drawing(height) as (figure, axes):
        for index, (name, count, colour) in enumerate(bars):
            y = float(_ROW * index)
            _row(axes, y, wording.MODELS.get(name, name), count / longest, colour)
            told, at = f"{count:,.0f}", _beside(count / longest)
            _text(axes, at, y + 15, told, weight="bold" if colour == BLUE else "normal")
            if colour == BLUE:
                _text(axes, at + 7 * len(told) + 9, y + 15, "chosen", color=SOFT, size=10.5)
        return _written(figure, height, wording.PLOTS["uniqueness"])


@contextmanager
def _drawing(height: int) -> Iterator[tuple[Any, Any]]:
    """A figure whose unit is a pixel, its origin the upper left corner."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "gongkai", "path.simplify": False}):
        figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72)
        figure.patch.set_visible(False)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, _WIDTH)
        axes.set_ylim(height, 0)
        yield figure, axes


def _row(axes: Any, y: float, label: str, share: float, colour: str) -> None:
    """A bar of a share of the full length, with its label; a share above 0 has a width that can be seen."""
    _text(axes, _LEFT - _BESIDE, y + 15, label, ha="right")
    if share > 0:
        axes.barh([y + 11], [max(1.5, _FULL * share)], height=_BAR, left=_LEFT, color=colour, clip_on=False)


def _beside(share: float) -> float:
    return _LEFT + (max(1.5, _FULL * share) if share > 0 else 0) + _BESIDE


def _line(axes: Any, x: tuple[float, float], y: tuple[float, float], colour: str) -> None:
    axes.plot(x, y, color=colour, linewidth=1.2, dashes=(4, 3), marker="", clip_on=False)


def _text(
    axes: Any, x: float, y: float, text: str, *, color: str = INK, ha: str = "left", size: float = 11.5, weight: str = "normal"
) -> None:
    if text:
        axes.text(x, y, text, color=color, ha=ha, va="baseline", fontsize=size, fontweight=weight)


def _written(figure: Any, height: int, title: tuple[str, str]) -> str:
    """The figure as an ``<svg>`` of paths and texts; a text that is one of ``wording.LABELS`` in both languages."""
    from lxml import etree

    sink = io.BytesIO()
    figure.savefig(sink, format="svg", metadata={"Date": None})
    drawn = etree.fromstring(sink.getvalue(), etree.XMLParser(resolve_entities=False, no_network=True))
    attributes = {"class": "plot", "viewBox": f"0 0 {_WIDTH} {height}", "role": "img", "aria-label": " ".join(title)}
    root = etree.Element(f"{{{_SVG}}}svg", attributes, nsmap={None: _SVG})  # type: ignore[dict-item]  # None is the default namespace
    for element in drawn.iter(f"{{{_SVG}}}path", f"{{{_SVG}}}text"):
        kept = {name: " ".join(str(value).split()) for name, value in element.items() if name in ("d", "x", "y", "style")}
        kept["style"] = "; ".join(each for each in kept["style"].split("; ") if not each.startswith("font-family"))
        copy = etree.SubElement(root, element.tag, kept)
        _say(copy, element.text)
    return str(etree.tostring(root, encoding="unicode"))


def _say(element: Any, text: str | None) -> None:
    from lxml import etree

    if text is None or text not in wording.LABELS:
        element.text = text
        return
    zh, en = wording.LABELS[text]
    for language, words in (("zh", zh), ("en", f" {en}")):
        etree.SubElement(element, f"{{{_SVG}}}tspan", {"class": language}).text = words
