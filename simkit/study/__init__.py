"""Runs and what is made of them: manifests, replay, counterfactuals, speed."""
