"""The simulated region: mechanisms, decisions, and the one clock."""
