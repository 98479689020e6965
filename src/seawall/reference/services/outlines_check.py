"""The outlines of a city's planning units: valid GeoJSON, closed rings, one for each unit."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seawall.engines.tables import Findings

from ..folders import OUTLINES

SHAPES = {"Polygon": 1, "MultiPolygon": 2}
LEAST = 4  # points of a ring, the first and the last the same


def judge(folder: Path, planned: set[str], findings: Findings) -> None:
    """Notes what is wrong with the file; a city without a map is none."""
    path = folder / OUTLINES
    if not path.exists():
        return
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        drawn = [(str(f["properties"]["name"]), f["geometry"]) for f in features]
    except (ValueError, KeyError, TypeError) as wrong:
        findings.add(OUTLINES, 0, "", "", "geojson", wrong)
        return
    for number, (unit, geometry) in enumerate(drawn, 1):
        if unit not in planned:
            findings.add(OUTLINES, number, "name", unit, "unit")
        for rule in sorted(set(_faults(geometry))):
            findings.add(OUTLINES, number, "coordinates", unit, rule)


def _faults(geometry: Any) -> Iterator[str]:
    depth = SHAPES.get(geometry.get("type", "")) if isinstance(geometry, dict) else None
    if depth is None:
        yield "short_ring"
        return
    try:
        polygons = geometry["coordinates"] if depth == 2 else [geometry["coordinates"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            if len(ring) < LEAST:
                yield "short_ring"
            elif ring[0] != ring[-1]:
                yield "open_ring"
            if any(abs(lon) > 180 or abs(lat) > 90 for lon, lat, *_ in ring):
                yield "degrees"
    except (KeyError, TypeError, ValueError):
        yield "short_ring"
