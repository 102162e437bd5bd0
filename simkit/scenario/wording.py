"""What pydantic complains about, in plain words and at the place in the file."""

import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from simkit.scenario.nodes import MANY, Node
from simkit.scenario.record import Loc, Mistakes, Problem, did_you_mean, short

GROUP, LIST, DATE = "a group of 'key: value' lines", "a list", "a date such as '2026-01-31'"
WANTED = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "string": "text",
    "list": LIST,
    "tuple": LIST,
    "set": LIST,
    "frozen_set": LIST,
    "dict": GROUP,
    "mapping": GROUP,
    "model": GROUP,
    "date": DATE,
    "none": "empty",
}
CHARACTERS = {"A-Za-z": "the letters A to Z, ", "0-9": "digits and the signs ", "_-": "_ -"}
MISFIT = re.compile(r"(\w+?)_(attributes_type|from_\w+|type|parsing|parsing_size|required)")
BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
    "multiple_of": ("a multiple of", "multiple_of"),
}


def problems_of(error: ValidationError, root: Node, model: type[BaseModel]) -> list[Problem]:
    """Return every complaint of `error` about the values below `root`, read as a `model`."""
    errors = _of_nearest_kinds([e for e in error.errors(include_url=False) if _is_own(e)], root)
    problems = [p for e in errors[:MANY] for p in _located(e, root, model)]
    if len(errors) > MANY:
        more = f"{len(errors) - MANY:,} more mistakes, shown when some of these are mended"
        problems.append(Problem(root.source.path, None, None, more))
    return problems


def complaints(error: ValidationError) -> list[tuple[Loc, str]]:
    """Return every complaint of `error` with its loc, about values that came from no file."""
    found: list[tuple[Loc, str]] = []
    for one in error.errors(include_url=False):
        raised = one.get("ctx", {}).get("error")
        if isinstance(raised, Mistakes):
            found += [(one["loc"] + inner, message) for inner, message in raised.found]
        else:
            found.append((one["loc"], subject(one["loc"], _words(one))))
    return found


def _is_own(error: Any) -> bool:
    """Return whether a complaint is not only the consequence of others.

    A list of too few good entries is no mistake of its own when it has enough entries.
    """
    if not error["type"].endswith("too_short"):
        return True
    return len(error["input"]) < error["ctx"]["min_length"]


def _located(error: Any, root: Node, model: type[BaseModel]) -> Iterator[Problem]:
    loc, _ = _real(error, root)
    raised = error.get("ctx", {}).get("error")
    if isinstance(raised, Mistakes):
        for inner, message in raised.found:
            yield root.at(loc + inner).problem(message)
    elif error["type"] == "extra_forbidden":
        name = str(loc[-1])
        hint = did_you_mean(name, _keys_at(model, error["loc"][:-1]))
        yield root.at((*loc, "[key]")).problem(f"unknown key '{short(name)}'{hint}")
    elif error["type"] == "union_tag_invalid":
        tag = error["ctx"]["discriminator"].strip("'")
        yield root.at((*loc, tag)).problem(subject((tag,), _words(error)))
    else:
        yield root.at(loc).problem(subject(loc, _words(error)))


def subject(loc: Loc, message: str) -> str:
    """Return `message` with the name of the key it is about, when it lacks a subject."""
    if not loc or not message.startswith(("must ", "cannot ")):
        return message
    if loc[-1] == "[key]":
        return f"the key {message}"
    name = f"entry {loc[-1] + 1}" if isinstance(loc[-1], int) else f"'{short(loc[-1])}'"
    return f"{name} {message}"


def _words(error: Any) -> str:
    """Return one complaint of pydantic as a person would say it."""
    kind, given, ctx = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        return f"the key '{error['loc'][-1]}' is missing here"
    if kind == "union_tag_not_found":
        return f"the key {ctx['discriminator']} is missing here"
    if kind in ("literal_error", "enum"):
        return _not_a_choice(given, ctx["expected"])
    if kind == "union_tag_invalid":
        return _not_a_choice(ctx["tag"], ctx["expected_tags"])
    if kind in BOUNDS:
        words, bound = BOUNDS[kind]
        return f"must be {words} {_plain(ctx[bound])}, is {_plain(given)}"
    if kind == "finite_number":
        return f"must be a finite number, is {given}"
    if kind.endswith(("too_short", "too_long")):
        return _wrong_length(kind, given, ctx)
    if kind in ("value_error", "assertion_error"):
        return str(ctx["error"])
    if kind == "string_pattern_mismatch":
        return _wrong_characters(given, ctx["pattern"])
    wanted = _wanted(error)
    if wanted:
        return f"must be {wanted}, not {_described(given)}{_remedy(kind, given)}"
    return f"{error['msg'][0].lower()}{error['msg'][1:]}, is {_described(given)}"


def _plain(value: Any) -> Any:
    """Return a number as a person writes it: 0, not 0.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _wanted(error: Any) -> str | None:
    """Return what kind of value is wanted when this is a complaint about the kind, or None."""
    if error["type"] in ("literal_error", "enum"):
        return error["ctx"]["expected"]
    if error["type"] == "wanted":
        return error["ctx"]["wanted"]
    misfit = MISFIT.fullmatch(error["type"])
    return WANTED.get(misfit[1]) if misfit else None


def _not_a_choice(given: Any, expected: str) -> str:
    choices = re.findall(r"'([^']*)'", expected) or [expected]
    return f"cannot be {_described(given)}{did_you_mean(given, choices)}"


def _wrong_length(kind: str, given: Any, ctx: Any) -> str:
    unit = "characters" if kind.startswith("string") else "entries"
    if kind.endswith("short"):
        return "must not be empty" if not given else f"must have {ctx['min_length']} {unit} or more"
    return f"must have {ctx['max_length']} {unit} or fewer, has {len(given)}"


def _wrong_characters(given: str, pattern: str) -> str:
    only = re.fullmatch(r"\^\[(.+)\][+*]\$", pattern)
    if only:
        allowed = only[1].replace(chr(92), "")
        for signs, words in CHARACTERS.items():
            allowed = allowed.replace(signs, words)
        return f"must be written with {allowed} only, is '{short(given)}'"
    return f"must match the pattern {pattern}, is '{short(given)}'"


def _described(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text '{short(value)}'"
    return "a list" if isinstance(value, list | tuple) else "a group of keys"


def _remedy(kind: str, given: Any) -> str:
    if kind == "string_type" and isinstance(given, bool | int | float):
        return "; put it in quotes"
    if kind in ("float_parsing", "int_parsing"):
        if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?%", given):
            return f"; write {float(given[:-1]) / 100:g}"
        if re.fullmatch(r"[0-9]{1,3}([, _][0-9]{3})+(\.[0-9]+)?", given):
            return f"; write {re.sub('[, _]', '', given)}"
    return ""


def _real(error: Any, root: Node) -> tuple[Loc, int | None]:
    """Return the steps of an error's loc that the file has, and the index of the first other.

    Where a value may be of several kinds, pydantic adds a step that names the kind it tried.
    """
    loc = error["loc"][:-1] if error["type"] == "missing" else error["loc"]
    real: list[str | int] = []
    node, tag = root, None
    for i, step in enumerate(loc):
        pair = node.pair(step)
        if pair is not None:
            node = pair.value
        elif step != "[key]":
            tag = i if tag is None else tag
            continue
        real.append(step)
    return tuple(real), tag


def _of_nearest_kinds(errors: list[Any], root: Node) -> list[Any]:
    """Return `errors` with those of one kind only where a value may be of several kinds."""
    kept: list[Any] = []
    unions: dict[Loc, dict[Any, list[Any]]] = {}
    for error in errors:
        tag = _real(error, root)[1]
        if tag is None:
            kept.append(error)
        else:
            kinds = unions.setdefault(error["loc"][:tag], {})
            kinds.setdefault(error["loc"][tag], []).append(error)
    for loc, kinds in unions.items():
        kept += _nearest(loc, list(kinds.values()))
    return kept


def _nearest(loc: Loc, kinds: list[list[Any]]) -> list[Any]:
    """Return the complaints of the kind that fits best, or one that names all the kinds."""
    of_the_kind = [
        errors
        for errors in kinds
        if len(errors[0]["loc"]) > len(loc) + 1 or _wanted(errors[0]) is None
    ]
    if of_the_kind:
        return min(of_the_kind, key=len)
    wanted = " or ".join(dict.fromkeys(str(_wanted(errors[0])) for errors in kinds))
    return [{**kinds[0][0], "type": "wanted", "loc": loc, "ctx": {"wanted": wanted}}]


def _keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys that the record at `loc` inside `model` may have."""
    types: list[Any] = [model]
    for step in loc:
        types = [inner for one in types for inner in _inside(one, step)]
    records = [one for one in types if hasattr(one, "model_fields")]
    return list(dict.fromkeys(name for one in records for name in one.model_fields))


def _inside(kind: Any, step: str | int) -> list[Any]:
    """Return the types that a value of type `kind` may have under the key or index `step`.

    A step that names the kind itself leads nowhere else; other kinds have no part in it.
    """
    if hasattr(kind, "model_fields"):
        field = kind.model_fields.get(step)
        return _alternatives(field.annotation) if field else [kind] * _is_named(kind, str(step))
    of = get_args(kind)
    if get_origin(kind) in (dict, Mapping):
        return _alternatives(of[1])
    return _alternatives(of[0]) if of and isinstance(step, int) else [kind]


def _is_named(record: type[BaseModel], step: str) -> bool:
    """Return whether pydantic means `record` by `step`: by its name, or by the kind it is."""
    kinds = [get_args(field.annotation) for field in record.model_fields.values()]
    return record.__name__ in step or any(step in allowed for allowed in kinds)


def _alternatives(annotation: Any) -> list[Any]:
    """Return the types that an annotation allows, without Annotated and Union around them."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in _alternatives(part)]
    return [annotation]
