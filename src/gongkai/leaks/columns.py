"""What the leak scan must know of a column 列: what it was registered as, and what its method promises to leave of it.

It is told so by who runs it, and reads neither rules nor plan itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.disclosure import LOOKALIKE, MOVED, RUNNING_TEXT, Disclosure, Form

NOTHING = Disclosure(Form.NOTHING)
PLACES = frozenset({"province", "city", "county"})
DATES = frozenset({"decade", "year", "quarter", "month"})
CELLS = frozenset({"cell"})


@dataclass(frozen=True, slots=True)
class WatchedColumn:
    """A column of the source. ``published``: its name in the release, None where it is not in it; ``type`` and ``output``: its
    logical types before and after its method; ``group``: direct, quasi, sensitive or plain."""

    name: str
    published: str | None
    type: str
    output: str
    entity: str
    group: str
    method: str = ""
    disclosure: Disclosure = NOTHING

    @property
    def form(self) -> Form:
        return self.disclosure.form if self.published is not None else Form.NOTHING

    @property
    def whole(self) -> bool:
        """Whether its values are published as they are."""
        return self.form is Form.ALL

    @property
    def public(self) -> bool:
        """Whether it is published whole and registered as publishable: an office's telephone, a company's name."""
        return self.whole and self.entity != "NONE"

    @property
    def redacted(self) -> bool:
        """Whether its values are running text of which only parts are taken out."""
        return RUNNING_TEXT in self.disclosure.parts

    @property
    def moved(self) -> bool:
        """Whether a value is put at another place by chance, so that it may come to lie where it was."""
        return bool(self.disclosure.parts & MOVED)

    @property
    def on_a_grid(self) -> bool:
        """Whether numbers stay numbers of their type, so that one that is as coarse as it has to be comes out as it was."""
        return self.form is Form.COARSE and self.type == self.output and self.type != "text"

    @property
    def lookalike(self) -> bool:
        """Whether its method writes values like those it takes: what looks like somebody's number proves nothing there."""
        return LOOKALIKE in self.disclosure.parts

    @property
    def watched(self) -> bool:
        """Whether it says something about a person that its method must not tell."""
        return self.group != "plain" and not self.whole

    @property
    def replaced(self) -> bool:
        """Whether no value may come out as it went in: a coarser value may be what it was, and so may a text."""
        return not self.whole and self.form is not Form.COARSE and not self.redacted
