"""What pydantic found wrong, in words a person can act on and without the value that was written.

A model's message may quote its input, and the input may be a credential: only the kind of the error and its place go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gongkai import documents
from gongkai.errors import Fault, known

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]

_KINDS: dict[str, tuple[str, str]] = {
    "missing": ("is missing", "write it"),
    "string_type": ("is not text", 'quote it: "…"'),
    "string_too_short": ("is empty", "write it"),
    "string_too_long": ("is too long", "shorten it"),
    "bool_type": ("is not true or false", "write true or false"),
    "bool_parsing": ("is not true or false", "write true or false"),
    "date_type": ("is not a date", "write YYYY-MM-DD"),
    "date_parsing": ("is not a date", "write YYYY-MM-DD"),
    "date_from_datetime_parsing": ("is not a date", "write YYYY-MM-DD"),
    "date_from_datetime_inexact": ("is not a date", "write YYYY-MM-DD, without a time"),
    "time_delta_type": ("is not a duration", "write it as ISO 8601: P30D, PT6H"),
    "time_delta_parsing": ("is not a duration", "write it as ISO 8601: P30D, PT6H"),
    "list_type": ("is not a list", "begin each item with '- '"),
    "dict_type": ("is not a set of keys", "write keys with values under it"),
    "model_type": ("is not a set of keys", "write keys with values under it"),
    "model_attributes_type": ("is not a set of keys", "write keys with values under it"),
    "too_short": ("is empty", "list at least one"),
}


def fit(
    model: type[Model], document: Any, file: str, hints: Mapping[str, str] | None = None
) -> tuple[Model | None, list[Fault]]:
    """A model made of a document, or every reason why not; ``hints`` say by key path (without indices) what would be right."""
    try:
        return model.model_validate(document), []
    except ValidationError as error:
        return None, faults(error, model, document, file, hints or {})


def places(error: ValidationError) -> list[Place]:
    """Where each error lies in the document."""
    return [_place(item["loc"]) for item in _items(error)]


def faults(error: ValidationError, model: type[BaseModel], document: Any, file: str, hints: Mapping[str, str]) -> list[Fault]:
    """One fault for each error."""
    return [_fault(item, model, document, file, hints) for item in _items(error)]


def _items(error: ValidationError) -> Sequence[Mapping[str, Any]]:
    return error.errors(include_input=False, include_url=False)


def _place(location: Sequence[str | int]) -> Place:
    return tuple(part for part in location if part != "[key]")


def _fault(item: Mapping[str, Any], model: type[BaseModel], document: Any, file: str, hints: Mapping[str, str]) -> Fault:
    place = _place(item["loc"])
    problem, remedy = _words(item, place, model, document)
    hint = hints.get(".".join(str(part) for part in place if isinstance(part, str)), "")
    if hint and item["type"] in ("missing", "string_too_short", "string_pattern_mismatch", "string_too_long"):
        remedy = hint
    return Fault(file, documents.path(place), problem, remedy)


def _words(item: Mapping[str, Any], place: Place, model: type[BaseModel], document: Any) -> tuple[str, str]:
    kind = str(item["type"])
    if kind in _KINDS:
        return _KINDS[kind]
    if kind == "extra_forbidden":
        return "is not a key known here", known(str(place[-1]), _siblings(model, place))
    if kind in ("literal_error", "enum"):
        choices = str(item["ctx"]["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
        written = _at(document, place)
        return "is not one of the known words", known(written if isinstance(written, str) else "", choices)
    if kind == "string_pattern_mismatch":
        return "is not written as it must be", f"it must match {item['ctx']['pattern']}"
    if kind == "value_error":
        return "does not fit", str(item["msg"]).removeprefix("Value error, ")
    return "does not fit", str(item["msg"])


def _siblings(model: type[BaseModel], place: Place) -> list[str]:
    """The keys known where an unknown one stands."""
    here: Any = model
    for part in place[:-1]:
        if isinstance(part, str) and part in getattr(here, "model_fields", {}):
            here = _inner(here.model_fields[part].annotation)
    return sorted(getattr(here, "model_fields", {}))


def _inner(annotation: Any) -> Any:
    """The model inside ``list[Model]``, ``dict[str, Model]``, ``Model | None``; the annotation itself otherwise."""
    inside = [argument for argument in getattr(annotation, "__args__", ()) if hasattr(argument, "model_fields")]
    return inside[0] if inside else annotation


def _at(document: Any, place: Place) -> Any:
    for part in place:
        if isinstance(part, int) and isinstance(document, list):
            document = document[part]
        else:
            document = document.get(part) if isinstance(document, dict) else None
    return document
