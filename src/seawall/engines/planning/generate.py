"""A city made by seed, as large as asked: the scenario folder that the planner is measured on. Nothing in it is published."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np

OPENS = date(2025, 1, 6)
RESIDENTS = 32_000_000 / 39  # mean of a unit
SUPPLY = 0.8  # doses that arrive, as a share of those that the completed-series target needs
ROOM = 1.6  # doses that stations can give, as a share of those that arrive
GROUPS = (  # code, zh, en, rank, share of residents, uptake, day of opening (before 0: history)
    ("HEALTH", "卫生健康系统", "Health workers", 1, 0.010, 0.96, -42),
    ("PORT_COLD_CHAIN", "口岸与进口冷链", "Ports and cold chain", 1, 0.003, 0.96, 1),
    ("AGE_80_UP", "80岁及以上", "Aged 80 and over", 1, 0.025, 0.70, 3),
    ("TRANSPORT", "交通运输", "Transport", 2, 0.0125, 0.95, 7),
    ("EDUCATION", "教育系统", "Education", 2, 0.0125, 0.95, 10),
    ("AGE_60_79", "60至79岁", "Aged 60 to 79", 2, 0.185, 0.82, 14),
    ("CHRONIC", "慢性病患者", "Chronic conditions", 3, 0.090, 0.85, 18),
    ("GOVERNMENT", "机关事业单位", "Public service", 3, 0.020, 0.95, 22),
    ("ENTERPRISE", "大型企业", "Large enterprises", 3, 0.055, 0.93, 26),
    ("SERVICE", "商贸服务", "Shops and services", 4, 0.055, 0.93, 30),
    ("ADULT_18_59", "18至59岁其他人员", "Other adults aged 18 to 59", 4, 0.310, 0.88, 35),
    ("AGE_12_17", "12至17岁", "Aged 12 to 17", 5, 0.060, 0.95, 49),
)
KEY = 5  # so many groups of lowest rank number have a target of their own
PRODUCTS = (  # code, zh, en, days to dose 2, to dose 3, waste, pack, share of supply
    ("PA", "疫苗甲", "Vaccine A", 21, 28, 0.01, 1, 0.32),
    ("PB", "疫苗乙", "Vaccine B", 28, 28, 0.01, 1, 0.26),
    ("PC", "疫苗丙", "Vaccine C", 21, 56, 0.02, 2, 0.18),
    ("PD", "疫苗丁", "Vaccine D", 28, 56, 0.03, 5, 0.14),
    ("PE", "疫苗戊", "Vaccine E", 14, 21, 0.02, 10, 0.10),
)
HEAD = """# A city made by seed; nothing in it is published. Made by:
# seawall plan-city FOLDER --units {units} --groups {groups} --days {days} --seed {seed}
code = "city-{units}-{groups}-{days}"
name_zh = "示例城市：{units}个计划单元、{groups}类人群、{days}天"
name_en = "Made city: {units} units, {groups} groups, {days} days"
programme = "made"
division = "000000"
time_zone = "UTC"
opens = {opens}
deadline = {deadline}
cut_off = 20:00:00

[plan]
near_days = 14
lead_days = 1
cover_days = 3
reserve_days = 14
capacity_share = 0.85
city_store = "CITY"
"""


def make_city(units: int = 39, groups: int = 12, days: int = 180, seed: int = 1) -> dict[str, str]:
    """The files of a folder by name. Residents and stations of the units and weekly arrivals are drawn by `seed`.

    Five products of three doses; vaccine arrives every Monday and is what binds, stations bind in some units at some times.
    """
    rng = np.random.default_rng(seed)
    deadline = OPENS + timedelta(days=days - 1)
    kinds = GROUPS[:groups]
    residents = np.rint(RESIDENTS * rng.lognormal(-0.125, 0.5, units)).astype(int)
    wanted = residents.sum() * sum(g[4] for g in kinds) * 0.72 * 3 * SUPPLY
    lots = _supply(rng, wanted, days)
    return {
        "campaign.toml": HEAD.format(
            seed=seed, units=units, groups=groups, days=days, opens=OPENS, deadline=deadline.isoformat()
        ),
        "units.csv": _table(
            "unit,zh,en,population",
            [f"U{n:02},示例{n:02}区,Unit {n:02},{size}" for n, size in enumerate(residents, 1)],
        ),
        "groups.csv": _table(
            "group,rank,zh,en,opens,share_of_population,uptake",
            [f"{c},{rank},{zh},{en},{OPENS + timedelta(days=d)},{s},{u}" for c, zh, en, rank, s, u, d in kinds],
        ),
        "targets.csv": _table(
            "target,group,measure,share,by,denominator,weight",
            [
                f"STARTED_KEY,{';'.join(g[0] for g in kinds[:KEY])},started,0.7,{OPENS + timedelta(days=days // 3)},eligible,3",
                f"COMPLETE_ALL,ALL,complete,0.72,{deadline},eligible,2",
                f"STARTED_ALL,ALL,started,0.8,{deadline},eligible,1",
            ],
        ),
        "policies.csv": _table(
            "policy,kind,value,from,to,later_within_days,state",
            [f"P,dose_priority,first_dose_first,{OPENS},{deadline},10,applied"],
        ),
        "products.csv": _table(
            "product,zh,en,doses,min_days_2,min_days_3,wastage",
            [f"{c},{zh},{en},3,{second},{third},{waste}" for c, zh, en, second, third, waste, _, _ in PRODUCTS],
        ),
        "supply.csv": _table("date,product,lot,doses,doses_per_pack,expires,confirmed", lots),
        "capacity.csv": _table(
            "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday",
            _capacity(rng, residents, wanted * ROOM / days),
        ),
        "history.csv": _table(
            "group,product,dose_rank,from,to,doses",
            [f"HEALTH,PA,1,{OPENS - timedelta(days=42)},{OPENS - timedelta(days=1)},{int(residents.sum() * 0.004)}"],
        ),
    }


def write_city(folder: Path, units: int = 39, groups: int = 12, days: int = 180, seed: int = 1) -> None:
    """Write the folder of make_city."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in make_city(units, groups, days, seed).items():
        (folder / name).write_text(text, encoding="utf-8")


def _table(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows, ""])


def _supply(rng: np.random.Generator, wanted: float, days: int) -> list[str]:
    """Every Monday a lot of each product: little at first, most in the middle, each week off by up to a third."""
    weeks = days // 7
    shape = 0.5 + np.sin(np.pi * (np.arange(weeks) + 0.5) / weeks)
    amounts = wanted * shape / shape.sum() * rng.uniform(2 / 3, 4 / 3, (len(PRODUCTS), weeks))
    rows = []
    for week in range(weeks):
        day = OPENS + timedelta(weeks=week) - timedelta(days=7 if week == 0 else 0)
        for number, (code, *_, pack, share) in enumerate(PRODUCTS):
            doses = round(amounts[number, week] * share / pack) * pack
            expires = day + timedelta(days=int(rng.integers(300, 600)))
            rows.append(f"{day},{code},{code}{week + 1:03},{doses},{pack},{expires},yes")
    return rows


def _capacity(rng: np.random.Generator, residents: np.ndarray, per_day: float) -> list[str]:
    """Fixed, temporary and mobile stations by residents, each unit a quarter more or less; 20 doses a station and hour."""
    stations = per_day / (20 * 7.5 * 0.85) * residents / residents.sum() * rng.uniform(0.75, 1.25, len(residents))
    rows = []
    for number, total in enumerate(stations, 1):
        for kind, share, hours in (("fixed", 0.6, "8,7,5"), ("temporary", 0.3, "10,10,7"), ("mobile", 0.1, "6,6,4")):
            count = max(1, round(total * share))
            rows.append(f"U{number:02},{kind},{max(1, count // 3)},{count},20,{hours}")
    return rows
