"""What the platform does on request: the nature of a database, its clock, and the background round."""

from datetime import datetime

from seawall.terms.acts import Refused

from . import clock, relay, seal
from .models import Nature


def nature_set(*, synthetic: bool, seed: int | None = None, scale: float | None = None) -> None:
    """Say once, at creation, whether this database holds synthetic people; a second, different answer is refused."""
    row, made = Nature.objects.get_or_create(pk=1, defaults={"synthetic": synthetic, "seed": seed, "scale": scale})
    if not made and row.synthetic != synthetic:
        raise Refused("NATURE_FIXED", synthetic=row.synthetic)


def clock_set(moment: datetime, *, running: bool = False) -> None:
    """Set the business clock; only a synthetic database may."""
    if not Nature.objects.filter(pk=1, synthetic=True).exists():
        raise Refused("CLOCK_IS_REAL")
    clock.set_to(moment, running=running)


def background_round() -> dict[str, int]:
    """Deliver waiting facts and seal what is settled."""
    return {"delivered": relay.deliver(), "sealed": seal.seal()}
