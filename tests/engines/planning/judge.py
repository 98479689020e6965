"""An independent judge of plans: reads the scenario's tables and the plan's, and knows nothing of how plans are made."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import polars as pl

from seawall.engines.planning import Plan, Scenario

HOURS = {"holiday": "hours_holiday", "weekend": "hours_weekend"}


def span(scenario: Scenario, result: Plan) -> list[date]:
    first, last = result.as_of + timedelta(days=1), scenario.campaign.deadline
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def day_doses(scenario: Scenario, unit: str, day: date) -> float:
    """What a unit's sites can give on a day, from the tables alone."""
    special = dict(scenario.calendar.select("date", "kind").iter_rows())
    kind = special.get(day, "weekend" if day.weekday() > 4 else "workday")
    profile = {row["kind"]: min(row["staffing"], row["demand"]) for row in scenario.profiles.iter_rows(named=True)}
    brought = {
        row["to"]: row["doses_per_day"]
        for row in scenario.transport.filter(pl.col("from") == unit).iter_rows(named=True)
    }
    total = 0.0
    for row in scenario.capacity.filter(pl.col("unit") == unit).iter_rows(named=True):
        can = row["stations"] * row["rate_per_hour"] * row[HOURS.get(kind, "hours_workday")]
        can *= scenario.settings.capacity_share * profile.get(kind, 1.0)
        total += min(can, brought.get(f"{unit}:{row['kind']}") or can)
    return total


def judge(scenario: Scenario, result: Plan) -> set[str]:
    """Names of the rules that a plan breaks. For plans from the opening on, with the folder's own supply and no history."""
    broken = set()
    for check in (persons, stations, vaccinators, ledger, lots, roads, waste_balance, stranded, choice):
        broken |= check(scenario, result)
    return broken


def persons(scenario: Scenario, result: Plan) -> set[str]:
    """Nobody starts who is not there, before the group opens or under a pause; nobody comes before the interval has passed."""
    broken = set()
    lag = {
        (r["product"], n): r[f"min_days_{n}"]
        for r in scenario.products.iter_rows(named=True)
        for n in range(2, r["doses"] + 1)
    }
    opens = dict(scenario.groups.select("group", "opens").iter_rows())
    uptake = dict(scenario.groups.select("group", "uptake").iter_rows())
    paused = [
        r
        for r in scenario.policies.iter_rows(named=True)
        if (r["value"], r["state"]) == ("later_doses_only", "applied")
    ]
    swap = defaultdict(set)
    for row in scenario.mixing.iter_rows(named=True):
        swap[row["later"], row["dose_rank"]].add((row["first"], row["from"], row["to"]))
    for (unit, group), rows in result.quotas.group_by("unit", "group"):
        eligible = scenario.population.filter(unit=unit, group=group)["eligible"].sum()
        if rows.filter(dose_rank=1)["doses"].sum() > eligible * uptake[group] + 1e-9:
            broken.add("people")
        if rows["date"].min() < opens[group]:
            broken.add("group_opening")
        if any(r["from"] <= day <= r["to"] for day in rows.filter(dose_rank=1)["date"] for r in paused):
            broken.add("pause")
        given = Counter()
        for day, product, rank, doses in sorted(rows.select("date", "product", "dose_rank", "doses").iter_rows()):
            given[product, rank, day] += doses
        for product, rank in {(p, r) for p, r, _ in given if r > 1}:
            family = {product} | {
                other for p, r in swap if r == rank for other, _, _ in swap[p, r] if p == product or other == product
            }
            family |= {p for p, r in swap if r == rank and any(other in family for other, _, _ in swap[p, r])}
            for day in {d for p, r, d in given if (p, r) == (product, rank)}:
                had = sum(n for (p, r, d), n in given.items() if p in family and r == rank and d <= day)
                wait = min(lag[p, rank] for p in family if (p, rank) in lag)
                could = sum(
                    n
                    for (p, r, d), n in given.items()
                    if p in family and r == rank - 1 and d <= day - timedelta(days=wait)
                )
                allowed = [s for s in swap[product, rank] if s[1] <= day <= s[2]]
                own = sum(
                    n
                    for (p, r, d), n in given.items()
                    if (p, r) == (product, rank - 1) and d <= day - timedelta(days=lag[product, rank])
                )
                mine = sum(n for (p, r, d), n in given.items() if (p, r) == (product, rank) and d <= day)
                if had > could or (mine > own and not allowed and not swap[product, rank]):
                    broken.add("opening")
    return broken


def stations(scenario: Scenario, result: Plan) -> set[str]:
    load = result.quotas.group_by("unit", "date").agg(pl.col("doses").sum())
    return {"capacity" for unit, day, doses in load.iter_rows() if doses > day_doses(scenario, unit, day) + 1e-9}


def vaccinators(scenario: Scenario, result: Plan) -> set[str]:
    """By day, and by week counted back from the deadline."""
    broken = set()
    for row in scenario.staff.iter_rows(named=True):
        hour = row["vaccinators"] * row["doses_per_hour"]
        load = Counter()
        for day, doses in result.quotas.filter(unit=row["unit"]).select("date", "doses").iter_rows():
            load[day] += doses
        week = Counter()
        for day, doses in load.items():
            week[(scenario.campaign.deadline - day).days // 7] += doses
        if any(doses > hour * row["hours_day"] + 1e-9 for doses in load.values()):
            broken.add("staff")
        if any(doses > hour * row["hours_week"] + 1e-9 for doses in week.values()):
            broken.add("staff")
    return broken


def ledger(scenario: Scenario, result: Plan) -> set[str]:
    """Every unit, product and day: what lay there + what came - given - wasted = what lies there; cold stores hold it."""
    broken, lead = set(), {}
    for row in scenario.transport.filter(pl.col("from") == scenario.settings.city_store).iter_rows(named=True):
        lead[row["to"]] = max(row["lead_days"] or 0, scenario.settings.lead_days)
    cold = {row["unit"]: row["doses"] for row in scenario.storage.iter_rows(named=True) if row["doses"] is not None}
    for unit in scenario.units["unit"]:
        came, gone, lies = Counter(), Counter(), Counter()
        for day, product, doses in (
            result.shipments.filter(pl.col("to") == unit).select("date", "product", "doses").iter_rows()
        ):
            came[product, day + timedelta(days=lead.get(unit, scenario.settings.lead_days))] += doses
        for day, product, doses in result.quotas.filter(unit=unit).select("date", "product", "doses").iter_rows():
            gone[product, day] += doses
        for day, product, doses in result.waste.filter(place=unit).select("date", "product", "doses").iter_rows():
            gone[product, day] += doses
        for day, product, doses in result.stock.filter(place=unit).select("date", "product", "doses").iter_rows():
            lies[product, day] += doses
        for product in scenario.products["product"]:
            before = 0
            for day in span(scenario, result):
                before += came[product, day] - gone[product, day]
                if before != lies[product, day] or before < 0:
                    broken.add("ledger")
        for day in span(scenario, result):
            if sum(lies[p, day] for p in scenario.products["product"]) > cold.get(unit, 10**12):
                broken.add("cold_storage")
    return broken


def lots(scenario: Scenario, result: Plan) -> set[str]:
    """No lot leaves before it has come or is used after its last day; of two lots in a unit the earlier expiring goes first."""
    broken = set()
    came = {row["lot"]: row for row in scenario.supply.iter_rows(named=True)}
    for day, lot in result.shipments.select("date", "lot").iter_rows():
        if came[lot]["date"] > day:
            broken.add("supply")
        if came[lot]["expires"] < day:
            broken.add("expiry")
    for day, lot in result.stock.select("date", "lot").iter_rows():
        if came[lot]["expires"] < day:
            broken.add("expiry")
    return broken


def roads(scenario: Scenario, result: Plan) -> set[str]:
    broken, store = set(), scenario.settings.city_store
    for row in scenario.transport.filter((pl.col("from") == store) & pl.col("doses_per_day").is_not_null()).iter_rows(
        named=True
    ):
        sent = result.shipments if row["to"] == "ALL" else result.shipments.filter(pl.col("to") == row["to"])
        most = sent.group_by("date").agg(pl.col("doses").sum())["doses"].max()
        if most is not None and most > row["doses_per_day"]:
            broken.add("fleet" if row["to"] == "ALL" else "transport")
    return broken


def waste_balance(scenario: Scenario, result: Plan) -> set[str]:
    """Of every product: what came = given + wasted + left, to the dose."""
    for product in scenario.products["product"]:
        share = scenario.settings.probable_share
        last = scenario.campaign.deadline - timedelta(days=scenario.settings.lead_days)
        came = 0
        for row in scenario.supply.filter((pl.col("product") == product) & (pl.col("date") <= last)).iter_rows(
            named=True
        ):
            pack = row["doses_per_pack"]
            came += row["doses"] if row["confirmed"] == "yes" else int(row["doses"] * share / pack + 1e-9) * pack
        left = result.stock.filter((pl.col("date") == scenario.campaign.deadline) & (pl.col("product") == product))[
            "doses"
        ].sum()
        used = (
            result.quotas.filter(product=product)["doses"].sum() + result.waste.filter(product=product)["doses"].sum()
        )
        if came != used + left:
            return {"conservation"}
    return set()


def stranded(scenario: Scenario, result: Plan) -> set[str]:
    """Of a stock that is used up, whoever has started finds the later doses, of it or of what may follow it."""
    for product in scenario.clearance["product"]:
        (series,) = scenario.products.filter(product=product)["doses"].to_list()
        given = result.quotas.filter(product=product)
        owed = series * given.filter(dose_rank=1)["doses"].sum() - given["doses"].sum()
        left = result.stock.filter((pl.col("date") == scenario.campaign.deadline) & (pl.col("product") == product))[
            "doses"
        ].sum()
        coming = scenario.supply.filter((pl.col("product") == product) & (pl.col("date") > scenario.campaign.deadline))[
            "doses"
        ].sum()
        followed = sum(
            result.quotas.filter(product=row["later"], dose_rank=row["dose_rank"])["doses"].sum()
            for row in scenario.mixing.filter(first=product).iter_rows(named=True)
        )
        if owed - followed > left + coming:
            return {"clearance"}
    return set()


def choice(scenario: Scenario, result: Plan) -> set[str]:
    """Where one product is wanted, one is started."""
    started = result.quotas.filter(pl.col("dose_rank") == 1)
    return {
        "one_product" for unit in scenario.one_product["unit"] if started.filter(unit=unit)["product"].n_unique() > 1
    }
