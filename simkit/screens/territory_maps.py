"""The map as a picture, and its indices as tables, before and after."""

import html
import math
from typing import TYPE_CHECKING

from simkit.planning.realign import costs
from simkit.planning.territories import FAIR, Indices, SalesMap, share_outside
from simkit.screens.charts import COLOURS, new_figure, picture_html, table_html
from simkit.screens.levers import amount_text, unit_text
from simkit.screens.territory_desk import Desk

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = "o^sD"
SIZES = {"key": 46.0, "regular": 16.0, "tail": 7.0}
PUBLISHED_SHARE = 0.55
"""Share of territories too large or too small: Sinha and Zoltners 2001, Interfaces 31(3)."""
MOST_NAMED = 40
"""Accounts that change hands and are listed one by one."""


def map_chart(desk: Desk, of: SalesMap, title: str) -> "Figure":
    """Draw customers as dots, in colour and shape of their rep, and where the reps set out from."""
    with new_figure(desk.lang, 4.2, 5.0) as (figure, axes):
        for place, (name, mine) in enumerate(of.lists.items()):
            colour = COLOURS[place // 2 % 4]
            axes.scatter(
                [a.spot[0] for a in mine],
                [a.spot[1] for a in mine],
                [SIZES[a.klass] for a in mine],
                marker=MARKS[place % 2 + place // 8 * 2 % 4],
                facecolors="none" if place % 2 else colour,
                edgecolors=colour,
                alpha=0.75,
                label=desk.reps[name],
            )
        _homes(axes, desk, of)
        axes.set_aspect("equal")
        axes.set_xlabel(desk.t("km"), fontsize=8)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.tick_params(labelsize=8)
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
        figure.legend(
            loc="outside lower center", ncols=4, frameon=False, fontsize=8,
            handletextpad=0.1, columnspacing=1.0,
        )  # fmt: skip
    return figure


def _homes(axes: "Axes", desk: Desk, of: SalesMap) -> None:
    for name, seller in of.sellers.items():
        x, y = seller.home
        axes.plot(x, y, "*", color="black", markersize=11, markeredgecolor="white", zorder=5)
        axes.annotate(
            desk.reps[name], (x, y), (0, 6), textcoords="offset points", ha="center", fontsize=7.5,
            bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.4},
        )  # fmt: skip


def maps_html(desk: Desk, after: bool) -> str:
    """Return the map today, or with `after` the new one beside it; "" without geography."""
    if desk.scenario.geography is None:
        return ""
    t = desk.t
    note = t(
        "One dot is one customer, in the colour and shape of its rep; large dots are key accounts. "
        "Stars are where the reps set out from."
    )
    pictures = _picture(desk, desk.before, t("Today"))
    pictures += _picture(desk, desk.after, t("Your map")) if after else ""
    said = "" if after else f"<p>{html.escape(note)}</p>"
    return f'<div class="sk-maps">{pictures}</div>{said}'


def _picture(desk: Desk, of: SalesMap, title: str) -> str:
    t, reps = desk.t, of.of_reps()
    km = t("{rep}: {number} customers, {km} km on average")
    said = [
        km.format(rep=desk.reps[n], number=i.accounts, km=f"{i.km:.0f}") for n, i in reps.items()
    ]
    alt = f"{title}. {'; '.join(said)}"
    return f'<div class="sk-map">{picture_html(map_chart(desk, of, title), alt)}</div>'


def headline_html(desk: Desk, after: bool) -> str:
    """Return in a sentence how uneven the map is, today beside what was published."""
    t = desk.t
    before, now = (
        share_text(share_outside(i.workload for i in of.of_reps().values()))
        for of in (desk.before, desk.after)
    )
    if after:
        text = t(
            "Workload more than 15 % above or below what fits: {before} → {after} of the reps."
        )
        return f"<p>{html.escape(text.format(before=before, after=now))}</p>"
    text = t(
        "Workload more than 15 % above or below what fits: {before} of the reps. Published: "
        "{published} of territories are too large or too small (Sinha and Zoltners 2001)."
    ).format(before=before, published=share_text(PUBLISHED_SHARE))
    filled = {a.territory for a in desk.before.accounts.values()}
    empty = t("{place} has no customers: nobody needs to be there.")
    lonely = [title for name, title in desk.places.items() if name not in filled]
    notes = [empty.format(place=title) for title in lonely]
    return "".join(f"<p>{html.escape(line)}</p>" for line in [text, *notes])


def indices_html(desk: Desk, after: bool) -> str:
    """Return the indices of reps and of territories as tables: today, or today and then."""
    t, new = desk.t, desk.after if after else desk.before
    note = t(
        "Workload: calls that the accounts need, longer ways counting as more, over the calls the "
        "rep can make; 1.00 just fits, from {low} to {high} is well sized. Potential: of the "
        "accounts, over the mean."
    ).format(low=f"{FAIR[0]:.2f}", high=f"{FAIR[1]:.2f}")
    reps = _table(desk.before.of_reps(), new.of_reps(), desk.reps, desk)
    places = _table(desk.before.of_territories(), new.of_territories(), desk.places, desk)
    tables = table_html(reps.rename_axis(t("Rep")), t("Reps"))
    tables += table_html(
        places.rename_axis(t("Territory")),
        t("Territories: all that the reps based there look after"),
    )
    return tables if after else f"{tables}<p>{html.escape(note)}</p>"


def _table(
    before: dict[str, Indices], after: dict[str, Indices], names: dict[str, str], desk: Desk
) -> "pd.DataFrame":
    import pandas as pd

    t = desk.t
    heads = {
        "workload": (t("Workload"), "{:.2f}"),
        "potential": (t("Potential"), "{:.2f}"),
        "km": (t("Mean way, km"), "{:.0f}"),
        "accounts": (t("Customers"), "{:.0f}"),
        "key_accounts": (t("Key accounts"), "{:.0f}"),
    }
    rows = {}
    for name, title in names.items():
        old, new = (part.get(name, Indices(0, 0, 0, 0, 0)) for part in (before, after))
        rows[title] = [
            _both(getattr(old, what), getattr(new, what), form) for what, (_, form) in heads.items()
        ]
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=[head for head, _ in heads.values()]
    )


def _both(old: float, new: float, form: str) -> str:
    texts = [form.format(value) for value in (old, new)]
    return texts[0] if texts[0] == texts[1] else " → ".join(texts)


def changes_html(desk: Desk) -> str:
    """Return who changes hands: how many, how much, and the largest by name."""
    import pandas as pd

    t, moved = desk.t, desk.after.moved_since(desk.before)
    if not moved:
        return f"<p>{html.escape(t('Nobody changes hands so far.'))}</p>"
    total = math.fsum(a.potential for a in desk.before.accounts.values()) or 1.0
    text = t(
        "{number} of {all} accounts change hands, {key} of them key accounts, with {share} of the "
        "potential."
    ).format(
        number=len(moved),
        all=len(desk.before.accounts),
        key=sum(a.klass == "key" for a in moved),
        share=share_text(math.fsum(a.potential for a in moved) / total, 1),
    )
    money = unit_text("money", desk.lang, desk.scenario.currency)
    heads = [t("Class"), t("Potential, {money} a week").format(money=money), t("From"), t("To")]
    rows = {
        desk.accounts[a.id]: [
            desk.classes()[a.klass],
            amount_text(a.potential, "money", desk.lang),
            desk.reps[desk.before.whose[a.id]],
            desk.reps[desk.after.whose[a.id]],
        ]
        for a in moved[:MOST_NAMED]
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=heads).rename_axis(t("Customer"))
    caption = t("Who changes hands, the largest first")
    if len(moved) > MOST_NAMED:
        caption = t("Who changes hands: the {number} largest").format(number=MOST_NAMED)
    inside = html.escape(t("The list of those who change hands"))
    lines = "".join(f"<li>{html.escape(desk.told(step))}</li>" for step in desk.steps)
    return (
        f"<p>{html.escape(text)}</p><ol>{lines}</ol>"
        f"<details><summary>{inside}</summary>{table_html(table, caption)}</details>"
    )


def costs_html(desk: Desk) -> str:
    """Return what the two maps cost on paper, before anything is played."""
    import pandas as pd

    t = desk.t
    names = {
        "balance": t("Uneven workload"),
        "potential": t("Uneven potential (fairness)"),
        "travel": t("Ways longer than usual"),
        "continuity": t("Relationships lost"),
    }
    parts = [costs(of, desk.before) for of in (desk.before, desk.after)]
    rows = {title: [_share(part[name]) for part in parts] for name, title in names.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[t("Today"), t("Your map")])
    return table_html(table, t("On paper: what it costs, in % of the sales of two years"))


def share_text(value: float, digits: int = 0) -> str:
    """Return a share in per cent."""
    return f"{100 * value:.{digits}f} %"


def _share(value: float) -> str:
    text = f"{100 * value:+.2f}".replace("-", "−")
    return text if text.strip("+−0.") else "0"
