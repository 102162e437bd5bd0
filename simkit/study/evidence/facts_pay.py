"""Facts 10, 11 and 14: what parts of a pay plan bring.

`fact_NN(replications)` measures on the shipped region, or what `measuring` names; returns its rows.
All plans meet the same customers with the same luck.
"""

from collections import defaultdict
from collections.abc import Sequence

from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence.pay_plans import (
    NOTHING,
    QUARTER,
    Outcome,
    gain,
    mean_pay,
    outcome,
    outcomes,
    share_for_pay,
    with_plan,
)
from simkit.study.evidence.row import Row, band_row, mean_and_error
from simkit.study.evidence.worlds import (
    ABOVE_ZERO,
    YEAR,
    happened,
    if_outside,
    play,
    region,
    seeds,
)
from simkit.study.outcome import SALES

MISRA = "Misra and Nair 2011, QME 9"
CHUNG = "Chung, Steenburgh and Sudhir 2014, Marketing Science 33(2)"
_LOST = "share of orders lost"
KISHORE = "Steenburgh 2008, QME 6; Kishore et al. 2013, JMR 50(3)"
THIRDS = ("least able third", "middle third", "ablest third")


# Fact 10


def fact_10(replications: int = 3) -> list[Row]:
    """Return what a linear commission brings in place of one over quota with cap and ratchet.

    Both plans have the shipped salary and no bonus. The commission over quota is set (with the
    first seed) so that it pays as much as the shipped plan does besides the salary, the linear one
    so that both pay alike. A second pair leaves the shipped rate of commission alone and makes pay
    equal through the salary, on which effort does not depend.
    """
    base, numbers = region(YEAR), seeds(replications)
    rate = base.pay.plan.commission_share

    def over(share: float) -> Scenario:
        limits = {"commission_from": 1.0, "cap": 1.33, "ratchet_share": 0.2}
        return with_plan(base, **{**NOTHING, **limits, "commission_share": share})

    def linear(share: float) -> Scenario:
        return with_plan(base, **{**NOTHING, "commission_share": share})

    slow, quick = outcomes(over(rate), numbers), outcomes(linear(rate), numbers)
    usual = mean_pay(outcomes(base, numbers[:1]))
    level = share_for_pay(over, usual, (rate, slow[0].pay), numbers[:1])
    old = outcomes(over(level), numbers)
    even = share_for_pay(linear, mean_pay(old), (rate, mean_pay(quick)), numbers)
    new = outcomes(linear(even), numbers)
    salary = mean_pay(quick) - mean_pay(slow)
    rates = f"{level:.4f} of sales over quota against {even:.4f} of all sales"
    return [
        if_outside(_gain_10("fact 10", f"equal pay through the rate, {rates}", new, old), _WHY_10),
        band_row(
            "fact 10: pay",
            "difference of pay between the two plans; our band",
            MISRA,
            (-0.02, 0.02),
            mean_pay(new) / mean_pay(old) - 1.0,
            0.0,
            role="I",
        ),
        _gain_10(
            "fact 10: one rate",
            f"equal pay by a salary {salary:,.0f} lower, {rate:.4f} of sales in both plans",
            quick,
            slow,
        ),
    ]


_WHY_10 = (
    "at equal pay a commission on all sales has a far lower rate than one on the few sales over "
    "quota, and reps in reach of their quota work for the rate of the next sale"
)


def _gain_10(id: str, how: str, new: Sequence[Outcome], old: Sequence[Outcome]) -> Row:
    values = gain([run.revenue for run in new], [run.revenue for run in old])
    what = f"gain in revenue when quota, cap and ratchet go; {how}"
    return band_row(id, what, MISRA, (0.04, 0.15), *mean_and_error(values), expected=0.09)


# Facts 11 and 14


def facts_11_and_14(replications: int = 4) -> list[Row]:
    """Return what each component of the pay plan brings, also by third of the reps' ability.

    Turnover is off so that the thirds stay who they are. Measured: routine orders wanted by the
    accounts of the first day.
    """
    base, numbers = region(YEAR, turnover={"on": False}), seeds(replications)
    plan = base.pay.plan
    year = plan.annual_bonus + YEAR / QUARTER * plan.quarter_bonus
    full, slack = [], []
    for seed in numbers:
        simulation = play(base, seed)
        full.append(outcome(simulation))
        slack.append(_slack_of_hopeless(simulation))

    def lost(**changes: float) -> list[list[float]]:
        """Loss of orders without something: all, then by third; a list each, by seed."""
        return _losses(full, outcomes(with_plan(base, **changes), numbers))

    quarter, over = lost(quarter_bonus=0.0), lost(over_share=0.0)
    annual = lost(annual_bonus=0.0)
    late = lost(quarter_bonus=0.0, annual_bonus=year)
    rows = [
        *(
            _sign_11(f"fact 11: quarter bonus, {who}", f"{_LOST} without it, {who}", values)
            for who, values in zip(("all reps", *THIRDS), quarter, strict=True)
        ),
        _sign_11("fact 11: over-achievement pay", f"{_LOST} without it, all reps", over[0]),
        _sign_11("fact 11: annual bonus", f"{_LOST} without it, all reps", annual[0]),
        if_outside(
            _sign_11(
                "fact 11: over-achievement keeps the best going",
                f"{_LOST} without over-achievement pay, ablest third less least able third",
                _apart(over[3], over[1]),
            ),
            "every third has reps who come to pass their quota, and what passing it pays does not "
            "depend on ability",
        ),
        _sign_11(
            "fact 11: quarters pace the weak",
            f"{_LOST} when all bonuses are paid once a year, least able third less ablest third",
            _apart(late[1], late[3]),
        ),
        _sign_11("fact 11: giving up", _SLACK, slack),
    ]
    return rows + _fact_14(base, full, numbers)


def _losses(full: Sequence[Outcome], less: Sequence[Outcome]) -> list[list[float]]:
    pairs = list(zip(full, less, strict=True))
    everybody = [1.0 - b.orders / a.orders for a, b in pairs]
    return [everybody, *([1.0 - b.thirds[i] / a.thirds[i] for a, b in pairs] for i in range(3))]


def _apart(one: Sequence[float], other: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(one, other, strict=True)]


def _sign_11(id: str, what: str, values: Sequence[float]) -> Row:
    return band_row(id, f"{what}; sign only", CHUNG, ABOVE_ZERO, *mean_and_error(values))


_SLACK = (
    "visits of reps near their quota less those of reps under 70 % of it, in the last four weeks "
    "of a quarter, over each rep's usual visits"
)


def _slack_of_hopeless(simulation: Simulation) -> float:
    """How much less those work who are far behind quota late in a quarter."""
    visits, sales, quotas = (
        _by_rep_and_week(happened(simulation, *kinds)) for kinds in (("visit",), SALES, ("quota",))
    )
    near: list[float] = []
    behind: list[float] = []
    for rep, quota in quotas.items():
        usual = len(visits[rep]) and sum(visits[rep].values()) / len(quota)
        for week in [w for w in quota if w % QUARTER >= QUARTER - 4 and usual]:
            past = range(week - week % QUARTER, week)
            so_far = sum(sales[rep].get(w, 0.0) for w in past)
            attained = so_far / (sum(quota.get(w, 0.0) for w in past) or 1.0)
            if attained < 0.7 or 0.9 <= attained < 1.05:
                (behind if attained < 0.7 else near).append(visits[rep].get(week, 0) / usual)
    return sum(near) / len(near) - sum(behind) / len(behind)


def _by_rep_and_week(events: Sequence[Event]) -> dict[str, dict[int, float]]:
    """Amounts, or for visits their number, by rep and week."""
    table: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for event in events:
        size = 1.0 if event[1] == "visit" else event[6]
        table[event[3]][int(event[0] // DAYS_PER_WEEK)] += size
    return table


def _fact_14(base: Scenario, full: Sequence[Outcome], numbers: Sequence[int]) -> list[Row]:
    """Commission in place of all bonuses, at equal pay."""

    def commission(share: float) -> Scenario:
        return with_plan(base, quarter_bonus=0.0, annual_bonus=0.0, commission_share=share)

    rate, usual = base.pay.plan.commission_share, mean_pay(full)
    known = (rate, mean_pay(outcomes(commission(rate), numbers)))
    share = share_for_pay(commission, usual, known, numbers)
    new = outcomes(commission(share), numbers)
    gains = [[-value for value in values] for values in _losses(full, new)]
    paid = f"pay {mean_pay(new) / mean_pay(full) - 1.0:+.1%}"
    how = f"commission of {share:.4f} in place of all bonuses ({paid})"
    return [
        if_outside(
            band_row(
                "fact 14",
                f"gain in orders, {how}; sign only",
                KISHORE,
                ABOVE_ZERO,
                *mean_and_error(gains[0]),
            ),
            "a bonus in reach moves a rep more than the same money spread over all sales; the "
            "games with timing that cost the firm sales are an option here, off as shipped",
        ),
        if_outside(
            band_row(
                "fact 14: gradient",
                f"gain of the least able third less that of the ablest, {how}; sign only",
                KISHORE,
                ABOVE_ZERO,
                *mean_and_error(_apart(gains[1], gains[3])),
            ),
            "quotas follow the accounts and not the ability: the ablest are often past theirs, "
            "where a bonus moves nobody, so it is the others who lose it",
        ),
    ]


TASKS = [
    ("fact 10", fact_10, {"replications": 16}, True, 90),
    ("facts 11 and 14", facts_11_and_14, {"replications": 24}, True, 160),
]
