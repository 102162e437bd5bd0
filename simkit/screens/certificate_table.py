"""The certificate of a scenario for a terminal, in two languages."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simkit.scenario.records import Scenario
from simkit.screens.texts import Translate, translator
from simkit.study.certify import Certificate, PlayerResult
from simkit.study.levers_alone import LEVER_SHARE, LeverAlone
from simkit.study.ranking import Pair, Share


def show_certificate(
    found: Certificate, scenario: Scenario, lang: str, console: Console | None = None
) -> None:
    """Print the players, the pairs, the criteria, luck and minutes."""
    console = console or Console(width=None if Console().is_terminal else 120)
    t = translator(lang)
    console.print(f"[bold]{escape(scenario.name.in_(lang))}[/]")
    console.print(_players(found.players, found.ranking.places, t))
    console.print(_pairs(found.ranking.pairs, t))
    order = found.ranking.order
    sure = " > ".join(order) if order else t("cannot tell for all players")
    console.print(t("Order: {order}").format(order=sure))
    for line in [*_skill(found, t), *_levers(found.levers, t), *_luck(found, lang, t)]:
        console.print(line)
    for name, met in found.criteria.items():
        verdict = {True: t("met"), False: t("NOT MET"), None: t("not measured")}[met]
        console.print(f"  {_criterion(name, t)}: {verdict}")


def _criterion(name: str, t: Translate) -> str:
    return {
        "skill_is_rewarded": t("Skill is rewarded"),
        "acting_pays": t("Acting pays"),
        "no_lever_dominates": t("No lever dominates"),
    }[name]


def _players(
    players: tuple[PlayerResult, ...], places: dict[str, tuple[int, int]], t: Translate
) -> Table:
    title = t("Contribution by player, in thousands")
    table = Table(title=title, title_justify="left")
    table.add_column(t("player"))
    names = [t("mean"), t("from"), t("to"), t("s.d."), "10 %", "50 %", "90 %"]
    for name in [*names, t("place"), t("customers lost")]:
        table.add_column(name, justify="right")
    for p in players:
        money = (p.mean, p.low, p.high, p.sd, p.p10, p.p50, p.p90)
        first, last = places[p.name]
        place = f"{first}" if first == last else f"{first}-{last}"
        table.add_row(p.name, *map(_thousands, money), place, f"{p.customers_lost:.1f}")
    return table


def _pairs(pairs: tuple[Pair, ...], t: Translate) -> Table:
    table = Table(title=t("All pairs in the same worlds"), title_justify="left")
    for name in (t("first"), t("second")):
        table.add_column(name)
    for name in (t("difference"), t("from"), t("to"), t("first wins in")):
        table.add_column(name, justify="right")
    table.add_column(t("verdict"))
    for p in pairs:
        better = t("{player} is better").format(player=p.better) if p.better else t("cannot tell")
        money = map(_thousands, (p.difference, p.low, p.high))
        table.add_row(p.first, p.second, *money, _share(p.first_wins), better)
    return table


def _skill(found: Certificate, t: Translate) -> list[str]:
    skill = found.skill
    won = t("{good} beats {weak} in {share} of the worlds that did not choose the two.")
    gain = t("{good} brings {gain} thousand more than doing nothing ({low} to {high}).")
    money = {"gain": skill.gain, "low": skill.gain_low, "high": skill.gain_high}
    told = {name: _thousands(value) for name, value in money.items()}
    return [
        won.format(good=skill.good, weak=skill.weak, share=_share(skill.wins)),
        gain.format(good=skill.good, **told),
    ]


def _levers(levers: tuple[LeverAlone, ...] | None, t: Translate) -> list[str]:
    if levers is None:
        return [t("Single levers were not measured: there is no gain to share out.")]
    lines = [t("What each lever alone brings of that gain:")]
    for lever in levers:
        mark = t("dominates (at least {share})") if lever.dominates else ""
        mark = mark.format(share=f"{LEVER_SHARE:.0%}")
        unsure = "" if lever.certain else t("too close to be certain")
        lines.append(
            "  ".join(w for w in ("", lever.name, f"{lever.share:.0%}", mark, unsure) if w)
        )
    return lines


def _luck(found: Certificate, lang: str, t: Translate) -> list[str]:
    luck = t("Luck is {own} of the variance of results, {same} when all play in the same world.")
    time = t(
        "About {minutes} minutes to play {weeks} weeks with {offers} offers, without planning "
        "and debrief."
    )
    about = found.time
    return [
        luck.format(own=f"{found.luck.share:.0%}", same=f"{found.luck.share_same_world:.0%}"),
        time.format(minutes=round(about.minutes[lang]), weeks=about.weeks, offers=about.offers),
    ]


def _share(found: Share) -> str:
    return f"{found.value:.0%} ({found.low:.0%}-{found.high:.0%})"


def _thousands(value: float) -> str:
    return f"{value / 1000:,.0f}"
