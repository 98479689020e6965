"""Who looked at a person's record, as the person is told: on which day, at what time, in which post, what for."""

from dataclasses import dataclass
from datetime import datetime

from seawall.platform import selectors as platform
from seawall.staff.boards.told import told
from seawall.terms.names import Name

from ..selectors.persons import aliases
from ..selectors.rosters import organisation_rows

GONE = Name("已撤销的岗位", "a post that is no more")


@dataclass(frozen=True, slots=True)
class LookHere:
    """Looks of one post in one hour: the last of them, what for, and how many."""

    at: datetime
    post: Name
    place: Name | None
    purpose: str
    times: int


def looks_at(person_id: int, most: int = 100) -> tuple[LookHere, ...]:
    """Newest first; looks at a record that was merged into this one are looks at this person."""
    rows = platform.looks_at([person_id, *aliases(person_id)], most)
    posts = told({row.post_id for row in rows})
    bodies = organisation_rows({ref for post in posts.values() for ref in post.organisations})

    def place(post_id: int) -> Name | None:
        post = posts.get(post_id)
        if post is None:
            return None
        return post.place or next((Name.of(bodies[ref]) for ref in post.organisations if ref in bodies), None)

    return tuple(
        LookHere(row.at, posts[row.post_id].title if row.post_id in posts else GONE, place(row.post_id), row.purpose, row.times)
        for row in rows
    )  # fmt: skip
