"""Loading of a file that a person wrote: one checked record, or all of its mistakes at once."""

import codecs
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from simkit.scenario.files import data_folder
from simkit.scenario.nodes import MAX_BYTES, Node, Pair, Source, compose
from simkit.scenario.record import Loc, Problem, Record, ScenarioError, did_you_mean
from simkit.scenario.wording import problems_of, subject

R = TypeVar("R", bound=Record)
LANGUAGES = {"en", "zh"}


def load_record(
    path: str | Path,
    model: type[R],
    *,
    check: Callable[[R], Iterable[tuple[Loc, str]]] | None = None,
) -> R:
    """Return the YAML file `path`, with what it extends, as a `model`.

    `check` gets the valid record and returns further mistakes as (loc, message).

    Raises
    ------
    ScenarioError
        With every mistake found, in the order of the files (a base after the file that extends
        it) and of their lines.
    """
    root, problems, files = load_mapping(path)
    record = None
    try:
        record = model.model_validate(root.plain())
    except ValidationError as error:
        problems += problems_of(error, root, model)
        if further := getattr(model, "mistakes_in", None):  # what a record is not asked then
            problems += [root.at(loc).problem(message) for loc, message in further(root.plain())]
    if record is not None:
        problems += _flags_for_numbers(root, record)
        if check:
            problems += [root.at(loc).problem(message) for loc, message in check(record)]
    if record is None or problems:
        raise ScenarioError(_in_file_order(problems, files))
    return record


def load_mapping(path: str | Path) -> tuple[Node, list[Problem], list[str]]:
    """Return a file merged over its bases, the mistakes so far, and the files' paths in order.

    Every value keeps the file and the place it came from. Raises ScenarioError when one of the
    files cannot be read to its end.
    """
    problems: list[Problem] = []
    here = Path(path)
    root, link = _layer(here, None, problems)
    chain = {os.path.realpath(here): str(here)}
    while link is not None:
        here = _base(here, link, problems)
        if os.path.realpath(here) in chain:
            names = " > ".join([*chain.values(), str(here)])
            raise ScenarioError([*problems, link.problem(f"extends in a circle: {names}")])
        chain[os.path.realpath(here)] = str(here)
        base, link = _layer(here, link, problems)
        root = merged(base, root)
    return root, problems, list(chain.values())


def merged(base: Node, over: Node) -> Node:
    """Return `base` with the values of `over` in it: groups merge, everything else replaces.

    A text in two languages is one value: half of it would stay behind in the words of the base.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    if over.value and over.value.keys() <= LANGUAGES:
        return over
    pairs = dict(base.value)
    for name, pair in over.value.items():
        below = pairs.get(name)
        pairs[name] = Pair(pair.key, merged(below.value, pair.value)) if below else pair
    return Node(pairs, over.source, over.line, over.col)


def export_schema(model: type[Record]) -> dict[str, Any]:
    """Return the JSON Schema of files read as `model`, for completion in editors.

    A file that extends another may leave out what its base says, so keys are required only where
    a base cannot supply them: in entries of lists, and at the top of a file without `extends`.
    """
    schema = model.model_json_schema()
    needed = schema.get("required", [])
    _relax(schema, schema.get("$defs", {}), set())
    about = "The file this one builds on: groups of keys merge, everything else replaces"
    extends = {"type": "string", "title": "Extends", "description": about}
    schema["properties"] = {"extends": extends, **schema.get("properties", {})}
    if needed:
        schema["anyOf"] = [{"required": ["extends"]}, {"required": needed}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _relax(schema: dict[str, Any], shared: dict[str, Any], seen: set[str]) -> None:
    """Drop `required` from `schema` and from all that is reached from it without a list."""
    schema.pop("required", None)
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    if name in shared and name not in seen:
        seen.add(name)
        _relax(shared[name], shared, seen)
    inside = [*schema.get("properties", {}).values(), schema.get("additionalProperties")]
    for part in [*inside, *schema.get("anyOf", []), *schema.get("oneOf", [])]:
        if isinstance(part, dict):
            _relax(part, shared, seen)


def _layer(path: Path, link: Node | None, problems: list[Problem]) -> tuple[Node, Node | None]:
    """Return the mapping of one file and the value of its `extends`, which `link` led here."""
    try:
        raw = _bytes(path)
    except (OSError, ValueError) as error:
        message = f"{path.name!r} cannot be read: {_reason(path, error)}"
        problem = link.problem(message) if link else Problem(str(path), None, None, message)
        raise ScenarioError([*problems, problem]) from None
    root = compose(_decoded(str(path), raw, problems), problems)
    pair = root.value.pop("extends", None)
    return root, pair.value if pair else None


def _base(path: Path, link: Node, problems: list[Problem]) -> Path:
    """Return the file that `link`, the value of `extends` in `path`, names.

    It is looked for beside `path`, then among the files that ship with simkit, where a copy of a
    shipped crisis finds its base under the name alone.
    """
    if not (isinstance(link.value, str) and link.value.strip() and link.value.isprintable()):
        problem = link.problem("extends must be the name of one file, such as 'base.yaml'")
        raise ScenarioError([*problems, problem])
    shipped = data_folder("scenarios")
    places = (path.parent / link.value, shipped / link.value, shipped / Path(link.value).name)
    spelled = [Path(f"{place}{suffix}") for place in places for suffix in ("", ".yaml", ".yml")]
    return next(filter(_is_there, spelled), spelled[0])


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _bytes(path: Path) -> bytes:
    """Return what is in a file; raises OSError or ValueError with a reason a person can read."""
    info = path.stat()
    if stat.S_ISDIR(info.st_mode):
        raise ValueError("it is a folder, not a file")
    if not stat.S_ISREG(info.st_mode):
        raise ValueError("it is not an ordinary file")
    if info.st_size > MAX_BYTES:
        size, limit = info.st_size / 1e6, MAX_BYTES / 1e6
        raise ValueError(f"it has {size:.1f} MB, a file may have at most {limit:.0f} MB")
    with path.open("rb") as file:
        return file.read(MAX_BYTES)


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        folders = (path.parent, data_folder("scenarios"))
        names = sorted({p.name for folder in folders for p in folder.glob("*.y*ml")})
        return f"there is no such file in {path.parent}{did_you_mean(path.name, names)}"
    if isinstance(error, PermissionError):
        return "you have no permission to read it"
    return getattr(error, "strerror", None) or str(error)


def _decoded(path: str, raw: bytes, problems: list[Problem]) -> Source:
    """Return UTF-8 bytes, with or without byte order mark, as the source of one file."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message = "the file is saved as UTF-16; save it as UTF-8"
        raise ScenarioError([*problems, Problem(path, 1, 1, message)])
    if b"\0" in raw:
        message = "the file is binary, not text; a scenario is a text file saved as UTF-8"
        raise ScenarioError([*problems, Problem(path, 1, 1, message)])
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return Source(path, raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        before, after = raw[: error.start].decode("utf-8"), raw[error.start :]
    chinese = _is_gb18030(after)
    shown = after.decode("gb18030" if chinese else "utf-8", errors="replace")
    written = "saved as GB18030 (GBK)" if chinese else "not saved as UTF-8"
    problem = Source(path, before + shown).problem_after(
        before, f"the file is {written} from here on; save it as UTF-8"
    )
    raise ScenarioError([*problems, problem])


def _is_gb18030(raw: bytes) -> bool:
    """Return whether the first line of `raw` reads as Chinese in GB18030."""
    try:
        line = raw.splitlines()[0].decode("gb18030")
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= c <= "\u9fff" for c in line)


def _flags_for_numbers(root: Node, record: Record) -> Iterator[Problem]:
    """Yield a problem for every true or false that pydantic took for the number 1 or 0."""
    for loc, node in _flags(root, ()):
        value: Any = record
        for step in loc:
            value = _under(value, step)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield node.problem(subject(loc, f"must be a number, not {str(node.value).lower()}"))


def _flags(node: Node, loc: Loc) -> Iterator[tuple[Loc, Node]]:
    if isinstance(node.value, bool):
        yield loc, node
    elif isinstance(node.value, dict):
        for key, pair in node.value.items():
            yield from _flags(pair.value, (*loc, key))
    elif isinstance(node.value, list):
        for i, inner in enumerate(node.value):
            yield from _flags(inner, (*loc, i))


def _under(value: Any, step: str | int) -> Any:
    if isinstance(value, Record):
        return getattr(value, str(step), None)
    try:
        return value[step]
    except (LookupError, TypeError):
        return None


def _in_file_order(problems: Iterable[Problem], files: list[str]) -> list[Problem]:
    """Return each problem once, by file, line and column; those without a place come last."""

    def place(problem: Problem) -> tuple[int, float, int]:
        return files.index(problem.path), problem.line or float("inf"), problem.col or 0

    return sorted(dict.fromkeys(problems), key=place)
