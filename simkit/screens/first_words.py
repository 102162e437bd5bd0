"""What the first decision's levers mean, and what each of them lets one find out."""

from simkit.scenario.records import Scenario
from simkit.screens.levers import money_text
from simkit.screens.texts import translator


def hints(scenario: Scenario, lang: str) -> dict[str, str]:
    """Return a sentence or two on each lever: what it does and what it costs."""
    t, costs = translator(lang), scenario.costs
    budget = money_text(costs.budget_per_quarter, lang, scenario.currency)
    hour = money_text(costs.coaching_hour, lang, scenario.currency)
    return {
        "call_split": t(
            "Where your reps spend their visits. The number of visits stays the same: "
            "more for one group of customers is less for another."
        ),
        "prospecting_share": t(
            "How many of the visits go to people who asked for an offer, "
            "instead of customers you already have."
        ),
        "discount_limit_share": t(
            "How much your reps may take off the price of a project without asking you."
        ),
        "price": t("Your prices, as a share of the price list."),
        "promotion": t(
            "Money for promotion beyond the usual, for each territory and week. "
            "You have {budget} a quarter for extras."
        ).format(budget=budget),
        "safety_factor": t(
            "How much stock you keep for bad weeks. More of it means fewer customers sent away, "
            "and more money tied up."
        ),
        "coaching_hours": t(
            "How long each rep is coached every week. An hour costs {hour} for each rep, "
            "and you have {budget} a quarter for extras."
        ).format(hour=hour, budget=budget),
    }


def questions(lang: str) -> dict[str, str]:
    """Return, for each lever, a question that playing it answers."""
    t = translator(lang)
    return {
        "call_split": t("Calls: is a visit worth as much at a small customer as at a large one?"),
        "safety_factor": t("Safety stock: how many sales do empty shelves cost you?"),
        "price": t("Price: what happens to revenue, and to what is left, at 97 % and at 103 %?"),
        "promotion": t("Promotion: at what amount does it bring less than it costs?"),
        "prospecting_share": t(
            "New leads: do they bring anything within a quarter, or only the open pipeline?"
        ),
        "discount_limit_share": t("Discount limit: do higher discounts win more projects?"),
        "coaching_hours": t("Coaching: does it earn back its cost within a quarter?"),
    }


def kinds(lang: str) -> dict[str, str]:
    """Return what happened, in the plural, by kind of event."""
    t = translator(lang)
    return {
        "order": t("Orders"),
        "lead": t("Leads"),
        "opportunity": t("Opportunities"),
        "won": t("Deals won"),
        "account_lost": t("Customers lost"),
    }


def money_rows(lang: str) -> dict[str, str]:
    """Return the names of what a quarter brings and costs."""
    t = translator(lang)
    return {
        "revenue": t("Revenue"),
        "goods": t("Cost of the goods sold"),
        "other_costs": t("All other costs"),
        "contribution": t("Contribution: what is left"),
    }
