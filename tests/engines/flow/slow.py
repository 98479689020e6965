"""A site lived moment by moment in plain Python: slow, readable, and written without looking at the kernel."""

from dataclasses import dataclass, field

NEVER = float("inf")


@dataclass
class Desk:
    """A station: windows in which each server is away, who waits, when each server was last done."""

    away: list[list[tuple[float, float]]]
    queue: list[int] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    done: list[float] = field(default_factory=list)
    begun: int = 0

    def __post_init__(self) -> None:
        self.done = [-NEVER] * len(self.away)

    def idle(self, now: float) -> list[int]:
        """Servers who are there and free, the longest idle first."""
        here = [j for j, windows in enumerate(self.away) if not any(a <= now < b for a, b in windows)]
        return sorted((j for j in here if self.done[j] <= now), key=lambda j: (self.done[j], j))


@dataclass
class Lived:
    """Moments by station and person."""

    reach: list[list[float]]
    begin: list[list[float]]
    end: list[list[float]]


def lived_slowly(arrive, entry, service, walk, ready, injection, away) -> Lived:
    """One day; service and walk by station and person; ready = moments of syringes or None; away[k][j] = windows."""
    stations, persons = len(away), len(arrive)
    desks = [Desk(windows) for windows in away]
    made = Lived(*([[NEVER] * persons for _ in range(stations)] for _ in range(3)))
    for i in range(persons):
        made.reach[entry[i]][i] = arrive[i]
    moments = {a for a in arrive if a < NEVER}
    moments |= {t for desk in away for windows in desk for window in windows for t in window}
    moments |= set(ready or ())
    while moments:
        now = min(moments)
        moments.discard(now)
        if now == NEVER:
            break
        for k in range(stations):
            _join(desks, k, made, now, entry)
            _begin(desks[k], k, made, now, service, ready if k == injection else None)
            for i in range(persons):
                if made.begin[k][i] == now:
                    moments.add(made.end[k][i])
                    if k + 1 < stations:
                        made.reach[k + 1][i] = made.end[k][i] + walk[k + 1][i]
                        moments.add(made.reach[k + 1][i])
            moments.discard(now)
    return made


def _join(desks, k, made, now, entry) -> None:
    """Who reaches station k now joins its queue: in the order of the station before, then who enters here."""
    coming = [i for i, moment in enumerate(made.reach[k]) if moment == now and i not in desks[k].places]
    before = desks[k - 1].places if k else {}
    coming.sort(key=lambda i: (entry[i] == k, before.get(i, 0), i))
    for i in coming:
        desks[k].places[i] = len(desks[k].places)
        desks[k].queue.append(i)


def _begin(desk, k, made, now, service, ready) -> None:
    while desk.queue:
        if ready is not None and (desk.begun >= len(ready) or ready[desk.begun] > now):
            return
        idle = desk.idle(now)
        if not idle:
            return
        i = desk.queue.pop(0)
        made.begin[k][i], made.end[k][i] = now, now + service[k][i]
        desk.done[idle[0]] = made.end[k][i]
        desk.begun += 1
