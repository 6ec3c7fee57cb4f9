"""The face-feature library: labelled vector parts that compose into a figure for any spec."""
