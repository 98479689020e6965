"""One round of a sender: take, compose, hand over, write down. Killed anywhere between, nothing is sent twice."""

import logging
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from .letters import Answer, Bounds, Letter
from .outbox import Taken, answered, take
from .providers import carriers

LOG = logging.getLogger("seawall.gateway")
Compose = Callable[[str, Sequence[Taken]], Mapping[UUID, Letter | Answer]]
"""Channel and messages taken -> each with its address and text, or why it is not sent after all."""


def send_round(compose: Compose, bounds: Mapping[str, Bounds]) -> int:
    """Hand over what waits on every channel, until nothing is left that may go now; how many were taken."""
    return sum(_channel(channel, compose, bound) for channel, bound in sorted(bounds.items()))


def _channel(channel: str, compose: Compose, bounds: Bounds) -> int:
    provider, total = carriers()[channel], 0
    while taken := take(channel, bounds, provider.batch, provider.repeats):
        made = compose(channel, taken)
        letters = [letter for letter in made.values() if isinstance(letter, Letter)]
        said = {message: answer for message, answer in made.items() if isinstance(answer, Answer)}
        answered(channel, taken, said | dict(provider.send(letters) if letters else {}))
        LOG.info("%s messages of %s handed over to %s", len(letters), channel, provider.name)
        total += len(taken)
    return total
