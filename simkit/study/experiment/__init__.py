"""The what-if lab: ways to run a region, compared in the same worlds."""
