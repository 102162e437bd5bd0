"""Sections of a drift debrief: the verdict, the truth, the course, the reference players."""

from simkit.screens.debrief_sections import Section
from simkit.screens.debrief_words import DASH, Grid, Row
from simkit.screens.drift_end_charts import course_chart, player_names
from simkit.screens.drift_end_words import LEAST_WORLDS, DriftWords


def verdict_section(words: DriftWords) -> Section:
    """Return in plain words how it went, and the figures at a glance."""
    t, debrief = words.t, words.debrief
    judged, score = debrief.judged, debrief.score
    begun = not debrief.truth.calm and (debrief.truth.start or 0) < debrief.weeks
    missed = t("not found") if begun else DASH
    delay = missed if judged.delay is None else str(judged.delay)
    right = {True: t("yes"), False: t("no"), None: DASH}
    rows: list[Row] = [
        [t("Weeks from the true start to your alarm"), delay],
        [t("False alarms"), str(judged.false_alarms)],
        [t("Cause right"), right[judged.cause_right]],
        [t("Hours of investigation, and what they cost"), _hours(words)],
        [
            t("Worth of all you did, same customers (exact)"),
            words.money_cell(debrief.worth_all.worth.contribution),
        ],
        [t("… mean in other worlds, 95 % interval"), words.mean(debrief.worth_all.elsewhere)],
    ]
    if not debrief.truth.harmless:
        harm = t("Harm of the drift if nobody acts, same customers (exact)")
        rows.append([harm, words.money(debrief.worths.harm)])
    for name, value in (
        (t("Process score"), score.process),
        (t("Result score"), score.result),
        (t("Total score"), score.total),
    ):
        rows.append([name, DASH if value is None else f"{value:.0f} / 100"])
    caption = t("At a glance (money in {currency})").format(currency=words.currency)
    grid = Grid(caption, [t("What"), t("Value")], rows)
    return Section("verdict", t("How it went"), verdict(words), grids=[grid])


def _hours(words: DriftWords) -> str:
    debrief = words.debrief
    return f"{words.hours(debrief.hours)} · {words.money(debrief.hours_cost)}"


def verdict(words: DriftWords) -> list[str]:
    """Return in plain words how it went."""
    t, debrief = words.t, words.debrief
    said = [_seen(words), *_cried(words), *_named(words), _acted(words)]
    if not debrief.finished:
        text = t("The drill is not finished: {weeks} of {all} weeks were played.")
        said.insert(0, text.format(weeks=debrief.weeks, all=debrief.weeks_in_all))
    if debrief.written.unreadable:
        text = t("Notes in the file that could not be read were left out: {number}.")
        said.append(text.format(number=debrief.written.unreadable))
    return said


def _seen(words: DriftWords) -> str:
    t, debrief = words.t, words.debrief
    truth, judged = debrief.truth, debrief.judged
    if truth.season:
        if judged.cause_right:
            return t("It was the season, and you said so: nothing was to be repaired.")
        return t("It was the season, which comes every year: nothing was to be repaired.")
    if truth.start is None:
        if not judged.alarms:
            return t("Nothing drifted, and you raised no alarm. Leaving it alone was right.")
        return t("Nothing drifted.")
    if truth.start >= debrief.weeks:
        return t("In the weeks played, the drift had not begun yet.")
    if judged.delay is None:
        return t("The drift began in week {start}. You did not find it.").format(
            start=truth.start + 1
        )
    found = t("The drift began in week {start}; you found it before week {week}, after {delay}.")
    delay = t("1 week") if judged.delay == 1 else t("{n} weeks").format(n=judged.delay)
    return found.format(start=truth.start + 1, week=(judged.found or 0) + 1, delay=delay)


def _cried(words: DriftWords) -> list[str]:
    t, false = words.t, [alarm for alarm in words.debrief.judged.alarms if alarm.false]
    back = [alarm for alarm in false if alarm.back is not None]
    if not false:
        return []
    text = t("You cried wolf, times: {number}; taken back: {back}.")
    return [text.format(number=len(false), back=len(back))]


def _named(words: DriftWords) -> list[str]:
    t, truth, judged = words.t, words.debrief.truth, words.debrief.judged
    if judged.cause_right is None:
        return [t("You have not said yet what it was.")]
    if judged.cause_right:
        return (
            [] if truth.calm else [t("You named the cause: {cause}.").format(cause=_cause(words))]
        )
    text = t("Your last word was: {said}. It was: {cause}.")
    return [text.format(said=words.cause(judged.cause), cause=_cause(words))]


def _cause(words: DriftWords) -> str:
    return words.text(words.debrief.truth.name)


def _acted(words: DriftWords) -> str:
    """What acting was worth; only what the interval allows to say."""
    t, all_of_it = words.t, words.debrief.worth_all
    if not all_of_it.weeks:
        return t("You took no action: worth exactly 0.")
    exact = words.money(all_of_it.worth.contribution.value, signed=True)
    first = t("On these customers your actions brought {money} {currency}, exactly.").format(
        money=exact, currency=words.currency
    )
    found = all_of_it.elsewhere
    if found is None or found.low != found.low or found.pairs < LEAST_WORLDS:
        more = t("Whether that was luck cannot be told from so few other worlds.")
    else:
        more = {
            "more": t("In other worlds they bring more than no action, on average."),
            "less": t("In other worlds they bring less than no action, on average."),
        }.get(found.verdict, t("In other worlds they cannot be told from no action."))
    return ("" if words.lang == "zh" else " ").join([first, more])


def truth_section(words: DriftWords) -> Section:
    """Return what really happened."""
    t, truth = words.t, words.debrief.truth
    said = [_cause(words)]
    if truth.title:
        said = [t("“{title}”: {cause}.").format(title=words.text(truth.title), cause=_cause(words))]
    if truth.start is not None:
        text = t("From week {week} on; where: {place}.")
        said.append(text.format(week=truth.start + 1, place=words.places(truth.places)))
    said += [text for text in (words.text(truth.story),) if text]
    if truth.late:
        said.append(
            t(
                "Nothing was lost: only what was reported lagged behind what happened. The chart "
                "below shows both."
            )
        )
    if truth.lesson:
        said.append(t("The lesson: {lesson}").format(lesson=words.text(truth.lesson)))
    return Section("truth", t("What it was"), said)


def course_section(words: DriftWords) -> Section:
    """Return the figure that shows it best."""
    t, debrief = words.t, words.debrief
    notes = [
        t(
            "The figure that shows it best, as it was reported to you each Friday. The band is the "
            "forecast made a week before, as far as no light would turn red."
        )
    ]
    if all(value is None for value in debrief.course.low):
        notes.append(t("The history is too short for a forecast."))
    return Section("course", t("What could be seen"), notes, [course_chart(words)])


def reference_section(words: DriftWords) -> Section:
    """Return the learner beside the reference players."""
    t, debrief = words.t, words.debrief
    title, found = t("What is humanly possible"), debrief.references
    if found is None:
        return Section("references", title, [t("The reference players were not played.")])
    notes = [
        t(
            "The same drill, played by simple rules in {worlds} other worlds: same region, same "
            "drift, other luck; in brackets 95 % intervals. Yours is one drill on one lot of "
            "customers: good or bad luck included."
        ).format(worlds=found.worlds)
    ]
    heads = [t("Who plays"), t("Found within {weeks} weeks").format(weeks=debrief.within_weeks)]
    heads += [t("Weeks to the alarm"), t("First alarm on your customers")]
    heads += [t("False alarms"), t("Cause right")]
    heads += [t("Gain over never reacting"), t("Hours"), t("Score")]
    names, here = player_names(words), dict(debrief.course.others)
    rows: list[Row] = [_you(words)]
    rows += [
        [
            names.get(row.player, row.player),
            words.share(row.sensitivity),
            words.mean(row.delay, money=False),
            words.before_week(here.get(row.player)),
            words.share(row.false_alarms),
            words.share(row.cause_right),
            words.mean(row.gain),
            f"{row.hours:.1f}",
            DASH if row.score is None else f"{row.score:.0f}",
        ]
        for row in found.rows
    ]
    grids = [Grid(f"{title} ({words.currency})", heads, rows), _who(words)]
    return Section("references", title, notes, grids=grids)


def _you(words: DriftWords) -> Row:
    t, debrief = words.t, words.debrief
    judged, total = debrief.judged, debrief.score.total
    right = {True: t("yes"), False: t("no"), None: DASH}
    in_time = judged.delay is not None and judged.delay <= debrief.within_weeks
    return [
        t("You, in this one drill"),
        DASH if debrief.truth.calm else right[in_time],
        DASH if judged.delay is None else str(judged.delay),
        words.before_week(judged.alarms[0].week if judged.alarms else None),
        str(judged.false_alarms),
        right[judged.cause_right],
        words.money_cell(debrief.worth_all.worth.contribution),
        f"{debrief.hours:.1f}",
        DASH if total is None else f"{total:.0f}",
    ]


def _who(words: DriftWords) -> Grid:
    from simkit.study.watching import DETECTORS

    t = words.t
    rows: list[Row] = [[words.text(p.name), words.text(p.what)] for p in DETECTORS]
    return Grid(t("Who the players are"), [t("Who plays"), t("What they do")], rows, folded=True)
