"""Answers of policy previews, kept by the content of what they were planned from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from importlib.metadata import version
from typing import Any

import polars as pl

from seawall.platform import clock, sql

from ..models import PolicyLook
from ..rows import PolicyPreview

DATED = {"by_day": "date", "targets_before": "by", "targets_after": "by"}  # lists of rows, and their key that is a day


def digest_of(code: str, policy: str, as_of: date, frames: Mapping[str, pl.DataFrame]) -> str:
    """SHA-256 over the campaign as loaded, the policy, the day, every input whatever the order of its rows, the release
    and the answer's own fields."""
    ((folder, scale),) = sql.fetch("SELECT digest, scale FROM campaigns_campaign WHERE code = %s", [code])
    shape = [field.name for field in fields(PolicyPreview)]
    head = [version("seawall"), shape, code, folder, scale, policy, as_of.isoformat()]
    total = hashlib.sha256(json.dumps(head).encode())
    for name in sorted(frames):
        columns = sorted(frames[name].columns)
        total.update(name.encode() + frames[name].select(columns).sort(columns).write_csv().encode())
    return total.hexdigest()


def kept(digest: str) -> PolicyPreview | None:
    """The answer kept under a digest."""
    rows = sql.fetch("SELECT preview::text FROM campaigns_policylook WHERE digest = %s", [digest])
    if not rows:
        return None
    values: dict[str, Any] = json.loads(rows[0][0])
    for name, key in DATED.items():
        values[name] = [{**row, key: date.fromisoformat(row[key])} for row in values[name]]
    values["last_first_dose"] = {code: date.fromisoformat(day) for code, day in values["last_first_dose"].items()}
    return PolicyPreview(**{field.name: values[field.name] for field in fields(PolicyPreview)})


def keep(digest: str, code: str, preview: PolicyPreview) -> None:
    """Keeps an answer; the same one twice is once."""
    columns = ("digest", "campaign", "policy", "preview", "made_at")
    row = (digest, code, preview.policy, asdict(preview), clock.now())
    sql.insert(PolicyLook, columns, [row], on_conflict="DO NOTHING")
