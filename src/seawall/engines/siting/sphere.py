"""Distances on the globe from coordinates."""

import numpy as np

EARTH_KM = 6371.0088  # mean radius, IUGG 1980 (Moritz 2000, Geodetic Reference System 1980, J Geodesy 74:128-133)


def great_circle_km(lon: np.ndarray, lat: np.ndarray, lon_: np.ndarray, lat_: np.ndarray) -> np.ndarray:
    """Kilometres along the great circle between points in degrees, broadcast together (haversine formula)."""
    a, b = np.radians(lat), np.radians(lat_)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon_ - lon) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
