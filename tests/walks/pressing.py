"""One press of a form: who presses, where it goes and what it holds; what the presser is told, and what it left in the house."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from seawall.platform import sql
from seawall.reference import selectors as reference
from tests.clinic.world import DAY, World

from .pages import Visitor, read

LATER = (timedelta(minutes=1), timedelta(hours=13))  # which is past midnight
Enter = Callable[..., Visitor]
CITY = ("area", "500000")


@dataclass
class Press:
    """Who presses, where the form goes, and what it holds: fields, and files by field and name."""

    client: Client
    address: str
    told: dict[str, Any]
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)


def from_page(visitor: Visitor, page: str, having: str, **filled: Any) -> Press:
    """The form of a page as a person would send it."""
    form = visitor.go(page).form(having, filled.pop("where", None))
    told = {key: value for key, value in (form.values | filled).items() if value is not None}
    path = form.action or visitor.path
    return Press(visitor.client, path if path.startswith("/") else f"{visitor.path.rsplit('/', 1)[0]}/{path}", told)


def once_more(press: Press) -> Visitor:
    """Who pressed, after the press was answered."""
    answered(press)
    visitor = Visitor()
    visitor.client = press.client
    return visitor


def fresh(**told: Any) -> dict[str, Any]:
    return {"act": str(uuid4())} | told


def unit_of(hall: World) -> tuple[int, str]:
    unit_id = reference.leaf_units(DAY)[hall.leaf]
    return unit_id, next(u.code for u in reference.units(DAY) if u.unit_id == unit_id)


SAID = re.compile(r'<div class="(?:band|notice|say)[^>]*role="(?:status|alert)">(.*?)</div>', re.S)
VARIES = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|/welcome/[^"]+')


def answered(press: Press) -> tuple[int, str, str]:
    """What the presser is told: the status, where the press leads, and the page that follows."""
    told = dict(press.told)
    for name, files in press.files.items():
        told[name] = [SimpleUploadedFile(file, body, "text/csv") for file, body in files.items()]
    answer = press.client.post(press.address, told, headers={"accept-language": "en"})
    leads = answer.get("Location", "")
    page = press.client.get(leads, follow=True, headers={"accept-language": "en"}) if leads else answer
    return answer.status_code, leads, VARIES.sub("", read(page))


TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT starts_with(tablename, 'reference_')
AND tablename NOT IN ('django_session', 'platform_clock', 'platform_line', 'platform_look', 'platform_tries', 'staff_account')
"""


def left() -> dict[str, str]:
    """Every row of the house, but for the looks."""
    names = [name for (name,) in sql.fetch(TABLES)]
    parts = [f"SELECT '{n}', md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) FROM {n} t" for n in names]
    return dict(sql.fetch(" UNION ALL ".join(parts)))


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in after if before[name] != after[name]}
