"""Drift drills: false alarms as designed, drifts found in time, and what raw sales do to charts."""

from simkit.scenario.drift import NO_DRIFT
from simkit.scenario.library import drift_names, load_scenario
from simkit.study.evidence.families import Rows, Task, between, cases, family
from simkit.study.evidence.row import LIMIT, Row, band_row
from simkit.study.intervals import Difference, share_of
from simkit.study.raw_alarms import raw_alarms
from simkit.study.watch_rows import is_found, kind_of, start_of
from simkit.study.watch_worlds import CUSUM, TWO_WEEKS, Watched, watch_of, watched_worlds
from simkit.study.watching import CALIBRATION_WORLDS

REGION_FILE = "drift_region"
FRESH_SEED = 50_001
DRILL_SEED = 80_001
DESIGN = "designed share of false alarms, as in the region's file"
EARLY = "a drill can be won: found in 80 % of worlds within the weeks allowed; our band"
LEAST_FOUND = 0.8
INDEPENDENT = "charts on raw sales alarm more often than for independent weeks; our band"
MOST_A_YEAR = 52.0


@family
def false_alarms(worlds: int = 200) -> Rows:
    """Share of fresh drills without drift in which the panel of CUSUMs alarms."""
    between(2, 5000, worlds=worlds)
    scenario = load_scenario(REGION_FILE)
    found = watched_worlds(scenario, range(FRESH_SEED, FRESH_SEED + worlds))
    design = watch_of(scenario).watching.false_alarm_share
    share = sum(CUSUM in world.alarms for world in found) / worlds
    # The limit was calibrated on a sample too: it can be off by that much.
    error = (design * (1.0 - design) * (1.0 / CALIBRATION_WORLDS + 1.0 / worlds)) ** 0.5
    reach = LIMIT * error
    return [
        Row(
            "panel",
            "exact",
            "share of drills without drift in which some chart of the panel alarms",
            f"{DESIGN}; 4 standard errors of both samples",
            design,
            max(0.0, design - reach),
            design + reach,
            share,
            error,
            abs(share - design) <= reach,
        )
    ]


@family
def drifts_found(worlds: int = 100) -> Rows:
    """Share of worlds in which each shipped drift is found in time, by the best detector."""
    between(2, 5000, worlds=worlds)
    rows: Rows = []
    for name in drift_names():
        scenario = load_scenario(name)
        drift = scenario.drift
        if drift is not None and drift.cause != NO_DRIFT:
            played = watched_worlds(scenario, range(DRILL_SEED, DRILL_SEED + worlds))
            ways = (TWO_WEEKS,) if kind_of(drift) == "season" else (CUSUM, TWO_WEEKS)
            within = watch_of(scenario).watching.within_weeks
            shares = {way: _share(played, way, start_of(scenario), within) for way in ways}
            best = max(shares, key=lambda way: shares[way])
            rows.append(_found_row(name, best, shares[best], worlds))
    return rows


def _share(played: tuple[Watched, ...], way: str, start: int, within: int) -> float:
    """The share of worlds in which a way of watching notices in time what the drill brings."""
    weeks = [world.alarms[way].week if way in world.alarms else None for world in played]
    return sum(is_found(week, start, within) for week in weeks) / len(played)


def _found_row(name: str, best: str, share: float, worlds: int) -> Row:
    """Passes when the lower end of the 95 % interval (Wilson) is above what is asked for."""
    error = (share * (1.0 - share) / worlds) ** 0.5
    what = f"share of worlds in which it is noticed in time, by {best}"
    seen = share_of([[number < round(share * worlds)] for number in range(worlds)])
    return Row(
        name, "exact", what, EARLY, None, LEAST_FOUND, 1.0, share, error, seen.low > LEAST_FOUND
    )


@family
def raw_sales_alarms(worlds: int = 100) -> Rows:
    """False alarms a year of charts on raw sales, beside theory and those on surprises."""
    between(2, 5000, worlds=worlds)
    rows: Rows = []
    for found in raw_alarms(load_scenario(REGION_FILE), worlds):
        year = "false alarms in a year without drift on raw sales"
        rows += [
            _more(f"{found.chart}, theory", year, found.raw, found.theory),
            _more(f"{found.chart}, surprises", f"{year}, less those on surprises", found.more, 0.0),
        ]
    return rows


def _more(name: str, what: str, measured: Difference, least: float) -> Row:
    error = (measured.high - measured.mean) / 1.96
    band = (least, MOST_A_YEAR)
    return band_row(name, what, INDEPENDENT, band, measured.mean, error, part="exact", role="")


TASKS: list[Task] = [
    *cases(false_alarms, 170.0, slow=True),
    *cases(drifts_found, 900.0, slow=True),
    *cases(raw_sales_alarms, 110.0, slow=True),
]
