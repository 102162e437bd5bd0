"""Numbers of a target workshop: the band rule, the cascade, the talks, what counts."""

from typing import Annotated

from pydantic import Field, model_validator

from simkit.scenario.block import Block, Id, NotNegative, Share
from simkit.scenario.record import Loc, Mistakes, Record, Text


class Talks(Block):
    """M5: what reps say they can sell, and what a talk about a target does to their effort."""

    shading: dict[str, Share] = {}
    """By rep: the share of an estimate that is held back out of habit (hidden from players)."""
    ratchet_fear: NotNegative = 0.2
    """Share held back by everybody for a ratchet_share of 1 in the pay plan."""
    distrust: NotNegative = 2.0
    """What is held back grows by this factor for each unit of trust lost."""
    estimate_cv: NotNegative = 0.05
    """Coefficient of variation of the reps' estimates around what their sales let expect."""
    pipeline_share: Share = 0.15
    """Share of open deals, beyond those of a usual rep, that a rep counts on for the quarter."""
    trust: Share = 0.7
    """Of every rep at the start."""
    agreed_gain: Share = 0.05
    """Trust won by giving the target that the rep asked for."""
    gap_loss: NotNegative = 0.8
    """Trust lost per unit by which an announced target is above what the rep asked for."""
    explained_share: Share = 0.4
    """The same for an explained one, by which it is above what the rep itself believes."""
    explain_hours: NotNegative = 3
    """The manager's hours for an explanation with data."""
    effort_gain: NotNegative = 0.4
    """Effort is multiplied by 1 + effort_gain x trust won or lost."""


class BandRule(Record):
    """Baseline, floating band, and when a target is looked at again."""

    growth_years: Annotated[int, Field(ge=1, le=10)] = 3
    width_factor: Annotated[float, Field(gt=0, le=5)] = 1.0
    """Half width of the band, in volatility coefficients."""
    weeks_under: Annotated[int, Field(ge=1, le=13)] = 2
    """Weeks in a row under the lower limit that fire the rule."""
    outside_threshold: Share = 0.10
    """Change outside (say of a competitor's price) from which a target is adjusted."""
    factor: Annotated[float, Field(gt=0, le=2)] = 0.95
    """New target = old target x factor."""


class Stage(Record):
    """A stage of a market, and what counts there: weights of KPIs."""

    id: Id
    name: Text
    weights: Annotated[dict[str, NotNegative], Field(min_length=1)]
    """By name of a KPI; relative to each other."""

    @model_validator(mode="after")
    def _not_all_zero(self) -> "Stage":
        if not any(self.weights.values()):
            raise Mistakes([(("weights",), "give at least one KPI a weight above 0")])
        return self


class Targets(Block):
    """A target workshop on the region of this file."""

    goal: Text
    """What is practised, as the manager reads it beforehand."""
    band: BandRule = BandRule()
    potential_weight: NotNegative = 1.0
    """Weights of the criteria of the cascade at the start; the manager changes them."""
    history_weight: NotNegative = 1.0
    ability_weight: NotNegative = 0.0
    reserve_share: Annotated[float, Field(ge=0, lt=1)] = 0.0
    most_recalibrations: Annotated[int, Field(ge=0, le=12)] = 2
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    stage_of: dict[str, Id] = {}
    """By territory; those not named are at the first stage."""
    fair_share: Annotated[float, Field(gt=0, lt=1)] = 0.15
    """A quota is fair when it is within this share of what its potential lets expect."""
    likely: tuple[Share, Share] = (0.4, 0.7)
    """Chances of reaching a quota between which it stretches and can be reached."""
    scorecard: Id = "targets"
    """Name of the file of weights in `scenarios/scorecards`."""

    @model_validator(mode="after")
    def _holds_together(self) -> "Targets":
        mistakes: list[tuple[Loc, str]] = []
        if not (self.potential_weight or self.history_weight or self.ability_weight):
            remedy = "give potential, history or ability a weight above 0"
            mistakes.append((("potential_weight",), remedy))
        known = [stage.id for stage in self.stages]
        for place, stage in self.stage_of.items():
            if stage not in known:
                message = f"there is no stage '{stage}'; there is {', '.join(known)}"
                mistakes.append((("stage_of", place), message))
        if not self.likely[0] < self.likely[1]:
            mistakes.append((("likely",), "give the lower chance first, then the higher one"))
        if mistakes:
            raise Mistakes(mistakes)
        return self
