"""Objection handling: the scorer of answers, and the simulated buyer."""
