"""What the tablet says by itself, in the reader's language; the sentences of refusals come with the day bundle."""

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By the keys of `frontend/src/tablet`; places for what is filled in there stand as `%(name)s`."""
    return {**_frame(), **_unlocking(), **_door(), **_inquiry(), **_injection(), **_room(), **_day()}


def _frame() -> dict[str, str]:
    return {
        "language": dict(settings.LANGUAGES).get(get_language() or "", ""),
        "seawall": _("Seawall"),
        "title": _("Site console without a network"),
        "stations": _("Stations"),
        "notices": _("Notices"),
        "arrival": _("Arrival"),
        "screening": _("Screening"),
        "injection": _("Injection"),
        "observation": _("Observation"),
        "today": _("The day"),
        "on_duty": _("On duty"),
        "switch": _("Change signer"),
        "synthetic": _("Synthetic data"),
        "linked": _("linked"),
        "no_link_since": _("no link since %(time)s"),
        "data_of": _("data of %(time)s"),
        "acts_wait": _("%(n)s acts wait"),
        "waits": _("%(n)s acts wait on this tablet. They are sent by themselves once there is a link."),
        "ended": _(
            "The bundle of %(at)s is over: nothing new is taken. What waits is sent once there is a link; a new bundle then comes with it."
        ),
        "clock_back": _("The clock of this tablet was set back by %(n)s min. The time of the last act is taken; set the clock right."),
        "clock_wrong": _("The clock of this tablet was wrong by %(n)s min. It is corrected from now on; set the clock right."),
        "seen": _("Seen"),
        "back": _("Back"),
        "yes": _("Yes"),
        "no": _("No"),
        "none": _("none"),
        "rule": _("Rule"),
        "reason": _("Reason"),
        "years": _("%(age)s years"),
        "min": _("%(n)s min"),
        "people": _("%(n)s people"),
        "doses": _("%(n)s doses"),
        "dose_n": _("dose %(n)s"),
        "dose_of": _("dose %(n)s of %(of)s"),
        "minor": _("minor: with guardian"),
        "no_record": _("no record here"),
        "full": _("This tablet is full: nothing was recorded. Free some space or write this act on paper, then try again."),
        "not_kept": _("This could not be kept on the tablet: nothing was recorded. Try again; else write it on paper."),
        "unknown_keys": _("The server does not know your keys any more. Enrol again on this tablet; what waits is kept."),
        "unread": _(
            "%(n)s acts could not be read by the server and stay on this tablet. Let their signer unlock it; else tell the administrator."
        ),
        "not_answered": _("The server did not take this. What waits is kept on this tablet; tell the administrator."),
        "other_tab": _("This console is open in another window of this tablet. Close that one."),
    }  # fmt: skip


def _unlocking() -> dict[str, str]:
    return {
        "who": _("Who is at work?"),
        "pin": _("PIN"),
        "unlock": _("Unlock"),
        "opening": _("Opening …"),
        "pin_wrong": _("Wrong PIN; %(n)s more tries before your keys are wiped from this tablet."),
        "pin_wait": _("Too many wrong PINs: wait %(n)s s, then try again."),
        "pin_wiped": _("Your keys were wiped from this tablet after too many wrong PINs. Enrol again with a network; what waits is kept."),
        "pin_short": _("A PIN has at least %(n)s digits and nothing else."),
        "pin_plain": _("This PIN is too easy to guess: not one digit repeated, no run of digits."),
        "pin_differs": _("The two PINs differ. Type the same one twice."),
        "pin_new": _("New PIN, at least %(n)s digits"),
        "pin_again": _("The same PIN again"),
        "enrol": _("Enrol on this tablet"),
        "enrol_how": _("With a network, signed in with the post that signs here."),
        "sign_in": _("Sign in"),
        "enrol_me": _("Enrol and load the day"),
        "enrol_another": _("Enrol another signer"),
        "tablet_name": _("Name of this tablet"),
        "no_link": _("The server cannot be reached. Enrol where there is a network."),
        "signed_out": _("Nobody is signed in. Sign in with the post that signs here, then come back."),
        "bundle_broken": _(
            "The bundle on this tablet is damaged or was altered and opens nothing. What waits is kept; load it anew with a network."
        ),
        "bundle_unreachable": _("There is no bundle for you on this tablet yet. Unlock once where there is a network."),
    }  # fmt: skip


def _door() -> dict[str, str]:
    return {
        "scan_card": _("Scan the ID card or the slip; or type the whole name and the birth date"),
        "scan_example": _("Zhang San 1980-05-01"),
        "find": _("Find"),
        "please_scan": _("Please scan"),
        "booked_today": _("Everybody booked today"),
        "by_this_name": _("By this name"),
        "nobody_booked": _("Nobody is booked here today."),
        "not_in_bundle": _("Not on this tablet"),
        "not_in_bundle_how": _("Nobody of this card, slip or name is in the bundle. Look again; or take the person in without a record."),
        "no_record_head": _("Take in without a record"),
        "no_record_how": _("what is said of earlier doses is kept; all is judged again once there is a link"),
        "may": _("May be vaccinated"),
        "not_now": _("Not now"),
        "campaign": _("Campaign"),
        "due": _("Due"),
        "due_due": _("dose %(rank)s is due"),
        "due_not_yet": _("dose %(rank)s: not yet"),
        "due_overdue": _("dose %(rank)s is overdue"),
        "due_complete": _("complete"),
        "due_deferred": _("deferred"),
        "due_contraindicated": _("not suitable"),
        "due_ineligible": _("not eligible"),
        "due_review": _("for review"),
        "due_unknown": _("not known here"),
        "from_day": _("from %(day)s"),
        "booking": _("Booking"),
        "late": _("late: after those on time"),
        "walk_in": _("no booking: walk-in"),
        "how_shown": _("How was it shown who this is?"),
        "seen_document": _("I have seen the document"),
        "no_document": _("No document: a second person confirms"),
        "second": _("Second person"),
        "take_ticket": _("Take a ticket"),
        "ticket_taken": _("Ticket %(ticket)s"),
        "name": _("Name"),
        "sex": _("Sex"),
        "male": _("male"),
        "female": _("female"),
        "birth": _("Born"),
        "document_kind": _("Document"),
        "document_number": _("Number of the document"),
        "earlier_doses": _("Earlier doses, as told"),
        "last_dose_on": _("Last dose on, as told"),
        "says_none": _("told: no dose before"),
        "says_doses": _("told: %(n)s doses, the last on %(day)s"),
        "next_tickets": _("Next tickets"),
        "waiting": _("%(n)s waiting, longest %(longest)s min"),
        "nobody_waits": _("Nobody is waiting here."),
    }  # fmt: skip


def _inquiry() -> dict[str, str]:
    return {
        "call_next": _("Call the next ticket"),
        "call_ticket": _("Call ticket %(ticket)s"),
        "inquiry": _("Health inquiry"),
        "inquiry_how": _("read each question aloud; none is answered in advance; keys N and Y"),
        "celsius": _("Temperature, °C"),
        "by": _("By"),
        "consent": _("Consent"),
        "version": _("version %(v)s"),
        "no_text": _("no text in force"),
        "signed_by": _("Signed by"),
        "recipient": _("the recipient"),
        "guardian": _("the guardian"),
        "agrees": _("Agrees"),
        "agrees_not": _("Does not agree"),
        "later_or_not": _("Later, or not suitable"),
        "recheck": _("If later: check again on"),
        "later": _("Later"),
        "unsuitable": _("Not suitable"),
        "recommend": _("Recommend and sign"),
        "screened": _("Ticket %(ticket)s: the inquiry is recorded."),
        "left_without": _("Left without a dose"),
        "why_left": _("Why they left"),
        "end_visit": _("End this visit"),
        "visit_ended": _("Ticket %(ticket)s: the visit has ended."),
    }  # fmt: skip


def _injection() -> dict[str, str]:
    return {
        "stop": _("Stop"),
        "scan_person": _("Scan the ID card or type the ticket"),
        "nobody_by_this": _("Nobody of this card or ticket waits for a dose here."),
        "scan_vial": _("Scan the vial"),
        "person": _("Person"),
        "age": _("Age"),
        "dose": _("Dose"),
        "vial": _("Vial"),
        "lot": _("Lot"),
        "expiry": _("Expiry"),
        "expires": _("expires %(day)s"),
        "trace_code": _("Trace code"),
        "doses_left": _("Doses left"),
        "use_by": _("Use by"),
        "read": _("Read"),
        "typed": _("Typed by hand"),
        "another_vial": _("Scan another vial"),
        "for_recipient": _("For the recipient"),
        "arm": _("Site of the body"),
        "eleven": _("Eleven checks"),
        "eleven_how": _("filled: known to the system; open: yours to make"),
        "group_look": _("Looked at"),
        "group_match": _("Compared"),
        "group_verify": _("Shown to the recipient"),
        "all_look": _("All looked at"),
        "all_match": _("All compared"),
        "all_verify": _("Shown and agreed"),
        "confirm": _("Confirm the injection"),
        "given": _("Ticket %(ticket)s: the dose is recorded. Observation until %(time)s."),
        "not_given_after_all": _("Ticket %(ticket)s, %(time)s: not given after all?"),
        "why_not_given": _("Why not given"),
        "take_back": _("Take the dose back"),
        "taken_back": _("Ticket %(ticket)s: the dose is taken back and waits again."),
    }  # fmt: skip


def _room() -> dict[str, str]:
    return {
        "seats_used": _("Seats in use"),
        "may_leave_now": _("May leave now"),
        "nobody_seated": _("Nobody is seated"),
        "held": _("kept by the doctor"),
        "stays": _("stays"),
        "may_leave": _("may leave"),
        "leave": _("Leave"),
        "early": _("Early"),
        "leaving_early": _("Leaving early or unseen"),
        "why": _("Why"),
        "record_leaving": _("Record the leaving"),
        "gone": _("Ticket %(ticket)s has left."),
        "unwell_how": _(
            "Somebody is unwell: help first, keep the seat, note time and signs on the paper card; enter it once there is a link."
        ),
    }  # fmt: skip


def _day() -> dict[str, str]:
    return {
        "way_to_server": _("To the server"),
        "all_sent": _("Everything made on this tablet has reached the server."),
        "send_now": _("Send now"),
        "not_taken": _("Not taken by the server"),
        "not_taken_how": _("nothing is lost: each waits for a decision on the page of the site's tablets"),
        "nobody_yet": _("Nobody has come yet."),
        "ticket": _("Ticket"),
        "arrived": _("Arrived"),
        "state": _("State"),
        "state_arrived": _("waits for the inquiry"),
        "state_screened": _("waits for the consent"),
        "state_consented": _("waits for the dose"),
        "state_observing": _("observed"),
        "state_left": _("left"),
        "state_deferred": _("deferred"),
        "state_turned_away": _("turned away"),
        "state_gone": _("left without a dose"),
        "verb_persons_register": _("Person taken in"),
        "verb_visit_arrive": _("Arrival"),
        "verb_screening_record": _("Screening"),
        "verb_dose_give": _("Dose"),
        "verb_dose_reverse": _("Dose taken back"),
        "verb_visit_leave": _("Left without a dose"),
        "verb_observation_end": _("Leaving"),
        "paper": _("List for paper"),
        "print": _("Print"),
        "time": _("Time"),
        "document": _("Document"),
        "findings_short": _("Findings"),
        "given_at": _("Given at"),
        "signature": _("Signature"),
    }  # fmt: skip
