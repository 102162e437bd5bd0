"""Commands with a file of their own, and what all commands share."""
