"""Queueing formulas that are exact where they hold: Erlang's, the deterministic queue, Little's law for seats.

Sources: Erlang 1917; Cooper 1981, Introduction to Queueing Theory, ch. 3; Little 1961, Operations Research 9:383-387.
Rates are persons a minute, times are minutes; steady state, first come first served.
"""

import math

from scipy.special import pdtrik


def erlang_b(servers: int, load: float) -> float:
    """Probability that all servers are busy in M/G/c/c with `load` = rate × mean service (the stable recursion)."""
    blocked = 1.0
    for c in range(1, servers + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Probability of waiting in M/M/c; 1 where the load is not below the number of servers."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return blocked / (1 - load / servers * (1 - blocked))


def mean_wait(servers: int, rate: float, service: float) -> float:
    """Mean minutes of waiting in M/M/c; inf where the queue grows without end."""
    load = rate * service
    return erlang_c(servers, load) * service / (servers - load) if load < servers else math.inf


def wait_beyond(servers: int, rate: float, service: float, minutes: float) -> float:
    """Share of persons who wait longer than `minutes` in M/M/c."""
    load = rate * service
    return erlang_c(servers, load) * math.exp(-(servers - load) * minutes / service) if load < servers else 1.0


def mean_queue(servers: int, rate: float, service: float) -> float:
    """Mean number of persons waiting in M/M/c: Little's law on the mean wait."""
    return rate * mean_wait(servers, rate, service)


def least_servers(rate: float, service: float, minutes: float, share: float = 0.95) -> int:
    """Fewest servers of M/M/c with which at least `share` of persons wait no longer than `minutes`."""
    servers = math.floor(rate * service) + 1
    while wait_beyond(servers, rate, service, minutes) > 1 - share:
        servers += 1
    return servers


def batch_wait(persons: int, servers: int, service: float) -> float:
    """Mean wait when `persons` come at once and every service takes the same time: the j-th of `servers` rows waits j."""
    rows, rest = divmod(persons, servers)
    return service * (servers * rows * (rows - 1) / 2 + rest * rows) / persons if persons else 0.0


def seats_mean(per_hour: float, minutes: float) -> float:
    """Mean seats in use, whatever the laws are (Little): 600 an hour for 30 minutes are 300."""
    return per_hour * minutes / 60


def seats_enough(per_hour: float, minutes: float, share: float = 0.95) -> int:
    """Seats that are enough at a share of moments when people come by chance (Poisson) and nobody waits for a seat.

    The number in use is then Poisson with Little's mean for every law of observation time (M/G/inf).
    """
    return math.ceil(pdtrik(share, seats_mean(per_hour, minutes)))
