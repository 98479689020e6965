"""Counters of requests, for all web processes together where PROMETHEUS_MULTIPROC_DIR names their folder.

Read when the first request is served: prometheus_client looks for that folder once, as it is imported.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "seawall_requests",
    "Requests answered, by method, route and status",
    ("method", "route", "status"),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "seawall_request_seconds", "Seconds to an answer, by route", ("route",), buckets=BUCKETS, registry=REGISTRY
)


def count(method: str, route: str, status: int, seconds: float) -> None:
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
