"""Plots and widget apps: what a person sees. Screens hold no numbers of their own."""
