"""Seawall (屏障): runs a vaccination campaign from its target date to the immune barrier."""
