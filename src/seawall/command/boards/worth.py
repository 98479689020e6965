"""What the coverage is worth: the effective reproduction number now and without vaccine, and an outbreak it holds back."""

from datetime import date
from typing import Any

from seawall.terms.actor import Actor

from ..models import Worth
from .shapes import Shape, both, stamp


def worth_of(day: date) -> Shape | None:
    """The panel of the board, from the closing of `day` or the last one before it."""
    row = Worth.objects.filter(day__lte=day).order_by("-day").first()
    if row is None:
        return None
    content: dict[str, Any] = row.content
    return {
        "day": row.day,
        "now": _interval(content["now"]),
        "none": _interval(content["none"]),
        "verdict": content["verdict"],
        "infections_none": round(content["infections_none"]),
        "infections_now": round(content["infections_now"]),
        "averted": max(0, round(content["infections_none"] - content["infections_now"])),
    }


def worth_page(actor: Actor, day: date) -> Shape:
    """The panel, coverage by age group, and every assumption with its source."""
    panel = worth_of(day)
    content: dict[str, Any] = Worth.objects.get(day=panel["day"]).content if panel else {}
    groups = zip(*(content.get(k, []) for k in ("groups", "people", "started", "complete")), strict=True)
    people = sum(content.get("people", []))
    denominator = {
        "name": both("常住人口", "residents"),
        "size": people,
        "source": both("合成人口", "synthetic people"),
    }
    return {
        "stamp": stamp(panel["day"] if panel else day, denominator),
        "worth": panel,
        "groups": [{"group": g, "people": n, "started": s, "complete": c} for g, n, s, c in groups],
        "assumptions": [a | {"name": both(a["zh"], a["en"])} for a in content.get("assumptions", [])],
    }


def _interval(values: list[float]) -> Shape:
    middle, low, high = values
    return {"r": middle, "low": low, "high": high}
