"""A simulated sales region in which managers train and analysts test policies."""
