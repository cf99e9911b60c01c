"""Figures: each beside its goal, and beside the raw engine in the same run."""
