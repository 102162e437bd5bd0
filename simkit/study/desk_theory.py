"""What queueing theory says of a desk from its arrivals, its work and its staff."""

import math
from dataclasses import dataclass
from typing import Literal

from simkit.study.evidence import formulas

Model = Literal["Erlang A", "Pollaczek-Khinchine", "Erlang C", "no steady state"]
"""Palm 1957; Pollaczek 1930 and Khinchine 1932; Erlang 1917, for other laws of service times
(1 + cv2) / 2 (Allen and Cunneen: an approximation)."""


@dataclass(frozen=True, slots=True)
class DeskForecast:
    """A desk in the long run; waits in days, inf where the queue grows without end."""

    model: Model
    utilisation: float
    wait: float
    """Mean days of waiting, also of those who give up."""
    gave_up: float
    """Share of the jobs whose customer gives up."""


def forecast_desk(
    rate: float, work_days: float, cv2: float, staff: int, patience: float = 0.0
) -> DeskForecast:
    """Return what theory expects of a desk.

    `rate`: jobs a day; `work_days`, `cv2`: mean work per job and its squared coefficient of
    variation; `patience`: rate a day at which one who waits gives up, 0: never.
    Raises ValueError for what is no desk: a rate or work that is not above 0, less than one person.
    """
    usable = math.isfinite(rate + work_days + cv2) and patience >= 0 and cv2 >= 0
    if not (usable and rate > 0 and work_days > 0 and staff >= 1):
        raise ValueError("a desk needs arrivals, work that takes time, and somebody to do it")
    load = rate * work_days / staff
    if patience > 0:
        law = formulas.queue_law(rate, 1.0 / work_days, staff, patience)
        waiting = formulas.waiting(law, staff)
        lost = patience * waiting / rate
        return DeskForecast("Erlang A", load * (1.0 - lost), waiting / rate, lost)
    if load >= 1.0:
        return DeskForecast("no steady state", 1.0, math.inf, 0.0)
    if staff == 1:
        wait = formulas.pollaczek_khinchine(rate, work_days, cv2)
        return DeskForecast("Pollaczek-Khinchine", load, wait, 0.0)
    wait = formulas.erlang_c(staff, rate * work_days) / (staff / work_days - rate)
    return DeskForecast("Erlang C", load, wait * (1.0 + cv2) / 2.0, 0.0)
