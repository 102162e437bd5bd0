"""The best levers found by trying: a search in common worlds, then an honest selection."""
