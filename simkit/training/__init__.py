"""Drills: what a manager practises, and what is said about it afterwards."""
