"""Sections of a debrief on money: the result, luck, worth of decisions, the best response."""

from dataclasses import dataclass, field

from simkit.screens.debrief_charts import luck_chart, response_chart, worth_chart
from simkit.screens.debrief_words import DASH, Cell, Grid, Row, Words
from simkit.training.debrief.response import PLAYER, Candidate
from simkit.training.debrief.worth import Worth


@dataclass(frozen=True)
class Section:
    """One part of the page. `charts` are HTML; everything else is plain text."""

    id: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    """A numbered list."""


def result_section(words: Words) -> Section:
    """Return what came of the game, in a few lines."""
    t, debrief = words.t, words.debrief
    luck, gain = debrief.luck, debrief.no_action.contribution
    rows: list[Row] = [
        [t("Contribution of this game"), words.money_cell(debrief.contribution, signed=False)],
        [
            t("Against no action at all"),
            words.money_cell(gain, differing=debrief.no_action.differing),
        ],
        [t("… of which your decisions"), _with_interval(words, luck.decision_explained)],
        [t("… of which luck"), words.money_cell(luck.luck)],
        [
            t("Worlds in which the same decisions brought less"),
            words.explained(luck.percentile, words.amount(luck.percentile.value, "%")),
        ],
    ]
    for kind, value in (
        (t("Process score"), debrief.score.process),
        (t("Result score"), debrief.score.result),
        (t("Total score"), debrief.score.total),
    ):
        rows.append([kind, DASH if value is None else f"{value:.0f} / 100"])
    heads = [t("What"), words.currency]
    verdict = _verdict(words)
    return Section("result", t("The result"), verdict, grids=[Grid(t("At a glance"), heads, rows)])


def _with_interval(words: Words, number) -> Cell:  # type: ignore[no-untyped-def]
    luck = words.debrief.luck.decision
    low, high = words.money(luck.low, signed=True), words.money(luck.high, signed=True)
    text = f"{words.money(number.value, signed=True)} [{low} … {high}]"
    return words.explained(number, text)


def _verdict(words: Words) -> list[str]:
    t, luck = words.t, words.debrief.luck
    said = {
        "more": t("On average over other worlds, your decisions are better than no action."),
        "less": t("On average over other worlds, your decisions are worse than no action."),
    }.get(
        luck.decision.verdict,
        t("Over other worlds, your decisions cannot be told from no action."),
    )
    place = luck.percentile.value
    if place >= 90:
        more = t("This game was lucky: the same decisions rarely bring so much.")
    elif place <= 10:
        more = t("This game was unlucky: the same decisions rarely bring so little.")
    else:
        more = t("The luck of this game was nothing unusual.")
    unfinished = (
        [] if words.debrief.finished else [t("The game is not finished: weeks played so far.")]
    )
    return [*unfinished, said, more]


def luck_section(words: Words) -> Section:
    """Return the result beside the same decisions in other worlds."""
    t, luck = words.t, words.debrief.luck
    low, high = words.money(luck.typical.low), words.money(luck.typical.high)
    typical = f"{words.money(luck.typical.mean)} [{low} … {high}]"
    rows: list[Row] = [
        [
            t("Contribution of this game"),
            words.money_cell(words.debrief.contribution, signed=False),
        ],
        [
            t("Mean of the same decisions in other worlds, with its 95 % interval"),
            words.explained(luck.typical_explained, typical),
        ],
        [t("This game less that mean: luck"), words.money_cell(luck.fortune)],
        [t("Gain over no action in this game"), words.money(luck.gain, signed=True)],
        [
            t("… decision: mean gain in other worlds"),
            _with_interval(words, luck.decision_explained),
        ],
        [t("… luck: the rest"), words.money_cell(luck.luck)],
        [t("Decision as a share of the gain"), _share(luck.decision_share)],
    ]
    note = t(
        "Other worlds have the same region, people and crisis; customers decide anew. What your "
        "decisions bring there on average is yours, the rest is luck."
    )
    grid = Grid(t("Luck and decision"), [t("What"), words.currency], rows)
    return Section("luck", t("Luck against decision"), [note], [luck_chart(words)], [grid])


def _share(share: float | None) -> str:
    return DASH if share is None else f"{100 * share:,.0f} %"


def worth_section(words: Words) -> Section:
    """Return the exact worth of each decision, answer and lever."""
    t = words.t
    notes = [
        t(
            "The same game again without one week's changes: same customers, same luck. What was "
            "changed in later weeks is changed all the same."
        ),
        t(
            "Worths need not add up to the gain over no action: decisions share customers, desks "
            "and money."
        ),
    ]
    weeks = [worth for worth in words.debrief.worth if worth.kind == "week"]
    others = [worth for worth in words.debrief.worth if worth.kind != "week"]
    grids = [_worths(words, t("Worth of each other thing alone"), others)]
    charts = []
    if weeks:
        charts = [worth_chart(words)]
        grids.insert(0, _worths(words, t("Worth of each week's decision"), weeks))
    else:
        notes.insert(0, t("Nothing was changed in any week."))
    return Section("worth", t("What each decision was worth"), notes, charts, grids)


def _worths(words: Words, caption: str, worths: list[Worth]) -> Grid:
    t = words.t
    heads = [t("Decision"), t("What was changed"), t("Contribution"), t("Revenue")]
    heads += [t("Goods and other costs"), t("KPIs that moved: without → with")]
    rows: list[Row] = [
        [
            words.week(worth.week) if worth.kind == "week" else _kind(words, worth),
            words.change_list(worth.changes),
            words.money_cell(worth.contribution, differing=worth.differing),
            words.money(worth.revenue, signed=True),
            words.money(worth.goods + worth.other_costs, signed=True),
            _moved(words, worth),
        ]
        for worth in worths
    ]
    return Grid(f"{caption} ({words.currency})", heads, rows)


def _kind(words: Words, worth: Worth) -> str:
    t, name = words.t, words.name(worth.id.partition(":")[2])
    said = {
        "answer": t("Answer: {name}"),
        "preparation": t("Preparation: {name}"),
        "lever": t("Lever: {name}"),
        "no_action": t("Everything you did"),
    }[worth.kind]
    return said.format(name=name)


def _moved(words: Words, worth: Worth) -> list[str]:
    said = []
    for each in worth.moved:
        values = [words.kpi_value(each.kpi, value) for value in (each.without, each.with_it)]
        mark = {"better": "▲", "worse": "▼"}.get(each.verdict, "")
        said.append(f"{words.kpi(each.kpi)} {values[0]} → {values[1]} {mark}".strip())
    return said


def response_section(words: Words) -> Section:
    """Return the best response found, in hindsight and in advance."""
    t, response = words.t, words.debrief.response
    title = t("The best response among the options on offer")
    if not response.options:
        return Section("response", title, [t("No options were on offer in the weeks played.")])
    names = _candidate_names(words)
    notes = [
        t(
            "Searched: each option alone, asked for as soon as it could be, then the best so far "
            "with each of the others. All other levers stayed as at the start."
        ),
        _best(words, names),
    ]
    if response.curse is not None:
        curse = f"{words.money(response.curse, signed=True)} {words.currency}"
        notes.append(
            t(
                "Beware of the winner's curse: what was picked because it did best on these "
                "customers flatters itself. Its gain in hindsight less its mean gain in other "
                "worlds: {curse}."
            ).format(curse=curse)
        )
    heads = [t("Options"), t("Gain in hindsight"), t("Gain in advance, 95 % interval")]
    heads.append(t("Your decisions less this, 95 % interval"))
    rows = [_candidate(words, candidate, names) for candidate in response.candidates]
    tried: list[Row] = [
        [_options(words, options), words.money(gain, signed=True)]
        for options, gain in response.tried
    ]
    grids = [
        Grid(f"{t('Best in hindsight and best in advance')} ({words.currency})", heads, rows),
        Grid(
            f"{t('All that was tried on these customers')} ({words.currency})",
            heads[:2],
            tried,
            True,
        ),
    ]
    return Section("response", title, notes, [response_chart(words, names)], grids)


def _best(words: Words, names: dict[str, str]) -> str:
    t, response = words.t, words.debrief.response
    nothing = t("no action")
    return t("Best in hindsight: {hindsight}. Best in advance: {advance}.").format(
        hindsight=names.get(response.in_hindsight, nothing),
        advance=names.get(response.in_advance, nothing),
    )


def _candidate_names(words: Words) -> dict[str, str]:
    """Short names for the candidates: the table says what is in each."""
    t = words.t
    searched = [c for c in words.debrief.response.candidates if c.id != PLAYER]
    names = {c.id: t("Choice {n}").format(n=n) for n, c in enumerate(searched, 1)}
    return {PLAYER: t("Your decisions"), **names}


def _options(words: Words, options: tuple[str, ...]) -> str:
    known = {option.id: option.name for option in words.debrief.response.options}
    return " + ".join(words.text(known[name]) for name in options)


def _candidate(words: Words, candidate: Candidate, names: dict[str, str]) -> Row:
    options = _options(words, candidate.options)
    name = f"{names[candidate.id]}: {options}" if options else names[candidate.id]
    elsewhere, less = candidate.elsewhere, candidate.player_less_this
    explained = candidate.elsewhere_explained
    return [
        name,
        words.money_cell(candidate.hindsight),
        words.explained(explained, _interval(words, elsewhere)) if elsewhere else DASH,
        DASH if candidate.id == PLAYER else _interval(words, less),
    ]


def _interval(words: Words, found) -> str:  # type: ignore[no-untyped-def]
    if found is None:
        return DASH
    mean, low, high = (
        words.money(value, signed=True) for value in (found.mean, found.low, found.high)
    )
    return f"{mean} [{low} … {high}]"
