"""The pay plans tried so far, with what came of them."""

import html
from typing import Any

from simkit.screens.charts import table_html
from simkit.screens.levers import amount_text, unit_text
from simkit.screens.pay_inputs import EXTRAS, MONEY, NEW, PLAN
from simkit.screens.pay_preview import Desk
from simkit.screens.pay_view import table_of
from simkit.screens.texts import translator
from simkit.study.pay_plans import OWN, PayStudy

CAME = ("revenue", "pay", "contribution", "left")
ENTERED = (*PLAN, *(f"new_{name}" for name in NEW), *EXTRAS, "own_new", "weeks", "worlds")


def try_of(study: PayStudy, entered: dict[str, Any]) -> dict[str, Any]:
    """Return a try as it is kept on disk: what was entered, and the means over the worlds."""
    means = study.means()
    came = {name: float(means.loc[OWN, name]) for name in CAME}  # type: ignore[arg-type]
    return {"entered": {name: entered[name] for name in ENTERED}, "came": came}


def is_try(one: object) -> bool:
    """Whether this is a try as this version of the screen keeps it."""
    if not isinstance(one, dict) or set(one) != {"entered", "came"}:
        return False
    for part, names in (("entered", ENTERED), ("came", CAME)):
        found = one[part]
        if not isinstance(found, dict) or set(found) != {*names}:
            return False
        if not all(isinstance(value, int | float) for value in found.values()):
            return False
    return True


def plan_text(entered: dict[str, Any], desk: Desk) -> str:
    """Return a plan in a line: its parts that are not 0."""
    t = translator(desk.lang)
    names = {
        "salary_per_year": t("salary"),
        "commission_share": t("commission"),
        "commission_from": t("paid from"),
        "over_share": t("accelerator"),
        "quarter_bonus": t("quarter bonus"),
        "annual_bonus": t("annual bonus"),
        "cap": t("cap"),
        "ratchet_share": t("ratchet"),
        "contest_prize": t("contest"),
    }
    parts = []
    for name, title in names.items():
        if value := entered[name]:
            amount = amount_text(value, "money", desk.lang) if name in MONEY else f"{value:g} %"
            parts.append(f"{title} {amount}")
    if entered["own_new"]:
        parts.append(t("a plan of their own for new reps"))
    if any(entered[name] for name in EXTRAS):
        parts.append(t("recognition without pay"))
    return t(", ").join(parts) or t("no pay at all")


def tries_html(tries: list[dict[str, Any]], desk: Desk) -> str:
    """Return the plans tried so far as HTML; nothing before the first."""
    if not tries:
        return ""
    t = translator(desk.lang)
    rows = {}
    for number, one in enumerate(tries, 1):
        came = one["came"]
        rows[f"{number}. {plan_text(one['entered'], desk)}"] = [
            str(one["entered"]["weeks"]),
            *(amount_text(came[name], "money", desk.lang) for name in CAME[:3]),
            f"{came['left']:.1f}",
        ]
    money = unit_text("money", desk.lang, desk.scenario.currency)
    heads = [t("Weeks"), t("Revenue"), t("Pay of the reps"), t("Contribution"), t("Reps who left")]
    title = t("Your plans so far, all in the same worlds; {money}").format(money=money)
    table = table_of(rows, heads).rename_axis(t("Plan"))
    return f"<h3>{html.escape(t('Your tries so far'))}</h3>{table_html(table, title)}"
