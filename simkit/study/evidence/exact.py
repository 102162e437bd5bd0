"""All families of exact cases, and the cases of them that the evidence table ships with."""

from simkit.study.evidence import networks, queues, staffing
from simkit.study.evidence.families import FAMILIES, Task

__all__ = ["FAMILIES", "TASKS"]

TASKS: list[Task] = [*queues.TASKS, *networks.TASKS, *staffing.TASKS]
