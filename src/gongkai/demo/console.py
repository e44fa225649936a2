"""What a person sees of the demo: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from gongkai.demo.attack import Attack
from gongkai.demo.outcomes import Outcome

STEPS = {"desensitize": "脱敏", "check": "检查", "package": "打包", "publish": "发布"}
VERDICTS = {"published": "已发布", "unchanged": "无变化", "refused": "已拒绝", "failed": "失败"}
_WIDTH_OF_A_FILE = 160
_REGISTER = "  持有全体居民登记信息的人能认出多少行 how many rows a register of every resident gives away"
_STATES = {
    "success": ("✓", "green"),
    "failed": ("✗", "red"),
    "upstream_failed": ("–", "dim"),
    "skipped": ("–", "dim"),
    "running": ("●", "yellow"),
    "up_for_retry": ("↻", "yellow"),
}


class Screen:
    """Shows phases as they come, the tasks of all datasets while they run, and the outcomes at the end."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self.live = self.console.is_terminal
        if not self.live:
            self.console = Console(file=self.console.file, width=_WIDTH_OF_A_FILE, no_color=True, highlight=False)
        self._began = time.monotonic()
        self._titles: Mapping[str, str] = {}
        self._states: dict[str, Mapping[str, str | None]] = {}
        self._spinner = Spinner("dots")

    def phase(self, what: str, detail: str = "") -> None:
        """Something longer begins."""
        line = Text.assemble((f"{time.monotonic() - self._began:6.1f} s  ", "dim"), (what, "bold"), "  ", (detail, "dim"))
        self.console.print(line, soft_wrap=True)

    @contextlib.contextmanager
    def watching(self, titles: Mapping[str, str]) -> Iterator[None]:
        """While the block runs, ``tasks`` updates the picture of these datasets."""
        self._titles = titles
        if not self.live:
            yield
            return
        with Live(get_renderable=self._picture, console=self.console, refresh_per_second=8):
            yield

    def tasks(self, code: str, states: Mapping[str, str | None]) -> None:
        """The state of a dataset's tasks now."""
        before = self._states.get(code, {})
        self._states[code] = states
        if self.live:
            return
        for step, title in STEPS.items():
            state = states.get(step)
            if state != before.get(step) and state in ("running", "success", "failed"):
                self.phase(f"{code}  {step} {title}", str(state))

    def results(self, home: Path, found: Sequence[Outcome], attacks: Sequence[Attack] = ()) -> None:
        """The table of outcomes, what an attacker came to, and where to look."""
        self.console.print()
        self.console.print(_results(found))
        if attacks:
            self.console.print(Text.assemble(("攻击测试 attacked", "bold"), (_REGISTER, "dim")), soft_wrap=True)
            self.console.print(_attacks(attacks))
        self.console.print(*_closing(home, found), sep="\n", soft_wrap=True, highlight=False)

    def _picture(self) -> RenderableType:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, pad_edge=False, header_style="dim")
        table.add_column("数据集\ndataset", no_wrap=True)
        table.add_column("", style="dim", no_wrap=True)
        for step, title in STEPS.items():
            table.add_column(f"{title}\n{step}", justify="center", no_wrap=True)
        for code, title in self._titles.items():
            states = self._states.get(code, {})
            table.add_row(title, code, *(_mark(states.get(step)) for step in STEPS))
        ended = sum(_has_ended(self._states.get(code, {})) for code in self._titles)
        line = f" {time.monotonic() - self._began:.0f} s  {ended} of {len(self._titles)} datasets 数据集"
        self._spinner.update(text=Text(line, "dim"))
        return Group(table, self._spinner)


def _mark(state: str | None) -> Text:
    return Text(*_STATES.get(state or "", ("·", "dim")))


def _has_ended(states: Mapping[str, str | None]) -> bool:
    return states.get("cleanup") in ("success", "failed", "upstream_failed", "skipped")


def _results(found: Sequence[Outcome]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="dim", show_lines=False)
    table.add_column("数据集\ndataset", no_wrap=True)
    table.add_column("读入\nrows in", justify="right", no_wrap=True)
    table.add_column("发布\nrows out", justify="right", no_wrap=True)
    table.add_column("脱敏列\nmasked", justify="right", no_wrap=True)
    table.add_column("结论\nverdict", no_wrap=True)
    table.add_column("发布版本，或拒绝的理由\nrelease, or why not", overflow="fold")
    for outcome in found:
        colour = "bold red" if not outcome.expected else "green" if outcome.verdict == "published" else "yellow"
        table.add_row(
            Text.assemble(outcome.title, "\n", (outcome.code, "dim")),
            _count(outcome.rows_in),
            _count(outcome.rows_out),
            str(outcome.masked) if outcome.verdict == "published" else "–",
            Text(f"{VERDICTS[outcome.verdict]}\n{outcome.verdict}", colour),
            Text(outcome.where, "default" if outcome.verdict == "published" else colour),
        )
    return table


def _attacks(attacks: Sequence[Attack]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("数据集\ndataset", no_wrap=True)
    for name in ("攻击行数\nrows", "唯一匹配\nsingled out", "认出比例\nfound", "单行最高\nsurest row", "政策上限\npolicy"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in attacks:
        numbers = (f"{each.rows:,}", f"{each.alone:,}", f"{each.success:.3%}", f"{each.surest:.3%}", f"{each.threshold:.0%}")
        table.add_row(Text(each.title), *numbers, style="green" if each.held else "bold red")
    return table


def _count(rows: int | None) -> str:
    return "–" if rows is None else f"{rows:,}"


def _closing(home: Path, found: Sequence[Outcome]) -> list[Text]:
    published = [outcome for outcome in found if outcome.verdict == "published"]
    refused = [outcome for outcome in found if outcome.verdict == "refused"]
    lines = [Text(f"{len(published)} published 已发布, {len(refused)} refused 已拒绝")]
    wrong = [outcome.code for outcome in found if not outcome.expected]
    if wrong:
        lines.append(Text(f"not as it should be 与预期不符: {', '.join(wrong)}", "bold red"))
    else:
        lines[0].append(", each as it should be 均符合预期", "green")
    if published:
        best = max(published, key=lambda outcome: (outcome.rows_out or 0, outcome.code))
        store = _short(home / "var" / "store")
        lines += [
            Text(f"\nreleases 发布位置  {store}/<dataset>/current/"),
            Text.assemble("report 质量报告    ", (f"python3 -m webbrowser {store}/{best.code}/current/report.html", "cyan")),
            Text.assemble("risk 风险评估      ", (f"GONGKAI_HOME={_short(home)} {_command()} risk --all", "cyan")),
            Text.assemble("registry 登记信息  ", (f"GONGKAI_HOME={_short(home)} {_command()} show {best.code}", "cyan")),
        ]
    return lines


def _short(path: Path) -> Path:
    """From here when it lies below, as somebody would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _command() -> str:
    """This very program, as it can be called from here."""
    installed = Path(sys.executable).with_name("gongkai")
    found = shutil.which("gongkai")
    return "gongkai" if found is not None and Path(found) == installed else str(_short(installed))
