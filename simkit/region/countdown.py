"""Things that come when enough work is done on them, at a pace that changes by the week."""

from collections.abc import Callable
from dataclasses import dataclass

from simkit.region.events import DAYS_PER_WEEK
from simkit.region.state import World


@dataclass(slots=True)
class _Open:
    left: float
    pace: Callable[[], float]
    then: Callable[[], None]
    due: bool = False
    """Whether its end is on the clock already."""


class Countdowns:
    """Counts amounts down at paces that are read at the start of every week.

    How much is left is drawn once; conditions move the date, never the luck. A leaving rep counts
    down an exponential amount at the rate of leaving, a deal its days of thinking.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._open: dict[str, _Open] = {}

    def add(
        self, name: str, left: float, pace: Callable[[], float], then: Callable[[], None]
    ) -> None:
        """Count `left` down at `pace()` a day under a unique name, then call `then`."""
        week_over = DAYS_PER_WEEK * (self.world.week + 1)
        item = _Open(left, pace, then)
        self._open[name] = item
        self._pass(name, item, week_over - self.world.env.now)

    def week(self) -> None:
        """Go on with the paces of the week that begins."""
        for name, item in list(self._open.items()):
            if not item.due:
                self._pass(name, item, DAYS_PER_WEEK)

    def drop(self, name: str) -> bool:
        """Forget a countdown, also one that would end this week; False: it was over already."""
        return self._open.pop(name, None) is not None

    def _pass(self, name: str, item: _Open, days: float) -> None:
        pace = item.pace()
        if item.left > pace * days:
            item.left -= pace * days
        else:
            item.due = True
            self.world.after(item.left / pace if pace > 0 else 0.0, lambda: self._end(name, item))

    def _end(self, name: str, item: _Open) -> None:
        if self._open.get(name) is item:
            del self._open[name]
            item.then()
