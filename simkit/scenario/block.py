"""What the blocks of numbers of a scenario share: kinds of numbers, and a source."""

from typing import Annotated, Literal

from pydantic import Field

from simkit.scenario.record import Mistakes, Record

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Sigma = Annotated[float, Field(ge=0, le=3)]
"""Standard deviation of a logarithm; 3 is a spread over five orders of magnitude."""
Multiple = Annotated[float, Field(ge=0.01, le=100)]
"""A multiple of what is usual."""
Steepness = Annotated[float, Field(ge=0, le=20)]
"""An elasticity, or a factor in an exponent."""
ID_LENGTH = 40
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]+$", min_length=1, max_length=ID_LENGTH)]
Law = Literal["lognormal", "exponential", "constant"]


def must_add_up(shares: dict[str, float]) -> None:
    """Raise Mistakes at the first of `shares` unless they add up to 1 (within 1e-6)."""
    total = sum(shares.values())
    if abs(total - 1) > 1e-6:
        names = " + ".join(shares)
        remedy = f"{names} must add up to 1, they add up to {total:.4g}"
        raise Mistakes([((next(iter(shares)),), remedy)])


class Block(Record):
    """One mechanism's numbers."""

    source: Annotated[str, Field(min_length=1)]
    """Where the numbers come from: a publication, your own data, or the word "assumption"."""
