"""Sections of a target debrief on figures: the result, the targets' quality, what came of them."""

from simkit.screens.charts import COLOURS, chart_html
from simkit.screens.debrief_charts import worlds_chart
from simkit.screens.debrief_sections import Section
from simkit.screens.debrief_words import DASH, Grid, Row, Words
from simkit.screens.levers import amount_text
from simkit.study.intervals import Difference
from simkit.training.target_debrief.quality import Quality
from simkit.training.target_debrief.realised import Realised
from simkit.training.target_debrief.worlds import REFERENCE

LUCKY, UNLUCKY = 90.0, 10.0
"""Per cent of the other worlds from which a result counts as luck (our convention)."""


def who(words: Words, name: str) -> str:
    """Return what the region, a territory or a rep is called."""
    return words.t("Region") if name == "region" else words.name(name)


def share(value: float | None, signed: bool = False) -> str:
    """Return a share in whole per cent."""
    if value is None or value != value:
        return DASH
    whole = round(100 * value)
    return f"{'−' if whole < 0 else '+' if signed and whole else ''}{abs(whole)}\u00a0%"


def between(words: Words, found: Difference) -> str:
    """Return a mean difference of money with its interval."""
    low, high = words.money(found.low, signed=True), words.money(found.high, signed=True)
    return f"{words.money(found.mean, signed=True)} [{low} … {high}]"


def result_section(words: Words) -> Section:
    """Return what came of the quarter, in a few lines: the decision and the luck told apart."""
    t, debrief = words.t, words.debrief
    region = debrief.realised[0]
    against = next(each for each in debrief.comparisons if each.id == REFERENCE)
    score = debrief.score
    rows: list[Row] = [
        [t("Target of the region"), words.money(region.target)],
        [t("Sold"), words.money(region.sold)],
        [t("Attainment"), share(region.attainment)],
        [t("Mean of your decisions in other worlds"), words.money(region.expected)],
        [
            t("This quarter less that mean: luck"),
            words.money(region.sold - region.expected, signed=True),
        ],
        [
            t("Contribution of this quarter"),
            words.money_cell(debrief.contribution, signed=False),
        ],
        [
            t("Your targets against the reference plan, mean in other worlds"),
            between(words, against.elsewhere),
        ],
    ]
    for title, value in (
        (t("Process score"), score.process),
        (t("Result score"), score.result),
        (t("Total score"), score.total),
    ):
        rows.append([title, DASH if value is None else f"{value:.0f} / 100"])
    grid = Grid(t("At a glance"), [t("What"), words.currency], rows)
    return Section("result", t("The result"), _verdict(words, region, against), grids=[grid])


def _verdict(words: Words, region: Realised, against) -> list[str]:  # type: ignore[no-untyped-def]
    t = words.t
    said = [] if words.debrief.finished else [t("The quarter is not over: weeks played so far.")]
    place = region.percentile
    luck = t("The luck of this quarter was nothing unusual.")
    if place >= LUCKY:
        luck = t("This quarter was lucky: the same decisions rarely sell so much.")
    elif place <= UNLUCKY:
        luck = t("This quarter was unlucky: the same decisions rarely sell so little.")
    text = t("In {share} % of the other worlds the same decisions sold less.")
    said += [luck, text.format(share=f"{place:.0f}")]
    verdicts = {
        "more": t("On average over other worlds your targets bring more than the reference plan."),
        "less": t("On average over other worlds your targets bring less than the reference plan."),
    }
    alike = t("Over other worlds your targets cannot be told from the reference plan.")
    return [*said, verdicts.get(against.elsewhere.verdict, alike)]


def quality_section(words: Words) -> Section:
    """Return how good the targets were: fair, attainable, stretching."""
    t, debrief = words.t, words.debrief
    low, high = (share(value) for value in debrief.likely)
    notes = [
        t(
            "Fair: quota over potential is within {share} of that of the whole region. Potential "
            "is what the customers of a rep are expected to order in a mean season."
        ).format(share=share(debrief.fair_share)),
        t(
            "Stretching and attainable: the chance at commit lies between {low} and {high}; above "
            "it is too easy, below too hard. These bounds are conventions of the exercise."
        ).format(low=low, high=high),
    ]
    heads = [t("Region, territory, rep"), t("Target"), t("Potential"), t("Quota over potential")]
    heads += [t("Apart from the region"), t("Chance at commit"), t("Verdict")]
    rows = [_quality(words, each) for each in debrief.quality]
    grid = Grid(t("The targets as committed"), heads, rows)
    return Section("quality", t("How good the targets were"), notes, grids=[grid])


def _quality(words: Words, each: Quality) -> Row:
    t = words.t
    fair = {True: t("{apart}: fair"), False: t("{apart}: not fair"), None: DASH}[each.fair]
    verdicts = {
        "too easy": t("too easy"),
        "stretching": t("stretching and attainable"),
        "too hard": t("too hard"),
    }
    ratio = DASH if each.ratio is None else f"{each.ratio:.2f}"
    return [
        who(words, each.id),
        words.money(each.target),
        words.money(each.potential),
        ratio,
        fair.format(apart=share(each.apart, signed=True)),
        share(each.chance),
        verdicts.get(each.verdict, DASH),
    ]


def realised_section(words: Words) -> Section:
    """Return what was sold beside what was to be expected, and how good the chances were."""
    t, debrief = words.t, words.debrief
    notes = [
        t(
            "Expected is the mean of the same decisions in {worlds} other worlds, with the range "
            "of the middle 80 % of them. The place among them is luck, not merit: 50 is the middle."
        ).format(worlds=len(debrief.worlds))
    ]
    if debrief.brier is not None:
        notes.append(
            t(
                "Brier score of the reps' chances: {score}. It is the mean squared distance "
                "between chance and outcome; 0 is perfect, always saying 50 % gets 0.25. Whether "
                "chances are right shows only over many targets: one quarter says little."
            ).format(score=f"{debrief.brier:.2f}")
        )
    heads = [t("Region, territory, rep"), t("Target"), t("After recalibration"), t("Sold")]
    heads += [t("Attainment"), t("Chance at commit"), t("Reached in other worlds")]
    heads += [t("Expected sales"), t("Middle 80 %"), t("Place among the worlds, %")]
    rows = [_realised(words, each) for each in debrief.realised]
    grid = Grid(t("Realised against expected"), heads, rows)
    return Section("realised", t("What came of them"), notes, [_chart(words)], [grid])


def _realised(words: Words, each: Realised) -> Row:
    ends = (each.low, each.high)
    low, high = (amount_text(value, "money", words.lang) for value in ends)
    return [
        who(words, each.id),
        words.money(each.target),
        words.money(each.final),
        words.money(each.sold),
        share(each.attainment),
        share(each.chance),
        share(each.elsewhere),
        words.money(each.expected),
        f"{low}–{high}",
        f"{each.percentile:.0f}",
    ]


def _chart(words: Words) -> str:
    import pandas as pd

    t, debrief = words.t, words.debrief
    region, sales = debrief.realised[0], [value for _, value in debrief.worlds]
    title = t("The region's sales in {number} other worlds").format(number=len(sales))
    marks = {
        t("mean"): (region.expected, COLOURS[0], (4.0, 2.0)),
        t("this quarter"): (region.sold, COLOURS[1], ()),
        t("target"): (float(region.target), COLOURS[2], (1.0, 1.5)),
    }
    text = t("Mean {mean}, this quarter {sold}, target {target} {currency}.")
    said = text.format(
        mean=words.money(region.expected),
        sold=words.money(region.sold),
        target=words.money(region.target),
        currency=words.currency,
    )
    figure = worlds_chart(sales, marks, title, words.currency, words)
    index = pd.Index([seed for seed, _ in debrief.worlds], name=t("Seed"))
    table = pd.DataFrame({t("Sold"): [round(value) for value in sales]}, index=index)
    return chart_html(figure, f"{title}. {said}", table, words.lang)
