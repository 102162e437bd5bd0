"""Reference managers to learn from and to beat: functions from a week's report to a decision."""

from simkit.region.decision import Decision, Policy
from simkit.region.players import hesitant, panicky, seasoned
from simkit.region.report import WeekReport
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.record import did_you_mean

BY_POTENTIAL = CallSplit(key=0.45, regular=0.33, tail=0.22)
"""Near the optimum of the call response: calls grow with the square root of potential."""
BY_HABIT = CallSplit(key=0.20, regular=0.30, tail=0.50)
"""Every account as often as every other."""


def keep_course(report: WeekReport) -> Decision:
    """Leave every lever as it is."""
    return report.decision


def call_by_potential(report: WeekReport) -> Decision:
    """Send the reps to the accounts with the highest potential."""
    return report.decision.but(call_split=BY_POTENTIAL)


def call_by_habit(report: WeekReport) -> Decision:
    """Visit every account equally often, whatever it is worth."""
    return report.decision.but(call_split=BY_HABIT)


def discount_happy(report: WeekReport) -> Decision:
    """Buy revenue: a high discount limit and lower prices."""
    return report.decision.but(discount_limit_share=0.20, price=0.95)


def cautious_stock(report: WeekReport) -> Decision:
    """Never be out of stock: a thick safety stock and a backup supplier."""
    return report.decision.but(safety_factor=2.0, backup_supplier=True)


def all_rounder(report: WeekReport) -> Decision:
    """A sensible manager: calls by potential, some coaching, staff where work piles up.

    Keeps a backup supplier only while the supplier is down, and answers shocks as far as the money
    goes.
    """
    decision = report.decision.but(
        call_split=BY_POTENTIAL,
        prospecting_share=0.08,
        safety_factor=1.4,
        backup_supplier=report.supplier_down,
        answers=tuple(_cheapest_answers(report)),
        **_staff(report),
    )
    weekly = report.scenario.costs.coaching_hour * len(report.reps)
    spare = report.budget_left - 4.0 * weekly
    return decision.but(coaching_hours=1.0 if spare > 0 else 0.0)


def _staff(report: WeekReport) -> dict[str, int]:
    """One more person at every desk with a long queue, back to the usual when it is gone."""
    staff = {}
    for view in report.desks:
        usual = getattr(report.scenario.desks, view.name).staff
        if usual is None or view.staff is None:
            continue
        if view.waiting > 2 * view.staff and report.budget_left > 0:
            staff[f"{view.name}_staff"] = usual + 1
        elif view.waiting <= 1:
            staff[f"{view.name}_staff"] = usual
    return staff


def _cheapest_answers(report: WeekReport) -> list[str]:
    """For each shock going on, the answer that costs least."""
    chosen = []
    for shock in report.scenario.shocks:
        going_on = shock.start_week <= report.week < shock.start_week + shock.weeks
        if going_on and shock.answers:
            answer = min(shock.answers, key=lambda a: (a.cost_per_week, a.id))
            chosen.append(f"{shock.id}:{answer.id}")
    return chosen


POLICIES: dict[str, Policy] = {
    policy.__name__: policy
    for policy in (
        keep_course,
        call_by_potential,
        call_by_habit,
        discount_happy,
        cautious_stock,
        all_rounder,
        seasoned,
        hesitant,
        panicky,
    )
}


def find_policy(name: str) -> Policy:
    """Return the policy of that name; raises ValueError that names the nearest one."""
    if name not in POLICIES:
        raise ValueError(f"no policy '{name}'{did_you_mean(name, POLICIES)}")
    return POLICIES[name]
