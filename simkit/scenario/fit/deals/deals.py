"""From an opportunity export of a CRM system to the funnel of a scenario."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from simkit.scenario.fit.dates import Form
from simkit.scenario.fit.deals.deal_rows import Reader, read_deals
from simkit.scenario.fit.deals.deal_sample import FEWEST, LOST, UNDECIDED, WON, Sample, said
from simkit.scenario.fit.deals.deal_values import arrivals, newcomers, price_cuts, values
from simkit.scenario.fit.deals.ends_fit import as_a_whole
from simkit.scenario.fit.deals.funnel_fit import share
from simkit.scenario.fit.deals.incidence import OPEN, Incidence, incidence
from simkit.scenario.fit.deals.stage_fit import stage_by_stage
from simkit.scenario.fit.found import Estimated, Kept
from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.scenario.records import Scenario


@dataclass(frozen=True)
class DealsFit:
    """What opportunities told about the funnel of a scenario."""

    estimated: list[Estimated]
    kept: list[Kept]
    notes: list[Text]
    """What a reader should know: what the file holds, and by which rules it was read."""


def fit_deals(
    path: Any,
    base: Scenario,
    mapping: Mapping[str, Any] | None = None,
    dates: Form | None = None,
) -> DealsFit:
    """Return the funnel that the opportunity export in the CSV file `path` shows.

    `mapping`: {"amount": "their column", ..., "stages": {"their stage": "negotiate"}} for what
    `crm.yaml` does not know. `dates`: the form of dates that may be read in several ways. What the
    file does not determine stays as in `base`. All intervals are 90 % ones.

    Raises
    ------
    ScenarioError
        With every mistake of the file and its line.
    """
    rows, reader = read_deals(str(path), mapping or {}, dates)
    sample = Sample(rows)
    if len(sample) < FEWEST:
        message = f"{len(sample)} opportunities are too few to fit a funnel; at least {FEWEST}"
        raise ScenarioError([Problem(str(path), None, None, message)])
    ends = incidence(sample.ages, sample.causes, UNDECIDED)
    notes = list(_notes(sample, reader, ends, base))
    found = [*values(sample, base, notes), *price_cuts(sample, base)]
    known = _with(base, found)
    found += [*arrivals(sample, base, notes), *newcomers(sample, base)]
    if sample.has_stages:
        found += stage_by_stage(sample, known)
    else:
        found += as_a_whole(sample, ends, known)
    found += _never(base)
    told = [each for each in found if isinstance(each, Estimated)]
    return DealsFit(told, [each for each in found if isinstance(each, Kept)], notes)


def _with(base: Scenario, found: list[Estimated | Kept]) -> Scenario:
    """Return the base with what is known already of the funnel, on which the rest depends."""
    new = {each.path.rpartition(".")[2]: each.value for each in found}
    return base.but(funnel=base.funnel.but(**new))


def _never(base: Scenario) -> Iterator[Kept]:
    """Yield what opportunities say nothing about."""
    for name in (
        "best_qualified_share",
        "lead_life_days",
        "fresh_day_factor",
        "fresh_later_factor",
    ):
        yield Kept(f"funnel.{name}", getattr(base.funnel, name), LEADS)
    for name in ("quote", "legal", "delivery"):
        yield Kept(f"desks.{name}.service_days", getattr(base.desks, name).service_days, DESKS)


def _notes(sample: Sample, reader: Reader, ends: Incidence, base: Scenario) -> Iterator[Text]:
    yield _overview(sample, reader)
    yield from _fates(sample, ends)
    if reader.repeated:
        yield said(
            f"Rows that repeat an opportunity (same id, same contents): {reader.repeated}; each "
            "counts once.",
            f"{reader.repeated} 行为重复商机（编号和内容相同），只计一次。",
        )
    if len(sample.currencies) > 1 or sample.currency not in ("", base.currency):
        yield _currencies(sample, base)
    if zero := sum(deal.amount == 0 for deal in sample.deals):
        yield said(
            f"Opportunities with the amount 0: {zero}; left out of the values, counted otherwise.",
            f"{zero} 个商机的金额为 0：不参与金额估计，其他统计照常计入。",
        )


def _overview(sample: Sample, reader: Reader) -> Text:
    counts = {name: int((sample.causes == cause).sum()) for cause, name in enumerate(CAUSES)}
    first, last = date.fromordinal(sample.first), date.fromordinal(sample.last)
    en = ", ".join(f"{n:,} {name}" for name, n in counts.items())
    zh = "，".join(f"{CAUSES[name]} {n:,}" for name, n in counts.items())
    return said(
        f"{len(sample):,} opportunities, {first} to {last}, read as an export of "
        f"{reader.layout.system}: {en}. Open ones count as known until {last}.",
        f"商机 {len(sample):,} 个，{first} 至 {last}，按 {reader.layout.system} 的导出格式读取："
        f"{zh}。未结商机的情况截至 {last}。",
    )


def _fates(sample: Sample, ends: Incidence) -> Iterator[Text]:
    """Yield the share won, and a warning where the file seems to have closed deals only."""
    if not (sample.causes == OPEN).any():
        yield said(
            "No opportunity is open. If the file has closed ones only, recent quick deals are over-"
            "represented: export all that were created in a period.",
            "文件中没有未结商机。如只导出了已关闭的商机，近期成交快的商机会占比过高："
            "请导出某一时期内创建的全部商机。",
        )
    if ends.counts[WON - 1] and ends.counts.sum() > ends.counts[WON - 1]:
        value, variance = ends.ratio([WON], [WON, LOST, UNDECIDED])
        won = share(value, variance, int(ends.counts.sum()))
        days = ends.day_sums[WON - 1] / ends.shares[WON - 1]
        known = 1.0 - ends.undecided
        yield said(
            f"{known:.0%} of the deals come to an end within the time that the file follows them; "
            f"of these are won {won.value:.1%} ({won.low:.1%} - {won.high:.1%}), on average "
            f"{days:.0f} working days after creation; open deals weighted in (Aalen-Johansen).",
            f"在文件可追踪的时间内有结果的商机占 {known:.0%}，其中赢单率 {won.value:.1%}"
            f"（{won.low:.1%} - {won.high:.1%}），从创建到赢单平均 {days:.0f} 个工作日；"
            "未结商机已按 Aalen-Johansen 法计入。",
        )


def _currencies(sample: Sample, base: Scenario) -> Text:
    listed = ", ".join(f"{name or '?'} {n:,}" for name, n in sample.currencies.most_common(5))
    return said(
        f"Currencies: {listed}. Values are estimated from those in {sample.currency or '?'} alone, "
        f"nothing is converted; the base scenario counts in {base.currency}.",
        f"币种：{listed}。金额只按 {sample.currency or '?'} 的商机估计，不作换算；"
        f"基础场景的币种为 {base.currency}。",
    )


CAUSES = {"open": "未结", "won": "赢单", "lost": "丢单", "no decision": "未作决定"}
LEADS = said(
    "the file has opportunities, not the leads before them", "文件只有商机，没有此前的线索"
)
DESKS = said(
    "needs the times at which work came to the desk, began and ended; so do staff and patience",
    "需要各部门接单、开始和完成的时间；人数和客户耐心同理",
)
