"""What an order may say: codes of the reason registry with the figures that each needs."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = frozenset({"text"})  # parameters that are words; all others are whole numbers


@dataclass(frozen=True, slots=True)
class OrderText:
    """A text: the parameters of its sentence, and which of them is at stake."""

    code: str
    params: tuple[str, ...]
    at_stake: str

    @property
    def blank(self) -> Mapping[str, object]:
        """The sentence with an open place for each of its figures."""
        return {"code": self.code, "params": dict.fromkeys(self.params, "…")}


@cache
def order_texts() -> Mapping[str, OrderText]:
    """Rows of order_texts.csv by code."""
    with (Path(__file__).parent / "order_texts.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {r["code"]: OrderText(r["code"], tuple(r["params"].split()), r["at_stake"]) for r in rows}
