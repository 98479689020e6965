"""Speed as ratios measured in one run on one machine; no test asserts a time."""
