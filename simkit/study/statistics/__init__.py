"""Statistics of comparisons: pure functions of numbers; nothing here plays a world."""
