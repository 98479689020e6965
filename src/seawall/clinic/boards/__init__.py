"""Pages whose last room is the clinic: each is one selector that returns a frozen row."""

from .arrival import ArrivalPage, arrival
from .family import FamilyMember, family
from .for_others import ForOthers, for_others
from .injection import InjectionPage, injection
from .observation import Room, observation_room
from .own import OwnAppointment, RecordPage, SeatsPage, children_of, first_day, record, seats_for
from .paper import PaperBoard, paper
from .round import RoundPage, drives_today, round_board
from .screening import ScreeningPage, screening
from .station import Station
from .tally import TallyPage, tally_page

__all__ = [
    "ArrivalPage",
    "FamilyMember",
    "ForOthers",
    "InjectionPage",
    "OwnAppointment",
    "PaperBoard",
    "RecordPage",
    "Room",
    "RoundPage",
    "ScreeningPage",
    "SeatsPage",
    "Station",
    "TallyPage",
    "arrival",
    "children_of",
    "drives_today",
    "family",
    "first_day",
    "for_others",
    "injection",
    "observation_room",
    "paper",
    "record",
    "round_board",
    "screening",
    "seats_for",
    "tally_page",
]
