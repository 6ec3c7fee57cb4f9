"""Training: one loop, one TOML file a run, several objectives."""
