"""The parts of the program that work behind the pages."""

from enum import StrEnum


class Part(StrEnum):
    """One kind of work, in a process of its own or together with the others."""

    QUEUE = "queue"
    RELAY = "relay"
    SEALER = "sealer"
    MQTT = "mqtt"
    GATEWAY = "gateway"
