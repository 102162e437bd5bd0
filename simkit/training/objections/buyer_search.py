"""Scripted players against the simulated buyer: in which ways a talk is won, and lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simkit.region.draws import Draws
from simkit.scenario.buyer_rules import CASES, BuyerRules, load_rules
from simkit.scenario.objections import STEPS, ObjectionCard
from simkit.training.objections.mind import Mind, begin, price_share
from simkit.training.objections.outcome import Result, result_of
from simkit.training.objections.play import step

WON = ("won", "trial")
ORDER = {move: number for number, move in enumerate(CASES)}
COMMON = (*STEPS[:3], "acknowledge", "close_small", "close")
"""Moves that players of every style may use; how the concern comes out is a matter of style."""
BAD_HABITS: dict[str, tuple[str, ...]] = {
    "pushes": ("push",),
    "discounts": ("discount",),
    "argues": ("argue",),
    "blames": ("blame",),
    "overclaims": ("overclaim",),
    "lectures": ("feature", "advantage"),
    "ignores": ("pain", "peer", "analogy", "trial", "close_small"),
    "interrogates": ("situation",),
    "closes_blind": ("close",),
    "runs_out_of_patience": ("small_talk", "summarise", "isolate"),
}
"""Losing players: moves made again and again in this order."""


@dataclass(frozen=True, slots=True)
class Path:
    """A scripted player's talk."""

    player: str
    moves: tuple[str, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class _Node:
    """A talk on the way, as the search sees it."""

    mind: Mind
    moves: tuple[str, ...] = ()
    disorder: int = 0
    """Pairs of moves against the order of the rules, to prefer the natural one of equal talks."""

    @property
    def rank(self) -> tuple[float, int, tuple[str, ...]]:
        """Sorts talks, the best first."""
        return -self.promise, self.disorder, self.moves

    @property
    def memory(self) -> tuple[object, ...]:
        """What two talks must share for the better state alone to matter."""
        mind = self.mind
        marks = (mind.done, mind.known, mind.spoken != "", mind.uncovered, mind.discounts)
        return (*marks, mind.situations, mind.chain, min(mind.landed, 1), mind.refused)

    @property
    def promise(self) -> float:
        """How near a win looks: more of everything, and less doubt."""
        state = self.mind.state
        good = state.trust + state.clarity + state.urgency + state.patience / 2
        return good - 2 * state.doubt + self.mind.uncovered


class Players:
    """Scripted players against the buyer of a card; deterministic."""

    def __init__(self, card: ObjectionCard, rules: BuyerRules | None = None) -> None:
        self.rules = rules or load_rules()
        self.start = begin(self.rules, card.objection)
        self.share = price_share(self.rules, card.objection)

    def played(self, player: str, moves: Iterable[str]) -> Path:
        """Return the talk of a player who makes `moves` in turn until it ends or they do."""
        mind, cases = self.start, list[tuple[str, str]]()
        for move in moves:
            mind, case = step(self.rules, mind, move, self.share)
            cases.append((move, case))
            if mind.over:
                break
        return Path(player, tuple(m for m, _ in cases), result_of(self.rules, mind, cases))

    def shortest_win(
        self,
        moves: Sequence[str],
        depth: int = 14,
        width: int = 80,
        after: Sequence[str] = (),
        big: bool = False,
    ) -> tuple[str, ...] | None:
        """Return a shortest winning talk that a beam search over `moves` finds, None without any.

        It begins with the moves `after`; with `big` only an order counts as won.
        """
        layer = [_Node(self._mind_after(after), tuple(after))]
        wanted = WON[:1] if big else WON
        for _ in range(depth):
            grown = [self._next(node, move) for node in layer for move in moves]
            if won := [node for node in grown if node.mind.over in wanted]:
                return min(won, key=lambda node: (node.disorder, node.rank)).moves
            layer = _best(node for node in grown if not node.mind.over)[:width]
        return None

    def _mind_after(self, moves: Iterable[str]) -> Mind:
        mind = self.start
        for move in moves:
            mind, _ = step(self.rules, mind, move, self.share)
        return mind

    def _next(self, node: _Node, move: str) -> _Node:
        mind, _ = step(self.rules, node.mind, move, self.share)
        later = sum(ORDER[move] < ORDER[other] for other in node.moves)
        return _Node(mind, (*node.moves, move), node.disorder + later)

    def by_chance(self, number: int, seed: int = 0) -> Path:
        """Return the talk of a player who draws each move from all but leaving, keyed by number."""
        table, moves = Draws(seed).table("scripted buyer talks"), [m for m in CASES if m != "leave"]
        most = self.rules.limits.most_turns
        draws = table.row(number, 0, most)
        return self.played("chance", (moves[int(u * len(moves))] for u in draws))


def _best(nodes: Iterable[_Node]) -> list[_Node]:
    """Return the most promising talk of each memory, the best first."""
    found: dict[tuple[object, ...], _Node] = {}
    for node in nodes:
        rival = found.get(node.memory)
        if rival is None or node.rank < rival.rank:
            found[node.memory] = node
    return sorted(found.values(), key=lambda node: node.rank)


def search(card: ObjectionCard, width: int = 80, rules: BuyerRules | None = None) -> list[Path]:
    """Return a shortest winning path of each style that has one, and the path of each bad habit.

    `width` bounds the search: so many talks are followed at each turn.
    """
    players, found = Players(card, rules), list[Path]()
    for style, own in players.rules.styles.items():
        moves = players.shortest_win((*COMMON, *(m for m in own if m not in COMMON)), width=width)
        found += [players.played(style, moves)] if moves else []
    most = players.rules.limits.most_turns
    return found + [players.played(name, habit * most) for name, habit in BAD_HABITS.items()]
