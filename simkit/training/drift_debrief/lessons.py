"""Five lines on what to do differently, from what was measured: the largest losses first."""

from collections.abc import Callable

from simkit.scenario.record import Text
from simkit.training.drift_debrief.score import Scored
from simkit.training.drift_debrief.worths import Worths

LINES = 5
USUAL = (
    Text(
        en="Write down before you look what would change your mind, and by when.",
        zh="看数之前先写下：看到什么、到哪一周，我就改变判断。",
    ),
    Text(
        en="Compare a week with its forecast and with the same weeks of last year, not with the "
        "week before.",
        zh="拿本周和预测比、和去年同期比，不要只和上周比。",
    ),
    Text(
        en="Look for a second figure that must move if your cause is the right one.",
        zh="如果原因判断对了，必定还有第二个指标会动——去找它。",
    ),
    Text(
        en="State how sure you are each time, and look at how often you were right.",
        zh="每次判断都说清有几成把握，事后对照自己说中了几成。",
    ),
    Text(
        en="One action at a time: two at once, and nobody knows which one helped.",
        zh="一次只动一处；两招齐下，就说不清是哪一招管用。",
    ),
)
"""What is always right; fills the lines that nothing else fills."""


def lessons_of(s: Scored, worths: Worths) -> tuple[Text, ...]:
    """Return five lines: what this drill gives reason for, then what always holds."""
    said = [rule(s) for rule in RULES]
    said.insert(RULES.index(_late) + 1, _wrong_remedy(s, worths))
    found = [text for text in said if text is not None]
    return tuple([*found, *USUAL][:LINES])


def _cried_wolf(s: Scored) -> Text | None:
    times = s.judged.false_alarms
    if not times:
        return None
    return Text(
        en=f"You cried wolf, times: {times}. Wait for a second week, or for a second figure, "
        "before you raise an alarm: among so many figures one is always the worst.",
        zh=f"您误报了 {times} 次。报警之前再等一周，或再找一个指标佐证：指标一多，总有一个垫底。",
    )


def _left_standing(s: Scored) -> Text | None:
    if not any(alarm.false and alarm.back is None for alarm in s.judged.alarms):
        return None
    return Text(
        en="Take an alarm back as soon as the figures return to their forecast; one that stands "
        "for weeks makes everybody deaf to the next.",
        zh="指标回到预测范围，就及时撤回警报；一直挂着的警报，会让大家对下一次充耳不闻。",
    )


def _missed(s: Scored) -> Text | None:
    start = s.truth.start
    if start is None or s.judged.found is not None or s.weeks - start < 2:
        return None
    return Text(
        en="You did not report the drift. Add up small surprises week after week, as a CUSUM does: "
        "none of them is large, their sum is.",
        zh="这次漂移您没有报出来。像 CUSUM 那样，把每周的小意外累加起来看："
        "单周都不大，加起来就大了。",
    )


def _late(s: Scored) -> Text | None:
    delay = s.judged.delay
    if delay is None or delay <= s.within_weeks / 2:
        return None
    return Text(
        en=f"You needed {delay} weeks from the start. Decide beforehand which figure you look at "
        "each Friday for each cause: the leading one moves first.",
        zh=f"从开始漂移到发现用了 {delay} 周。事先想好：每种原因，周五先看哪个指标——"
        "先行指标最早动。",
    )


def _wrong_cause(s: Scored) -> Text | None:
    if s.judged.cause_right is not False or (s.truth.calm and s.judged.false_alarms):
        return None
    if not s.truth.calm and s.judged.found is None:
        return None
    return Text(
        en="The cause was another one. Name two causes that fit, and ask the one question whose "
        "answer differs between them.",
        zh="原因判断错了。先列出两个说得通的原因，再去问那个“两者答案不同”的问题。",
    )


def _season(s: Scored) -> Text | None:
    if not s.truth.season or s.judged.cause_right:
        return None
    return Text(
        en="Lay the same weeks of the last two years beside it first: what comes every year needs "
        "no remedy.",
        zh="先把前两年的同几周摆在一起看：年年都来的，不用治。",
    )


def _late_entry(s: Scored) -> Text | None:
    if not s.truth.late or s.judged.cause_right:
        return None
    return Text(
        en="Ask first whether it falls at all: count the same thing twice, where it is entered and "
        "where it is delivered.",
        zh="先问“是不是真的降了”：同一件事两头数，一头看录入，一头看发货。",
    )


def _wrong_remedy(s: Scored, worths: Worths) -> Text | None:
    if worths.everything.elsewhere is None or worths.everything.elsewhere.verdict != "less":
        return None
    return Text(
        en="Your actions cost more than they brought. Act only on a cause that you can name, and "
        "stop what does not help at its check.",
        zh="您的措施花的比挣的多。说得出原因再出手；检查时不见效的，就停掉。",
    )


def _idle(s: Scored) -> Text | None:
    if s.truth.harmless or s.actions or s.judged.found is None:
        return None
    return Text(
        en="You saw the drift and did nothing. A small remedy that is checked after two weeks is "
        "cheaper than certainty.",
        zh="您看到了漂移却没有出手。先上一个小措施、两周后检查，比等到十拿九稳更划算。",
    )


def _unplanned(s: Scored) -> Text | None:
    if not s.actions - {plan.action for plan in s.written.plans}:
        return None
    return Text(
        en="Give each action an owner, a figure and a date, before it begins.",
        zh="每项措施开始之前，先定负责人、指标和检查日期。",
    )


def _unchecked(s: Scored) -> Text | None:
    if not any(plan.checked is None and plan.due < s.weeks for plan in s.written.plans):
        return None
    return Text(
        en="Keep the date of the check: keep, stop or change. An action that nobody checks goes on "
        "costing.",
        zh="到期就检查：继续、停止还是调整。没人检查的措施，会一直花钱。",
    )


def _did_not_ask(s: Scored) -> Text | None:
    if s.written.asked or s.judged.cause_right:
        return None
    return Text(
        en="You asked nobody. An hour of looking into the right figure costs less than a week of "
        "the wrong remedy.",
        zh="您什么都没查。花一小时看对指标，比下错药一周便宜。",
    )


RULES: tuple[Callable[[Scored], Text | None], ...] = (
    _missed,
    _cried_wolf,
    _season,
    _late_entry,
    _wrong_cause,
    _late,
    _did_not_ask,
    _left_standing,
    _idle,
    _unplanned,
    _unchecked,
)
