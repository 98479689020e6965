"""What an answer means for people: how far they go before and after, who is still far, and what one more site would buy."""

import numpy as np
import polars as pl

from .case import Answer, Case, Floats, nearest_open
from .intake import Read

BINS = 40
SHARES = (0.5, 0.9, 0.99)


def sites_table(read: Read, answer: Answer) -> pl.DataFrame:
    """The open sites with whom they serve."""
    of, serves = read.case, answer.serves
    at = serves >= 0
    people = np.bincount(serves[at], of.weight[at], of.sites)
    way = np.bincount(serves[at], (of.weight * np.where(at, served_distance(of, serves), 0))[at], of.sites)
    points = np.bincount(serves[at], minlength=of.sites)
    return (
        read.candidates.select("candidate", "kind", "area", "capacity", "fixed_cost")
        .with_columns(
            state=pl.Series(np.where(of.kept, "kept", "opened")), points=pl.Series(points), people=pl.Series(people),
            mean_distance=pl.Series(way / np.maximum(people, 1e-300)),
        )
        .filter(pl.Series(answer.opened))
    )  # fmt: skip


def served_distance(of: Case, serves: np.ndarray) -> Floats:
    """The distance from each point to the site that serves it; infinite where none does."""
    far = np.full(of.points, np.inf)
    pair = of.site == serves[of.point]
    far[of.point[pair]] = of.distance[pair]
    return far


def points_table(read: Read, answer: Answer) -> pl.DataFrame:
    """Each point, the site that serves it and how far; empty where none does. The nearest open site before and after."""
    of = read.case
    site, after = nearest_open(of, answer.opened)
    _, before = nearest_open(of, of.kept)
    codes = read.candidates["candidate"].to_list()
    way = served_distance(of, answer.serves)
    told = read.demand.select(
        "demand", pl.Series("candidate", [codes[j] if j >= 0 else None for j in answer.serves], pl.String),
        pl.Series("distance", way).replace(np.inf, None), "weight", "area", "age",
        pl.Series("nearest", [codes[j] if j >= 0 else None for j in site], pl.String),
        pl.Series("nearest_distance", after).replace(np.inf, None),
        pl.Series("distance_before", before).replace(np.inf, None),
    )  # fmt: skip
    if read.radius is None:
        return told
    return told.with_columns(pl.Series("radius", read.radius), pl.Series("near", after <= read.radius))


def spread(distance: Floats, weight: Floats) -> dict[str, float | None]:
    """Mean, shares and largest of the distances of those who can reach a site, by people; and how many cannot."""
    reach = np.isfinite(distance) & (weight > 0)
    d, w = distance[reach], weight[reach]
    told: dict[str, float | None] = {"unreached": float(weight[~np.isfinite(distance)].sum())}
    if not len(d):
        return told | {"mean": None} | {f"p{share * 100:g}": None for share in SHARES} | {"longest": None}
    order = np.argsort(d)
    passed = np.cumsum(w[order]) / w.sum()
    told["mean"] = float(np.average(d, weights=w))
    told |= {f"p{s * 100:g}": float(d[order][min(len(d) - 1, np.searchsorted(passed, s - 1e-12))]) for s in SHARES}
    return told | {"longest": float(d.max())}


def by_part(points: pl.DataFrame, part: str) -> pl.DataFrame:
    """People, mean distance before and after and the share within the radius, of each area or age."""

    def mean(column: str) -> pl.Expr:
        there = pl.col(column).is_not_null()
        return (pl.col(column) * pl.col("weight")).filter(there).sum() / pl.col("weight").filter(there).sum()

    told = [
        pl.col("weight").sum().alias("people"), mean("distance_before").alias("mean_distance_before"),
        mean("nearest_distance").alias("mean_distance_after"), pl.col("nearest_distance").max().alias("longest_after"),
    ]  # fmt: skip
    if "near" in points.columns:
        before = (pl.col("distance_before") <= pl.col("radius")).fill_null(False)
        told += [
            (pl.col("weight").filter(of).sum() / pl.col("weight").sum()).alias(name)
            for of, name in ((before, "share_near_before"), (pl.col("near").fill_null(False), "share_near_after"))
        ]
    table = (
        points.filter(pl.col(part).is_not_null() & (pl.col("weight") > 0)).group_by(part, maintain_order=True).agg(told)
    )
    return table.sort("share_near_after" if "near" in points.columns else "mean_distance_after", maintain_order=True)


def histogram(points: pl.DataFrame) -> pl.DataFrame:
    """People by distance, before and after, in equal steps up to the longest way; those without any way apart (null)."""
    known = points["nearest_distance"], points["distance_before"]
    longest = max([0.0, *(float(of.max()) for of in known if of.null_count() < len(of))])  # type: ignore[arg-type]
    edges = np.linspace(0, max(longest, 1e-9), BINS + 1)
    weight = points["weight"].to_numpy()
    after, before = (np.histogram(of.fill_null(np.inf).to_numpy(), edges, weights=weight)[0] for of in known)
    away = [float(weight[of.is_null().to_numpy()].sum()) for of in known]
    return pl.DataFrame(
        {
            "from": [*edges[:-1], None], "to": [*edges[1:], None], "people_before": [*before, away[1]],
            "people_after": [*after, away[0]],
        }
    )  # fmt: skip


def one_more(read: Read, answer: Answer) -> pl.DataFrame:
    """What each closed site would buy beside the open ones: people-distance saved, and people newly within the radius."""
    of = read.case
    _, now = nearest_open(of, answer.opened)
    point = of.point
    closer = of.distance < now[point]
    there = closer & np.isfinite(now[point])
    saved = (now[point[there]] - of.distance[there]) * of.weight[point[there]]
    reached = closer & ~np.isfinite(now[point])
    table = read.candidates.select("candidate", "kind", "area", "fixed_cost").with_columns(
        distance_saved=pl.Series(np.bincount(of.site[there], saved, of.sites)),
        people_reached=pl.Series(np.bincount(of.site[reached], of.weight[point[reached]], of.sites)),
    )
    order = ["people_reached", "distance_saved"]
    if read.radius is not None:
        newly = (of.distance <= read.radius[point]) & (now[point] > read.radius[point])
        table = table.with_columns(
            people_near=pl.Series(np.bincount(of.site[newly], of.weight[point[newly]], of.sites))
        )
        order = ["people_near", *order]
    return table.filter(~pl.Series(answer.opened)).sort(order, descending=True, maintain_order=True)
