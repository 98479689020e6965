"""`seawall doctor`: what an installation needs to work, looked at one by one; what is wrong says what to do."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import typer
from django.conf import settings

from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.platform import clock, rotation, secrets, vitals
from seawall.platform.embedded import cluster_folder
from seawall.reference import selectors as reference
from seawall.terms.acts import Refused
from seawall.terms.codes import PlaceKind

from .database import where

STILL = timedelta(seconds=30)  # a part that worked more lately than this still runs
APART = timedelta(seconds=2)  # clocks further apart than this date acts wrongly
LEAST = 5.0  # gigabytes free
PATIENCE = 5  # seconds for an answer of the site


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: the code of its sentence, and whether it is well."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    well: bool = True


def findings(site: str) -> Iterator[Finding]:
    """Everything looked at, in order; the database is reached and of this version already."""
    yield Finding("DOCTOR_DATABASE", {**where(), "version": vitals.server_version() // 10_000})
    yield Finding("DOCTOR_MIGRATED", {"version": version("seawall")})
    for look in (cities, _keys, _parts, _clock, _stores, _consents, _coordinates, _disk):
        yield from look()
    if site:
        yield tls(site)


def show(found: Sequence[Finding], language: str) -> bool:
    """Print every finding; whether all is well."""
    for one in found:
        typer.secho(f"{'✓' if one.well else '✗'} {reference.say(one.code, one.params, language)}", bold=not one.well)
    return all(one.well for one in found)


def _either(well: bool, good: str, bad: str, **params: Any) -> Iterator[Finding]:
    yield Finding(good if well else bad, params, well)


def cities() -> Iterator[Finding]:
    code = reference.city().code
    yield from _either(bool(code), "DOCTOR_CITY", "DOCTOR_CITY_NONE", city=code)


def _keys() -> Iterator[Finding]:
    yield Finding("DOCTOR_KEY", {"number": secrets.in_force()})
    if len(secrets.ring()) > 1 and rotation.waits():
        yield Finding("DOCTOR_OLD_KEY", well=False)


def _parts() -> Iterator[Finding]:
    for part, age in vitals.last_seen().items():
        seconds = age and round(age.total_seconds())
        alive = age is not None and age < vitals.ALIVE
        yield from _either(alive, "DOCTOR_PART", "DOCTOR_PART_DEAD", part=part.value, seconds=seconds)


def _clock() -> Iterator[Finding]:
    apart = vitals.clock_apart()
    seconds = round(apart.total_seconds(), 1)
    yield from _either(apart < APART, "DOCTOR_CLOCK", "DOCTOR_CLOCK_WRONG", seconds=seconds)
    if clock.simulated():
        yield Finding("DOCTOR_CLOCK_SIMULATED")


def _stores() -> Iterator[Finding]:
    count = len(reference.places([PlaceKind.STORE]))
    yield from _either(count > 0, "DOCTOR_STORES", "DOCTOR_STORES_NONE", count=count)


def _consents() -> Iterator[Finding]:
    programmes = sorted({campaign.programme for campaign in campaigns.loaded()})
    today = clock.today()
    bare = [name for name in programmes if not clinic.consents(name, today)]
    told = {"count": len(programmes), "programmes": ", ".join(bare)}
    yield from _either(not bare, "DOCTOR_CONSENTS", "DOCTOR_CONSENTS_NONE", **told)


def _coordinates() -> Iterator[Finding]:
    streets = reference.leaves(clock.today())
    bare = sum(street.longitude is None for street in streets)
    yield from _either(not bare, "DOCTOR_COORDINATES", "DOCTOR_COORDINATES_NONE", count=bare or len(streets))


def _disk() -> Iterator[Finding]:
    folders = {Path(settings.VAR)} | ({cluster_folder()} if settings.EMBEDDED else set())
    for folder in sorted(folders):
        free = round(shutil.disk_usage(folder).free / 1e9, 1)
        yield from _either(free > LEAST, "DOCTOR_DISK", "DOCTOR_DISK_LOW", folder=str(folder), gigabytes=free)


def may_upgrade() -> None:
    """Refused while a part still works, or where the disk would fill."""
    age = vitals.last_sign()
    if age is not None and age < STILL:
        raise Refused("UPGRADE_WHILE_RUNNING", seconds=round(age.total_seconds()))
    if low := next((one for one in _disk() if not one.well), None):
        raise Refused(low.code, **low.params)


def tls(site: str) -> Finding:
    """Ask the site as a browser would: is it TLS from end to end, and does the proxy tell?"""
    if not site.startswith("https://"):
        return Finding("DOCTOR_TLS_BARE", {"site": site}, well=False)
    try:
        with urlopen(Request(f"{site.rstrip('/')}/healthz"), timeout=PATIENCE) as answer:
            told = json.load(answer)
    except HTTPError as error:
        return Finding("DOCTOR_SITE_UNREACHED", {"site": site, "why": f"HTTP {error.code}"}, well=False)
    except (URLError, OSError, ValueError) as error:
        return Finding("DOCTOR_SITE_UNREACHED", {"site": site, "why": str(getattr(error, "reason", error))}, well=False)
    secure = bool(told.get("secure"))
    return Finding("DOCTOR_TLS" if secure else "DOCTOR_TLS_HIDDEN", {"site": site}, secure)
