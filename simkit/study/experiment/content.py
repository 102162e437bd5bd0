"""What a value is made of, as plain data: functions, classes and objects of a notebook included."""

import dis
import functools
import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from simkit.study.cache import CODE
from simkit.study.run import canonical

MOST = 50_000
"""Values looked at before a function counts as one that uses the whole session."""
COVERED = tuple(f"simkit.{package}." for package in CODE)
"""Modules whose code is part of every key anyway: names are enough."""


class NoContentError(Exception):
    """Something that lives only in this session, such as an open file."""


class Content:
    """Turns values into plain data, the same for the same content, whatever they are made of.

    Of functions it tells the instructions, constants, defaults and all outer values that they use;
    not where they stand, nor their comments. Raises NoContentError for what has no content.
    """

    def __init__(self) -> None:
        self.within: dict[int, int] = {}
        """Collections that we are inside of: one may hold itself."""
        self.met: dict[int, tuple[int, Any]] = {}
        """Functions, classes and modules that were told already, by number."""
        self.count = 0

    def of(self, value: Any) -> Any:
        """Return the content of one value."""
        self.count += 1
        if self.count > MOST:
            raise NoContentError
        if value is None or isinstance(value, bool | int | float | str):
            # The type is told too: 1, 1.0 and True may act differently.
            return [type(value).__name__, repr(value)]
        if isinstance(value, types.FunctionType | type | types.ModuleType):
            if id(value) in self.met:
                return ["told", self.met[id(value)][0]]
            self.met[id(value)] = (len(self.met), value)
        if id(value) in self.within:
            return ["within", self.within[id(value)]]
        self.within[id(value)] = len(self.within)
        try:
            return self._deep(value)
        finally:
            del self.within[id(value)]

    def _deep(self, value: Any) -> Any:
        if name := library_name(value):
            return ["known", name]
        for kinds, content in KINDS:
            if isinstance(value, kinds):
                return [type(value).__name__, content(self, value)]
        return self._object(value)

    def _object(self, value: Any) -> Any:
        """An object of any class, as it would be copied."""
        try:
            made = value.__reduce_ex__(4)
        except Exception as error:
            raise NoContentError from error
        parts = [made] if isinstance(made, str) else made
        return self.all(list(p) if isinstance(p, Iterator) else p for p in parts)

    def all(self, values: Iterable[Any]) -> list[Any]:
        """Return the content of several values, in their order."""
        return [self.of(value) for value in values]

    def _any_order(self, values: Iterable[Any]) -> list[Any]:
        return sorted(self.all(values), key=canonical)

    def _mapping(self, values: Mapping[Any, Any]) -> list[Any]:
        return [[self.of(name), self.of(value)] for name, value in values.items()]

    def _function(self, f: types.FunctionType) -> list[Any]:
        names = sorted(set(_outer_names(f.__code__)) & f.__globals__.keys())
        outer = {name: f.__globals__[name] for name in names}
        cells = [_inside(cell) for cell in f.__closure__ or ()]
        own = self.all([f.__code__, cells, f.__defaults__, f.__kwdefaults__])
        return [*own, self._mapping(outer)]

    def _code(self, code: types.CodeType) -> list[Any]:
        names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
        counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
        steps = [code.co_code.hex(), code.co_exceptiontable.hex()]
        return [*steps, self.all(code.co_consts), *map(list, names), *counts]

    def _class(self, kind: type) -> list[Any]:
        made = {name: part for name, part in vars(kind).items() if name not in OF_ALL_CLASSES}
        return [kind.__qualname__, self.all(kind.__bases__), self._mapping(made)]

    def _module(self, module: types.ModuleType) -> list[Any]:
        file = getattr(module, "__file__", None)
        code = sha256(Path(file).read_bytes()).hexdigest() if file else ""
        return [module.__name__, code]

    def _record(self, record: BaseModel) -> list[Any]:
        return [self.of(type(record)), canonical(record.model_dump(mode="json"))]


KINDS: tuple[tuple[Any, Callable[[Content, Any], Any]], ...] = (
    (types.FunctionType, Content._function),
    (types.CodeType, Content._code),
    (type, Content._class),
    (types.ModuleType, Content._module),
    (types.MethodType, lambda c, m: c.all([m.__func__, m.__self__])),
    (property, lambda c, p: c.all([p.fget, p.fset, p.fdel])),
    ((staticmethod, classmethod), lambda c, m: c.of(m.__func__)),
    (functools.cached_property, lambda c, p: c.of(p.func)),
    (BaseModel, Content._record),
    ((bytes, type(...), type(NotImplemented)), lambda c, v: repr(v)),
    ((set, frozenset), Content._any_order),
    (dict, Content._mapping),
    ((tuple, list), Content.all),
)
"""How the content of a value is told: the first kind that fits."""
OF_ALL_CLASSES = {
    *("__module__", "__qualname__", "__dict__", "__weakref__", "__doc__", "__firstlineno__"),
    *("__static_attributes__", "__annotations__", "__annotate_func__", "__slots__"),
    *("__annotations_cache__", "__classdictcell__", "__abstractmethods__", "_abc_impl"),
}
"""What every class has, or what only says where it stands in a file."""


def library_name(thing: Any) -> str:
    """Return the name under which any process finds a function, class or module; "" for one's own.

    A module of somebody's own may change from day to day: its content is told, not its name.
    """
    if isinstance(thing, types.ModuleType):
        return "" if is_own(thing) else thing.__name__
    if not isinstance(thing, types.FunctionType | types.BuiltinFunctionType | type):
        return ""
    module = sys.modules.get(thing.__module__ or "builtins")
    if module is None or is_own(module):
        return ""
    found: Any = module
    for step in thing.__qualname__.split("."):
        found = getattr(found, step, None)
    return f"{module.__name__}.{thing.__qualname__}" if found is thing else ""


def is_own(module: types.ModuleType) -> bool:
    """Whether a module is of somebody's own making: of no library, nor part of every key."""
    if module.__name__.startswith(COVERED):
        return False
    file = getattr(module, "__file__", None)
    if module.__name__ == "__main__" or not file:
        return module.__name__ not in sys.builtin_module_names
    return not any(Path(file).is_relative_to(place) for place in LIBRARIES)


LIBRARIES = {sys.prefix, sys.base_prefix, str(Path(os.__file__).parent)}
"""Folders of Python and of installed packages."""


def _inside(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _outer_names(code: types.CodeType) -> Iterator[str]:
    """The global names that a function uses, those of functions within it too."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _outer_names(constant)
