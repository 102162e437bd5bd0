"""The benchmark measures what it says; the figures themselves are no test (machines are noisy)."""

from simkit.scenario.library import load_scenario
from simkit.study.bench import BOUNDS, REPS, measure, sized
from simkit.study.bench_workers import AT_LEAST, measure_speedup
from simkit.training.objections.bench import BOUNDS as OF_ANSWERS
from simkit.training.objections.bench import measure_answers


def test_a_bench_run_gives_every_figure_and_the_memory_bound_holds():
    told = []
    figures = measure(rounds=1, progress=lambda done, total: told.append((done, total)))
    assert figures.keys() >= BOUNDS.keys()
    # An import in next to no time may measure as none.
    assert all(value > 0 or name.endswith("import_s") for name, value in figures.items())
    assert figures["bytes_per_customer"] <= BOUNDS["bytes_per_customer"]  # no clock in this one
    assert told[-1][0] == told[-1][1]


def test_the_sizes_of_the_growth_figure_are_in_proportion():
    scenario = load_scenario("region_40")
    for reps in REPS:
        size = sized(scenario, reps)
        assert sum(territory.reps for territory in size.territories) == reps
        assert sum(territory.customers for territory in size.territories) == 50 * reps


def test_the_bench_of_answers_gives_its_figures():
    figures = measure_answers(rounds=1)
    assert figures.keys() == OF_ANSWERS.keys()
    assert all(value > 0 for value in figures.values())


def test_the_bench_of_workers_gives_its_figures():
    """How fast two are is no test: other work may take the second core at any time."""
    figures = measure_speedup(rounds=1, tasks=2, weeks=2)
    assert figures.keys() >= AT_LEAST.keys()
    assert all(value > 0 for value in figures.values())
