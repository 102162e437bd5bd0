"""The rows about statistics in the evidence table: they can fail, and every case runs."""

import math

import numpy as np
import pytest

from simkit.study.evidence import (
    statistics_coverage,
    statistics_inventory,
    statistics_rows,
    statistics_selection,
)
from simkit.study.evidence.statistics_rows import at_most, known_share, printed, promised
from simkit.study.evidence.validate import tasks_of

SLOW = [
    *statistics_coverage.TASKS,
    *statistics_selection.TASKS,
    *[task for task in statistics_inventory.TASKS if task[3]],
]
SAID = ("a", "what", "source")


def right(share, of=1000):
    return [n < share * of for n in range(of)]


def test_a_share_may_be_three_standard_errors_off_and_no_more():
    error = math.sqrt(0.95 * 0.05 / 1000)
    for row, good, bad in (
        (promised, 0.95 - 2.8 * error, 0.95 - 3.2 * error),
        (at_most, 0.95 + 2.8 * error, 0.95 + 3.2 * error),
        (known_share, 0.95 + 2.8 * error, 0.95 + 3.2 * error),
        (known_share, 0.95 - 2.8 * error, 0.95 - 3.2 * error),
    ):
        assert row(*SAID, 0.95, right(good)).passed is True
        assert row(*SAID, 0.95, right(bad)).passed is False
    assert promised(*SAID, 0.95, right(1.0)).passed
    assert known_share(*SAID, 0.95, right(0.95 - 3.2 * error), 500).passed


def test_a_printed_constant_is_met_to_its_last_digit():
    assert printed(*SAID, 1.916, 1.9163).passed
    assert not printed(*SAID, 1.916, 1.9166).passed


def test_the_slow_cases_are_in_the_slow_table_only():
    slow = {task[0] for task in tasks_of(["exact"], slow=True)}
    assert {task[0] for task in SLOW} <= slow
    assert sum(task[4] for task in SLOW) < 240


@pytest.mark.parametrize("task", SLOW, ids=lambda task: task[0].partition("(")[0])
def test_a_slow_case_with_few_runs_gives_rows_in_its_range(task):
    name, function, *_ = task
    given = {"worlds": 400} if name.startswith("inventory_costs") else {"runs": 50}
    rows = function(**given)
    assert all(math.isfinite(row.measured) and row.low <= row.high for row in rows)
    assert sum(bool(row.passed) for row in rows) >= 0.5 * len(rows)


def test_selection_that_takes_the_first_comer_would_be_seen(monkeypatch):
    class First(statistics_selection.KimNelson):
        def _drop(self):
            self.contenders = self.contenders[-1:]

    monkeypatch.setattr(statistics_selection, "KimNelson", First)
    rows = statistics_selection.kim_nelson(runs=50)
    assert rows == statistics_selection.kim_nelson(runs=50)
    assert not any(row.passed for row in rows)


def test_common_worlds_give_policies_the_same_luck_and_independent_ones_do_not():
    policies = list(statistics_inventory.POLICIES)[:2]
    same = [statistics_inventory.costs(p, 500, statistics_rows.chance("same")) for p in policies]
    own = [statistics_inventory.costs(p, 500, statistics_rows.chance(*p)) for p in policies]
    assert np.corrcoef(*same)[0, 1] > 0.3
    assert abs(np.corrcoef(*own)[0, 1]) < 3 / math.sqrt(500)


def test_the_chance_of_equal_worlds_is_a_share_of_guessing_and_certainty():
    assert statistics_selection.equal_chance(1) > 1 / statistics_selection.DESIGNS
    assert statistics_selection.equal_chance(100_000) == pytest.approx(1.0, abs=1e-9)
