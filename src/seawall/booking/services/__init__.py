"""What booking does on request; every verb takes a batch. `appointments_mark` and `appointments_reopen` work inside a visit."""

from .asking import invitations_send, waiting_join, waiting_leave
from .batches import batch_arrange, batch_return, batch_seat
from .book import appointment_book
from .change import appointment_cancel, appointment_confirm, appointment_move
from .follow import capacity_follow
from .grouped import book_grouped, confirm_grouped
from .moving import site_withdraw
from .opening import line_pace
from .releasing import release_announce
from .short import short_withdraw
from .standby import standby_call, standby_join, standby_leave
from .sweep import appointments_mark, appointments_miss, appointments_reopen, holds_expire

__all__ = [
    "appointment_book",
    "appointment_cancel",
    "appointment_confirm",
    "appointment_move",
    "appointments_mark",
    "appointments_miss",
    "appointments_reopen",
    "batch_arrange",
    "batch_return",
    "batch_seat",
    "book_grouped",
    "capacity_follow",
    "confirm_grouped",
    "holds_expire",
    "invitations_send",
    "line_pace",
    "release_announce",
    "short_withdraw",
    "site_withdraw",
    "standby_call",
    "standby_join",
    "standby_leave",
    "waiting_join",
    "waiting_leave",
]
