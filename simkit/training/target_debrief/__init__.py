"""The debrief of a target workshop: how good the targets were, and what came of them."""

from simkit.training.target_debrief.debrief import TargetDebrief, target_debrief

__all__ = ["TargetDebrief", "target_debrief"]
