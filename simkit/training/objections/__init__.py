"""Objection handling: what can be seen in an answer, and where; and a buyer to talk to."""

from simkit.training.objections.score import card_mistakes, score
from simkit.training.objections.scored import Flag, Scored, Seen, Span

__all__ = ["Flag", "Scored", "Seen", "Span", "card_mistakes", "score"]
