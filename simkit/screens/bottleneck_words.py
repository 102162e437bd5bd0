"""What the stations of the line and the remedies are called, and what they are."""

from simkit.scenario.records import Scenario
from simkit.screens.levers import money_text
from simkit.screens.texts import translator
from simkit.study.bottlenecks import EVERYWHERE, Remedy
from simkit.study.deal_line import DESKS, STATIONS


def station_names(lang: str) -> dict[str, str]:
    """Return the stations by id, in the order of the line; the last is that of all desks."""
    t = translator(lang)
    names = (
        t("Leads waiting for a rep"),
        t("The customer clarifies the need"),
        t("Quote desk"),
        t("The customer considers the quote"),
        t("Negotiation"),
        t("Approval by headquarters"),
        t("Contract review (legal desk)"),
        t("Signing"),
        t("Delivery desk"),
    )
    return dict(zip(STATIONS, names, strict=True)) | {EVERYWHERE: t("All desks")}


def short_names(lang: str) -> dict[str, str]:
    """Return the desks by id, in one word."""
    t = translator(lang)
    return dict(zip(DESKS, (t("Quotes"), t("Contracts"), t("Delivery")), strict=True))


def remedy_names(scenario: Scenario, lang: str) -> dict[str, str]:
    """Return what the remedies are called, by id."""
    t = translator(lang)
    names = {
        "more_leads": t("Half as many calls again on leads"),
        "quote_staff": t("One more person at the quote desk"),
        "legal_staff": t("One more person at the legal desk"),
        "delivery_staff": t("One more person at the delivery desk"),
        "approval_limit": t("Approval limit ten times as high"),
        "pre_review": t("Contracts reviewed beforehand"),
        "large_first": t("Large deals first"),
        "small_first": t("Small deals first"),
    }
    return names | {f"action:{a.id}": a.name.in_(lang) for a in scenario.all_actions}


def remedy_text(remedy: Remedy, scenario: Scenario, lang: str) -> str:
    """Return what a remedy does, in a sentence; "" where its name says it all."""
    t, desks = translator(lang), scenario.desks
    for action in scenario.all_actions:
        if remedy.id == f"action:{action.id}" and action.trade_off:
            return action.trade_off.in_(lang)
    legal, quote = (1 - desks.pre_review_legal_factor), (desks.pre_review_quote_factor - 1)
    texts = {
        "more_leads": t("More leads are answered; existing customers get fewer calls for it."),
        "approval_limit": t(
            "Large deals skip headquarters ({days} days); {share} % of the value of those that "
            "nobody looked at is lost."
        ).format(days=f"{desks.approval_days:g}", share=_per_cent(desks.unreviewed_loss_share)),
        "pre_review": t(
            "Terms are cleared while the quote is written: {more} % more work per quote, {less} % "
            "less per contract."
        ).format(more=_per_cent(quote), less=_per_cent(legal)),
        "large_first": t("Every desk takes the largest deal first, not the one that came first."),
        "small_first": t("Every desk takes the smallest deal first, not the one that came first."),
    }
    return texts.get(remedy.id, "")


def cost_text(remedy: Remedy, scenario: Scenario, lang: str) -> str:
    """Return what a remedy costs: a week, and once."""
    t, currency = translator(lang), scenario.currency
    parts = []
    if remedy.cost_week:
        money = money_text(remedy.cost_week, lang, currency)
        parts.append(t("{money} a week").format(money=money))
    if remedy.cost_once:
        money = money_text(remedy.cost_once, lang, currency)
        parts.append(t("{money} once").format(money=money))
    return t(", ").join(parts) if parts else t("no money")


def _per_cent(share: float) -> str:
    return f"{100 * share:.3g}"


def days_text(days: float) -> str:
    """Return a number of days; a dash where there is none."""
    if days != days:
        return "–"
    return "∞" if days == float("inf") else f"{days:.1f}"


def share_text(share: float) -> str:
    """Return a share in whole per cent; a dash where there is none."""
    return "–" if share != share else f"{100 * share:.0f} %"
