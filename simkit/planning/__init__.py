"""The manager's desk work, before anything is played: pure functions of plans and past figures."""
