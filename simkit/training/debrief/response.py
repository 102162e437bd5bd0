"""The best response on offer: searched on the game's customers, then played elsewhere."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from simkit.region.decision import Decision
from simkit.region.responses import PREPARED
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Shock
from simkit.study.intervals import Difference, paired_difference
from simkit.study.workers import Tell
from simkit.training.debrief.conduct import Conduct
from simkit.training.debrief.explained import Explained
from simkit.training.debrief.replays import contributions

TOP = 3
"""Combinations that are also played in other worlds."""
MOST_TOGETHER = 5
"""Options in one combination."""
PLAYER = "your_decisions"
IN_HINDSIGHT = Text(
    en=(
        "Contribution with these options less contribution without any action, both with the "
        "customers and the luck of this game. What is best here was picked after the fact."
    ),
    zh=(
        "采用这些选项的贡献利润 − 不作为的贡献利润，客户与运气都和本局相同。"
        "这里的“最优”是事后挑出来的。"
    ),
)
IN_ADVANCE = Text(
    en=(
        "Mean over the other worlds of: contribution with these options less contribution without "
        "any action, both with the luck of that world; 95 % interval of Student's t."
    ),
    zh=(
        "在其他各个世界里，采用这些选项的贡献利润 − 不作为的贡献利润"
        "（同一世界、同样运气），取平均；"
        "95 % 区间按 t 分布。"
    ),
)


@dataclass(frozen=True)
class Option:
    """Something on offer: asked for from the first week on in which it can be, until the last."""

    id: str
    name: Text
    first: int
    last: int
    levers: tuple[tuple[str, object], ...] = ()
    """Levers it sets; an answer or preparation has none."""


@dataclass(frozen=True)
class Candidate:
    """A combination of options, or the person's own decisions: gains over no action in money.

    `elsewhere`: the mean gain in other worlds with its 95 % interval; `against_player`: what the
    person's own decisions brought there, less this. None where it was not played elsewhere.
    """

    id: str
    options: tuple[str, ...]
    hindsight: Explained
    elsewhere: Difference | None = None
    elsewhere_explained: Explained | None = None
    player_less_this: Difference | None = None


@dataclass(frozen=True)
class BestResponse:
    """What the search found.

    `tried`: all combinations with their gain on the game's customers, the best first.
    `candidates`: the person's own decisions and the best few, also played in other worlds.
    `in_hindsight`, `in_advance`: ids of candidates; "" where doing nothing is best.
    `curse`: gain of the best in hindsight less its mean gain in other worlds.
    """

    options: tuple[Option, ...]
    tried: tuple[tuple[tuple[str, ...], float], ...]
    candidates: tuple[Candidate, ...]
    in_hindsight: str
    in_advance: str
    curse: float | None


def offered(scenario: Scenario, weeks: int) -> list[Option]:
    """Return the options of a scenario that can be asked for in the first `weeks` weeks."""
    shocks = {s.id: s for s in scenario.shocks if s.known_week + 1 < weeks}
    found = [*_preparations(scenario, shocks), *_answers(shocks.values(), weeks)]
    return [*found, *_levers(scenario, list(shocks.values()), weeks)] if found else []


def _end(shock: Shock) -> int:
    return shock.start_week + shock.weeks - 1


def _answers(shocks: Iterable[Shock], weeks: int) -> Iterator[Option]:
    for shock in shocks:
        for answer in shock.answers:
            first, last = shock.known_week + 1, min(_end(shock), weeks - 1)
            if first <= last:
                yield Option(f"{shock.id}:{answer.id}", answer.name, first, last)


def _preparations(scenario: Scenario, shocks: dict[str, Shock]) -> Iterator[Option]:
    """Kept until what they are against is over."""
    for each in scenario.preparations:
        ends = [_end(shocks[name]) for name in each.against if name in shocks]
        if ends:
            yield Option(f"{PREPARED}:{each.id}", each.name, 0, max(ends))


def _levers(scenario: Scenario, shocks: list[Shock], weeks: int) -> Iterator[Option]:
    """The levers that serve against a crisis, and the reserve that pays for them."""
    known = min(s.known_week for s in shocks) + 1
    last = min(max(map(_end, shocks)), weeks - 1)
    reserve = scenario.costs.reserve
    if reserve:
        name = Text(en="Release the whole reserve", zh="动用全部储备金")
        yield Option("release_reserve", name, known, weeks - 1, (("release_reserve", reserve),))
    if scenario.stock.on:
        name = Text(en="Backup supplier", zh="启用备用供应商")
        yield Option("backup_supplier", name, known, last, (("backup_supplier", True),))
        name = Text(en="Thicker safety stock from the start", zh="一开始就加厚安全库存")
        yield Option("safety_factor", name, 0, last, (("safety_factor", 2.0),))


def decisions_with(conduct: Conduct, options: Sequence[Option]) -> tuple[Decision, ...]:
    """Return the decisions of somebody who takes these options and does nothing else."""
    made: dict[tuple[Option, ...], Decision] = {}

    def decide(week: int) -> Decision:
        taken = tuple(o for o in options if o.first <= week <= o.last)
        if taken not in made:
            levers = {name: value for option in taken for name, value in option.levers}
            answers = tuple(option.id for option in taken if not option.levers)
            made[taken] = conduct.start.but(answers=answers, **levers) if taken else conduct.start
        return made[taken]

    return tuple(map(decide, range(conduct.weeks)))


Gains = dict[tuple[Option, ...], float]


def search(
    options: Sequence[Option], gains_of: Callable[[list[tuple[Option, ...]]], list[float]]
) -> Gains:
    """Return the gain of each option alone, then of the best so far with each of the others.

    Greedy: it stops when nothing more improves, so that it may miss options that only help
    together. `gains_of` returns the gain of each combination.
    """
    found: Gains = {}
    best: tuple[Option, ...] = ()
    while len(best) < MOST_TOGETHER:
        more = [(*best, option) for option in options if option not in best]
        if not more:
            break
        found |= dict(zip(more, gains_of(more), strict=True))
        top = max(more, key=lambda combination: found[combination])
        if best and found[top] <= found[best]:
            break
        best = top
    return found


def best_response(
    conduct: Conduct,
    realised: float,
    nothing: float,
    seeds: Sequence[int],
    workers: int,
    tell: Tell,
) -> tuple[BestResponse, dict[str, list[float]]]:
    """Search the options; return the result, and contributions in other worlds by who decided.

    `realised`, `nothing`: contribution of the game, and without any action. The worlds hold the
    person's decisions, no action ("no_action"), and the best few combinations.
    """
    options = offered(conduct.scenario, conduct.weeks)

    def gains_of(combinations: list[tuple[Option, ...]]) -> list[float]:
        plays = [decisions_with(conduct, combination) for combination in combinations]
        world = [conduct.seed]
        # How long the search takes is not known beforehand; whoever listens can end it here.
        found = contributions(conduct.scenario, world, plays, workers, lambda *_: tell(0, 1))
        return [values[0] - nothing for values in found]

    gains = search(options, gains_of) if options else {}
    ranked = sorted(gains.items(), key=lambda item: -item[1])
    chosen = {_name(combination): combination for combination in _best_few(ranked)}
    plays = {PLAYER: conduct.decisions, "no_action": conduct.no_action}
    plays |= {name: decisions_with(conduct, combination) for name, combination in chosen.items()}
    lists = contributions(conduct.scenario, seeds, list(plays.values()), workers, tell)
    worlds = dict(zip(plays, lists, strict=True))
    own = (PLAYER, (), realised - nothing)
    found = [own, *((n, tuple(o.id for o in c), gains[c]) for n, c in chosen.items())]
    candidates = [_candidate(*each, nothing, worlds, seeds) for each in found]
    tried = tuple((tuple(o.id for o in c), gain) for c, gain in ranked)
    return _result(tuple(options), tried, candidates), worlds


def _best_few(ranked: list[tuple[tuple[Option, ...], float]]) -> list[tuple[Option, ...]]:
    """The best few that differ in what they bring: an option that changes nothing adds nothing."""
    first = {gain: combination for combination, gain in reversed(ranked)}
    return [first[gain] for gain in sorted(first, reverse=True)[:TOP]]


def _name(options: Sequence[Option]) -> str:
    return "+".join(option.id for option in options)


def _candidate(
    name: str,
    options: tuple[str, ...],
    gain: float,
    nothing: float,
    worlds: dict[str, list[float]],
    seeds: Sequence[int],
) -> Candidate:
    values = (("with_it", nothing + gain), ("no_action", nothing))
    hindsight = Explained(gain, "money", IN_HINDSIGHT, values=values)
    gains = _less(worlds[name], worlds["no_action"])
    each = tuple((f"seed {seed}", gained) for seed, gained in zip(seeds, gains, strict=True))
    mean = paired_difference(gains)
    explained = Explained(mean.mean, "money", IN_ADVANCE, values=each)
    beaten = paired_difference(_less(worlds[PLAYER], worlds[name]))
    return Candidate(name, options, hindsight, mean, explained, beaten)


def _less(one: Sequence[float], other: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(one, other, strict=True)]


def _result(
    options: tuple[Option, ...],
    tried: tuple[tuple[tuple[str, ...], float], ...],
    candidates: list[Candidate],
) -> BestResponse:
    searched = [each for each in candidates if each.id != PLAYER]
    hindsight = max(searched, key=lambda c: c.hindsight.value, default=None)
    advance = max(searched, key=_mean, default=None)
    curse = hindsight.hindsight.value - _mean(hindsight) if hindsight else None
    return BestResponse(
        options,
        tried,
        tuple(candidates),
        hindsight.id if hindsight and hindsight.hindsight.value > 0 else "",
        advance.id if advance and _mean(advance) > 0 else "",
        curse,
    )


def _mean(candidate: Candidate) -> float:
    return candidate.elsewhere.mean if candidate.elsewhere else float("nan")
