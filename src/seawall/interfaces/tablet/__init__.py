"""The door of tablets: a page that works without a network, the bundle that it takes along, and the acts that it brings back."""
