"""What the platform does on request: the nature of a database, its clock, and the background round."""

from datetime import datetime

from seawall.terms.acts import Refused

from . import clock, relay, seal, secrets, snapshot, tries
from .models import Canary, Nature, Round
from .part import Part
from .vitals import ROUNDS


def nature_set(*, synthetic: bool, seed: int | None = None, scale: float | None = None) -> None:
    """Say once, at creation, whether this database holds synthetic people; a second, different answer is refused."""
    row, made = Nature.objects.get_or_create(pk=1, defaults={"synthetic": synthetic, "seed": seed, "scale": scale})
    snapshot.forget()
    if not made and row.synthetic != synthetic:
        raise Refused("NATURE_FIXED", synthetic=row.synthetic)


def clock_set(moment: datetime, *, running: bool = False) -> None:
    """Set the business clock; only a synthetic database may."""
    if not Nature.objects.filter(pk=1, synthetic=True).exists():
        raise Refused("CLOCK_IS_REAL")
    clock.set_to(moment, running=running)


def canary_leave() -> None:
    """Seal a known text at the first use of a database, so that another key is noticed ever after."""
    Canary.objects.get_or_create(key="data", defaults={"sealed": secrets.encrypt("seawall")})


def epoch_keep() -> bool:
    """Open a new epoch of the seals where this cluster counts its transactions anew; whether one was opened."""
    return seal.epoch_keep()


def relay_round() -> int:
    """Deliver waiting facts and forget tries that have run out; that it was done is on record. The number delivered."""
    delivered = relay.deliver()
    tries.clear()
    round_done(Part.RELAY)
    return delivered


def seal_round() -> int:
    """Seal what is settled; that it was done is on record. The number of acts sealed."""
    sealed = seal.seal()
    round_done(Part.SEALER)
    return sealed


def background_round() -> dict[str, int]:
    """A round of the relay and of the sealer."""
    return {"delivered": relay_round(), "sealed": seal_round()}


def catch_up() -> None:
    """Deliver and seal all that waits in a database where no part works; none is put on record as working."""
    while relay.deliver() or seal.seal():
        pass


def round_done(part: Part) -> None:
    """A part did its round: that it works is on record."""
    Round.objects.update_or_create(pk=ROUNDS.index(part) + 1, defaults={"done_at": clock.system_now()})
