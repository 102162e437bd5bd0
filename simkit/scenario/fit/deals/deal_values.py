"""How many opportunities come, what they are worth, and what is taken off the price."""

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from simkit.scenario.fit.deals.deal_rows import Deal
from simkit.scenario.fit.deals.deal_sample import FEWEST, Sample, array, said
from simkit.scenario.fit.deals.funnel_fit import (
    Range,
    chi_squared,
    discounts,
    lognormal_values,
    rate,
    share,
    student,
)
from simkit.scenario.fit.deals.incidence import Array
from simkit.scenario.fit.found import Estimated, Kept
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario, Territory

Found = Iterator[Estimated | Kept]
MOST_DISCOUNT = 0.3
"""The largest discount limit that a scenario allows."""
MOST_SIGMA = 3.0
"""The largest spread of values that a scenario allows."""


def estimated(path: str, found: Range, rows: int, how: Text) -> Estimated:
    """Return an estimate from its range."""
    return Estimated(path, found.value, found.low, found.high, rows, how)


def usual_discount(scenario: Scenario) -> float:
    """Return the average discount of the funnel of a scenario."""
    return scenario.funnel.discount_limit_share * scenario.funnel.discount_used_share


# Arrivals


def arrivals(sample: Sample, base: Scenario, notes: list[Text]) -> Found:
    """Yield the leads of each territory, as far as opportunities tell them."""
    counts = Counter(territory_of(deal, base) for deal in sample.deals)
    notes.append(_per_week(sample, counts, base))
    leads = sum(territory.leads_per_week for territory in base.territories)
    if base.funnel.needs_rep:
        yield Kept("territories.*.leads_per_week", leads, NEEDS_REP)
        return
    chance = base.funnel.best_qualified_share / 2.0  # the score of a lead is uniform
    spread = _spread(sample)
    for place in base.territories:
        part = place.leads_per_week / leads if leads else 1.0 / len(base.territories)
        count = counts[place.id] if counts.total() > counts[""] else len(sample)
        weight = 1.0 if counts.total() > counts[""] else part
        found = rate(count, sample.weeks, spread).times(weight / chance)
        yield estimated(f"territories.{place.id}.leads_per_week", found, count, ARRIVALS)


def territory_of(deal: Deal, base: Scenario) -> str:
    """Return the id of the territory that a deal names, by id or name; "" when there is none."""
    name = deal.territory.casefold()
    return next((t.id for t in base.territories if name in _names(t)), "")


def _names(territory: Territory) -> tuple[str, ...]:
    return territory.id.casefold(), territory.name.en.casefold(), territory.name.zh.casefold()


def _spread(sample: Sample) -> float:
    """Variance over mean of the arrivals of a week, where it is significantly above 1."""
    weeks = (sample.ordinals("created") - sample.first) // 7
    counts = np.bincount(weeks)[: max(1, int(sample.weeks))]
    if len(counts) < FEWEST:
        return 1.0
    ratio = float(counts.var(ddof=1) / counts.mean())
    return ratio if ratio * (len(counts) - 1) > chi_squared(0.95, len(counts) - 1) else 1.0


def _per_week(sample: Sample, counts: Counter[str], base: Scenario) -> Text:
    found = rate(len(sample), sample.weeks, _spread(sample))
    line = f"{found.value:.3g} ({found.low:.3g} - {found.high:.3g})"
    by_place = ", ".join(
        f"{place.id} {counts[place.id] / sample.weeks:.3g}"
        for place in base.territories
        if counts[place.id]
    )
    owners = len({deal.owner for deal in sample.deals} - {""})
    unknown = Counter(
        d.territory for d in sample.deals if d.territory and not territory_of(d, base)
    )
    en, zh = f"Opportunities a week: {line}", f"每周新增商机：{line}"
    if by_place:
        en, zh = f"{en}; by territory: {by_place}", f"{zh}；按片区：{by_place}"
    if owners:
        en, zh = f"{en}; owners: {owners}", f"{zh}；负责人 {owners} 名"
    if unknown:
        shown = ", ".join(f"{name} ({n})" for name, n in unknown.most_common(5))
        en = f"{en}; not a territory of the base scenario: {shown}"
        zh = f"{zh}；基础场景中没有的片区：{shown}"
    return said(f"{en}.", f"{zh}。")


# Values and discounts


def values(sample: Sample, base: Scenario, notes: list[Text]) -> Found:
    """Yield mean and spread of the list value of opportunities."""
    priced = sample.priced()
    paths = ("funnel.deal_value", "funnel.deal_sigma")
    if len(priced) < FEWEST:
        few = few_rows(len(priced), "amounts above 0", "个大于 0 的金额")
        yield from (Kept(path, getattr(base.funnel, path[7:]), few) for path in paths)
        return
    listed = array([_list_value(deal, usual_discount(base)) for deal in priced])
    mean, sigma = lognormal_values(listed)
    if sigma.value > MOST_SIGMA:
        yield from (Kept(path, getattr(base.funnel, path[7:]), TOO_WIDE) for path in paths)
        return
    yield estimated(paths[0], mean, len(priced), VALUE)
    yield estimated(paths[1], sigma, len(priced), SIGMA)
    plain = float(listed.mean())
    if abs(math.log(plain / mean.value)) > math.log(1.25):
        notes.append(_not_lognormal(plain, mean.value))


def _list_value(deal: Deal, usual: float) -> float:
    if deal.list_amount:
        return deal.list_amount
    off = deal.discount if deal.discount is not None else usual
    return (deal.amount or 0.0) / (1.0 - off) if deal.state == "won" else (deal.amount or 0.0)


def given(sample: Sample) -> Array:
    """Return the discounts of won deals of which the file tells."""
    won = (deal for deal in sample.deals if deal.state == "won")
    found = (
        deal.discount
        if deal.discount is not None
        else 1.0 - deal.amount / deal.list_amount
        if deal.amount and deal.list_amount
        else None
        for deal in won
    )
    return array([value for value in found if value is not None and value >= 0.0])


def price_cuts(sample: Sample, base: Scenario) -> Found:
    """Yield the limit of discounts and the share of it that is used."""
    off = given(sample)
    paths = ("funnel.discount_limit_share", "funnel.discount_used_share")
    top = float(off.max()) if len(off) else 0.0
    why = None
    if len(off) < FEWEST:
        why = NO_LIST if not len(off) else few_rows(len(off), "discounts", "笔折扣")
    elif not 0.0 < top <= MOST_DISCOUNT:
        why = said(
            f"the largest discount is {top:.1%}, a scenario allows limits above 0 up to 30 %",
            f"最大折扣为 {top:.1%}，场景允许的折扣上限须大于 0 且不超过 30%",
        )
    if why:
        yield from (Kept(path, getattr(base.funnel, path[7:]), why) for path in paths)
        return
    elasticity = base.market.price_elasticity if base.market.on else 0.0
    some = off[off > 1e-6]
    limit, used = discounts(some, elasticity) if len(some) > 0.95 * len(off) else _by_mean(off)
    yield estimated(paths[0], limit, len(off), LIMIT)
    yield estimated(paths[1], used, len(off), USED)


def _by_mean(off: Array) -> tuple[Range, Range]:
    """Limit and use where many deals got no discount at all: the largest, and the mean over it."""
    top, mean = float(off.max()), float(off.mean())
    reach = student(len(off) - 1) * float(off.std(ddof=1)) / math.sqrt(len(off))
    low, high = max(0.0, mean - reach) / top, min(top, mean + reach) / top
    return Range(top, top, min(MOST_DISCOUNT, top * 20 ** (1 / len(off)))), Range(
        mean / top, low, high
    )


def newcomers(sample: Sample, base: Scenario) -> Found:
    """Yield the share of won deals that bring a new customer."""
    won = [deal.kind for deal in sample.deals if deal.state == "won" and deal.kind]
    path = "funnel.new_customer_share"
    if len(won) < FEWEST:
        yield Kept(path, base.funnel.new_customer_share, NO_KIND)
        return
    value = won.count("new") / len(won)
    yield estimated(path, share(value, value * (1 - value) / len(won), len(won)), len(won), KIND)


def few_rows(rows: int, what_en: str, what_zh: str) -> Text:
    """Return the reason that there are too few rows."""
    return said(
        f"only {rows} {what_en}; at least {FEWEST} are needed",
        f"只有 {rows} {what_zh}，至少需要 {FEWEST} 个",
    )


def _not_lognormal(plain: float, fitted: float) -> Text:
    return said(
        f"The mean of the values is {plain:,.0f}, that of the lognormal law {fitted:,.0f}: the "
        "values are not lognormal (several kinds of deals?). Check deal_value.",
        f"金额的算术平均为 {plain:,.0f}，对数正态拟合的均值为 {fitted:,.0f}："
        "金额并不服从对数正态分布（可能混有几类不同的商机），请核对 deal_value。",
    )


NEEDS_REP = said(
    "the file has opportunities, not the leads before them, and how many leads become "
    "opportunities depends on the reps' time; to fit the number of opportunities, use a base "
    "scenario with funnel.needs_rep: false",
    "文件只有商机，没有此前的线索，而线索转化为商机的数量取决于销售代表的时间；如要按商机数量拟合，"
    "请选用 funnel.needs_rep: false 的基础场景",
)
ARRIVALS = said(
    "opportunities created per week (Poisson, wider where weeks vary more), divided by the chance "
    "that a lead becomes one in the base scenario",
    "每周新增商机数（泊松区间，周间波动过大时放宽），再除以基础场景中线索转化为商机的概率",
)
VALUE = said(
    "mean of lognormal amounts of all opportunities at list price; prices of won deals are put "
    "back to list by their own discount, or by the usual one of the base scenario",
    "全部商机标价金额的对数正态均值；赢单的成交价按其折扣（未知时按基础场景的通常折扣）还原为标价",
)
SIGMA = said(
    "standard deviation of the logarithm of the same amounts, chi-squared interval",
    "上述金额取对数后的标准差（卡方区间）",
)
TOO_WIDE = said(
    "the amounts spread over more than five orders of magnitude; check their unit",
    "金额跨度超过五个数量级，请检查单位",
)
NO_LIST = said(
    "the file has neither list amounts nor discounts of won deals",
    "文件中没有赢单的标价金额或折扣",
)
LIMIT = said(
    "the largest discount of a won deal and how near it must be to the limit",
    "赢单中的最大折扣，以及它与上限可能的差距",
)
USED = said(
    "mean discount of won deals as a share of the limit",
    "赢单平均折扣占上限的比例",
)
NO_KIND = said(
    "the file does not say which won deals are with new customers (column Type)",
    "文件没有说明哪些赢单来自新客户（类型列）",
)
KIND = said(
    "share of won deals that are new business, Wilson's interval",
    "赢单中新客户的占比（Wilson 区间）",
)
