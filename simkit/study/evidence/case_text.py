"""Cases of theory as a person types them: "erlang_a(arrival=11, patience=0.7)"."""

import ast
from inspect import signature
from typing import Any

from simkit.scenario.record import Problem, ScenarioError, did_you_mean, short
from simkit.study.evidence.exact import FAMILIES
from simkit.study.evidence.families import CaseError, Family, checked

OPTION = "--case"
EXAMPLE = "write it like mmc(arrival=4, service=1, servers=5)"


def parse_case(text: str) -> tuple[Family, dict[str, Any]]:
    """Return the family that `text` names and the parameters given, all literals.

    Arguments without a name are taken in the family's order. Raises ScenarioError, with what is
    wrong and what would do, for everything else than one call of a known family.
    """
    call = _call(text)
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in FAMILIES:
        raise refused(text, f"no family '{short(name or text)}'{did_you_mean(name, FAMILIES)}")
    function = FAMILIES[name]
    given = _named(text, call, list(signature(function).parameters))
    try:
        checked(function, given)
    except CaseError as error:
        raise refused(text, str(error)) from None
    return function, given


def refused(text: str, message: str) -> ScenarioError:
    """Return the error of a case that cannot be run."""
    return ScenarioError([Problem(f"{OPTION} {short(text, 80)}", None, None, message)])


def _call(text: str) -> ast.Call:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = getattr(error, "msg", None) or "it is not one call"
        raise refused(text, f"cannot be read ({reason}); {EXAMPLE}") from None
    if isinstance(tree, ast.Name):  # a bare name: the family as it ships
        return ast.Call(func=tree, args=[], keywords=[])
    if not isinstance(tree, ast.Call):
        raise refused(text, f"must be one family with its parameters; {EXAMPLE}")
    return tree


def _named(text: str, call: ast.Call, known: list[str]) -> dict[str, Any]:
    """The arguments by name, those without a name in the family's order."""
    if len(call.args) > len(known):
        raise refused(text, f"has {len(call.args)} parameters, there is {', '.join(known)}")
    pairs = [*zip(known, call.args, strict=False), *((k.arg, k.value) for k in call.keywords)]
    given: dict[str, Any] = {}
    for name, node in pairs:
        if name is None:
            raise refused(text, f"'**' cannot be read; {EXAMPLE}")
        if name in given:
            raise refused(text, f"{name} is given twice")
        given[name] = _literal(text, name, node)
    return given


def _literal(text: str, name: str, node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        message = f"{name} must be a number, a text in quotes or a list of numbers"
        raise refused(text, f"{message}, is {short(ast.unparse(node))}") from None
