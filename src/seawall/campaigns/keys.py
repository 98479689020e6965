"""Whose an act on a campaign is: the campaign's id, from the code that an item names."""

from collections.abc import Iterable, Sequence
from typing import Any

from seawall.platform import sql


def campaign_ids(codes: Iterable[str]) -> dict[str, int]:
    """Ids of these campaigns, by code; unknown ones are left out."""
    return dict(sql.fetch("SELECT code, id FROM campaigns_campaign WHERE code = ANY(%s)", [sorted(set(codes))]))


def campaign_keys(items: Sequence[Any]) -> list[int]:
    """Owner of each item by its `campaign`; 0 for one that does not exist."""
    ids = campaign_ids(item.campaign for item in items)
    return [ids.get(item.campaign, 0) for item in items]
