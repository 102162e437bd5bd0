"""What the territories' screen says about head and long tail and about the budget."""

import html
from typing import Any

from simkit.planning.resources import cells_of, head_share
from simkit.screens.territory_desk import Desk
from simkit.screens.territory_inputs import cell_name
from simkit.screens.territory_maps import share_text


def head_text(desk: Desk) -> str:
    """Return how much the largest customers hold, and what the rule for calls does not see."""
    share = head_share(a.potential for a in desk.before.accounts.values())
    text = desk.t(
        "The largest fifth of the customers holds {share} of the potential. The square-root "
        "rule gives calls where the next one brings most orders. It does not see that "
        "customers nobody visits are less satisfied and leave."
    )
    return text.format(share=share_text(share))


def budget_text(desk: Desk) -> str:
    """Return how much money there is, and where it can go."""
    text = desk.t(
        "The budget of a quarter is {budget}. Keep a reserve, and spend the rest by priority: "
        "training and promotion by territory, coaching and VIP service for the whole region."
    )
    return text.format(budget=_cash(desk, desk.scenario.costs.budget_per_quarter))


def sums_html(desk: Desk, entered: dict[str, Any]) -> str:
    """Return the sums of the budget matrix, exact."""
    spent = sum(entered[cell_name(cell)] for cell in cells_of(desk.scenario))
    budget = desk.scenario.costs.budget_per_quarter
    text = desk.t("Spent: {spent}. Left, the reserve included: {left}. Together: {budget}.")
    sums = {"spent": spent, "left": budget - spent, "budget": budget}
    said = text.format(**{name: _cash(desk, amount) for name, amount in sums.items()})
    return f"<p>{html.escape(said)}</p>"


def _cash(desk: Desk, amount: float) -> str:
    """Money to the last unit."""
    currency = desk.scenario.currency
    return f"{amount:,.0f} {desk.t('CNY') if currency == 'CNY' else currency}"
