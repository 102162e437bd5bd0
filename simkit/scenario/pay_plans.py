"""Reference pay plans that trainers write: shares of the pay, the same in every region."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from simkit.scenario.block import Block, Id, Positive, Share, must_add_up
from simkit.scenario.catalogue import find_file
from simkit.scenario.loading import load_record
from simkit.scenario.people_blocks import PayPlan
from simkit.scenario.record import Loc, Mistakes, Record, Text

FILE = Path("pay_plans") / "reference_plans.yaml"
MOST_COMPARED = 3


class PayMix(Record):
    """What a rep's expected pay is made of when the quota is just within reach; adds up to 1."""

    salary: Share = 0.0
    commission: Share = 0.0
    over_achievement: Share = 0.0
    quarter_bonus: Share = 0.0
    annual_bonus: Share = 0.0

    @model_validator(mode="after")
    def _adds_up(self) -> "PayMix":
        must_add_up(dict(self))
        return self


class ReferencePlan(Record):
    """A pay plan to compare with: what it is made of, and its rules."""

    id: Id
    name: Text
    note: Text
    """What a manager should know about it, in one sentence."""
    mix: PayMix
    commission_from: Annotated[float, Field(ge=0, le=2)] = 0.0
    """Attainment from which commission is paid."""
    cap: Positive | None = None
    """Attainment from which further sales are paid nothing."""
    ratchet_share: Share = 0.0
    compared: bool = True
    """Whether it is played beside the manager's own plan; else only to start from."""

    @model_validator(mode="after")
    def _is_a_plan(self) -> "ReferencePlan":
        PayPlan(
            salary_per_year=0,
            commission_share=0,
            commission_from=self.commission_from,
            cap=self.cap,
        )
        if self.cap is not None and self.cap <= max(1.0, self.commission_from):
            remedy = "nothing is paid over the quota: give a cap above 1 and commission_from"
            raise Mistakes([(("cap",), remedy)])
        return self


class PayPlanFile(Block):
    """A file of reference plans."""

    pay_plans: Annotated[tuple[ReferencePlan, ...], Field(min_length=1, max_length=12)]
    floor_share: Share = 0.5
    """A rep far behind who gets less than this share of the usual pay is warned about."""

    @model_validator(mode="after")
    def _fits_together(self) -> "PayPlanFile":
        mistakes: list[tuple[Loc, str]] = []
        names = [plan.id for plan in self.pay_plans]
        for index, name in enumerate(names):
            if name in names[:index]:
                mistakes.append((("pay_plans", index, "id"), f"the id '{name}' is used twice"))
        compared = sum(plan.compared for plan in self.pay_plans)
        if not 1 <= compared <= MOST_COMPARED:
            remedy = f"1 to {MOST_COMPARED} plans must be compared, here {compared} are"
            mistakes.append((("pay_plans",), remedy))
        if mistakes:
            raise Mistakes(mistakes)
        return self


def find_pay_plans() -> Path:
    """Return the path of the reference plans: the person's own copy before the shipped one."""
    return find_file(FILE)


def load_pay_plans(path: str | Path | None = None) -> PayPlanFile:
    """Return the checked reference plans of a file; without a path those of `find_pay_plans`.

    Raises ScenarioError with all mistakes, each with its place.
    """
    return load_record(path or find_pay_plans(), PayPlanFile)
