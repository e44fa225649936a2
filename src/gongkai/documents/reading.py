"""Reading what people write 手写文档: one YAML file as plain JSON values, and every fault in it at once.

Stricter than YAML where YAML surprises: a key may stand only once, keys are text, there are no anchors, aliases or tags,
and only ``true``, ``false``, ``null``, decimal integers and numbers with a point are anything but text. So ``011``,
``02:00``, ``2026-01-01`` and ``no`` stay the text somebody typed. No message quotes a value: it may be a credential.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from gongkai.errors import Fault

MAX_BYTES = 1 << 20
"""No hand-written file comes near; a data file under the wrong name does."""
MAX_DEPTH = 50

_NAME = re.compile(r"[\w-]{1,64}")


def read(path: Path, file: str) -> tuple[Any, list[Fault]]:
    """The values of a YAML file and all that is wrong with it as YAML; ``file`` is how faults name it."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return None, [Fault(file, "", f"cannot be read ({type(error).__name__})", "check what it is and who may read it")]
    if len(raw) > MAX_BYTES:
        return None, [Fault(file, "", f"is larger than {MAX_BYTES} bytes", "is it a data file under a wrong name?")]
    try:
        return parse(raw.decode("utf-8-sig"), file)
    except UnicodeDecodeError:
        return None, [Fault(file, "", "is not UTF-8 text", "save it as UTF-8")]


def parse(text: str, file: str) -> tuple[Any, list[Fault]]:
    """The values of a YAML text, and its faults by key path and line.

    >>> parse("code: 011\\nat: 02:00", "a.yml")
    ({'code': '011', 'at': '02:00'}, [])
    >>> print(*parse("columns:\\n- name: a\\n  name: b", "a.yml")[1])
    a.yml: columns[0].name: is written twice (line 3); keep one
    """
    try:
        objection = _objection(text)
        root = yaml.compose(text, Loader=_Loader) if objection is None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        tabs = "indent with spaces, not tabs; " if re.search(r"^ *\t", text, re.MULTILINE) else ""
        return None, [Fault(file, f"line {line}", "is not readable as YAML", f"{tabs}check indentation, quotes and colons")]
    except yaml.YAMLError:
        return None, [Fault(file, "", "holds a character YAML does not allow", "remove control characters")]
    if objection is not None:
        return None, [Fault(file, *objection)]
    faults: list[Fault] = []
    value = _plain(root, (), file, faults) if root is not None else None
    return value, faults


def path(keys: Iterable[str | int]) -> str:
    """A key path as people write it; a name that does not look like one is not repeated.

    >>> path(("columns", 2, "type")), path(("source", "mysql://u:p@h"))
    ('columns[2].type', 'source.…')
    """
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += ("." if text else "") + (key if _NAME.fullmatch(key) else "…")
    return text


_Parser: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Loader(_Parser):  # type: ignore[misc]
    """YAML's syntax, with types as in this module's first lines."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"null|Null|NULL|~|", "nN~\0"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
]:
    # the empty scalar has no first character: the resolver looks it up under ""
    _firsts = [letter if letter != "\0" else "" for letter in _first]
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _firsts)


def _objection(text: str) -> tuple[str, str, str] | None:
    """What YAML allows and this program does not: place, problem, remedy."""
    depth = 0
    for event in yaml.parse(text, Loader=_Parser):
        line = f"line {event.start_mark.line + 1 if event.start_mark else 1}"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            return line, "uses an anchor or alias", "write it out, or quote a text that begins with & or *"
        if getattr(event, "tag", None) is not None:
            return line, "uses a tag", "quote a text that begins with !"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return line, "is nested too deeply", "write it flatter"
    return None


def _plain(node: yaml.Node, keys: tuple[str | int, ...], file: str, faults: list[Fault]) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, keys, file, faults)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*keys, index), file, faults) for index, item in enumerate(node.value)]
    text: str = node.value
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in ("int", "float"):
        return _number(text, kind, keys, file, faults)
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\t\n" for letter in text):
        faults.append(Fault(file, path(keys), f"holds a control character (line {node.start_mark.line + 1})", "remove it"))
    return text


def _number(text: str, kind: str, keys: tuple[str | int, ...], file: str, faults: list[Fault]) -> Any:
    if len(text) <= 40 and math.isfinite(float(text)):
        return int(text) if kind == "int" else float(text)
    faults.append(Fault(file, path(keys), "is too large for a number", "quote it if it is text"))
    return text


def _mapping(node: yaml.MappingNode, keys: tuple[str | int, ...], file: str, faults: list[Fault]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not (isinstance(key_node, yaml.ScalarNode) and key_node.tag == "tag:yaml.org,2002:str"):
            faults.append(Fault(file, path(keys), f"has a key that is not text (line {line})", 'quote it, as in "1": …'))
            continue
        key = key_node.value
        if key in values:
            faults.append(Fault(file, path((*keys, key)), f"is written twice (line {line})", "keep one"))
            continue
        values[key] = _plain(value_node, (*keys, key), file, faults)
    return values
