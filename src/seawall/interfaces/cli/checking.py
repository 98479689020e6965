"""`seawall check`: the nightly proofs as a table; what does not hold is named, and how old the oldest is that waits."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from seawall.reference import selectors as reference
from seawall.reports.selectors import Proof

WIDTH = 110
NOTHING = "–"  # nothing there to compare: neither right nor wrong


def show(found: Sequence[Proof], language: str) -> None:
    """Print every proof, and the first differences of those that fail."""
    table = Table(box=None, pad_edge=False)
    for head, side in (("", "left"), ("", "left"), ("compared", "right"), ("differences", "right")):
        table.add_column(head, justify=side)  # type: ignore[arg-type]
    for proof in found:
        mark = "✗" if not proof.holds else "✓" if proof.compared else NOTHING
        compared, wrong = (f"{proof.compared:,}", f"{proof.wrong:,}") if proof.compared else (NOTHING, NOTHING)
        table.add_row(mark, reference.say(proof.code, proof.params, language), compared, wrong)
    console = Console(highlight=False, soft_wrap=True)
    console.width = max(console.width, WIDTH)
    console.print(table)
    for proof in found:
        for line in proof.named:
            console.print(f"✗ {proof.code} {line}", style="bold", markup=False)


def proven(language: str) -> bool:
    """Show every proof, and whether all hold, after sealing and delivering what waited while no part of the program ran."""
    from seawall.platform import services as platform
    from seawall.reports import selectors as reports

    platform.catch_up()
    found = reports.proofs()
    show(found, language)
    return all(proof.holds for proof in found)
