"""Who may see what, and why: of a post, what its role allows and what it covers; of a person, which posts reach the record."""

from django.http import HttpResponse

from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.people import boards
from seawall.staff.boards.rights import rights_page


@door("see:staff")
def of_post(request: ActorRequest, post_id: int) -> HttpResponse:
    page = rights_page(request.actor, post_id)
    return show(request, "console/post_rights.html", {"page": page, "section": "staff"})


@door("see:person")
def of_person(request: ActorRequest, person_id: int) -> HttpResponse:
    board = boards.seers(request.actor, person_id)
    return show(request, "console/person_rights.html", {"board": board, "section": "people"})
