"""China: the resident identity number, holidays with their make-up workdays, and street names by pinyin."""

from .. import Plug
from . import calendar, made, naming, numbers

PLUG = Plug(
    "china",
    checks=numbers.CHECKS,
    english=naming.street_name,
    town=naming.in_town,
    days=calendar.days,
    made={"resident": made.resident_ids},
)
