"""Is a plan fair: quota against potential, how even it is, and how far the chances lie apart."""

import html
from typing import TYPE_CHECKING

from simkit.planning.fairness import Fairness, fairness
from simkit.screens.charts import table_html
from simkit.screens.target_bench import Bench
from simkit.screens.target_words import per_cent, place_names, rep_names, told

if TYPE_CHECKING:
    import pandas as pd

    from simkit.study.attainability import Judgement


def fairness_of(bench: Bench, judged: "Judgement") -> Fairness | None:
    """Return how fair the quotas are, None while there are none."""
    amounts, facts, targets = bench.amounts, bench.facts, bench.room.scenario.targets
    if amounts is None or facts is None or targets is None:
        return None
    return fairness(
        {rep: float(amount) for rep, amount in amounts.items()},
        facts.potential[0],
        facts.reps,
        {rep: chance.value for rep, chance in judged.reps.items()},
        targets.fair_share,
        targets.likely[0],
        {rep.id: rep.name for rep in bench.room.scenario.reps},
    )


def fairness_html(bench: Bench, judged: "Judgement") -> str:
    """Return verdict, figures and table of the fairness of the quotas."""
    found, t, room = fairness_of(bench, judged), bench.room.t, bench.room
    if found is None:
        return ""
    likely = room.scenario.targets.likely  # type: ignore[union-attr]
    text = t(
        "Gini of quota / potential: {gini} (0: all alike). Likely enough to stretch and to be "
        "reached: {low} to {high}; {inside} of {all} reps lie there."
    )
    inside = sum(likely[0] <= chance.value <= likely[1] for chance in judged.reps.values())
    figures = text.format(
        gini=f"{found.gini:.2f}",
        low=per_cent(likely[0]),
        high=per_cent(likely[1]),
        inside=inside,
        all=len(judged.reps),
    )
    title = t("Quota over potential, the region = 1")
    verdict = (
        f'<p class="{"sk-outcome" if found.fair else "sk-short"}">'
        f"<strong>{html.escape(found.verdict.in_(room.lang))}</strong></p>"
    )
    return verdict + told(figures) + table_html(_table(found, bench, judged), title)


def _table(found: Fairness, bench: Bench, judged: "Judgement") -> "pd.DataFrame":
    import pandas as pd

    room, t = bench.room, bench.room.t
    rows = {
        name: [_ratio(found.ratios[rep]), _word(rep, found, bench, judged)]
        for rep, name in rep_names(room).items()
    }
    for place, name in place_names(room).items():
        rows[f"▸ {name}"] = [_ratio(found.territories.get(place)), ""]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[t("Load"), t("Verdict")])


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _word(rep: str, found: Fairness, bench: Bench, judged: "Judgement") -> str:
    t, ratio = bench.room.t, found.ratios[rep]
    low, high = bench.room.scenario.targets.likely  # type: ignore[union-attr]
    chance = judged.reps[rep].value
    words = []
    if rep in found.unfair:
        words.append(t("load too heavy") if ratio is None or ratio > 1 else t("load too light"))
    if chance < low:
        words.append(t("hardly to be reached"))
    elif chance > high:
        words.append(t("no stretch"))
    return t(", ").join(words) or t("fair, attainable, stretching")
