"""`seawall check`: the nightly proofs as a table; what does not hold is named."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.reports.selectors import Proof

WIDTH = 110


def show(found: Sequence[Proof], language: str) -> None:
    """Print every proof, and the first differences of those that fail."""
    table = Table(box=None, pad_edge=False)
    for head, side in (("", "left"), ("", "left"), ("compared", "right"), ("differences", "right")):
        table.add_column(head, justify=side)  # type: ignore[arg-type]
    for proof in found:
        mark = "✓" if proof.holds else "✗"
        table.add_row(mark, reference.say(proof.code, {}, language), f"{proof.compared:,}", f"{proof.wrong:,}")
    console = Console(highlight=False, soft_wrap=True)
    console.width = max(console.width, WIDTH)
    console.print(table)
    console.print(f"  {platform.waiting_facts():,} facts wait to be delivered")
    for proof in found:
        for line in proof.named:
            console.print(f"✗ {proof.code} {line}", style="bold", markup=False)
