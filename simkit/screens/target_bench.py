"""What the steps of the target workshop share: facts, quotas, and what came of the steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simkit.screens.drill_words import Room
from simkit.screens.target_background import Background
from simkit.screens.target_quotas import Quotas
from simkit.training.target_plan import Plan
from simkit.training.target_sheet import Facts, Foundation, Proposal

if TYPE_CHECKING:
    from simkit.study.attainability import Judgement, Outlook


@dataclass
class Bench:
    """The plan while it is being worked on; None stands for what is missing or wrong."""

    room: Room
    background: Background
    facts: Facts | None = None
    foundation: Foundation | None = None
    year: int | None = None
    region: int | None = None
    """Target of the quarter."""
    rule: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] | None = None
    proposal: Proposal | None = None
    ways: dict[str, str] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    """By rep: the quota with which the talk began."""
    goal: str = ""
    stages: dict[str, str] = field(default_factory=dict)
    predictions: dict[str, Any] = field(default_factory=dict)
    quotas: Quotas = field(init=False)

    def __post_init__(self) -> None:
        self.quotas = Quotas(self.room)

    @property
    def outlook(self) -> "Outlook | None":
        """The worlds played so far."""
        return self.background.outlook

    @property
    def reserve(self) -> int | None:
        """What nobody is given."""
        return self.proposal.reserve if self.proposal else None

    @property
    def amounts(self) -> dict[str, int] | None:
        """The quotas, None when one of them is none."""
        return self.quotas.amounts()

    @property
    def left(self) -> int | None:
        """What is still to be given to the reps; negative where too much is given."""
        amounts = self.amounts
        if self.region is None or self.reserve is None or amounts is None:
            return None
        return self.region - self.reserve - sum(amounts.values())

    def by_place(self, amounts: Mapping[str, int]) -> dict[str, int]:
        """Return the quotas summed by territory."""
        totals = {place.id: 0 for place in self.room.scenario.territories}
        for rep in self.room.scenario.reps:
            totals[rep.territory] += amounts[rep.id]
        return totals

    def judged(self) -> "Judgement | None":
        """Return how likely the quotas are as they stand; milliseconds."""
        amounts = self.amounts
        if self.outlook is None or amounts is None:
            return None
        # The reps carry the region's target but for the reserve, with which it is made good.
        region = None if self.region is None else float(self.region)
        places = {place: float(total) for place, total in self.by_place(amounts).items()}
        return self.outlook.judge(amounts, region, places)

    def plan(self) -> Plan:
        """Return the plan as it stands, with gaps where something is missing."""
        amounts = self.amounts or {}
        claims = {claim.rep: claim.amount for claim in self.room.report.claims}
        talks = {
            rep: {
                "way": self.ways.get(rep, "announced"),
                "claim": claims.get(rep),
                "asked": self.asked.get(rep, amount),
            }
            for rep, amount in amounts.items()
        }
        return Plan(
            region=self.region or 0,
            reserve=self.reserve or 0,
            territories=self.by_place(amounts) if amounts else {},
            reps=dict(amounts),
            talks=talks,
            band=self._band(),
            weights=dict(self.weights or {}),
            goal=self.goal,
            stages=dict(self.stages),
            predictions=dict(self.predictions),
            chances=self._chances(),
        )

    def _band(self) -> dict[str, float]:
        found = self.foundation
        if not found:
            return {}
        band = {"baseline": found.band.middle, "low": found.band.low, "high": found.band.high}
        return {**band, "volatility": found.volatility.value, **self.rule}

    def _chances(self) -> dict[str, Any]:
        judged = self.judged()
        if judged is None:
            return {}
        reps = {rep: chance.value for rep, chance in judged.reps.items()}
        return {"region": judged.region.value, "reps": reps, "worlds": judged.worlds}
