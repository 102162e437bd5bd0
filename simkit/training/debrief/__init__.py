"""The debrief: what each decision was worth, luck against decision, plan against conduct."""

from simkit.training.debrief.conduct import Conduct, Note, conduct_of
from simkit.training.debrief.debrief import Debrief, debrief
from simkit.training.debrief.explained import Explained

__all__ = ["Conduct", "Debrief", "Explained", "Note", "conduct_of", "debrief"]
