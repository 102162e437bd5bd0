"""What an analyst types into a notebook: policies, a KPI. As a program it is such a notebook.

`FOLDER WORKERS ...`: prints keys of the functions and the digest of a comparison on each kind of
workers; then fills a store, slowly enough to be killed, with a part for each world.
"""

import json
import sys
import time

import pandas as pd
from regions import lively

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.study.experiment import store as store_module
from simkit.study.experiment.arms import Arm, Player
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.keys import function_key, kpis_key
from simkit.study.experiment.store import Store
from simkit.study.experiment.worlds import replicate

WORDS = Text(en="own", zh="自有")
DOWN = 0.9
TABLE = pd.DataFrame({"week": [0, 1], "price": [1.0, 0.95]})


def cheaper(report):
    return report.decision.but(price=DOWN * TABLE["price"][report.week])


def from_week(week, names):
    return lambda report: report.decision.but(
        price=DOWN if report.week >= week and "a" in names else 1.0
    )


class Rule:
    """Remembers the weeks it has seen, of all worlds it plays unless each has its own."""

    def __init__(self, step):
        self.step, self.seen, self.words = step, [], {"b", "a", "c"}

    def __call__(self, report):
        self.seen.append(report.week)
        return report.decision.but(price=1.0 - self.step * len(self.seen))


def orders(measures):
    return measures.count("order") * DOWN


KPI = Kpi("own_orders", WORDS, "orders", "higher", "own", orders)
DECIDE = {"cheaper": cheaper, "late": from_week(1, {"a", "b"}), "rule": Rule(0.02)}
ABOUT = {"scenario": "lively"}
WORLDS = range(1, 4)


def arms():
    scenario = lively().but(weeks=2, warm_up_weeks=1)
    return [
        Arm(name, WORDS, scenario, Player(name, WORDS, decide, function_key(decide)))
        for name, decide in DECIDE.items()
    ]


def figures():
    return (*find_figures(["revenue", "win_rate", "contribution"]), KPI)


def play(workers, **options):
    return replicate(arms(), WORLDS, figures(), workers=workers, **options)


def slow(report):
    time.sleep(0.1)
    return report.decision


def slow_arm():
    scenario = lively().but(weeks=2, warm_up_weeks=1)
    return Arm("slow", WORDS, scenario, Player("slow", WORDS, slow, function_key(slow)))


def keys():
    return [*(function_key(decide) for decide in DECIDE.values()), kpis_key(figures())]


def main(folder, *kinds):
    digests = [play(int(kind) if kind.isdigit() else kind).digest for kind in kinds]
    print(json.dumps({"keys": keys(), "digests": digests}), flush=True)
    store_module.SECONDS = -1.0
    replicate([slow_arm()], range(60), figures(), workers=2, store=Store(folder, ABOUT))


if __name__ == "__main__":
    main(*sys.argv[1:])
