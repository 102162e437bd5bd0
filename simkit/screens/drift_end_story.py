"""Sections of a drift debrief on what was done: actions, plans, investigations, what to learn."""

from simkit.screens.debrief_sections import Section
from simkit.screens.debrief_story import score_section
from simkit.screens.debrief_words import DASH, Grid, Row
from simkit.screens.drift_end_charts import actions_chart
from simkit.screens.drift_end_words import DriftWords
from simkit.training.drift_debrief.notes import ActionPlan, Declaration
from simkit.training.drift_debrief.worths import ActionWorth

__all__ = [
    "actions_section",
    "investigation_section",
    "learning_sections",
    "plan_section",
    "score_section",
]


def actions_section(words: DriftWords) -> Section:
    """Return what each action was worth."""
    t, worths = words.t, words.debrief.worths
    title = t("What each action was worth")
    if not worths.everything.weeks:
        return Section("actions", title, [t("You took no action: worth exactly 0.")])
    notes = [
        t(
            "The same weeks again without the action: same customers, same luck. That difference "
            "is exact, and it is of these customers only."
        ),
        t(
            "The mean over {worlds} other worlds with the same drift, with its 95 % interval, is "
            "what to judge an action by. Worths need not add up: actions share customers and reps."
        ).format(worlds=len(worths.seeds)),
    ]
    if words.debrief.truth.late:
        notes.append(t("What figures are worth that one can rely on is not in these amounts."))
    heads = [t("Action"), t("Weeks"), t("Paid for it"), t("Contribution, same customers")]
    heads += [t("Mean in other worlds"), t("Verdict")]
    rows = [_action(words, each, words.action(each.id)) for each in worths.actions]
    rows.append(_action(words, worths.everything, t("everything you did")))
    grid = Grid(f"{title} ({words.currency})", heads, rows)
    chart = actions_chart(words)
    return Section("actions", title, notes, [chart] if chart else [], [grid])


def _action(words: DriftWords, each: ActionWorth, name: str) -> Row:
    t = words.t
    said = {
        "more": t("worth it"),
        "less": t("costs more than it brings"),
        "too few worlds": t("cannot tell"),
    }
    verdict = "too few worlds" if each.elsewhere is None else each.elsewhere.verdict
    return [
        name,
        _weeks(each.weeks),
        words.money(each.cost),
        words.money_cell(each.worth.contribution, differing=each.worth.differing),
        words.mean(each.elsewhere),
        said.get(verdict, t("cannot be told from nothing")),
    ]


def _weeks(weeks: tuple[int, ...]) -> str:
    return f"{weeks[0] + 1}–{weeks[-1] + 1} ({len(weeks)})" if weeks else DASH


def plan_section(words: DriftWords) -> Section:
    """Return the small plans: owner, figure, check."""
    t, plans = words.t, words.debrief.written.plans
    title = t("Plan, do, check, act")
    if not plans:
        return Section("plans", title, [t("No plan was written for an action.")])
    heads = [t("Action"), t("Owner"), t("What is to move"), t("Due"), t("Checked"), t("Verdict")]
    rows = [_plan(words, plan) for plan in plans]
    return Section("plans", title, grids=[Grid(title, heads, rows)])


def _plan(words: DriftWords, plan: ActionPlan) -> Row:
    checked = words.t("not checked") if plan.checked is None else words.week(plan.checked)
    return [
        words.action(plan.action),
        plan.owner or DASH,
        words.plan(plan),
        words.week(plan.due),
        checked,
        words.verdict(plan.verdict),
    ]


def investigation_section(words: DriftWords) -> Section:
    """Return what was declared, and what was looked into."""
    t, debrief = words.t, words.debrief
    written = debrief.written
    text = t("{hours} of {all} were spent on investigations; at {price} an hour: {cost}.")
    notes = [
        text.format(
            hours=words.hours(debrief.hours),
            all=words.hours(debrief.hours_there_were),
            price=words.money(debrief.hour_cost),
            cost=f"{words.money(debrief.hours_cost)} {words.currency}",
        )
    ]
    notes += [t("Memo: {memo}").format(memo=written.memo)] if written.memo else []
    grids = []
    if written.declarations:
        heads = [t("Before week"), t("You said"), t("Where"), t("Sure"), t("What it was then")]
        rows = [_declared(words, each) for each in written.declarations]
        grids.append(Grid(t("What you declared"), heads, rows))
    if written.asked:
        heads = [t("Before week"), t("What you looked into"), t("Hours")]
        asked: list[Row] = [
            [str(each.week + 1), words.asked(each), f"{each.hours:g}"] for each in written.asked
        ]
        grids.append(Grid(t("What you looked into"), heads, asked))
    else:
        notes.append(t("You looked into nothing beyond the weekly figures."))
    return Section("investigation", t("Declared and looked into"), notes, grids=grids)


def _declared(words: DriftWords, said: Declaration) -> Row:
    sure = DASH if said.sure is None else f"{said.sure:.0f} %"
    place = words.place(said.place) if said.drift else DASH
    return [str(said.week + 1), words.cause(said.cause), place, sure, _then(words, said)]


def _then(words: DriftWords, said: Declaration) -> str:
    """What was true when it was said."""
    t, truth = words.t, words.debrief.truth
    if truth.start is None:
        return words.text(truth.name)
    if said.week <= truth.start:
        return t("not begun yet")
    return words.text(truth.name)


def learning_sections(words: DriftWords) -> list[Section]:
    """Return what to do differently, and questions for the group."""
    t = words.t
    lines = [words.text(text) for text in words.debrief.lessons]
    return [
        Section("differently", t("Five lines: what to do differently"), items=lines),
        Section("questions", t("Questions for the group"), items=_questions(words)),
    ]


def _questions(words: DriftWords) -> list[str]:
    t, truth = words.t, words.debrief.truth
    if truth.calm:
        first = [
            t("Which figure tempted you most to act, and how often does chance alone bring that?"),
            t("What does a false alarm cost in your own team, beyond money?"),
        ]
    else:
        first = [
            t("Which figure moved first, and who in your team sees it first?"),
            t("Which other cause would have looked the same, and what would tell them apart?"),
        ]
    return [
        *first,
        t("How many false alarms is one week earlier worth to you?"),
        t("Which single question brought you most, and which hours were wasted?"),
        t("How will you know, two weeks after an action, that it works and is not luck?"),
    ]
