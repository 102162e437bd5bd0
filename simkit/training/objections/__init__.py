"""Objection handling: what can be seen in an answer, and where."""
