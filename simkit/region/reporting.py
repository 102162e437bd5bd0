"""What is reported when entries come late: the same events, some of them only weeks later."""

from simkit.region.draws import entity_number
from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.state import World

ENTERED = ("order", "won")
"""What somebody has to enter; goods that leave the warehouse are counted by themselves."""


class Reporting:
    """The log as it is reported, with a mark at the beginning of every week.

    Without late entries that is the log itself. What is late keeps its day and stands among what
    was reported in the week in which it was entered.
    """

    def __init__(self, world: World) -> None:
        drift = world.scenario.drift
        self.world, self.drift = world, drift
        self.late = drift.late_entry if drift else None
        self.log: list[Event] = [] if self.late else world.log
        self.marks: list[int] = []
        self._read = 0
        self._waiting: list[tuple[int, Event]] = []
        """Week in which it is entered, event."""
        self._chance = world.draws.table("late entry")

    def begin_week(self) -> None:
        """Note where the week that begins starts; what is reported before it is all in."""
        self.marks.append(len(self.log))

    def close_week(self) -> None:
        """Report the week that ends, and what was entered late in it."""
        if self.late is None:
            return
        due = [event for week, event in self._waiting if week <= self.world.week]
        self._waiting = [item for item in self._waiting if item[0] > self.world.week]
        self.log += due
        for event in self.world.log[self._read :]:
            if self._is_late(event):
                self._waiting.append((self.world.week + self.late.weeks, event))
            else:
                self.log.append(event)
        self._read = len(self.world.log)

    def _is_late(self, event: Event) -> bool:
        late, drift = self.late, self.drift
        if late is None or drift is None or event[1] not in ENTERED or event[2] != late.where:
            return False
        week = int(event[0] // DAYS_PER_WEEK)
        last = drift.weeks is not None and week >= drift.start_week + drift.weeks
        if week < drift.start_week or last:
            return False
        name = f"{event[4]}/{event[5]}/{event[0]:.6f}"
        share = late.share * self.world.conditions.of("late_entries", late.where)
        return self._chance.one(entity_number(name)) < share
