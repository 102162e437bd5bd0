"""The boxes in which a manager designs a pay plan, and what is wrong with what was entered."""

import html
from collections.abc import Iterator
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
from pydantic import ValidationError

from simkit.region.decision import starting_decision
from simkit.scenario.people_blocks import PayPlan
from simkit.scenario.records import Scenario
from simkit.scenario.wording import complaints
from simkit.screens.levers import lever_box, unit_text
from simkit.screens.parts import choice, free_box, number_box
from simkit.screens.texts import Translate, translator
from simkit.study.pay_runs import Programme

MONEY = ("salary_per_year", "quarter_bonus", "annual_bonus", "contest_prize")
PLAN = (
    "salary_per_year",
    "commission_share",
    "commission_from",
    "over_share",
    "quarter_bonus",
    "annual_bonus",
    "cap",
    "ratchet_share",
    "contest_prize",
)
NEW = ("salary_per_year", "commission_share", "quarter_bonus", "quota_share")
"""What may differ for new reps; everything else is as for the others."""
EXTRAS = ("recognition_hours", "development_days", "career_budget")
MOST_DAYS = 20.0


def plan_titles(t: Translate) -> dict[str, str]:
    """Return what the parts of a pay plan are called."""
    return {
        "salary_per_year": t("Salary"),
        "commission_share": t("Commission"),
        "commission_from": t("Commission from an attainment of"),
        "over_share": t("Accelerator: added to the commission over quota"),
        "quarter_bonus": t("Quarter bonus for reaching the quota"),
        "annual_bonus": t("Annual bonus for reaching the year's quotas"),
        "cap": t("Cap: nothing is paid for sales above (0: no cap)"),
        "ratchet_share": t("Ratchet: share of the surplus that raises the next quota"),
        "contest_prize": t("Contest: prize for the best of the quarter"),
        "quota_share": t("Quota, as a share of the usual one"),
    }


def make_inputs(scenario: Scenario, lang: str) -> dict[str, W.ValueWidget]:
    """Return all boxes by name, filled with the plan in force: that of the scenario."""
    t, currency = translator(lang), scenario.currency
    inputs = {name: _plan_box(name, name, currency, lang) for name in PLAN}
    sort = {t("the same plan"): False, t("a plan of their own"): True}
    inputs["own_new"] = choice(t("New reps have"), sort, buttons=True)
    for name in NEW:
        inputs[f"new_{name}"] = _plan_box(name, f"new_{name}", currency, lang)
    start = starting_decision(scenario)
    for name in ("recognition_hours", "career_budget"):
        inputs[name] = lever_box(name, getattr(start, name), lang, currency)
    inputs["development_days"] = number_box(
        t("Development: training days for each rep"),
        0.0,
        0.0,
        MOST_DAYS,
        unit=t("days a quarter"),
        step=1.0,
    )
    lengths = {t("a year"): 52, t("half a year"): 26}
    inputs["weeks"] = choice(t("How long is played"), lengths, buttons=True)
    worlds = t("In how many worlds, each with its own luck")
    inputs["worlds"] = number_box(worlds, 8, 4, 24)
    for name, widget in inputs.items():
        widget.add_class(f"sk-{name}")
    for name, value in entered_of(scenario.pay.plan).items():
        inputs[name].value = value
    new = scenario.pay.new_plan or scenario.pay.plan
    for name, value in entered_of(new, NEW).items():
        inputs[f"new_{name}"].value = value
    inputs["own_new"].value = scenario.pay.new_plan is not None
    return inputs


def _plan_box(name: str, entry: str, currency: str, lang: str) -> W.ValueWidget:
    t, title = translator(lang), plan_titles(translator(lang))[name]
    money = unit_text("money", lang, currency)
    units = {
        "salary_per_year": t("{money} a year").format(money=money),
        "commission_share": t("% of sales"),
        "over_share": t("% of sales"),
        "commission_from": t("% of quota"),
        "cap": t("% of quota"),
        "quota_share": "%",
        "ratchet_share": "%",
    }
    steps = {"commission_share": 0.1, "over_share": 0.1, "salary_per_year": 1000.0}
    step = steps.get(name, 5.0 if name not in MONEY else 500.0)
    title = t("New reps: {title}").format(title=title) if entry != name else title
    return free_box(title, 0.0, unit=units.get(name, money), step=step)


def entered_of(plan: PayPlan, names: tuple[str, ...] = PLAN) -> dict[str, float]:
    """Return what has to be entered for a plan: shares in per cent, no cap as 0."""
    found = {}
    for name in names:
        value = getattr(plan, name) or 0.0
        scale = 1.0 if name in MONEY else 100.0
        found[name] = round(value * scale, 3 if scale > 1 else 0)
    return found


def _plain(name: str, entered: float) -> float | None:
    if name == "cap" and entered == 0:
        return None
    return entered if name in MONEY else round(entered / 100.0, 9)


def _plan(entered: dict[str, Any]) -> PayPlan:
    return PayPlan(**{name: _plain(name, entered[name]) for name in PLAN})


def _new_plan(entered: dict[str, Any]) -> PayPlan:
    own = {name: entered[f"new_{name}"] for name in NEW}
    names = (*PLAN, "quota_share")
    return PayPlan(**{name: _plain(name, {**entered, **own}[name]) for name in names})


def programme_of(entered: dict[str, Any]) -> Programme:
    """Return what the manager offers; raises ValidationError when the plan is none."""
    new = _new_plan(entered) if entered["own_new"] else None
    return Programme(_plan(entered), new, **{name: entered[name] for name in EXTRAS})


def mistakes_in(entered: dict[str, Any], lang: str) -> dict[str, str]:
    """Return what is wrong in plain words, by box; nothing when the plans are plans."""
    found: dict[str, str] = {}
    try:
        _plan(entered)
    except ValidationError as error:
        found |= dict(_complaints(error, lang, ""))
    if not found and entered["own_new"]:
        try:
            _new_plan(entered)
        except ValidationError as error:
            found |= dict(_complaints(error, lang, "new_"))
    return found


def _complaints(error: ValidationError, lang: str, prefix: str) -> Iterator[tuple[str, str]]:
    for loc, message in complaints(error):
        name = str(loc[-1])
        plan_less = name == "over_share" and "less" in message
        if prefix and plan_less:  # the accelerator is that of the main plan
            name = "commission_share"
        yield f"{prefix}{name}", _remedy(name, message, plan_less, translator(lang))


def _remedy(name: str, message: str, pays_less: bool, t: Translate) -> str:
    """Return the record's complaint in the words and units of the screen."""
    if pays_less:
        where = message.partition(", at ")[2].partition(" of")[0]
        return t(
            "At {where} of quota this plan pays a rep less for selling more: commission and "
            "accelerator together must not be negative."
        ).format(where=where)
    if name in MONEY:
        return t("Pay cannot be negative: give 0 or more.")
    words = {
        "cap": t("A cap under the quota stops pay before the target: give 100 or more, or 0."),
        "over_share": t("Give a share between -100 and 100 %."),
        "commission_from": t("Give an attainment between 0 and 200 %."),
        "quota_share": t("Give a share above 0 and up to 200 %."),
    }
    return words.get(name, t("Give a share between 0 and 100 %."))


def complaint_html(text: str) -> str:
    """Return a complaint as it stands under its box."""
    return f'<div role="alert">{html.escape(text)}</div>' if text else ""
