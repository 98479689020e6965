"""The message gateway: an outbox, senders that never send one message twice, a provider for each channel, and their receipts."""

from .letters import Answer, Bounds, Letter, Provider, State
from .outbox import ASKED, DONT_REPEAT, QUEUE, Taken, settle
from .providers import carriers
from .receipts import receipts_round
from .senders import Compose, send_round

__all__ = [
    "ASKED",
    "DONT_REPEAT",
    "QUEUE",
    "Answer",
    "Bounds",
    "Compose",
    "Letter",
    "Provider",
    "State",
    "Taken",
    "carriers",
    "receipts_round",
    "send_round",
    "settle",
]
