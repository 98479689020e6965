"""A real Chromium opens the console and the portal of the rehearsed city."""
