"""Views of a gap in sales: the steps that add up to it, and the fishbone."""

from typing import TYPE_CHECKING, Any

from simkit.kpi.diagnosis.fishbone import Fishbone, fishbone_of, usual_sizes
from simkit.kpi.diagnosis.flows import DEALS, ROUTINE
from simkit.kpi.diagnosis.gap import DEAL, Gap, Step, gap_of
from simkit.screens.diagnosis_charts import sided_bars
from simkit.screens.diagnosis_fishbone import fishbone_chart
from simkit.screens.diagnosis_words import DASH, Words, view_html
from simkit.screens.texts import Translate

if TYPE_CHECKING:
    import pandas as pd


def link_names(t: Translate) -> dict[str, str]:
    """Return what the links of routine sales and of deals are called."""
    return {
        "customers": t("Customers there"),
        "orders": t("Orders per customer"),
        "listed": t("Order value at list price"),
        "paid": t("Price realised on orders"),
        "leads": t("New leads"),
        "answered": t("Leads answered"),
        "qualified": t("Leads that qualify"),
        "quoted": t("Quotes made"),
        "negotiated": t("Quotes that lead to talks"),
        "contracted": t("Talks that lead to a contract"),
        "won": t("Contracts signed"),
        "won_listed": t("Deal value at list price"),
        "won_paid": t("Price realised on deals"),
    }


def way_names(t: Translate) -> dict[str, str]:
    """Return what the ways to sales are called."""
    return {
        "key": t("Key accounts"),
        "regular": t("Regular accounts"),
        "tail": t("Long-tail accounts"),
        DEAL: t("Deals"),
    }


def against_words(words: Words, gap: Gap) -> str:
    """Return which periods are compared."""
    text = words.t("{place}, {weeks} against {compared}")
    return text.format(
        place=words.place(gap.place),
        weeks=words.weeks(gap.span),
        compared=words.compared(gap.compared, gap.span),
    )


def funnel_html(words: Words, place: str, weeks: int, against: str, **_: Any) -> str:
    """Return the view of the steps that add up to a gap in sales."""
    t, gap = words.t, gap_of(words.facts, weeks, against, place)
    names = link_names(t)
    rows = [(names[link], gap.amount(link=link)) for link in (*ROUTINE, *DEALS)]
    rows.append((t("Whole gap"), gap.gap))
    title = t("Where the gap in sales shows")
    money = words.unit("money")
    label = t("{money}: {periods}").format(money=money, periods=against_words(words, gap))
    chart = sided_bars(rows, title=title, x_label=label, lang=words.lang, total=1)
    low = min(rows[:-1], key=lambda row: row[1])
    high = max(rows[:-1], key=lambda row: row[1])
    said = t(
        "Sales {before} → {now}, a gap of {gap}. The largest step down: {low} ({low_amount}); the "
        "largest step up: {high} ({high_amount})."
    ).format(
        before=words.room.money(gap.before),
        now=words.room.money(gap.now),
        gap=words.room.money(gap.gap, signed=True),
        low=low[0],
        low_amount=words.money(low[1], signed=True),
        high=high[0],
        high_amount=words.money(high[1], signed=True),
    )
    return view_html(words, [said], chart, said, _table(words, gap), _notes(words, gap))


def _notes(words: Words, gap: Gap) -> list[str]:
    t = words.t
    notes = [
        t(
            "The steps add up to the gap exactly (logarithmic mean, Ang 2004). They say where it "
            "shows, not why. Leads and deals are counted in the period in which they happened."
        )
    ]
    if any(step.part.joined for step in gap.steps):
        text = t("A step marked * had nothing in it and is told together with the next one.")
        notes.append(text)
    return notes


def _table(words: Words, gap: Gap) -> "pd.DataFrame":
    import pandas as pd

    t, ways, links = words.t, way_names(words.t), link_names(words.t)
    rows = {}
    for step in gap.steps:
        mark = "*" if step.part.joined else ""
        name = t(": ").join([ways[step.way], links[step.link] + mark])
        rows[name] = [*_factors(words, step), words.money(step.part.amount, signed=True)]
    sums = [words.money(gap.before), words.money(gap.now), words.money(gap.gap, signed=True)]
    rows[t("Sum")] = sums
    heads = [t("Before"), t("Now"), t("Part of the gap")]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=heads)
    return table.rename_axis(t("Step"))


WORTH_SAYING = 0.02
"""Share of sales from which a bone is pointed at (assumption)."""
UNITS = {
    **dict.fromkeys(("customers", "orders", "leads"), ""),
    **dict.fromkeys(("listed", "won_listed"), "money"),
}


def _factors(words: Words, step: Step) -> list[str]:
    unit = UNITS.get(step.link, "share")
    values = (step.part.before, step.part.now)
    if unit == "share":
        return [words.share(value) for value in values]
    return [words.amount(value, unit) for value in values]


def bone_names(t: Translate) -> dict[str, str]:
    """Return what the bones of the fishbone are called."""
    return {
        "people": t("People"),
        "market": t("Market"),
        "product": t("Product and service"),
        "process": t("Process"),
        "data": t("Data"),
        "calendar": t("Calendar"),
        "": t("Not explained"),
    }


def part_names(t: Translate) -> dict[str, str]:
    """Return what the contributions on the bones are called."""
    deals = {f"deals_{link}": name for link, name in link_names(t).items() if link in DEALS}
    return {
        **{link: name for link, name in link_names(t).items() if link in ROUTINE},
        **deals,
        "season": t("Usual season"),
        "not_entered": t("Delivered, not entered"),
        "missed": t("Orders not served"),
        "own_orders": t("Single reps' orders"),
        "rest": t("Orders per customer, the rest"),
    }


def fishbone_html(words: Words, place: str, weeks: int, against: str, **_: Any) -> str:
    """Return the view of the fishbone with what each bone contributes in money."""
    t, found = words.t, fishbone_of(words.facts, weeks, against, place)
    usual = usual_sizes(words.facts, weeks, against, place)
    names, parts = bone_names(t), part_names(t)
    bones = {
        bone: (name, found.amount(bone), _largest(found, bone, parts))
        for bone, name in names.items()
    }
    title = t("Fishbone of the gap in sales")
    head = t("Gap {gap}").format(gap=words.room.money(found.gap.gap, signed=True))
    label = t("{money}: {periods}").format(
        money=words.unit("money"), periods=against_words(words, found.gap)
    )
    chart = fishbone_chart(bones, head=head, title=title, x_label=label, lang=words.lang)
    said = _largest_bone(words, found, names, usual)
    return view_html(
        words, said, chart, words.sentences(said), _bones(words, found, usual), _mapping(t)
    )


def _largest(found: Fishbone, bone: str, parts: dict[str, str]) -> list[tuple[str, float]]:
    sums: dict[str, float] = {}
    for each in found.contributions:
        if each.bone == bone:
            sums[parts[each.name]] = sums.get(parts[each.name], 0.0) + each.amount
    return sorted(sums.items(), key=lambda item: -abs(item[1]))[:2]


def _largest_bone(
    words: Words, found: Fishbone, names: dict[str, str], usual: dict[str, float]
) -> list[str]:
    t = words.t
    bone = max(names, key=lambda name: abs(found.amount(name)))
    text = t("The gap is {gap}. The largest part shows at: {bone} ({amount}).")
    said = [
        text.format(
            gap=words.room.money(found.gap.gap, signed=True),
            bone=names[bone],
            amount=words.room.money(found.amount(bone), signed=True),
        )
    ]
    if usual:
        least = WORTH_SAYING * found.gap.before
        out = [names[b] for b in names if abs(found.amount(b)) > max(least, 2.0 * usual[b])]
        text = t("More than twice their usual size, and worth 2 % of sales: {bones}.")
        nothing = t("No bone worth 2 % of sales is more than twice its usual size.")
        said.append(text.format(bones=t(", ").join(out)) if out else nothing)
    return said


def _mapping(t: Translate) -> list[str]:
    return [
        t(
            "How it is measured. People: leads answered, and what single reps' customers order "
            "beyond what their territory has in common. Market: leads and how many qualify, "
            "contracts signed, sizes and prices. Product and service: customers who came or went, "
            "orders not served. Process: quotes, talks, contracts. Data: delivered, not entered. "
            "Calendar: the usual season. The rest is orders per customer that none of this "
            "explains."
        ),
        t(
            "Contributions say where the gap shows; they do not prove a cause. "
            "Usual size: root mean square of the same bone in earlier comparisons."
        ),
    ]


def _bones(words: Words, found: Fishbone, usual: dict[str, float]) -> "pd.DataFrame":
    import pandas as pd

    t, names, parts = words.t, bone_names(words.t), part_names(words.t)
    rows: list[list[str]] = []
    for bone, name in names.items():
        size = words.money(usual[bone]) if usual else DASH
        rows.append([name, words.money(found.amount(bone), signed=True), size])
        rows += [
            [f"– {part}", words.money(amount, signed=True), ""]
            for part, amount in _largest(found, bone, parts)
            if bone
        ]
    rows.append([t("Whole gap"), words.money(found.gap.gap, signed=True), ""])
    heads = [t("Bone"), t("Part of the gap"), t("Usual size")]
    return pd.DataFrame(rows, columns=heads).set_index(heads[0])
