"""The daily dispatch as a document: frozen figures with their denominators, and every order and alert as a sentence in both languages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.terms.actor import EN, ZH
from seawall.terms.acts import Refused
from seawall.terms.codes import StockState

from .dispatch import dispatch_content, dispatch_state
from .series import closing_times, daily_use, last_closing, standing_by_unit, stock_by_place

Shape = dict[str, Any]
DENOMINATORS = ("population", "eligible", "started", "complete")


def dispatch_paper(campaign: CampaignRow, on: date | None = None) -> Shape:
    """What the dispatch of a day (the last closed) prints; the same tomorrow, because every figure is of the closing."""
    code = campaign.code
    day = on or last_closing(code)
    content = dispatch_content(code, day) if day else {}
    if day is None or not content:
        raise Refused("DISPATCH_NOT_MADE", day=day.isoformat() if day else None)
    nature, times = platform.nature(), closing_times(code, day)
    standing = standing_by_unit(code, day)
    units = [_unit(row, standing.get(row["unit_id"], {})) for row in content["units"]]
    names = _names(day, content["units"])
    return {
        "day": day.isoformat(),
        "campaign": {"code": campaign.code, "name": _both(campaign), "deadline": campaign.deadline.isoformat()},
        "synthetic": nature.synthetic,
        "scale": nature.scale,
        "as_of": _moment(times.closed_at),
        "late": times.late,
        "released": dispatch_state(code, day).released,
        "totals": content["totals"] | {k: sum(u[k] for u in units) for k in DENOMINATORS},
        "units": units,
        "groups": content["groups"],
        "not_reported": [u["name"] for u in units if not u["reported"]],
        "stock": _stock(campaign, day),
        "alerts": [_said(row, names) for row in content["alerts"]],
        "orders": [_said(row, names) for row in content["orders"]],
        "books": content["books"],
    }


def _unit(row: Mapping[str, Any], stands: Mapping[str, int]) -> Shape:
    return dict(row) | {name: stands.get(name, 0) for name in DENOMINATORS}


def _both(row: Any) -> Shape:
    return {"zh": row.name_zh, "en": row.name_en}


def _moment(at: Any) -> str | None:
    return at.astimezone(clock.zone()).isoformat(timespec="minutes") if at else None


def _names(day: date, units: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], Shape]:
    """Names of units and of places, by kind and id."""
    names = {("unit", int(u["unit_id"])): u["name"] for u in units}
    return names | {("site", p.place_id): _both(p) for p in reference.places()}


def _said(row: Mapping[str, Any], names: Mapping[tuple[str, int], Shape]) -> Shape:
    """To whom, and the sentence."""
    ids = [(kind, row[kind]) for kind in ("unit", "site") if row.get(kind) is not None]
    whom = next((names[key] for key in ids if key in names), {"zh": "全市", "en": "The city"})
    sentence = {
        "zh": reference.say(row["code"], row["params"], ZH),
        "en": reference.say(row["code"], row["params"], EN),
    }
    return dict(row) | {"to": whom, "sentence": sentence}


def _stock(campaign: CampaignRow, day: date) -> list[Shape]:
    """A campaign's vaccines by product and state when the day closed, and for how many days those on hand last."""
    names = {p.code: _both(p) for p in reference.products(day)}
    held: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(map(str, StockState), 0))
    use: dict[str, float] = defaultdict(float)
    own = people.products_of(campaign.programme)
    for _, product, _, state, doses in stock_by_place(day):
        if product in own:
            held[product][state] += doses
    for (_, product), mean in daily_use(campaign.code, day).items():
        use[product] += mean
    return [
        {
            "product": product,
            "name": names.get(product, {"zh": product, "en": product}),
            **held[product],
            "mean_daily_use": round(use[product], 1),
            "cover_days": held[product][StockState.ON_HAND] / use[product] if use[product] else None,
        }
        for product in sorted({*held, *use})
    ]
