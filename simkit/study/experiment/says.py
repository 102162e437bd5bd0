"""What a comparison says in words: one sentence for each row, and notes on the whole."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.words import amount, number, share_of, signed, worlds
from simkit.study.experiment.worlds import Results

if TYPE_CHECKING:
    from simkit.study.experiment.compare import Row

HELPS_LITTLE = 2.0
"""A saving below that is worth a warning: the two policies soon lead lives of their own."""
SAVES_MUCH = 10.0
MOST_ON_SAVING = 6
FEWEST_TO_JUDGE = 10
"""Worlds below which variances are too uncertain to speak of what common luck saves."""


def says(row: "Row", results: Results, kpi: Kpi, a: Arm, b: Arm) -> Text:
    """Return the answer of one row in a sentence or two."""
    currency = a.scenario.currency
    if row.verdict == "undefined":
        return _undefined(row, kpi, a, b)
    if row.verdict == "no difference at all":
        return _identical(row, results, kpi, a, b)
    if row.verdict == "too few worlds":
        return _too_few(row, kpi, currency, a, b)
    if row.verdict == "no detectable difference":
        return _not_seen(row, kpi, currency, a, b)
    return _seen(row, kpi, currency, a, b)


def _seen(row: "Row", kpi: Kpi, currency: str, a: Arm, b: Arm) -> Text:
    more = row.difference > 0
    by, share = amount(row.difference, kpi, currency), share_of(row.difference, row.mean_a)
    in_zh = share.replace(" (", "（").replace(" %)", "%）")
    low, high = sorted((row.low, row.high), key=abs)
    least, most = amount(low, kpi, currency), amount(high, kpi, currency)
    best = {"b better": b, "b worse": a}.get(row.verdict)
    en = f"{kpi.title.en}: {f'“{best.title.en}” is better. ' if best else ''}It is "
    en += f"{by.en}{share} {'higher' if more else 'lower'} under “{b.title.en}” than under "
    en += f"“{a.title.en}”, between {least.en} and {most.en} ({worlds(row.n)})."
    zh = f"{kpi.title.zh}：{f'“{best.title.zh}”更优。' if best else ''}“{b.title.zh}”比"
    zh += f"“{a.title.zh}”{'高' if more else '低'} {by.zh}{in_zh}，区间为 {least.zh}至 {most.zh}"
    return Text(en=en, zh=f"{zh}（{row.n} 个模拟世界）。")


def _not_seen(row: "Row", kpi: Kpi, currency: str, a: Arm, b: Arm) -> Text:
    low, high = signed(row.low, kpi, currency), signed(row.high, kpi, currency)
    en = f"{kpi.title.en}: no detectable difference between “{a.title.en}” and “{b.title.en}” in "
    en += f"{row.n} worlds. The true one may lie anywhere from {low.en} to {high.en}."
    zh = f"{kpi.title.zh}：{row.n} 个模拟世界里看不出“{a.title.zh}”与“{b.title.zh}”的差别，"
    zh += f"真实差距可能在 {low.zh}到 {high.zh}之间。"
    if row.needed is not None:
        en += f" To see one of 2 % takes about {row.needed:,} worlds."
        zh += f"要看出 2% 的差距，大约需要 {row.needed:,} 个世界。"
    return Text(en=en, zh=zh)


def _too_few(row: "Row", kpi: Kpi, currency: str, a: Arm, b: Arm) -> Text:
    found = signed(row.difference, kpi, currency)
    where_en, where_zh = "the only world compared", "只比了一个模拟世界"
    if row.n > 1:
        where_en = f"each of only {row.n} worlds compared"
        where_zh = f"只比了 {row.n} 个模拟世界，每个世界里"
    en = f"{kpi.title.en}: too few worlds to say anything: “{b.title.en}” less “{a.title.en}” is "
    en += f"{found.en} in {where_en}, which may be luck."
    zh = f"{kpi.title.zh}：世界太少，不能下结论。{where_zh}，“{b.title.zh}”减"
    zh += f"“{a.title.zh}”为 {found.zh}，可能只是运气。"
    return Text(en=en, zh=zh)


def _undefined(row: "Row", kpi: Kpi, a: Arm, b: Arm) -> Text:
    n = row.undefined
    return Text(
        en=f"{kpi.title.en}: cannot be said of “{a.title.en}” and “{b.title.en}”: in none of {n} "
        "worlds is it defined under both.",
        zh=f"{kpi.title.zh}：无法比较。{n} 个模拟世界里，没有一个能同时算出“{a.title.zh}”和"
        f"“{b.title.zh}”的这项指标。",
    )


def _identical(row: "Row", results: Results, kpi: Kpi, a: Arm, b: Arm) -> Text:
    why_en = f"they decided differently, but in all {row.n} worlds this came out the same"
    why_zh = "决策虽有不同，但这项指标毫无变化"
    if never_differ(results, a.name, b.name):
        why_en = f"in {worlds(row.n)} they never decided differently"
        why_zh = "两者的决策始终一致"
        if a.scenario != b.scenario:
            why_en += ", and the settings in which they differ did not move it"
            why_zh += "，设置上的差异也没有影响这项指标"
    en = f"{kpi.title.en}: no difference at all between “{a.title.en}” and “{b.title.en}”: "
    zh = f"{kpi.title.zh}：“{a.title.zh}”与“{b.title.zh}”毫无差别："
    return Text(en=f"{en}{why_en}.", zh=f"{zh}{row.n} 个模拟世界里，{why_zh}。")


def never_differ(results: Results, a: str, b: str) -> bool:
    """Return whether two arms decided the same in every week of every world."""
    by_arm = [[results.summaries[arm, w].decisions for w in results.worlds] for arm in (a, b)]
    return by_arm[0] == by_arm[1]


def notes_on(
    results: Results,
    rows: Sequence["Row"],
    pairs: Sequence[tuple[Arm, Arm]],
    confidence: float,
) -> Iterator[Text]:
    """Yield what whoever reads the rows should know."""
    yield from dict.fromkeys(note for arm in results.arms for note in arm.player.notes)
    for a, b in pairs:
        if a.scenario == b.scenario and never_differ(results, a.name, b.name):
            yield Text(
                en=f"“{a.title.en}” and “{b.title.en}” never decided differently: in these worlds "
                "they are one and the same policy.",
                zh=f"“{a.title.zh}”与“{b.title.zh}”从未作出不同决策，在这些世界里等于同一个策略。",
            )
    kpis = {kpi.name: kpi for kpi in results.kpis}
    titles = {arm.name: arm.title for arm in results.arms}
    for row in rows:
        yield from _left_out(row, kpis[row.kpi], titles[row.a], titles[row.b])
    meant = [row for row in rows if row.kpi in ("revenue", rows[0].kpi)]
    for row in meant[:MOST_ON_SAVING]:
        yield from _on_saving(row, kpis[row.kpi], titles[row.a], titles[row.b])
    yield _on_intervals(len(pairs), len({row.kpi for row in rows}), confidence)


def _left_out(row: "Row", kpi: Kpi, a: Text, b: Text) -> Iterator[Text]:
    if row.undefined and row.n:
        total = row.n + row.undefined
        yield Text(
            en=f"{kpi.title.en} of “{a.en}” and “{b.en}”: undefined in {row.undefined} of {total} "
            "worlds, which are left out.",
            zh=f"{kpi.title.zh}（“{a.zh}”、“{b.zh}”）：{total} 个世界中有 {row.undefined} "
            "个算不出，已剔除。",
        )


def _on_saving(row: "Row", kpi: Kpi, a: Text, b: Text) -> Iterator[Text]:
    """Say what common luck is worth, also where it is worth little."""
    if row.saving is None or row.needed is None or row.n < FEWEST_TO_JUDGE:
        return
    times, alone = number(row.saving), math.ceil(row.needed * row.saving)
    en = f"{kpi.title.en} of “{a.en}” and “{b.en}”: a difference of 2 % takes about "
    en += f"{row.needed:,} worlds, and about {alone:,} where each had luck of its own "
    en += f"({times} times as many)."
    zh = f"{kpi.title.zh}（“{a.zh}”、“{b.zh}”）：看出 2% 的差距约需 {row.needed:,} "
    zh += f"个世界；若各用各的随机数，约需 {alone:,} 个（{times} 倍）。"
    if row.saving < HELPS_LITTLE:
        en += " Common luck helps little here: the two soon lead lives of their own."
        zh += "这里共用随机数帮助不大：两者很快就各走各的路。"
    elif row.saving < SAVES_MUCH:
        en += " That is less than usual: what they do changes much of what happens."
        zh += "节省不算多：两者的做法改变了许多后续事件。"
    yield Text(en=en, zh=zh)


def _on_intervals(pairs: int, kpis: int, confidence: float) -> Text:
    sure = f"{100 * confidence:g}"
    en = f"The intervals are of the mean difference, world by world, at {sure} % (Student's t)."
    zh = f"区间为逐个世界相减后平均差距的 {sure}% 置信区间（t 分布）。"
    if pairs > 1:
        each = f"{100 * (1 - (1 - confidence) / pairs):.4g}"
        en += f" They hold for all {pairs} pairs of a figure at once: each is one of {each} % "
        en += "(Bonferroni)."
        zh += f"同一指标的 {pairs} 组比较同时成立：每组按 {each}% 计算（Bonferroni 校正）。"
    if kpis > 1:
        en += f" Between the {kpis} figures nothing is corrected: look at the one that was meant."
        zh += f"{kpis} 个指标之间不作校正，请以事先选定的那个为准。"
    return Text(en=en, zh=zh)
