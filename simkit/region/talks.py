"""M5: what reps say they can sell next quarter, and what a talk about the target leaves behind.

A rep who fears that good results raise the next quota says less than it believes (sandbagging); a
target far above what was said, simply announced, costs trust, and with it effort. Directions: Locke
and Latham 2002, Am. Psych. 57(9) (goals act through commitment to them); sizes: assumption.
"""

from dataclasses import dataclass

from simkit.region.decision import Decision
from simkit.region.draws import entity_number, lognormal, sigma_of
from simkit.region.payroll import QUARTER, Payroll
from simkit.region.pipeline import Pipeline
from simkit.region.state import Rep, World

OPEN_MOOD, GUARDED_MOOD = -0.02, -0.12
"""Trust gained or lost since the start from which a mood shows (assumption)."""
MOST_SHADING = 0.5
AS_ASKED = 1.005
"""A target counts as what was asked for when it is hardly above it: targets are round numbers."""
CAUTION = 0.1
"""What always missing the quota, not half of the time, takes off an estimate (assumption)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rep says before a quarter, and how the rep seems to be.

    `amount`: what the rep says it can sell, money a quarter. `open_value`: list value of its open
    deals. `mood`: "open", "guarded" or "closed".
    """

    rep: str
    amount: float
    open_value: float
    mood: str


class Talks:
    """Lets reps say what they can sell, and remember how their target came about."""

    def __init__(self, world: World, payroll: Payroll, pipeline: Pipeline) -> None:
        self.world, self.payroll, self.pipeline = world, payroll, pipeline
        self.settings = world.scenario.talks
        self._luck = world.draws.table("claims")
        self._said: dict[str, tuple[float, float, float]] = {}
        """By rep: the claim, what the rep believes, and the open value when it was made."""
        self._held: dict[str, tuple[float, str]] = {}
        """By rep: what it was given this quarter, and how that was told."""
        self._targets: dict[str, float] = {}
        """By rep: the target of the quarter that it was told last."""
        if self.settings:
            self._listen()  # for a scenario without warm-up; who plays one hears it again

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims for the quarter that goes on or begins next."""
        reps = [rep for rep in self.world.reps.values() if rep.id in self._said]
        return tuple(
            Claim(rep.id, self._said[rep.id][0], self._said[rep.id][2], self._mood(rep))
            for rep in reps
        )

    @property
    def beliefs(self) -> dict[str, float]:
        """What each rep really believes to sell in the quarter; hidden from the manager."""
        return {rep: belief for rep, (_, belief, _) in self._said.items()}

    def hours(self, decision: Decision) -> float:
        """Return the manager's hours for the talks that a decision adds this week."""
        if not self.settings:
            return 0.0
        new = [rep.id for rep in self.world.reps.values() if self._news(rep, decision)]
        explained = sum(decision.target_talks.get(name) == "explained" for name in new)
        return self.settings.explain_hours * explained

    def week(self) -> None:
        """Let every rep whose target is new take it in."""
        if not self.settings:
            return
        if self.world.week % QUARTER == 0:
            self._held.clear()
            self._targets.clear()
        for rep in self.world.reps.values():
            if news := self._news(rep, self.world.decision):
                self._held[rep.id] = news
                given, way = news
                self._take_in(rep, self.payroll.whole_quarter(rep, given), way)

    def close_week(self) -> None:
        """At the end of a quarter, let the reps say what they can sell in the next one."""
        if self.settings and (self.world.week + 1) % QUARTER == 0:
            self._listen()

    def _news(self, rep: Rep, decision: Decision) -> tuple[float, str] | None:
        """What the rep is given and how it is told, where that is new this quarter."""
        target = decision.quota.get(rep.id)
        if target is None or rep.id not in self._said:
            return None
        told = (target, decision.target_talks.get(rep.id, "announced"))
        same = self.world.week % QUARTER and self._held.get(rep.id) == told
        return None if same else told

    def _take_in(self, rep: Rep, target: float, way: str) -> None:
        settings = self.settings
        assert settings
        claim, belief, _ = self._said[rep.id]
        if target <= AS_ASKED * claim:
            gain = settings.agreed_gain if way == "agreed" else 0.0
        elif way == "explained":
            # Reasons convince as far as the rep knows that the target can be reached.
            gain = -settings.explained_share * settings.gap_loss * _gap(target, belief)
        else:
            gain = -settings.gap_loss * _gap(target, claim)
        if target <= AS_ASKED * self._targets.get(rep.id, 0.0):
            gain = max(0.0, gain)  # what a target costs was lost when it was first told
        self._targets[rep.id] = target
        rep.trust = min(1.0, max(0.0, rep.trust + gain))
        rep.commitment = max(0.0, 1.0 + settings.effort_gain * (rep.trust - settings.trust))
        self.world.say("talk", rep.territory, rep.id, amount=target, detail=way)

    def _listen(self) -> None:
        settings, world = self.settings, self.world
        assert settings
        open_value = dict.fromkeys(world.reps, 0.0)
        for deal in self.pipeline.open.values():
            if deal.rep and deal.rep.id in open_value:
                open_value[deal.rep.id] += deal.value
        usual = sum(open_value.values()) / max(1, len(open_value))
        for rep in world.reps.values():
            if rep.id not in self._said:
                rep.trust = settings.trust
            pipeline = settings.pipeline_share * (open_value[rep.id] - usual)
            belief = max(0.0, self.payroll.next_quarter(rep) + pipeline) * self._error(rep)
            claim = belief * (1.0 - self._shading(rep))
            self._said[rep.id] = (claim, belief, open_value[rep.id])
            world.say("claim", rep.territory, rep.id, amount=claim)

    def _error(self, rep: Rep) -> float:
        assert self.settings
        quarter = (self.world.week + 1) // QUARTER
        u = self._luck.one(entity_number(f"{rep.id}/{quarter}"))
        return lognormal(u, sigma_of(self.settings.estimate_cv))

    def _shading(self, rep: Rep) -> float:
        """By which share the rep says less than it believes."""
        settings = self.settings
        assert settings
        fear = settings.ratchet_fear * self.payroll.plan_of(rep).ratchet_share
        habit = settings.shading.get(rep.id, 0.0) + CAUTION * (
            self.payroll.books[rep.id].missed - 0.5
        )
        distrust = 1.0 + settings.distrust * max(0.0, settings.trust - rep.trust)
        return min(MOST_SHADING, max(0.0, (habit + fear) * distrust))

    def _mood(self, rep: Rep) -> str:
        assert self.settings
        changed = rep.trust - self.settings.trust
        if changed >= OPEN_MOOD:
            return "open"
        return "guarded" if changed >= GUARDED_MOOD else "closed"


def _gap(target: float, by: float) -> float:
    """By which share a target is above a number; 1 at most."""
    return min(1.0, max(0.0, target / by - 1.0)) if by > 0 else 1.0
