"""The boxes of the territories' screen, and what is wrong with what was entered there."""

import math
from collections.abc import Iterator
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.planning.realign import TERMS, Limits, Weights, check_weights
from simkit.planning.resources import (
    LOCAL,
    REGION,
    SHARED,
    Cell,
    cells_of,
    levers_of_matrix,
    mistakes_in_matrix,
    suggested_matrix,
)
from simkit.planning.territories import NotPossible
from simkit.planning.territory_moves import decision_of
from simkit.region.state import CLASSES
from simkit.scenario.firm_blocks import CallSplit
from simkit.screens.levers import unit_text
from simkit.screens.parts import choice, free_box, number_box, tick
from simkit.screens.territory_desk import Desk
from simkit.screens.texts import Translate

COLUMNS = (*LOCAL, *SHARED)
MAP, REST, ALL = "map", "rest", "all"
"""Names of the plans that are played: the map alone, calls and money alone, all together."""
MOST_WEIGHT = 100.0


def make_inputs(desk: Desk) -> dict[str, W.ValueWidget]:
    """Return all boxes by name."""
    found = {**_aims(desk), **_moves(desk), **_calls(desk), **_money(desk)}
    worlds = desk.t("In how many worlds, each with its own luck")
    found["worlds"] = number_box(worlds, 40, 8, 200)
    for name, widget in found.items():
        widget.add_class(f"sk-{name}")
    return found


def _aims(desk: Desk) -> dict[str, W.ValueWidget]:
    t, usual = desk.t, Weights()
    titles = {
        "balance": t("Even workload"),
        "potential": t("Even potential"),
        "travel": t("Short ways"),
        "continuity": t("Customers keep their rep"),
    }
    found = {n: free_box(titles[n], getattr(usual, n), step=0.5) for n in TERMS}
    number = len(desk.before.accounts)
    found["most_moves"] = number_box(t("Accounts that may change hands"), number, 0, number)
    found["fair"] = tick(t("Every workload within 15 % of the mean, whatever it costs"))
    return found


def _moves(desk: Desk) -> dict[str, W.ValueWidget]:
    t, none = desk.t, {desk.t("– choose –"): ""}
    largest = sorted(desk.before.accounts.values(), key=lambda a: -a.potential)
    accounts = {
        t("{account} ({class_})").format(
            account=desk.accounts[a.id], class_=desk.classes()[a.klass]
        ): a.id
        for a in largest
    }
    reps = {title: name for name, title in desk.reps.items()}
    places = {title: name for name, title in desk.places.items()}
    return {
        "account": choice(t("Customer"), none | accounts),
        "account_to": choice(t("goes to"), none | reps),
        "rep": choice(t("Rep"), none | reps),
        "rep_to": choice(t("moves to"), none | places),
    }


def _calls(desk: Desk) -> dict[str, W.ValueWidget]:
    t, split = desk.t, desk.scenario.selling.call_split
    titles = {
        "key": t("Calls on key accounts"),
        "regular": t("Calls on regular accounts"),
        "tail": t("Calls on the long tail"),
    }
    return {
        f"split_{name}": free_box(title, round(100 * getattr(split, name), 4), unit="%")
        for name, title in titles.items()
    }


def column_titles(t: Translate) -> dict[str, str]:
    """Return what the columns of the budget matrix are called."""
    return {
        "training": t("Training"),
        "promotion": t("Promotion"),
        "coaching": t("Coaching"),
        "vip": t("VIP service"),
    }


def _money(desk: Desk) -> dict[str, W.ValueWidget]:
    t, titles = desk.t, column_titles(desk.t)
    money = unit_text("money", desk.lang, desk.scenario.currency)
    found = {"reserve": free_box(t("Reserve, kept back"), 20.0, unit=t("% of the budget"))}
    for name in COLUMNS:
        priority = t("Priority of {column}").format(column=titles[name])
        found[f"priority_{name}"] = free_box(priority, 1.0)
    rows = desk.places | {REGION: t("Whole region")}
    for row, column in cells_of(desk.scenario):
        title = t("{place}: {column}").format(place=rows[row], column=titles[column])
        unit = t("{money} a quarter").format(money=money)
        found[cell_name((row, column))] = free_box(title, 0.0, unit=unit, step=1000.0)
    return found


def cell_name(cell: Cell) -> str:
    """Return the name of the box of a cell of the matrix."""
    return "cell_" + "-".join(cell)


# What was entered


def weights_of(entered: dict[str, Any]) -> Weights:
    """Return the weights of the aims."""
    return Weights(**{name: entered[name] for name in TERMS})


def limits_of(entered: dict[str, Any], desk: Desk) -> Limits:
    """Return what the map must keep to; the largest number of moves is no limit."""
    most = entered["most_moves"]
    return Limits(most if most < len(desk.before.accounts) else None, entered["fair"])


def split_of(entered: dict[str, Any]) -> CallSplit:
    """Return the call split; raises ValidationError when it is none."""
    return CallSplit(**{name: round(entered[f"split_{name}"] / 100, 9) for name in CLASSES})


def matrix_of(entered: dict[str, Any], desk: Desk) -> dict[Cell, float]:
    """Return the budget matrix in money a quarter."""
    return {cell: entered[cell_name(cell)] for cell in cells_of(desk.scenario)}


def proposed_matrix(entered: dict[str, Any], desk: Desk) -> dict[str, float]:
    """Return what to enter for the budget by priority; territories by their potential.

    Raises NotPossible at the field of a priority or a reserve that cannot be used.
    """
    if problem := _reserve_or_priority(entered):
        raise problem
    potential = {n: i.potential for n, i in desk.before.of_territories().items()}
    local = math.fsum(potential.values()) or 1.0
    priorities = {
        cell: entered[f"priority_{cell[1]}"] * (potential.get(cell[0], 0.0) / local)
        if cell[1] in LOCAL
        else entered[f"priority_{cell[1]}"]
        for cell in cells_of(desk.scenario)
    }
    found = suggested_matrix(desk.scenario, priorities, entered["reserve"] / 100)
    return {cell_name(cell): float(money) for cell, money in found.items()}


def _reserve_or_priority(entered: dict[str, Any]) -> NotPossible | None:
    if not 0 <= entered["reserve"] <= 100:
        return NotPossible(
            "reserve", "Give a share between 0 and 100 %.", "请填写 0 到 100 % 之间的比例。"
        )
    values = {f"priority_{name}": entered[f"priority_{name}"] for name in COLUMNS}
    for name, value in values.items():
        if not (math.isfinite(value) and 0 <= value <= MOST_WEIGHT):
            return NotPossible(name, "Give a number from 0 to 100.", "请填写 0 到 100 之间的数。")
    if not any(values.values()):
        return NotPossible(
            "priority_training",
            "The priorities are all zero: give at least one a weight.",
            "优先级全部为零：请至少给一项设定优先级。",
        )
    return None


def mistakes_in(entered: dict[str, Any], desk: Desk) -> dict[str, str]:
    """Return what is wrong in plain words, by box; nothing when all can be played."""
    return dict(_mistakes(entered, desk))


def _mistakes(entered: dict[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
    t, lang = desk.t, desk.lang
    try:
        check_weights(weights_of(entered))
    except NotPossible as problem:
        yield problem.field, problem.text.in_(lang)
    for name in (n for n in TERMS if entered[n] > MOST_WEIGHT):
        yield name, t("Give a number from 0 to 100.")
    shares = [entered[f"split_{name}"] for name in CLASSES]
    if not all(0 <= share <= 100 for share in shares):
        yield "split_key", t("Give shares between 0 and 100 %.")
    elif abs(math.fsum(shares) - 100) > 1e-6:
        total = f"{math.fsum(shares):g}"
        yield (
            "split_key",
            t("The three shares must add up to 100 %, now {total} %.").format(total=total),
        )
    if unusable := _reserve_or_priority(entered):
        yield unusable.field, unusable.text.in_(lang)
    else:
        wrong = mistakes_in_matrix(
            matrix_of(entered, desk), desk.scenario, entered["reserve"] / 100
        )
        for field, text in wrong.items():
            yield field if field == "reserve" else f"cell_{field}", text.in_(lang)


def plans_of(entered: dict[str, Any], desk: Desk) -> dict[str, dict[str, Any]]:
    """Return the levers of each plan to play: the map alone, the rest alone, and all together.

    What changes nothing is left out; the map of the desk counts calls as they are entered.
    """
    usual, split = desk.scenario.selling.call_split, split_of(entered)
    rest = levers_of_matrix(matrix_of(entered, desk), desk.scenario)
    if split != usual:
        rest["call_split"] = split
    found: dict[str, dict[str, Any]] = {MAP: desk.map_alone()} if desk.changed else {}
    if rest:
        found[REST] = rest
    if len(found) == 2:
        found[ALL] = {**decision_of(desk.after, desk.before), **rest}
    return found
