"""A day at the hub beside the same model in simpy and ciw: days a second, and whether the means agree."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np

from seawall.engines import flow
from seawall.engines.flow.chance import Days, days
from seawall.engines.flow.simulate import confidence
from seawall.engines.flow.site import Site

from .measure import Line

SITES = Path(__file__).parents[2] / "examples" / "sites"
OURS, THEIRS = 1_280, 12


def hub() -> Site:
    """The published hub with half as many people and staff again: 180 each hour, staff 6/12/18/12/15, 75 chairs."""
    site = flow.load_site(SITES / "hub.toml")
    moments, persons = site.slots()
    more = tuple(replace(s, servers=s.servers * 3 // 2) for s in site.stations)
    doses = tuple(replace(r, doses=r.doses * 3 // 2) for r in site.doses)
    return replace(site.booked(moments, persons * 3 // 2), stations=more, doses=doses)


def drawn(site: Site, seed: int) -> Days:
    """One day's chances, for a simulator that is handed them."""
    return days(site, 1, np.random.Generator(np.random.SFC64(seed)))


def by_simpy(site: Site, seed: int) -> tuple[float, ...]:
    """One day in simpy with its own queues: mean wait by station and minutes in site."""
    import simpy

    day, steps = drawn(site, seed), site.steps
    env = simpy.Environment()
    desks = [simpy.Resource(env, s.servers) for s in steps]
    fillers, syringes = simpy.Resource(env, site.preparation.servers), simpy.Store(env)
    waits, inside = [[] for _ in steps], []

    def syringe(release: float, minutes: float):
        yield env.timeout(release)
        with fillers.request() as turn:
            yield turn
            yield env.timeout(minutes)
        syringes.put(None)

    def person(i: int):
        yield env.timeout(day.arrive[0, i])
        came = env.now
        for k, desk in enumerate(desks):
            yield env.timeout(day.walk[0, k, i])
            reached = env.now
            if steps[k].kind == "injection":
                yield syringes.get()
            with desk.request() as turn:
                yield turn
                waits[k].append(env.now - reached)
                yield env.timeout(day.service[0, k, i])
        inside.append(env.now - came)

    for release, minutes in zip(day.releases, day.filling[0], strict=True):
        env.process(syringe(release, minutes))
    for i in np.flatnonzero(np.isfinite(day.arrive[0])):
        env.process(person(int(i)))
    env.run()
    return (*(float(np.mean(w)) for w in waits), float(np.mean(inside)))


def by_ciw(site: Site, seed: int) -> tuple[float, ...]:
    """One day in ciw: walks are nodes without queues; the k-th person waits for the k-th syringe at a gate node."""
    import ciw

    day, steps = drawn(site, seed), site.steps
    ready = iter(_filled(day, site.preparation.servers, seed))
    arrivals = np.sort(day.arrive[0][np.isfinite(day.arrive[0])])

    class Given(ciw.dists.Distribution):
        def __init__(self, times):
            self.times = iter(times)

        def sample(self, t=None, ind=None):
            return next(self.times)

    class Gate(ciw.dists.Distribution):
        def sample(self, t=None, ind=None):
            return max(0.0, next(ready) - t)

    nodes, servers, services, where = [], [], [], {}
    for k, step in enumerate(steps):
        if k:
            nodes.append("walk")
            servers.append(float("inf"))
            services.append(Given(day.walk[0, k]))
        if step.kind == "injection":
            where["gate"] = len(nodes)
            nodes.append("gate")
            servers.append(float("inf"))
            services.append(Gate())
        where[k] = len(nodes)
        nodes.append(step.station)
        servers.append(step.servers)
        services.append(Given(day.service[0, k]))
    come = Given([*np.diff(arrivals, prepend=0.0), float("inf")])
    routing = [[float(b == a + 1) for b in range(len(nodes))] for a in range(len(nodes))]
    network = ciw.create_network(
        arrival_distributions=[come, *[None] * (len(nodes) - 1)], service_distributions=services,
        number_of_servers=servers, routing=routing,
    )  # fmt: skip
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(arrivals), method="Finish")
    records = simulation.get_all_records()
    waits = [[r.waiting_time for r in records if r.node == where[k] + 1] for k in range(len(steps))]
    gate = np.mean([r.service_time for r in records if r.node == where["gate"] + 1])
    ends = sum(r.exit_date for r in records if r.node == len(nodes)) / len(arrivals)
    means = [float(np.mean(w)) for w in waits]
    means[site.place("injection")] += float(gate)
    return (*means, float(ends - arrivals.mean()))


def _filled(day: Days, servers: int, seed: int) -> list[float]:
    """Moments at which syringes are ready, from a ciw queue of their own."""
    import ciw

    class Given(ciw.dists.Distribution):
        def __init__(self, times):
            self.times = iter(times)

        def sample(self, t=None, ind=None):
            return next(self.times)

    network = ciw.create_network(
        arrival_distributions=[Given([*np.diff(day.releases, prepend=0.0), float("inf")])],
        service_distributions=[Given(day.filling[0])], number_of_servers=[servers],
    )  # fmt: skip
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(day.releases), method="Finish")
    return sorted(r.exit_date for r in simulation.get_all_records())


def timed(days_lived: int, live: Callable[[int], tuple[float, ...]]) -> tuple[float, np.ndarray]:
    """CPU seconds of a day, and the means of each day (days, stations + 1)."""
    start = process_time()
    means = np.array([live(1000 + seed) for seed in range(days_lived)])
    return (process_time() - start) / days_lived, means


def agree(ours: flow.Flow, theirs: np.ndarray) -> str:
    """How many of our means lie in their 95% confidence intervals."""
    means = [*ours.waits.mean(axis=0), ours.totals[:, 5].mean()]
    inside = sum(
        low <= mean <= high
        for mean, (_, low, high) in zip(means, (confidence(column) for column in theirs.T), strict=True)
    )
    return f"{inside} of {len(means)} means within theirs"


def measured() -> list[Line]:
    site = hub()
    flow.simulate(site, 2)
    start = process_time()
    lived = flow.simulate(site, OURS, seed=1)
    ours = (process_time() - start) / OURS
    served = f"a hub day, {lived.served.mean:,.0f} persons through five stations"
    lines = []
    for name, live in (("simpy", by_simpy), ("ciw", by_ciw)):
        theirs, means = timed(THEIRS, lambda seed, live=live: live(site, seed))
        lines.append(
            Line(
                served, f"{ours * 1000:.2f} ms", f"{theirs * 1000:,.0f} ms in {name}; {agree(lived, means)}",
                f"{theirs / ours:,.0f}× faster",
            )
        )  # fmt: skip
    start = process_time()
    answer = flow.staff_for(site, 1411)
    took = process_time() - start
    lines.append(Line(f"least staff for 1,411 persons, {answer.tried} staffs lived", f"{took:.1f} s", "", ""))
    return lines
