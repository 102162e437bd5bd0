"""The `simkit` command inside the test's own process, and a small region file to give it."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from simkit.cli import main

SMALL = """\
extends: region_40
name: {en: Small, zh: 小区}
weeks: 3
warm_up_weeks: 2
territories:
  - {id: north, name: {en: North, zh: 北区}, customers: 8, reps: 1}
  - {id: south, name: {en: South, zh: 南区}, customers: 8, reps: 1}
reps:
  - {id: kim, name: {en: Kim, zh: 金}, territory: south}
customers:
  named:
    - {id: hospital, name: {en: Hospital, zh: 医院}, territory: south, rep: kim,
       orders_per_week: 1, order_value: 9000}
  source: made up
shocks:
  - id: war
    name: {en: Price war, zh: 价格战}
    brief: {en: They cut prices, zh: 对手降价}
    start_week: 1
    weeks: 1
    effects: [{what: demand, where: north, multiply: 0.5}]
    answers:
      - {id: ads, name: {en: Advertise, zh: 广告}, cost_per_week: 100,
         effects: [{what: demand, where: north, multiply: 1.5}]}
    source: made up
"""


@dataclass
class Said:
    """How a command ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


def simkit(*words):
    """Run the command; nothing but a clean end is accepted."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    argv = ["simkit", *map(str, words)]
    with patch.object(sys, "argv", argv), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    assert "Traceback" not in err.getvalue()
    return Said(code, out.getvalue(), err.getvalue())
