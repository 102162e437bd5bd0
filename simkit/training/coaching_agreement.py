"""How far coaches and scorer agree on the same answers, and what that allows to claim.

Two raters, blind, at least 100 answers in each language: below that the figures are shown and
nothing is claimed. A scorer can claim no more than coaches reach among themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from simkit.kpi.agreement import Interval, icc_2_1, icc_words, kappa_words, weighted_kappa
from simkit.scenario.record import Text
from simkit.scenario.rubric import BEHAVIOURS, Rubric, load_rubric
from simkit.training.practice import Practice
from simkit.training.practice_records import Points

SCORER = ""
"""The scorer's place among the names of raters; coaches have names."""
LEAST = 100
"""Answers of one language scored by both below which nothing is claimed (a rater study)."""
FITTED = 200
"""Answers scored by two coaches below which no model may be fitted to scores."""
LANGUAGES = {"en": Text(en="English", zh="英文"), "zh": Text(en="Chinese", zh="中文")}


@dataclass(frozen=True)
class Pair:
    """Two raters on the answers that both scored; `first` is SCORER or a coach.

    `items`: quadratically weighted kappa by behaviour; `total`: ICC(2,1) of the sums of the eight
    points, before any cap, on answers where both scored all eight. NaN where it cannot be said:
    use `figure` on screens. The intervals take answers as independent of each other.
    """

    first: str
    second: str
    items: dict[str, Interval]
    total: Interval
    n: int
    """Answers of which both scored at least one behaviour."""

    @property
    def with_scorer(self) -> bool:
        """Whether one of the two is the scorer."""
        return self.first == SCORER


@dataclass(frozen=True)
class Agreement:
    """All pairs of raters on the answers of one language, and what may be said of them."""

    lang: str
    pairs: tuple[Pair, ...]
    double: int
    """Answers that two coaches or more scored in full."""
    abstained: int
    """Answers scored by a coach that the scorer did not judge."""
    claims: tuple[Text, ...]

    @property
    def coaches(self) -> tuple[Pair, ...]:
        """The pairs of coaches."""
        return tuple(pair for pair in self.pairs if not pair.with_scorer)

    @property
    def scorer(self) -> tuple[Pair, ...]:
        """The scorer beside each coach."""
        return tuple(pair for pair in self.pairs if pair.with_scorer)


def agreement(practice: Practice, lang: str, rubric: Rubric | None = None) -> Agreement:
    """Return how far coaches and scorer agree on the answers of a language, "en" or "zh".

    What coaches overrode does not count: the scorer is judged by its own points. Fellow trainees
    (`CoachScore.peer`) are no raters.
    """
    answers = {each.id: each.points for each in practice.attempts if each.lang == lang}
    given: dict[str, dict[str, Points]] = {}
    for each in practice.scores:
        if each.answer_id in answers and not each.peer:
            given.setdefault(each.coach, {})[each.answer_id] = each.points
    coaches = sorted(given)
    scorer = {name: points for name, points in answers.items() if points}
    pairs = [_pair(SCORER, name, scorer, given[name]) for name in coaches]
    pairs += [_pair(a, b, given[a], given[b]) for a, b in combinations(coaches, 2)]
    full = [name for each in given.values() for name, points in each.items() if _is_full(points)]
    double = sum(full.count(name) >= 2 for name in {*full})
    scored = {name for each in given.values() for name in each}
    claims = _claims(pairs, double, lang, rubric or load_rubric())
    return Agreement(lang, tuple(pairs), double, len(scored - {*scorer}), tuple(claims))


def _is_full(points: Points) -> bool:
    return len(points) == len(BEHAVIOURS)


def _pair(first: str, second: str, a: dict[str, Points], b: dict[str, Points]) -> Pair:
    both = sorted({*a} & {*b})
    items = dict[str, Interval]()
    for behaviour in BEHAVIOURS:
        rated = [name for name in both if behaviour in a[name] and behaviour in b[name]]
        one, other = ([each[name][behaviour] for name in rated] for each in (a, b))
        items[behaviour] = weighted_kappa(one, other)
    full = [name for name in both if _is_full(a[name]) and _is_full(b[name])]
    total = icc_2_1([[sum(a[name].values()), sum(b[name].values())] for name in full])
    return Pair(first, second, items, total, len(both))


def figure(found: Interval) -> Text:
    """Return a figure with its interval and n as people read it, also where it cannot be said."""
    if not found.known:
        en = f"cannot be said (n = {found.n})"
        return Text(en=en, zh=f"无法判断（n = {found.n}）")
    value, low, high = (f"{each + 0.0:.2f}" for each in found[:3])
    en = f"{value} ({low} to {high}, n = {found.n})"
    return Text(en=en, zh=f"{value}（{low} 至 {high}，n = {found.n}）")


def words(found: Interval, total: bool = False) -> Text | None:
    """Return what the literature calls a kappa, or the ICC of totals; None: nothing is claimed."""
    if found.n < LEAST or not found.known:
        return None
    return icc_words(found.low, found.high) if total else kappa_words(found.value)


# What may be said


def _claims(pairs: Sequence[Pair], double: int, lang: str, rubric: Rubric) -> list[Text]:
    coaches = [pair for pair in pairs if not pair.with_scorer]
    scorer = [pair for pair in pairs if pair.with_scorer]
    found = [_of_pair(pair, lang) for pair in coaches]
    if not coaches:
        found.append(_one_coach(bool(scorer)))
    judged = [pair for pair in coaches if words(pair.total, total=True)]
    ceiling = min(judged, key=lambda pair: pair.total.low, default=None)
    found += [_of_pair(pair, lang) if _few(pair) else _of_scorer(pair, ceiling) for pair in scorer]
    many = [pair for pair in (*judged, *scorer) if not _few(pair)]
    if ceiling and any(pair.with_scorer for pair in many):
        found.append(_ceiling(many, rubric))
    return [*found, _fitted(double), *ALWAYS]


def _few(pair: Pair) -> bool:
    return pair.total.n < LEAST


def _who(pair: Pair) -> Text:
    if pair.with_scorer:
        return Text(en=f"The scorer and {pair.second}", zh=f"规则评分与{pair.second}")
    return Text(en=f"{pair.first} and {pair.second}", zh=f"{pair.first}与{pair.second}")


def _of_pair(pair: Pair, lang: str) -> Text:
    who, n, tongue = _who(pair), pair.total.n, LANGUAGES[lang]
    if _few(pair):
        en = f"{who.en}: {n} {tongue.en} answers scored in full by both. Nothing is "
        en += f"claimed below {LEAST}; use the figures to talk about single answers."
        zh = f"{who.zh}：两边都评全的{tongue.zh}回答有 {n} 条，不到 {LEAST} 条，不下任何结论；"
        return Text(en=en, zh=zh + "这些数字只适合拿来逐条讨论。")
    return _on_total(pair, pair.total)


def _of_scorer(pair: Pair, ceiling: Pair | None) -> Text:
    """What the scorer may claim beside a coach: no more than the coaches least in agreement."""
    who = _who(pair)
    if ceiling is None:
        en = f"{who.en}: nothing is claimed until two coaches have scored at least {LEAST} of the "
        en += "same answers, and their totals can be judged."
        zh = f"{who.zh}：要等两位教练评过至少 {LEAST} 条同样的回答，能判断他们的一致性，才下结论。"
        return Text(en=en, zh=zh)
    most, own = ceiling.total, pair.total
    capped = own._replace(low=min(own.low, most.low), high=min(own.high, most.high))
    if words(capped, total=True) == words(own, total=True):
        return _on_total(pair, own)
    said, at_most = _on_total(pair, own, capped), _who(ceiling)
    en = f"{said.en} It is not called better than that of {at_most.en}."
    return Text(en=en, zh=f"{said.zh}评价不高于{at_most.zh}之间的一致性。")


def _on_total(pair: Pair, shown: Interval, judged: Interval | None = None) -> Text:
    """Say how far a pair agrees on the total, judged by the interval shown or by another."""
    who, called = _who(pair), words(judged or shown, total=True)
    if called is None:
        en = f"{who.en}: the totals do not differ enough to judge agreement by."
        return Text(en=en, zh=f"{who.zh}：总分几乎没有差别，无法判断一致性。")
    said = figure(shown)
    en = f"{who.en}: agreement on the total is {called.en}, judged on the interval of the ICC "
    zh = f"{who.zh}：总分一致性为“{called.zh}”（按 ICC 的 95% 区间判断，Koo 和 Li 2016）："
    return Text(en=f"{en}(Koo and Li 2016): {said.en}.", zh=f"{zh}{said.zh}。")


def _one_coach(any_coach: bool) -> Text:
    if not any_coach:
        en = "No coach has scored an answer yet: nothing is known of how good the scores are."
        return Text(en=en, zh="还没有教练评过分：分数准不准，目前一无所知。")
    en = "Only one coach has scored: how far coaches agree among themselves is not known, and "
    zh = "只有一位教练评过分：教练之间有多一致还不知道，规则评分也就没有可比的上限。"
    return Text(en=en + "without it nothing can be said of the scorer.", zh=zh)


def _ceiling(pairs: Sequence[Pair], rubric: Rubric) -> Text:
    """What the scorer may claim by behaviour: no more than the raters least in agreement."""
    said = {"en": list[str](), "zh": list[str]()}
    for behaviour in BEHAVIOURS:
        found = [pair.items[behaviour] for pair in pairs]
        least = min(found, key=lambda each: each.value if each.known else -2.0)
        called = words(least) or Text(en="nothing", zh="不下结论")
        for lang in said:
            name, shown = rubric.item(behaviour).name.in_(lang), figure(least).in_(lang)
            colon, comma = (": ", ", ") if lang == "en" else ("：", "，")
            said[lang].append(f"{name}{colon}{called.in_(lang)}{comma}{shown}")
    en = "By behaviour, the lowest weighted kappa of any two raters, which is the most that the "
    en += "scorer may claim (Landis and Koch 1977): "
    zh = "逐项行为取任意两位评分者之间最低的加权 kappa，规则评分最多只能声称到这一步"
    zh += "（Landis 和 Koch 1977）："
    return Text(en=f"{en}{'; '.join(said['en'])}.", zh=f"{zh}{'；'.join(said['zh'])}。")


def _fitted(double: int) -> Text:
    en = f"{double} answers were scored in full by two coaches or more. "
    zh = f"有两位以上教练评全的回答共 {double} 条。"
    if double < FITTED:
        en += f"Below {FITTED} no model may be fitted to scores: the rules stay as they are."
        return Text(en=en, zh=zh + f"不到 {FITTED} 条，不能用来拟合模型，规则保持不变。")
    en += "That is enough to try a fitted model, tested on cards that it has not seen."
    return Text(en=en, zh=zh + "数量够试着拟合模型，但必须用它没见过的卡片来检验。")


ALWAYS = (
    Text(
        en="The scorer can claim no more than coaches reach among themselves. Coaches who spoke of "
        "the answers before they scored were not blind, and their figures say nothing.",
        zh="规则评分再好，也不能超过教练之间的一致程度。评分前互相讨论过，就不算盲评，数字也就没有意义。",
    ),
    Text(
        en="Agreement is not validity: raters can agree on the wrong thing. Nothing here shows "
        "that a higher score wins more deals.",
        zh="评得一致，不等于评得对：大家可能一起看走眼。这里没有任何证据说明分数高就能多签单。",
    ),
    Text(
        en="These scores are for practice. They are not for hiring, pay, promotion or dismissal.",
        zh="分数只用于练习，不得用于招聘、定薪、晋升或辞退。",
    ),
)
"""What holds whatever the figures are."""
