"""Sections of a debrief on what was seen and done: timeline, plan, predictions, score, lesson."""

from simkit.kpi.catalogue import KPIS
from simkit.kpi.score_measures import MEASURES, UNITS
from simkit.screens.debrief_sections import Section
from simkit.screens.debrief_words import DASH, Grid, Row, Words
from simkit.training.debrief.calibration import Forecast
from simkit.training.debrief.plans import PlanLine, Prepared, RiskSeen
from simkit.training.debrief.score import Line
from simkit.training.debrief.timeline import Heard, Week


def timeline_section(words: Words) -> Section:
    """Return what was heard, what struck and what was decided, week by week."""
    t = words.t
    heads = [t("Week"), t("What was heard, and what it was"), t("What happened")]
    heads += [t("What you decided"), t("What you wrote"), t("Contribution of the week")]
    rows: list[Row] = [
        [
            words.week(week.week),
            [_heard(words, heard) for heard in week.heard],
            _happened(words, week),
            words.change_list(week.changes),
            [said for kind, data in week.notes if (said := _written(words, kind, data))],
            words.money_cell(week.contribution, signed=False),
        ]
        for week in words.debrief.timeline
    ]
    note = t("A message of one week was read before the decision of the next.")
    return Section("timeline", t("Week by week"), [note], grids=[Grid(t("Timeline"), heads, rows)])


def _heard(words: Words, heard: Heard) -> str:
    sender = words.text(heard.sender)
    text = f"{sender}: {words.text(heard.text)}" if sender else words.text(heard.text)
    marked = ""
    if heard.marked:
        said = words.t("you marked it as {mark}").format(mark=_role(words, heard.marked))
        marked = f"; {said}"
    return f"[{_role(words, heard.role)}{marked}] {text}"


def _role(words: Words, role: str) -> str:
    t = words.t
    return {
        "sign": t("sign"),
        "noise": t("noise"),
        "contradiction": t("contradiction"),
        "news": t("news"),
        "brief": t("brief"),
    }.get(role, role)


def _happened(words: Words, week: Week) -> list[str]:
    t = words.t
    turns = {
        "begins": t("{name} begins"),
        "known": t("{name} is known"),
        "ends": t("{name} is over"),
    }
    said = [turns[turn.what].format(name=words.text(turn.name)) for turn in week.turns]
    said += [t("{name} begins to act").format(name=words.name(name)) for name in week.acts]
    return said + [t("no money for {name}").format(name=words.name(n)) for n in week.not_done]


def _written(words: Words, kind: str, data: dict) -> str:
    t = words.t
    if kind in ("memo", "note"):
        title = t("Memo") if kind == "memo" else t("Note")
        return f"{title}: {data.get('text', '')}"
    return {"plan": t("Contingency plan"), "prediction": t("Prediction"), "mark": ""}.get(
        kind, kind
    )


def memo_section(words: Words) -> list[Section]:
    """Return what was written when the game was over."""
    said = [_written(words, kind, data) for kind, data in words.debrief.afterwards]
    kept = [text for text in said if text]
    return [Section("memo", words.t("Written at the end"), kept)] if kept else []


def plan_section(words: Words) -> Section:
    """Return the plan beside what came and what was done."""
    t, plan = words.t, words.debrief.plan
    if plan.written is None:
        said = t("No plan was written.")
    elif plan.in_time:
        said = t("The plan was written before the crisis was known ({week}).")
    else:
        said = t("The plan was written when the crisis was already known ({week}).")
    notes = [said.format(week=words.week(plan.written))]
    grids = []
    if plan.risks:
        heads = [t("Risk"), t("Yours: likelihood × impact"), t("Your rank")]
        heads += [t("Trainer's: likelihood × impact"), t("Trainer's rank"), t("Came"), t("Why")]
        rows = [_risk(words, risk) for risk in plan.risks]
        grids.append(Grid(t("Risk register"), heads, rows))
    if plan.prepared:
        heads = [t("Preparation"), t("In the plan"), t("Asked for in weeks"), t("Acts from")]
        heads.append(t("Cost, {currency}").format(currency=words.currency))
        prepared = [_prepared(words, each) for each in plan.prepared]
        grids.append(Grid(t("Preparations"), heads, prepared))
    if plan.lines:
        heads = [t("Risk"), t("Owner"), t("Trigger"), t("Actions"), t("Done")]
        lines = [_line(words, line) for line in plan.lines]
        grids.append(Grid(t("Contingency plan, and what was done of it"), heads, lines))
    grids.append(_reserve(words))
    return Section("plan", t("Plan against conduct"), notes, grids=grids)


def _risk(words: Words, risk: RiskSeen) -> Row:
    def grade(of: tuple[int, int] | None) -> str:
        return f"{of[0]} × {of[1]} = {of[0] * of[1]}" if of else DASH

    def rank(of: int | None) -> str:
        return DASH if of is None else str(of)

    came = words.week(risk.came)
    head = [words.text(risk.name), grade(risk.mine), rank(risk.my_rank), grade(risk.trainer)]
    return [*head, rank(risk.trainer_rank), came, words.text(risk.why)]


def _prepared(words: Words, each: Prepared) -> Row:
    t = words.t
    return [
        words.text(each.name),
        t("yes") if each.planned else t("no"),
        _weeks(each.asked),
        words.week(each.acts_from),
        words.money_cell(each.cost, signed=False),
    ]


def _weeks(weeks: tuple[int, ...]) -> str:
    """Weeks as people count, runs of them as ranges: 1–4, 7."""
    runs: list[list[int]] = []
    for week in weeks:
        if runs and runs[-1][1] == week:
            runs[-1][1] = week + 1
        else:
            runs.append([week + 1, week + 1])
    said = [str(first) if first == last else f"{first}–{last}" for first, last in runs]
    return ", ".join(said) or DASH


def _line(words: Words, line: PlanLine) -> Row:
    t = words.t
    done = [
        f"{words.name(name)}: {t('not done') if week is None else words.week(week)}"
        for name, week in zip(line.mentions, line.done, strict=True)
    ]
    said = "; ".join(done) or t("names no lever or measure: judge it yourself")
    return [words.name(line.risk), line.owner, line.trigger, "; ".join(line.actions), said]


def _reserve(words: Words) -> Grid:
    t, reserve = words.t, words.debrief.plan.reserve
    rows: list[Row] = [
        [t("reserve at the start"), words.money(reserve.there_was)],
        [t("released"), words.money_cell(reserve.released, signed=False)],
    ]
    return Grid(t("Reserve"), [t("What"), words.currency], rows)


def prediction_section(words: Words) -> Section:
    """Return what was predicted, and what came."""
    t, found = words.t, words.debrief.calibration
    title = t("Predictions")
    if not found.forecasts:
        return Section("predictions", title, [t("Nothing was predicted in time.")])
    if found.hit_rate is None or found.confidence is None:
        notes = [t("No prediction can be judged yet.")]
    else:
        notes = [
            t(
                "{hits} of {judged} intervals held what came ({rate} %); you were {sure} % sure."
            ).format(
                hits=found.hits,
                judged=found.judged,
                rate=f"{100 * found.hit_rate:.0f}",
                sure=f"{100 * found.confidence:.0f}",
            )
        ]
        if found.judged < 10:
            notes.append(t("So few predictions say little about how well your confidence fits."))
    if found.late:
        notes.append(t("Written too late, not counted: {number}.").format(number=found.late))
    heads = [t("Weeks"), t("What"), t("You said"), t("Sure, %"), t("Came"), t("Hit")]
    heads.append(t("Interval score (less is better)"))
    rows = [_forecast(words, each) for each in found.forecasts]
    return Section("predictions", title, notes, grids=[Grid(title, heads, rows)])


def _forecast(words: Words, each: Forecast) -> Row:
    t, kpi = words.t, each.kpi
    low, high = (words.kpi_value(kpi, value) for value in (each.low, each.high))
    came = words.explained(each.came, words.kpi_value(kpi, each.came.value)) if each.came else DASH
    hit = DASH if each.hit is None else t("yes") if each.hit else t("no")
    score = DASH if each.score is None else words.kpi_value(kpi, each.score)
    sure = f"{100 * each.confidence:.0f}"
    weeks = f"{each.first + 1}–{each.last + 1}"
    return [weeks, words.kpi(kpi), f"{low} … {high}", sure, came, hit, score]


def score_section(words: Words) -> Section:
    """Return process score and result score, line by line."""
    t, score = words.t, words.debrief.score
    heads = [t("Line"), t("What is measured"), t("Value"), t("From 0 to full points"), t("Points")]
    heads.append(t("Weight"))
    grids = []
    for kind, title, value in (
        ("process", t("Process score"), score.process),
        ("result", t("Result score"), score.result),
    ):
        rows = [_score(words, line) for line in score.lines if line.kind == kind]
        said = DASH if value is None else f"{value:.0f} / 100"
        grids.append(Grid(f"{title}: {said}", heads, rows))
    share = f"{100 * score.process_weight:.0f}"
    notes = [
        t("{card}. The process score is {share} % of the total.").format(
            card=words.text(score.card), share=share
        ),
        t("What cannot be measured in this game is left out with its weight."),
    ]
    return Section("score", t("Scores"), notes, grids=grids)


def _score(words: Words, line: Line) -> Row:
    known = MEASURES[words.debrief.score.exercise].get(line.measure)
    what = words.text(known) if known else words.kpi(line.measure)
    unit = UNITS.get(line.measure, "share") if known else KPIS[line.measure].unit
    unit = line.value.unit if line.value else unit
    bounds = [words.amount(value, unit) for value in (line.zero_at, line.full_at)]
    value = (
        words.explained(line.value, words.amount(line.value.value, unit)) if line.value else DASH
    )
    points = DASH if line.points is None else f"{100 * line.points:.0f}"
    return [
        words.text(line.name),
        what,
        value,
        f"{bounds[0]} … {bounds[1]}",
        points,
        f"{line.weight:g}",
    ]


def lesson_sections(words: Words) -> list[Section]:
    """Return what was visible and hidden, the lesson, and the questions to discuss."""
    t, lesson = words.t, words.debrief.lesson
    if not lesson.questions:
        return []
    parts = (
        (t("Goal"), lesson.goal),
        (t("What could be seen"), lesson.visible),
        (t("What nobody could see"), lesson.hidden),
        (t("The lesson"), lesson.teaching),
    )
    said = [f"{title}: {words.text(text)}" for title, text in parts]
    questions = [words.text(question) for question in lesson.questions]
    return [
        Section("questions", t("Five questions to discuss"), items=questions),
        Section("lesson", t("What it was about"), said),
    ]
