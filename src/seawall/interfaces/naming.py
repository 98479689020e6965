"""What only later rooms can say of a sentence's parameters: who holds a post, and names of roles, needs, checks and findings."""

from seawall.clinic import selectors as clinic
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.terms.actor import ZH

from .items import words as fields


def _post(value: object, language: str) -> object:
    """A person with the post: 李梅（预检医生）."""
    row = staff.post(int(str(value))) if str(value).isdecimal() else None
    if row is None:
        return "该岗位" if language == ZH else "this post"
    return f"{row.person}（{row.name.zh}）" if language == ZH else f"{row.person} ({row.name.en})"


def _role(value: object, language: str) -> str:
    return reference.listed(value, language, {code: (row.zh, row.en) for code, row in staff.role_names().items()})


def _need(value: object, language: str) -> str:
    return reference.listed(value, language, {code: (row.zh, row.en) for code, row in sites.need_names().items()})


def _check(value: object, language: str) -> str:
    return reference.listed(value, language, {row.code: (row.zh, row.en) for row in clinic.checks()})


def _finding(value: object, language: str) -> str:
    rows = [row for p in reference.programmes_in_use() for row in clinic.findings(p, clock.today())]
    return reference.listed(value, language, {row.code: (row.zh, row.en) for row in rows})


def _field(value: object, language: str) -> str:
    """A field of an item, or of a part of one, as forms name it."""
    row = fields().get(("", str(value).rpartition(".")[2]))
    return row["zh" if language == ZH else "en"] if row else str(value)


NAMES: reference.Names = {
    "post": _post, "role": _role, "need": _need, "check": _check, "finding": _finding, "field": _field,
}  # fmt: skip
