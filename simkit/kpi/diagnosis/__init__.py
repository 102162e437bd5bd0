"""Diagnosis: where a gap shows, how long things wait, what changed with an adjustment."""
