"""The two acts of a booking for whoever books for oneself: those of one moment share a transaction."""

from seawall.platform.grouped import Grouped

from .book import appointment_book
from .change import appointment_confirm

book_grouped = Grouped(appointment_book)
confirm_grouped = Grouped(appointment_confirm)
