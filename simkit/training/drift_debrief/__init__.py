"""The debrief of a drift drill: what was seen when, what it was, and what acting was worth."""

from simkit.training.drift_debrief.debrief import DriftDebrief, drift_debrief

__all__ = ["DriftDebrief", "drift_debrief"]
