"""What the screens on pay plans say: names of plans and measures, weak spots, assumptions."""

from typing import TYPE_CHECKING

from simkit.planning.incentives import PACES, WeakSpot
from simkit.scenario.pay_plans import PayPlanFile
from simkit.scenario.records import Scenario
from simkit.screens.levers import lever_title, money_text
from simkit.screens.texts import translator
from simkit.study.pay_plans import OWN

if TYPE_CHECKING:
    import pandas as pd


def plan_names(file: PayPlanFile, lang: str) -> dict[str, str]:
    """Return the names of the plans that are played, the manager's own first."""
    t = translator(lang)
    shown = {plan.id: plan.name.in_(lang) for plan in file.pay_plans if plan.compared}
    return {OWN: t("Your plan"), **shown}


def measure_names(lang: str) -> dict[str, str]:
    """Return the names of what is compared."""
    t = translator(lang)
    return {
        "revenue": t("Revenue"),
        "pay": t("Pay of the reps"),
        "extras": t("All other costs"),
        "contribution": t("Contribution: what is left"),
        "left": t("Reps who left"),
    }


def group_names(lang: str) -> dict[str, str]:
    """Return the names of the groups of reps."""
    t = translator(lang)
    return {
        "new": t("New reps"),
        "low": t("Senior, lowest third of past attainment"),
        "middle": t("Senior, middle third"),
        "high": t("Senior, highest third"),
    }


def pace_names(lang: str) -> dict[str, str]:
    """Return the names of the paces of `simkit.planning.incentives.PACES`."""
    t = translator(lang)
    words = {
        "behind": t("behind ({share} % of what was due)"),
        "on": t("on course"),
        "ahead": t("ahead ({share} % of what was due)"),
    }
    return {name: text.format(share=f"{PACES[name]:.0%}"[:-1]) for name, text in words.items()}


def position_names(lang: str) -> dict[str, str]:
    """Return where reps can stand late in a quarter."""
    t = translator(lang)
    return {
        "behind": t("behind (under 85 % of what was due)"),
        "near": t("near (85 to 115 %)"),
        "ahead": t("ahead (over 115 %)"),
    }


def verdict_names(lang: str) -> dict[str, str]:
    """Return the verdicts on a difference."""
    t = translator(lang)
    return {
        "more": t("more"),
        "less": t("less"),
        "no detectable difference": t("no detectable difference"),
        "too few worlds": t("too few worlds"),
    }


def weak_spot_text(spot: WeakSpot, floor: float, scenario: Scenario, lang: str) -> str:
    """Return a weak spot of a plan in a sentence; `floor` is the pay below which pay is low."""
    t, share = translator(lang), f"{100 * spot.amount:.0f}"
    texts = {
        "cliff": t(
            "Cliff: a single sale decides about {money}. Who is near the quota at the end of the "
            "quarter may pull deals forward, or hold them back for the next one."
        ),
        "give_up": t(
            "Giving up: who is far behind works {share} % less at the end of the quarter than who "
            "is on course, because the quota is out of reach."
        ),
        "coasting": t(
            "Coasting: who is far ahead works {share} % less at the end of the quarter than who is "
            "on course, because little more can be earned."
        ),
        "low_pay": t(
            "Low pay: a rep at 60 % of quota gets {money} a year, less than the floor of {floor}."
        ),
        "no_incentive": t("No incentive: nothing a rep does in the quarter changes the pay."),
        "ratchet": t(
            "Ratchet: {share} % of what is sold above quota raises the next quota, so good "
            "quarters are punished."
        ),
    }
    money = money_text(spot.amount, lang, scenario.currency)
    least = money_text(floor, lang, scenario.currency)
    return texts[spot.kind].format(money=money, share=share, floor=least)


def assumptions(scenario: Scenario, lang: str) -> "pd.DataFrame":
    """Return what is not money: each lever with its cost, its effect here, and where that is from.

    Index: lever; columns: cost, effect, source.
    """
    import pandas as pd

    t, costs, skill = translator(lang), scenario.costs, scenario.skill
    effort, stay = scenario.effort, scenario.turnover
    money = {
        name: money_text(getattr(costs, name), lang, scenario.currency)
        for name in ("coaching_hour", "training_day")
    }
    half = money_text(stay.career_half, lang, scenario.currency)
    rows = {
        lever_title("recognition_hours", lang): (
            t("{money} an hour and rep").format(money=money["coaching_hour"]),
            t(
                "At once: up to {gain} % of a usual week more effort and up to {stay} % fewer "
                "reps who leave; half of that at {half} hours a week."
            ).format(
                gain=_per_cent(effort.recognition_gain),
                stay=_per_cent(stay.recognition_stay),
                half=f"{effort.recognition_half_hours:g}",
            ),
            t("Assumption"),
        ),
        t("Development: training days for each rep"): (
            t("{money} a day and rep, and a day without customers").format(
                money=money["training_day"]
            ),
            t(
                "Within a year: up to {gain} % more skill; 63 % of that after {days} days; {fade} "
                "% of it is forgotten a week."
            ).format(
                gain=_per_cent(skill.training_gain_share),
                days=f"{skill.training_days_constant:g}",
                fade=_per_cent(skill.training_fade_per_week),
            ),
            t(
                "That structured training helps: Sandvik et al. 2020, QJE 135(3). Size and "
                "fading: assumption"
            ),
        ),
        lever_title("career_budget", lang): (
            t("what you give, a rep and year"),
            t(
                "Long-term: up to {stay} % fewer reps who leave; half of that at {half}. No effect "
                "on effort."
            ).format(stay=_per_cent(stay.career_stay), half=half),
            t("Assumption"),
        ),
    }
    heads = [t("What it costs"), t("What it does in this region"), t("Where that is from")]
    index = pd.Index([*rows], name=t("Recognition without pay"))
    return pd.DataFrame([*rows.values()], index=index, columns=heads)


def _per_cent(share: float) -> str:
    return f"{100 * share:g}"
