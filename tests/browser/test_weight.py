"""A first visit is light: only what the page draws, under names that browsers keep for a year, compressed before it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

CONSOLE = {
    "board": ("/console/board", 300_000),
    "district": ("/console/district", 100_000),
    "station": ("/console/station", 100_000),
}
PORTAL = ["/home", "/sites", "/book", "/record"]
YEAR = 31_536_000


@contextmanager
def _first_visit(visit, encoding: str, post: str = "") -> Iterator[tuple]:
    """A visitor whose next pages are met with an empty cache, and the answers that it gets."""
    visitor, answers = visit("en"), []
    visitor.page.context.set_extra_http_headers({"Accept-Encoding": f"gzip, {encoding}"})
    if post:
        visitor.enter(post)
        visitor.page.context.new_cdp_session(visitor.page).send("Network.clearBrowserCache")
    visitor.page.on("response", lambda answer: answers.append(answer))
    yield visitor, answers


def _bytes(answers: list) -> int:
    return sum(answer.request.sizes()["responseBodySize"] for answer in answers)


@pytest.mark.parametrize("encoding", ["gzip", "br"])
@pytest.mark.parametrize("post", CONSOLE)
def test_a_first_visit_of_the_console_is_light(visit, post: str, encoding: str) -> None:
    path, most = CONSOLE[post]
    with _first_visit(visit, encoding, post) as (visitor, answers):
        visitor.open(path)
        assert any("/app." in answer.url for answer in answers)
        assert any("/charts." in answer.url for answer in answers) == (post == "board"), (
            "charts only where there are some"
        )
        assert 10_000 < _bytes(answers) < most


@pytest.mark.parametrize("path", PORTAL)
def test_a_first_visit_of_the_portal_is_lighter_still(visit, path: str) -> None:
    with _first_visit(visit, "gzip") as (visitor, answers):
        visitor.open(path)
        assert 1_000 < _bytes(answers) < 30_000


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_what_a_page_draws_with_is_kept_for_a_year_and_comes_compressed(visit, encoding: str) -> None:
    with _first_visit(visit, encoding, "board") as (visitor, answers):
        visitor.open("/console/board")
        drawn = [answer for answer in answers if "/static/" in answer.url]
        assert len(drawn) >= 5
        for answer in drawn:
            kept = answer.headers["cache-control"]
            assert "immutable" in kept and int(kept.split("max-age=")[1].split(",")[0]) >= YEAR, answer.url
            assert answer.headers["content-encoding"] == encoding, answer.url
            assert "sourceMappingURL" not in answer.text()
