"""The drill announces nothing."""
