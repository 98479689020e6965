"""For whoever watches: does this process answer, is the installation ready, and its figures for Prometheus. No word about any person."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric

from seawall.platform import selectors as platform
from seawall.platform import vitals
from seawall.reports import selectors as reports

from .counted import REGISTRY
from .guard import address_is_here

LATE = timedelta(minutes=10)  # what waits longer for its delivery or its seal is a fault


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when this process answers, reaches its database and has its key; else 503. `secure`: whether it was asked over TLS."""
    try:
        key = platform.key_fits() is not False
    except DatabaseError:
        return JsonResponse({"well": False, "database": False}, status=503)
    found = {"well": key, "database": True, "key": key, "secure": request.is_secure()}
    return JsonResponse(found, status=200 if key else 503)


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the whole installation works: tables of this version, every part alive, nothing waiting too long."""
    try:
        found = _readiness()
    except DatabaseError:
        return JsonResponse({"ready": False, "database": False}, status=503)
    ready = all(value for value in found.values() if isinstance(value, bool))
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


def _readiness() -> dict[str, object]:
    if not migrated():
        return {"database": True, "migrations": False}
    told, sealed, closing = platform.untold(), platform.unsealed(), reports.last_closing()
    return {
        "database": True,
        "migrations": True,
        "key": platform.key_fits() is not False,
        **{part.value: seen for part, seen in vitals.alive().items()},
        "in_time": max(told.age or timedelta(), sealed.age or timedelta()) < LATE,
        "relay_lag_seconds": _seconds(told.age),
        "seal_lag_seconds": _seconds(sealed.age),
        "last_closing": closing and closing.isoformat(),
    }


def _seconds(age: timedelta | None) -> float:
    return round(age.total_seconds(), 1) if age else 0.0


def migrated() -> bool:
    """Whether no migration waits; once true it stays true for this process, whose code does not change."""
    return _migrated() or (_migrated.cache_clear() or False)  # type: ignore[func-returns-value]


@cache
def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus' text format: requests of all web processes, and what is a fact of the database."""
    if not _may_read(request):
        return HttpResponseForbidden("metrics: for this machine, or with the token of SEAWALL_METRICS_TOKEN\n")
    facts = CollectorRegistry()
    facts.register(Facts())
    return HttpResponse(generate_latest(_requests()) + generate_latest(facts), content_type=CONTENT_TYPE_LATEST)


def _requests() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    of_all = CollectorRegistry()
    multiprocess.MultiProcessCollector(of_all)
    return of_all


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {settings.METRICS_TOKEN}".encode()
        )
    return address_is_here(request)


@dataclass(frozen=True, slots=True)
class Facts:
    """Read from the database when asked, so that every process tells the same."""

    def collect(self) -> list[Metric]:
        try:
            return [_gauge("seawall_up", "Whether the database answers", 1), *(make() for make in FIGURES)]
        except DatabaseError:
            return [_gauge("seawall_up", "Whether the database answers", 0)]


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)


def _by(name: str, told: str, labels: list[str], rows: Mapping[Any, float]) -> Metric:
    made = GaugeMetricFamily(name, told, labels=labels)
    for values, figure in rows.items():
        made.add_metric(list(values), figure)
    return made


def _acts() -> Metric:
    rows = {(verb, refusal or "done"): float(count) for (verb, refusal), count in vitals.acts_lately().items()}
    return _by("seawall_acts_5m", "Acts recorded in the last five minutes", ["verb", "outcome"], rows)


def _queue() -> Metric:
    jobs = vitals.jobs()
    rows = {("waiting",): jobs.waiting, ("running",): jobs.running, ("failed",): jobs.failed}
    return _by("seawall_queue_jobs", "Background jobs", ["state"], {k: float(v) for k, v in rows.items()})


def _seen() -> Metric:
    rows = {(part.value,): age.total_seconds() for part, age in vitals.last_seen().items() if age is not None}
    return _by("seawall_part_seen_seconds", "Seconds since a part last showed that it works", ["part"], rows)


def _waiting() -> Metric:
    rows = {("facts",): float(platform.untold().count), ("acts",): float(platform.unsealed().count)}
    return _by("seawall_waiting", "Facts that wait for the relay, acts that wait for their seal", ["what"], rows)


def _lag() -> Metric:
    rows = {("relay",): _seconds(platform.untold().age), ("sealer",): _seconds(platform.unsealed().age)}
    return _by("seawall_lag_seconds", "Age of the oldest that waits", ["part"], rows)


def _pool() -> Metric:
    states, most = vitals.connections()
    rows = {(state,): float(count) for state, count in states.items()}
    return _by("seawall_connections", "Connections to the database", ["state"], rows | {("allowed",): float(most)})


FIGURES: tuple[Callable[[], Metric], ...] = (_acts, _queue, _seen, _waiting, _lag, _pool)
