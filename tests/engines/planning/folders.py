"""Small campaign folders for tests: a few units, one group, doses that can be counted on fingers."""

from pathlib import Path

HEAD = """code = "small"
name_zh = "小"
name_en = "Small"
programme = "covid19-cn"
division = "500000"
time_zone = "Asia/Shanghai"
opens = 2021-05-01
deadline = {deadline}
cut_off = 20:00:00

[plan]
near_days = {near_days}
lead_days = 0
cover_days = 1
capacity_share = 1.0
city_store = "CITY"
"""
TABLES = {
    "units": "unit,zh,en,population\nA,甲,Alpha,1000\nB,乙,Beta,1000\n",
    "groups": "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
    "ALL_18,1,成人,Adults,,,18,,2021-05-01,0,1\n",
    "population": "unit,group,eligible\nA,ALL_18,100\nB,ALL_18,100\n",
    "targets": "target,group,measure,share,by,denominator,weight\nT,ALL,complete,0.5,2021-06-30,eligible,1\n",
    "policies": "policy,kind,value,from,to,later_within_days,state\nP,dose_priority,first_dose_first,2021-05-01,2021-12-31,5,applied\n",
    "products": (
        "product,zh,en,doses,min_days_2,min_days_3,latest_days_2,latest_days_3,wastage\n"
        "INACT,灭活,Inactivated,2,21,,56,,0\nSUBUNIT,亚单位,Subunit,3,28,28,56,182,0\nVECTOR,载体,Vector,1,,,,,0\n"
    ),
    "calendar": "date,kind\n",
    "supply": "date,product,lot,doses,doses_per_pack,expires,confirmed\n2021-04-30,INACT,L1,400,1,2022-01-01,yes\n",
    "capacity": (
        "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\n"
        "A,fixed,1,1,10,10,10,10\nB,fixed,1,1,10,10,10,10\n"
    ),
}


def write_folder(root: Path, deadline: str = "2021-06-30", near_days: int = 14, **tables: str) -> Path:
    """Write a small scenario; any table can be replaced by its CSV text."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "campaign.toml").write_text(HEAD.format(deadline=deadline, near_days=near_days), encoding="utf-8")
    for name, text in {**TABLES, **tables}.items():
        (root / f"{name}.csv").write_text(text, encoding="utf-8")
    return root


def supply(*lots: tuple[str, str, int, str]) -> str:
    """supply.csv of (date, product, doses, expires); lots numbered, packs of one."""
    rows = [f"{day},{product},L{n},{doses},1,{expires},yes" for n, (day, product, doses, expires) in enumerate(lots)]
    return "\n".join(["date,product,lot,doses,doses_per_pack,expires,confirmed", *rows, ""])


def target(share: float, measure: str = "complete", by: str = "2021-06-30") -> str:
    """targets.csv with one target for everybody."""
    return f"target,group,measure,share,by,denominator,weight\nT,ALL,{measure},{share},{by},eligible,1\n"
