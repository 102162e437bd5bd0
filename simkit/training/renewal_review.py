"""The review after a renewal talk: the best package there was, and what was left on the table."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from simkit.planning.renewal_terms import Best, Offer, best_offers, margin_of, money, parts_of
from simkit.scenario.record import Text
from simkit.scenario.renewals import Renewal


@dataclass(frozen=True, slots=True)
class Review:
    """What was reached beside what could have been; money over the term."""

    renewed: bool
    margin: float
    best: Best | None
    """From the start that was chosen; None when no package would have been accepted."""
    best_start: int
    """The latest start from which the most could be reached."""
    best_early: Best | None
    """From that start."""
    left_on_table: float
    """What the best package from the chosen start earns beyond what was agreed."""
    lost_by_late_start: float
    """What the best start would have allowed beyond the chosen one."""
    says: tuple[Text, ...]


def review_of(renewal: Renewal, start: int, shown: Collection[str], agreed: Offer | None) -> Review:
    """Return the review of a talk that began `start` months ahead; all packages are tried."""
    found = best_offers(renewal)
    margins = [one.margin if one else 0.0 for one in found]
    most = max(margins)
    margin = margin_of(renewal, agreed) if agreed else 0.0
    early = margins.index(most)
    review = Review(
        agreed is not None,
        margin,
        found[start - 1],
        early + 1,
        found[early],
        _more(margins[start - 1], margin),
        _more(most, margins[start - 1]),
        (),
    )
    says = tuple(_says(renewal, review, shown, agreed))
    return Review(**{**{name: getattr(review, name) for name in Review.__slots__}, "says": says})


def _more(most: float, reached: float) -> float:
    """Return what was missed, without the dust that another order of adding up leaves."""
    return max(round(most - reached, 6), 0.0)


def _says(
    renewal: Renewal, review: Review, shown: Collection[str], agreed: Offer | None
) -> Iterator[Text]:
    yield _reached(renewal, review, agreed)
    if review.best:
        yield _best(renewal, review.best)
    if review.left_on_table > 0:
        left = money(review.left_on_table)
        yield Text(
            en=f"Left on the table: {left.en} over the term.",
            zh=f"合同期内少拿了{left.zh}。",
        )
    elif agreed:
        yield Text(en="Nothing was left on the table.", zh="该拿的都拿到了。")
    yield from _preparation(renewal, review, shown)
    if agreed and (gifts := parts_of(renewal, agreed).unearned):
        yield Text(
            en="Given for nothing: " + "; ".join(one.text.en.rstrip(".") for one in gifts) + ".",
            zh="白送的让步：" + "；".join(one.text.zh.rstrip("。") for one in gifts) + "。",
        )


def _reached(renewal: Renewal, review: Review, agreed: Offer | None) -> Text:
    if not agreed:
        return Text(
            en="The contract was not renewed: no margin from here on.",
            zh="合同没有续上，往后就没有毛利了。",
        )
    version, total = parts_of(renewal, agreed).version, money(review.margin)
    yearly = money(review.margin / version.years)
    years = "1 year" if version.years == 1 else f"{version.years} years"
    return Text(
        en=f"Renewed: {total.en} of margin over {years}, {yearly.en} a year.",
        zh=f"续签成功：{version.years}年毛利{total.zh}，每年{yearly.zh}。",
    )


def _best(renewal: Renewal, best: Best) -> Text:
    parts, margin = parts_of(renewal, best.offer), money(best.margin)
    step, units = parts.tier.discount, parts.tier.from_units
    unit = renewal.contract.unit
    tier_en = f"the step price from {units:,.0f} {unit.en} on (-{step:.0%}), " if step else ""
    tier_zh = f"年用量{units:,.0f}{unit.zh}起的阶梯价（-{step:.0%}），" if step else ""
    given, back = len(best.offer.given), len(best.offer.returned)
    return Text(
        en=(
            f"The best package from your start: version {parts.version.id} "
            f"({parts.version.name.en}), price {best.offer.change:+.0%}, {tier_en}"
            f"{given} given for {back} in return, {margin.en} over the term."
        ),
        zh=(
            f"按您的启动时间，最好的方案是：{parts.version.id}版（{parts.version.name.zh}），"
            f"价格{best.offer.change:+.0%}，{tier_zh}让{given}项、换回{back}项，"
            f"合同期毛利{margin.zh}。"
        ),
    )


def _preparation(renewal: Renewal, review: Review, shown: Collection[str]) -> Iterator[Text]:
    if unseen := [one for one in renewal.delivered if one.id not in shown]:
        worth = money(sum(one.worth for one in unseen))
        yield Text(
            en=f"Never shown: delivered value of {worth.en} a year to the customer.",
            zh=f"没有展示的交付价值：每年给客户带来{worth.zh}。",
        )
    if review.lost_by_late_start > 0:
        more = money(review.lost_by_late_start)
        yield Text(
            en=f"Begun {review.best_start} months ahead, {more.en} more could have been reached.",
            zh=f"如果提前{review.best_start}个月启动，还能多拿{more.zh}。",
        )
