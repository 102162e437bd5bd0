"""Common random numbers pay: two policies meet the same customers with the same luck."""

from simkit.region.decision import Policy
from simkit.region.policies import POLICIES
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario

REPLICATIONS = 20


def quarter_revenue(policy: Policy, replication: int) -> float:
    """Revenue of a quarter of region_40."""
    scenario = load_scenario("region_40").but(weeks=13)
    simulation = Simulation(scenario, seed=1, replication=replication).run(policy)
    log = simulation.world.log
    return sum(amount for day, kind, *_, amount, _ in log if day >= 0 and kind in ("order", "won"))


def variance(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def test_the_variance_of_a_difference_is_at_least_twenty_times_smaller():
    """With independent seeds the variance of the difference is the sum of the two variances.

    Measured 138 with 60 replications; the 95 % limits of a ratio of variances with 20 are a factor
    of about 2.5 (F distribution, 19 and 19 degrees of freedom).
    """
    runs = {
        name: [quarter_revenue(POLICIES[name], k) for k in range(REPLICATIONS)]
        for name in ("keep_course", "call_by_potential")
    }
    kept, called = runs["keep_course"], runs["call_by_potential"]
    paired = variance([b - a for a, b in zip(kept, called, strict=True)])
    ratio = (variance(kept) + variance(called)) / paired
    print(f"variance ratio {ratio:.0f}")
    assert ratio >= 20
