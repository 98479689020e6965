"""A visitor of pages without a browser: reads the forms of a page, fills them, sends them, follows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.test import Client

from seawall.interfaces.guard import POST
from seawall.platform import clock
from seawall.reference.selectors import units
from seawall.staff import selectors as staff


@dataclass
class Form:
    """A form as the page offers it: where it goes, what it holds already, and its buttons."""

    action: str
    method: str
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[tuple[str, str, bool]] = field(default_factory=list)  # name, value, disabled

    def names(self) -> set[str]:
        return set(self.values) | {name for name, _, _ in self.buttons if name}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside: Form | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.inside = Form(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self.inside)
        if self.inside is None:
            return
        if tag == "button":
            self.inside.buttons.append((a.get("name", ""), a.get("value", ""), "disabled" in a))
        elif tag == "select":
            self.select = a.get("name")
        elif tag == "option" and self.select and ("selected" in a or self.select not in self.inside.values):
            self.inside.values[self.select] = a.get("value", "")
        elif tag in {"input", "textarea"} and a.get("name"):
            self._input(a)

    def _input(self, a: dict[str, str]) -> None:
        assert self.inside is not None
        kind, name = a.get("type", "text"), a["name"]
        if kind == "checkbox":
            chosen = self.inside.values.setdefault(name, [])
            if "checked" in a:
                chosen.append(a.get("value", "on"))
        elif kind == "radio":
            self.inside.values.setdefault(name, None)
        elif kind == "hidden" and name in self.inside.values:  # of one name several are sent
            held = self.inside.values[name]
            self.inside.values[name] = [*(held if isinstance(held, list) else [held]), a.get("value", "")]
        else:
            self.inside.values[name] = a.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None


class Visitor:
    """One person at a screen; `line` leads to the server, without one to this process."""

    def __init__(self, line: Callable[[], Client] = Client) -> None:
        self.line, self.client = line, line()
        self.path = "/"
        self.sent = self.text = ""  # the page as it was sent, and as it is read

    def go(self, path: str, status: int = 200) -> "Visitor":
        response = self.client.get(path, follow=True, HTTP_ACCEPT_LANGUAGE="en")
        return self._arrived(response, path, status)

    def another(self) -> "Visitor":
        """Somebody else at another screen of the same server."""
        return type(self)(self.line)

    def takes_post(self, role: str, unit: int | None = None, site: int | None = None) -> "Visitor":
        """Sit down in a post of the rehearsed city, as the start page of a demonstration lets one."""
        return self.takes(post_of(role, unit, site))

    def takes(self, post_id: int) -> "Visitor":
        session = self.client.session
        session[POST] = post_id
        session.save()
        self.client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return self

    def forms(self) -> list[Form]:
        reader = _Reader()
        reader.feed(self.sent)
        return reader.forms

    def form(self, having: str, where: Mapping[str, str] | None = None) -> Form:
        """The first form with a field or button of this name, and these values."""
        asked = (where or {}).items()
        offered = (f for f in self.forms() if having in f.names() or f.action.endswith(having))
        found = next((f for f in offered if all(f.values.get(k) == v for k, v in asked)), None)
        assert found, (
            f"{self.path} offers no form with {having}: {[(f.action, sorted(f.names())) for f in self.forms()]}"
        )
        return found

    def send(self, having: str, status: int = 200, where: Mapping[str, str] | None = None, **filled: Any) -> "Visitor":
        """Fill in the form and press its button; `filled` overrides what the page holds."""
        form = self.form(having, where)
        data = {k: v for k, v in (form.values | filled).items() if v is not None}
        path = form.action or self.path
        path = path if path.startswith("/") else self.path.rsplit("/", 1)[0] + "/" + path
        call = self.client.post if form.method == "post" else self.client.get
        return self._arrived(call(path, data, follow=True, HTTP_ACCEPT_LANGUAGE="en"), path, status)

    def sees(self, *words: str) -> "Visitor":
        for word in words:
            assert word in self.text, f"{self.path} does not say {word!r}"
        return self

    def _arrived(self, response: Any, path: str, status: int) -> "Visitor":
        self.path = response.redirect_chain[-1][0] if response.redirect_chain else path
        self.sent, self.text = response.content.decode(), read(response)
        assert response.status_code == status, f"{self.path}: {response.status_code}\n{self.text[:2000]}"
        return self


def read(response: Any) -> str:
    """The page with every run of blanks as one and none at the end of a tag, as a browser reads it."""
    return re.sub(r"\s+", " ", response.content.decode()).replace(" >", ">")


def post_of(role: str, unit: int | None = None, site: int | None = None) -> int:
    """A post of the rehearsed city: of a role, of a unit by id, of a site."""
    code = next((u.code for u in units(clock.today()) if u.unit_id == unit), None)
    return staff.posts(role=role, unit=code, site_id=site)[0].post_id
