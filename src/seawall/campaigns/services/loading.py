"""Load a campaign's folder: all checked first, then written in one transaction; the same folder again changes nothing."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from seawall.engines.planning import Scenario, ScenarioMistakes, check_files, read_files
from seawall.platform import clock, snapshot, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.reference import services as reference_services
from seawall.terms.actor import ZH
from seawall.terms.acts import Params, Refusal, Refused
from seawall.terms.campaigns import CampaignSet
from seawall.terms.codes import Owner

from ..events import CAMPAIGN_LOADED
from ..models import Campaign, CampaignGroup, Phase, Policy, Target


def campaign_load(folder: Path | str, *, scale: float = 1.0) -> str:
    """Load or renew a campaign; its code. Raises ScenarioMistakes with every file, row and column that is wrong.

    A policy that was applied here stays applied when the folder is loaded again.
    """
    return _take_in(read_files(folder), scale)[1]


@verb(Owner.CITY, zh="录入接种活动", en="Take campaigns in", tells=(CAMPAIGN_LOADED,))
def campaign_set(w: Work, items: list[CampaignSet]) -> Answers:
    """Take in or renew campaigns from the files of their folders, all checked first; the same files again change nothing."""
    return {item.act: _set(w, item) for item in items}


def _set(w: Work, item: CampaignSet) -> Refusal | Params:
    try:
        fresh, code = _take_in({name: text.bytes() or b"" for name, text in item.files.items()}, item.scale)
    except ScenarioMistakes as wrong:
        first = wrong.mistakes[0]
        told: Params = {"file": first.file, "row": first.row, "column": first.column}
        text = first.zh if w.actor.language == ZH else first.en
        return Refusal("CAMPAIGN_FILES_WRONG", {**told, "mistakes": len(wrong.mistakes), "text": text})
    except Refused as refused:
        return refused.refusal
    if fresh:
        w.announce(CAMPAIGN_LOADED, Owner.CITY, 0, item, {"campaign": code})
    return {"campaign": code, "changed": fresh}


def _take_in(files: Mapping[str, bytes], scale: float) -> tuple[bool, str]:
    """Whether anything changed, and the campaign's code."""
    scenario = check_files(files)
    digest = hashlib.sha256(b"".join(name.encode() + body for name, body in sorted(files.items()))).hexdigest()
    code = scenario.campaign.code
    if sql.fetch(
        "SELECT 1 FROM campaigns_campaign WHERE code = %s AND digest = %s AND scale = %s", [code, digest, scale]
    ):
        return False, code
    _check_units(scenario)
    with transaction.atomic():
        campaign_id = _head(scenario, {name: body.decode("utf-8-sig") for name, body in files.items()}, digest, scale)
        _tables(scenario, campaign_id)
        snapshot.forget()
        reference_services.programme_use(scenario.campaign.programme, scenario.campaign.opens)
    return True, code


def _check_units(scenario: Scenario) -> None:
    """Every planning unit of the folder is one of the reference data on the opening day."""
    known = {unit.code for unit in reference.units(scenario.campaign.opens)}
    strange = sorted(set(scenario.units["unit"]) - known)
    if known and strange:
        raise Refused("UNIT_NOT_OF_THE_PARTITION", units=", ".join(strange), day=scenario.campaign.opens.isoformat())


def _head(scenario: Scenario, files: dict[str, str], digest: str, scale: float) -> int:
    head = scenario.campaign
    columns = ["code", "name_zh", "name_en", "programme", "division", "time_zone", "opens", "deadline"]
    columns += ["opening", "closing", "cut_off", "authority_zh", "authority_en", "source", "counting"]
    names = [*columns, "scale", "digest", "files", "loaded_at"]
    row = [*(getattr(head, name) for name in columns), scale, digest, files, clock.now()]
    renew = ", ".join(f"{name} = excluded.{name}" for name in names if name != "code")
    ((campaign_id,),) = sql.insert(
        Campaign, names, [row], on_conflict=f"(code) DO UPDATE SET {renew}", returning=("id",)
    )
    return int(campaign_id)


def _tables(scenario: Scenario, campaign_id: int) -> None:
    rows = scenario.groups.with_row_index("position").iter_rows(named=True)
    _renew(CampaignGroup, campaign_id, [_group(row) for row in rows])
    _renew(Phase, campaign_id, [_phase(row) for row in scenario.phases.iter_rows(named=True)])
    _renew(Target, campaign_id, [_target(row) for row in scenario.targets.iter_rows(named=True)])
    applied = {
        code
        for (code,) in sql.fetch(
            "SELECT code FROM campaigns_policy WHERE campaign_id = %s AND state = 'applied'", [campaign_id]
        )
    }
    policies = [_policy(row) for row in scenario.policies.with_row_index("position").iter_rows(named=True)]
    for policy in policies:
        policy["state"] = "applied" if policy["code"] in applied else policy["state"]
    _renew(Policy, campaign_id, policies)


def _renew(table: Any, campaign_id: int, rows: list[dict[str, Any]]) -> None:
    """Rows of the folder replace those of their code; others stay where acts made them (policies), and go elsewhere."""
    name = table._meta.db_table
    if table is not Policy:
        sql.execute(f"DELETE FROM {name} WHERE campaign_id = %s", [campaign_id])
    if not rows:
        return
    columns = ["campaign", *rows[0]]
    renew = ", ".join(f"{c} = excluded.{c}" for c in rows[0] if c != "code")
    sql.insert(
        table,
        columns,
        [[campaign_id, *row.values()] for row in rows],
        on_conflict=f"(campaign_id, code) DO UPDATE SET {renew}",
    )


def _group(row: dict[str, Any]) -> dict[str, Any]:
    same = {k: row[k] for k in ("rank", "position", "sectors", "org_kinds", "age_min", "age_max", "opens", "uptake")}
    return {"code": row["group"], "name_zh": row["zh"], "name_en": row["en"], **same}


def _phase(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": row["phase"],
        "name_zh": row["zh"],
        "name_en": row["en"],
        "groups": row["groups"],
        "dose_ranks": [int(rank) for rank in row["dose_ranks"]],
        "since": row["from"],
        "until": row["to"],
        "denominator": row["denominator"],
        "source": row["source"] or "",
    }


def _target(row: dict[str, Any]) -> dict[str, Any]:
    same = {k: row[k] for k in ("measure", "share", "by", "denominator", "weight")}
    return {
        "code": row["target"],
        "groups": row["group"],
        **same,
        "mark": row["mark"] or "",
        "source": row["source"] or "",
    }


def _policy(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": row["policy"],
        "position": row["position"],
        "kind": row["kind"],
        "value": row["value"],
        "name_zh": row["zh"] or row["policy"],
        "name_en": row["en"] or row["policy"],
        "since": row["from"],
        "until": row["to"],
        "later_within_days": row["later_within_days"],
        "state": row["state"],
        "authority": row["authority"] or "",
        "source": row["source"] or "",
    }
