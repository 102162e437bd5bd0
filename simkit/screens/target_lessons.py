"""Sections of a target debrief on what was done: plans, alarms, talks, appraisal, foresight."""

from simkit.kpi.catalogue import KPIS
from simkit.screens.debrief_sections import Section
from simkit.screens.debrief_words import DASH, Grid, Row, Words
from simkit.screens.target_figures import between, share, who
from simkit.training.target_debrief.people import BEHAVIOUR, Appraised, Person
from simkit.training.target_debrief.reference import RULE
from simkit.training.target_debrief.worlds import ANNOUNCED, REFERENCE, UNCHANGED, Comparison


def comparison_section(words: Words) -> Section:
    """Return what other targets would have brought on the same customers, and elsewhere."""
    t, debrief = words.t, words.debrief
    aim = share(sum(debrief.likely) / 2)
    notes = [
        words.text(RULE).format(chance=aim),
        t(
            "On the same customers the difference is exact, and it is one draw of luck. The mean "
            "over other worlds, with its 95 % interval, is what to judge the targets by."
        ),
    ]
    heads = [t("Your quarter against"), t("Revenue, same customers")]
    heads += [t("Contribution, same customers"), t("Contribution, mean in other worlds")]
    rows = [_comparison(words, each) for each in debrief.comparisons]
    grids = [Grid(t("What other targets would have brought"), heads, rows), _plans(words)]
    return Section("reference", t("Against other plans"), notes, grids=grids)


def _comparison(words: Words, each: Comparison) -> Row:
    t = words.t
    names = {
        REFERENCE: t("the reference plan"),
        UNCHANGED: t("your plan without recalibration"),
        ANNOUNCED: t("your targets, all simply announced"),
    }
    if each.same:
        same = t("the same decisions: no difference")
        return [names[each.id], same, DASH, DASH]
    return [
        names[each.id],
        words.money(each.revenue, signed=True),
        words.money_cell(each.contribution, differing=each.differing),
        between(words, each.elsewhere),
    ]


def _plans(words: Words) -> Grid:
    t, debrief = words.t, words.debrief
    mine, theirs, ways = debrief.plan, debrief.reference, _ways(words)
    rows: list[Row] = [
        [t("Region"), words.money(mine.region), words.money(theirs.region), DASH, DASH]
    ]
    for rep, total in mine.reps.items():
        told = ways[mine.way(rep)], ways[theirs.way(rep)]
        rows.append([who(words, rep), words.money(total), words.money(theirs.reps[rep]), *told])
    heads = [t("Region, territory, rep"), t("Your target"), t("Target of the reference plan")]
    heads += [t("How you told it"), t("How the reference plan tells it")]
    return Grid(t("Your plan beside the reference plan"), heads, rows, folded=True)


def _ways(words: Words) -> dict[str, str]:
    t = words.t
    return {"agreed": t("agreed"), "explained": t("explained"), "announced": t("announced")}


def course_section(words: Words) -> Section:
    """Return the alarms of the band rule and the recalibrations."""
    t, debrief = words.t, words.debrief
    weeks = t(", ").join(str(week + 1) for week in debrief.alarms)
    notes = [t("The band rule did not fire.")]
    if debrief.alarms:
        text = t("The band rule fired at the end of week {weeks}; answered soon: {some} of {all}.")
        done, asked = sum(debrief.alarms_answered), len(debrief.alarms_answered)
        notes = [text.format(weeks=weeks, some=done, all=asked)]
    if not debrief.changed:
        notes.append(t("No target was recalibrated."))
        return Section("course", t("Alarms and recalibrations"), notes)
    causes = {
        "alarm": t("shortly after an alarm"),
        "news": t("shortly after news from outside"),
    }
    none = t("no alarm and no news shortly before")
    rows: list[Row] = [
        [
            words.week(each.week),
            [f"{who(words, rep)}: {words.money(total)}" for rep, total in each.reps.items()],
            each.reason or DASH,
            causes.get(each.cause, none),
        ]
        for each in debrief.changed
    ]
    heads = [t("Week"), t("New quotas"), t("Your reason"), t("What came before")]
    grid = Grid(t("Recalibrations"), heads, rows)
    return Section("course", t("Alarms and recalibrations"), notes, grids=[grid])


def people_section(words: Words) -> Section:
    """Return what the talks did, and who held something back."""
    t = words.t
    notes = [
        t(
            "Now it is revealed: what each rep really believed it could sell, what it held back of "
            "it when it told you, and what your way of telling the target did to its trust. Trust "
            "acts on effort."
        ),
        t("Held back, by the past: what the claims of past quarters let anybody find out."),
    ]
    heads = [t("Rep"), t("Said"), t("Believed"), t("Held back"), t("Held back, by the past")]
    heads += [t("Target"), t("How you told it"), t("Trust before"), t("Trust once told")]
    heads += [t("Trust at the end"), t("Effort from trust")]
    rows = [_person(words, each) for each in words.debrief.people]
    grid = Grid(t("The talks and the truth"), heads, rows)
    return Section("people", t("Talks, trust, and what was held back"), notes, grids=[grid])


def _person(words: Words, each: Person) -> Row:
    past = words.text(each.data_verdict) or DASH
    if each.data_share is not None:
        past = f"{past} ({share(each.data_share)})"
    return [
        who(words, each.id),
        words.money(each.claim),
        words.money(each.belief),
        share(each.held_back),
        past,
        words.money(each.target),
        _ways(words)[each.way],
        *(f"{trust:.2f}" for trust in (each.trust_start, each.trust_told, each.trust_end)),
        share(each.commitment - 1.0, signed=True),
    ]


def appraisal_section(words: Words) -> Section:
    """Return the two-dimensional appraisal of each rep."""
    t = words.t
    notes = [
        t(
            "Result: revenue against the quota, other KPIs against the team's mean, weighted by "
            "the stage of the territory's market; more than 1.5 counts as 1.5, and 67 is as agreed."
        ),
        words.text(BEHAVIOUR),
    ]
    heads = [t("Rep"), t("Result, of 100"), t("Behaviour, of 100"), t("Results by KPI")]
    heads.append(t("Behaviour by KPI"))
    rows = [_appraised(words, each) for each in words.debrief.appraised]
    grid = Grid(t("Result and behaviour"), heads, rows)
    return Section("appraisal", t("Appraisal in two dimensions"), notes, grids=[grid])


def _appraised(words: Words, each: Appraised) -> Row:
    def listed(values: dict[str, float]) -> list[str]:
        return [f"{KPIS[name].title.in_(words.lang)} {x:.2f}" for name, x in values.items()]

    result, behaviour = (
        DASH if value is None else f"{100 * value:.0f}" for value in (each.result, each.behaviour)
    )
    return [who(words, each.id), result, behaviour, listed(each.results), listed(each.conduct)]


def foresight_section(words: Words) -> Section:
    """Return what was said of the chances beside what was worked out."""
    t, seen = words.t, words.debrief.foresight
    right = {True: t("right"), False: t("not right"), None: DASH}
    rows: list[Row] = [
        [t("Chance of the region"), share(seen.said_chance), share(seen.worked_out)],
        [t("Hardest target"), _named(words, seen.hardest), right[seen.hardest_named]],
        [t("Easiest target"), _named(words, seen.easiest), right[seen.easiest_named]],
    ]
    heads = [t("What"), t("You said"), t("Worked out")]
    note = t("What you said of your plan before the chances were shown.")
    grid = Grid(t("Your view of the chances"), heads, rows)
    return Section("foresight", t("What you foresaw"), [note], grids=[grid])


def _named(words: Words, rep: object) -> str:
    return who(words, rep) if isinstance(rep, str) else DASH


def smart_section(words: Words) -> Section:
    """Return the goal as written, and what the SMART check says."""
    t, debrief = words.t, words.debrief
    rows: list[Row] = [
        [
            f"{each.letter} · {words.text(each.name)}",
            t("yes") if each.met else t("no"),
            list(each.said) or DASH,
            [words.text(text) for text in each.missing] or DASH,
        ]
        for each in debrief.smart
    ]
    heads = [t("Criterion"), t("Met"), t("Words that say it"), t("What is missing")]
    goal = t("Your goal: {goal}").format(goal=debrief.plan.goal)
    grids = [Grid(t("SMART, letter by letter"), heads, rows)] if rows else []
    return Section("smart", t("Was the goal SMART?"), [goal], grids=grids)
