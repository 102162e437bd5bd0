"""How the link to a region is shown: what is assumed, and which deals changed."""

import html
import math
from collections.abc import Callable, Mapping

from simkit.scenario.records import Scenario
from simkit.scenario.rubric import Rubric
from simkit.screens.drill_words import paragraph
from simkit.screens.levers import money_text
from simkit.screens.texts import Translate, translator
from simkit.study.intervals import Difference
from simkit.study.practice_link import ASSUMPTION, STAGES, TRAINS, ChangedDeal, LinkStudy, Stage

MOST_ROWS = 100
"""Deals that are listed; more are counted."""


def warning_html(lang: str) -> str:
    """Return what is always to be seen: that this is assumed, and what."""
    t = translator(lang)
    title = t("Teaching assumption: no evidence links such scores to win rates.")
    more = html.escape(ASSUMPTION.in_(lang))
    return (
        f'<div class="sk-assumed" role="note"><p><b>{html.escape(title)}</b></p><p>{more}</p></div>'
    )


def direction_names(t: Translate) -> dict[str, str]:
    """Return what the verdicts on a difference are called."""
    return {
        "more": t("more with practice"),
        "less": t("less with practice"),
        "no detectable difference": t("no detectable difference"),
    }


def stage_names(t: Translate) -> dict[str, str]:
    """Return what the stages of the funnel are called."""
    return {
        "qualify": t("Qualifying"),
        "quote": t("Quote"),
        "negotiate": t("Negotiation"),
        "contract": t("Contract"),
    }


def end_names(t: Translate) -> dict[str, str]:
    """Return what the ends of a deal are called."""
    return {
        "won": t("won"),
        "lost": t("lost"),
        "gave_up": t("tired of waiting"),
        "no_decision": t("no decision"),
        "open": t("still open"),
        "none": t("never came to be"),
    }


def _table(caption: str, heads: list[str], rows: str) -> str:
    head = "".join(f'<th scope="col" class="sk-words">{html.escape(text)}</th>' for text in heads)
    return (
        f'<div class="sk-table" tabindex="0"><table><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(title: str, *cells: str) -> str:
    told = "".join(f'<td class="sk-words">{html.escape(cell)}</td>' for cell in cells)
    return f'<tr><th scope="row">{html.escape(title)}</th>{told}</tr>'


# --- what goes in


def factors_html(
    shares: Mapping[str, float], factors: Mapping[Stage, float], rubric: Rubric, lang: str
) -> str:
    """Return by stage which behaviours count, the points in them, and the assumed effect."""
    t = translator(lang)
    heads = [t("Stage"), t("Behaviours that count there"), t("Points"), t("Deals that pass")]
    rows, comma = [], "、" if lang == "zh" else ", "
    for stage in STAGES:
        there = [name for name in TRAINS[stage] if name in shares]
        names = comma.join(rubric.item(name).name.in_(lang) for name in TRAINS[stage])
        mean = f"{sum(shares[name] for name in there) / len(there):.0%}" if there else "–"
        rows.append(
            _row(
                stage_names(t)[stage], names, mean, f"{factors[stage] - 1.0:+.1%}".replace("-", "−")
            )
        )
    caption = t("What goes in: share of the points, and the assumed change of what passes a stage")
    return _table(caption, heads, "".join(rows))


# --- what came out


def link_html(found: LinkStudy, scenario: Scenario, lang: str, guess: int, direction: str) -> str:
    """Return the prediction beside what happened, the deals that changed, and the intervals."""
    t = translator(lang)
    direct = [each for each in found.deals if each.direct]
    return "".join(
        [
            _predicted_html(found, len(direct), guess, direction, lang),
            _deals_html(direct, scenario, lang),
            _others_html(len(found.deals) - len(direct), lang),
            f"<h4>{html.escape(t('What that makes in all'))}</h4>",
            _differences_html(found, scenario, lang),
            f'<p class="sk-outcome">{html.escape(found.own_verdict.in_(lang))}</p>',
            f'<p class="sk-outcome">{html.escape(found.verdict.in_(lang))}</p>',
            paragraph(_ask(t)),
        ]
    )


def _predicted_html(found: LinkStudy, changed: int, guess: int, direction: str, lang: str) -> str:
    t, names = translator(lang), direction_names(translator(lang))
    verdict = found.contribution.verdict
    heads = [t("Prediction"), t("You expected"), t("It came")]
    rows = _row(t("Deals of the rep that ended otherwise"), f"{guess:,}", f"{changed:,}")
    came = names.get(verdict, "–")
    rows += _row(t("What the region earns"), names[direction], came)
    return _table(t("Your prediction"), heads, rows)


def _deals_html(deals: list[ChangedDeal], scenario: Scenario, lang: str) -> str:
    t = translator(lang)
    if not deals:
        return paragraph(t("Not one deal of the rep ended otherwise."))
    heads = [t("Deal"), t("World"), t("Where it parted"), t("List value"), t("Without"), t("With")]
    rows = "".join(_deal_html(each, scenario, lang) for each in deals[:MOST_ROWS])
    caption = t("Deals of the rep that ended otherwise, with the same customers")
    left = len(deals) - MOST_ROWS
    more = paragraph(t("{count} more are not listed.").format(count=left)) if left > 0 else ""
    return _table(caption, heads, rows) + more


def _deal_html(each: ChangedDeal, scenario: Scenario, lang: str) -> str:
    t, ends = translator(lang), end_names(translator(lang))
    value = money_text(each.value, lang, scenario.currency)
    after = ends[each.with_it]
    if each.with_it == each.without:
        after = t("{end}, but at another stage").format(end=after)
    stage = stage_names(t)[each.stage]
    return _row(each.id, str(each.seed), stage, value, ends[each.without], after)


def _others_html(count: int, lang: str) -> str:
    if not count:
        return ""
    t = translator(lang)
    said = t(
        "{count} other deals ended otherwise because of these: who wins a deal has a customer "
        "more to visit, and keeps the desks busy for others."
    )
    return paragraph(said.format(count=count))


def _differences_html(found: LinkStudy, scenario: Scenario, lang: str) -> str:
    t, names = translator(lang), direction_names(translator(lang))

    def told(title: str, each: Difference, write: Callable[[float], str]) -> str:
        mean, low, high = map(write, (each.mean, each.low, each.high))
        interval = t("{low} to {high}").format(low=low, high=high)
        return _row(title, mean, interval, names.get(each.verdict, "–"))

    def money(value: float) -> str:
        return money_text(value, lang, scenario.currency, signed=True)

    heads = [t("Per world"), t("Difference"), t("95 % interval"), t("Verdict")]
    rows = told(t("Deals won by the rep"), found.own_won, _number)
    rows += told(t("Deals won in the region"), found.won, _number)
    rows += told(t("Contribution of the region"), found.contribution, money)
    caption = t("With practice minus without, over {count} worlds of {weeks} weeks")
    return _table(caption.format(count=found.own_won.pairs, weeks=found.weeks), heads, rows)


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value + 0.0:+.2f}".replace("-", "−")


def _ask(t: Translate) -> str:
    return t(
        "Ask yourself: would you see a difference of this size in your own team within half a "
        "year? And what would have to be measured to find out whether practice wins deals?"
    )
