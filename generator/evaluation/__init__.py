"""Judging the generator: distances, accuracy per level, diversity, in-betweens, baselines."""
