"""A target broken down, year to day and region to rep: whole amounts that add up exactly."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

QUARTERS = 4
MONTHS = (4, 4, 5)
"""Weeks of the months of a quarter, so that months hold whole weeks; the last one of a 53-week
year has one more."""
WORKING_DAYS = 5
LARGEST = 10**15
"""Largest amount that is split: more money is a slip of the keyboard."""


@dataclass(frozen=True)
class Part:
    """A target and what it is broken down into; `amount` is the sum of the parts' amounts.

    `name` is unique among its siblings; `weight` is what its share was in proportion to.
    """

    name: str
    amount: int
    weight: float
    parts: tuple["Part", ...] = field(default=())

    def walk(self, *above: str) -> Iterator[tuple[tuple[str, ...], "Part"]]:
        """Yield every part below and itself, with the names on the way to it."""
        here = (*above, self.name)
        yield here, self
        for part in self.parts:
            yield from part.walk(*here)

    def level(self, depth: int) -> tuple["Part", ...]:
        """Return all parts `depth` steps down, in order."""
        if depth == 0:
            return (self,)
        return tuple(found for part in self.parts for found in part.level(depth - 1))


def split(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole amount in proportion to weights: whole parts that add up to it exactly.

    Every part is its exact share rounded down or up; the parts with the largest remainders are
    rounded up, the earlier one where they are equal (Hamilton's method).
    Raises ValueError for a total that is negative or above 1e15, and for weights that are none,
    negative, not finite, or all zero.
    """
    _must_be_amount(total)
    if not weights:
        raise ValueError("there is nothing to split the target over")
    if any(not math.isfinite(weight) or weight < 0 for weight in weights):
        raise ValueError("weights must be finite numbers of 0 or more")
    whole = sum(map(Fraction, weights))  # exact, so that no rounding of ours comes into it
    if not whole:
        raise ValueError("the weights are all zero: give at least one a positive weight")
    exact = [total * Fraction(weight) / whole for weight in weights]
    parts = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _must_be_amount(total: int) -> None:
    if isinstance(total, bool) or not isinstance(total, int):
        raise ValueError(f"a target is a whole number, not {total!r}")
    if not 0 <= total <= LARGEST:
        raise ValueError(f"a target must be from 0 to {LARGEST:.0e}, is {total:,}")


# Over the year


@dataclass(frozen=True, slots=True)
class Day:
    """One working day of a year; all numbers count from 1."""

    quarter: int
    month: int
    week: int
    day: int
    weight: float


def calendar(
    weeks: int = 52,
    season: Sequence[float] | None = None,
    holidays: Iterable[tuple[int, int]] = (),
    days_per_week: int = WORKING_DAYS,
) -> list[Day]:
    """Return the working days of a year of 52 or 53 weeks with what each is expected to bring.

    `season`: the expected sales of a full week, one value a week, in any unit; even when it is not
    given. `holidays`: (week, day) on which nobody works; the rest of the week brings so much less.
    Months have 4, 4 and 5 weeks, so that weeks lie inside months.
    Raises ValueError for another number of weeks, a season of another length, or a holiday that is
    no working day.
    """
    if weeks not in (52, 53):
        raise ValueError(f"a year has 52 or 53 weeks, not {weeks}")
    season = [1.0] * weeks if season is None else list(season)
    if len(season) != weeks:
        raise ValueError(f"the season has {len(season)} weeks, the year {weeks}")
    free = set(holidays)
    for week, day in free:
        if not (1 <= week <= weeks and 1 <= day <= days_per_week):
            raise ValueError(f"day {day} of week {week} is no working day of this year")
    places = list(_places(weeks))
    return [
        Day(quarter, month, week, day, season[week - 1] / days_per_week)
        for week, (quarter, month) in enumerate(places, 1)
        for day in range(1, days_per_week + 1)
        if (week, day) not in free
    ]


def _places(weeks: int) -> Iterator[tuple[int, int]]:
    """Quarter and month of each week."""
    for quarter in range(QUARTERS):
        for month, length in enumerate(MONTHS):
            last = quarter == QUARTERS - 1 and month == len(MONTHS) - 1
            for _ in range(length + (weeks - 52 if last else 0)):
                yield quarter + 1, len(MONTHS) * quarter + month + 1


def over_time(target: int, days: Sequence[Day], name: str = "year") -> Part:
    """Break a year's target down to quarters, months, weeks and days.

    Each part gets its share of the part above in proportion to the weights of its days, so that
    rounding never adds up: a quarter is the sum of its months, and so on, exactly.
    """
    return _broken_down(name, target, list(days), ("quarter", "month", "week", "day"))


def _broken_down(name: str, amount: int, days: list[Day], levels: tuple[str, ...]) -> Part:
    weight = math.fsum(day.weight for day in days)
    if not levels:
        return Part(name, amount, weight)
    groups: dict[int, list[Day]] = {}
    for day in days:
        groups.setdefault(getattr(day, levels[0]), []).append(day)
    weights = [math.fsum(day.weight for day in group) for group in groups.values()]
    # A quarter without any expected sales still has to carry its zero.
    amounts = split(amount, weights) if amount else [0] * len(weights)
    parts = tuple(
        _broken_down(f"{levels[0]} {number}", part, group, levels[1:])
        for (number, group), part in zip(groups.items(), amounts, strict=True)
    )
    return Part(name, amount, weight, parts)


# Over territories and reps


def combined_shares(
    criteria: Mapping[str, Mapping[str, float]], weights: Mapping[str, float]
) -> dict[str, float]:
    """Return each one's share of a target from several criteria, such as potential and history.

    `criteria`: by criterion, the value of each territory or rep; each is turned into shares first,
    so that units do not matter. A criterion that is zero for all says nothing, and its weight goes
    to the others; where none says anything, all get the same.
    Raises ValueError when weights are negative or all zero, when a criterion is not known for
    all, or negative.
    """
    if any(not math.isfinite(w) or w < 0 for w in weights.values()):
        raise ValueError("weights must be finite numbers of 0 or more")
    if not any(weights.get(name, 0.0) > 0 for name in criteria):
        raise ValueError("the weights are all zero: give at least one criterion a positive weight")
    names = list(next(iter(criteria.values())))
    if not names:
        raise ValueError("there is nobody to give the target to")
    shares, told = dict.fromkeys(names, 0.0), 0.0
    for criterion, values in criteria.items():
        _must_be_known(criterion, values, names)
        total, weight = math.fsum(values.values()), weights.get(criterion, 0.0)
        if total > 0 and weight > 0:
            told += weight
            for name in names:
                shares[name] += weight * values[name] / total
    if not told:
        return dict.fromkeys(names, 1.0 / len(names))
    return {name: share / told for name, share in shares.items()}


def _must_be_known(criterion: str, values: Mapping[str, float], names: list[str]) -> None:
    if set(values) != set(names):
        different = ", ".join(sorted(set(values) ^ set(names))[:3])
        raise ValueError(f"{criterion}: must be known for all alike; see {different}")
    for name, value in values.items():
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{criterion} of {name}: must be 0 or more, is {value}")


@dataclass(frozen=True, slots=True)
class Team:
    """One territory in a cascade: its criteria, and those of its reps."""

    criteria: Mapping[str, float]
    reps: Mapping[str, Mapping[str, float]]
    """By rep, the value of each criterion; empty where nobody works."""


def over_people(
    target: int,
    teams: Mapping[str, Team],
    weights: Mapping[str, float],
    reserve_share: float = 0.0,
    name: str = "region",
) -> Part:
    """Break a region's target down to territories and reps, and keep a reserve.

    The reserve is a part of its own ("reserve"): what nobody is given, so that the parts add up to
    the target. `weights`: of the criteria, at both levels.
    Raises ValueError for a reserve outside 0 to 1, and as `combined_shares`.
    """
    _must_be_amount(target)
    if not 0 <= reserve_share < 1:
        raise ValueError(f"the reserve must be from 0 to below 1, is {reserve_share}")
    kept, given = split(target, [reserve_share, 1.0 - reserve_share])
    shares = combined_shares(
        _turned({name: team.criteria for name, team in teams.items()}), weights
    )
    amounts = split(given, list(shares.values()))
    parts = tuple(
        _over_reps(place, amount, shares[place], teams[place], weights)
        for place, amount in zip(shares, amounts, strict=True)
    )
    reserve = (Part("reserve", kept, reserve_share),) if reserve_share else ()
    return Part(name, target, 1.0, (*parts, *reserve))


def _over_reps(
    place: str, amount: int, share: float, team: Team, weights: Mapping[str, float]
) -> Part:
    if not team.reps:
        return Part(place, amount, share)
    shares = combined_shares(_turned(team.reps), weights)
    amounts = split(amount, list(shares.values()))
    given = zip(shares.items(), amounts, strict=True)
    return Part(place, amount, share, tuple(Part(rep, part, s) for (rep, s), part in given))


def _turned(rows: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """By criterion and name instead of by name and criterion."""
    criteria = list(next(iter(rows.values()), {}))
    return {c: {name: row[c] for name, row in rows.items() if c in row} for c in criteria}


def reconciled(
    top_down: Mapping[str, int], bottom_up: Mapping[str, float], listen_share: float
) -> dict[str, int]:
    """Return targets between those from above and the reps' own estimates, same total as above.

    `listen_share`: 0 keeps the targets from above, 1 takes the proportions of the estimates.
    Raises ValueError for another share, or other people.
    """
    if not 0 <= listen_share <= 1:
        raise ValueError(f"the share must be from 0 to 1, is {listen_share}")
    _must_be_known("estimates", dict(bottom_up), list(top_down))
    total, estimated = sum(top_down.values()), math.fsum(bottom_up.values())
    scale = total / estimated if estimated > 0 else 0.0
    mixed = [
        (1.0 - listen_share) * amount + listen_share * scale * bottom_up[name]
        for name, amount in top_down.items()
    ]
    if not any(mixed):
        return dict(top_down)
    return dict(zip(top_down, split(total, mixed), strict=True))
