"""Pages whose last room is certificates: each is one selector that returns a frozen row."""

from .desk import DeskPage, desk
from .keeping import KeepingPage, keeping
from .paper import Holder, Paper
from .person import OwnCertificates, PersonCertificates, of_person, own

__all__ = [
    "DeskPage",
    "Holder",
    "KeepingPage",
    "OwnCertificates",
    "Paper",
    "PersonCertificates",
    "desk",
    "keeping",
    "of_person",
    "own",
]
