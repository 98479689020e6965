"""A tablet in a real browser: its signers sign in once and enrol, then each works under a PIN; the network can be pulled."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.clinic.world import World
from tests.walks.authenticator import PASSWORD
from tests.walks.holders import holder

from .conftest import LANGUAGES, Visitor

PIN = "482915"


class Tablet:
    """One device of the hall's site."""

    def __init__(self, chromium: Browser, address: str, hall: World, language: str = "en", width: int = 820) -> None:
        self.hall, self.address, self.height = hall, address, 1180 if width > 500 else 844
        self.context = chromium.new_context(viewport={"width": width, "height": self.height})
        self.context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": address}])
        self.visitor = Visitor(self.context.new_page(), address, language)

    @property
    def page(self) -> Page:
        return self.visitor.page

    def enrol(self, role: str) -> str:
        """The holder of a new post of the site signs in, opens the tablet's page and enrols; their name."""
        name, _ = holder(self.hall, role, ("site", self.hall.site), certified=True)
        self.context.clear_cookies(name="sessionid")
        self.visitor.open("/console/sign-in")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url("**/console/start")
        self.page.locator("button[name=post]").first.click()
        self.page.wait_for_load_state("networkidle")
        self.visitor.open(f"/console/tablet/{self.hall.site}/")
        if self.page.locator("[data-unlock]").count():
            self.page.locator("[data-unlock] + p button").click()
        form = self.page.locator("[data-enrol]")
        if form.locator("[name=tablet]").count():
            form.locator("[name=tablet]").fill("Desk 1")
        for field in ("pin", "again"):
            form.locator(f"[name={field}]").fill(PIN)
        form.locator("button.primary").click()
        expect(self.page.locator(".station-bar")).to_be_visible(timeout=20_000)
        return name

    def kept(self) -> None:
        """The page is on the device: its worker is there."""
        self.page.wait_for_function(
            "navigator.serviceWorker.ready.then(() => caches.keys()).then((names) => names.length)"
        )

    def unlock(self, name: str, pin: str = PIN) -> None:
        """Change of signer: choose the name, type the PIN."""
        if self.page.locator("[data-lock]").count():
            self.page.locator("[data-lock]").click()
        self.page.locator("[data-unlock] label", has_text=name).click()
        self.page.fill("[data-unlock] [name=pin]", pin)
        self.page.press("[data-unlock] [name=pin]", "Enter")
        expect(self.page.locator(".station-bar")).to_be_visible(timeout=20_000)

    def renew(self, name: str) -> None:
        """The signer opens the page anew while there is a network: a fresh bundle comes."""
        made = self.page.locator("[data-made]").get_attribute("data-made") or ""
        self.page.reload()
        self.unlock(name)
        expect(self.page.locator(f"[data-made]:not([data-made='{made}'])")).to_be_visible(timeout=20_000)

    def go(self, station: str) -> None:
        self.page.locator(f"[data-station={station}]").click()

    def scan(self, text: str) -> None:
        """As a keyboard wedge does: characters into whatever has the focus, then Enter."""
        expect(self.page.locator("[data-scan]")).to_be_focused()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def arrive(self, card: str) -> None:
        self.go("arrival")
        self.scan(card)
        expect(self.page.locator("[data-take]")).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".band.done")).to_be_visible()

    def screen(self) -> None:
        """The next ticket is asked, tells of nothing, agrees."""
        self.go("screening")
        self.page.locator("[data-next]").click()
        for _ in range(self.page.locator(".questions li").count()):
            self.page.keyboard.press("n")
        self.page.keyboard.type("36.5")
        self.page.check("[name=agreed][value='1']")
        self.page.locator("button[name=outcome][value=recommended]").click()
        expect(self.page.locator(".band.done")).to_be_visible()

    def inject(self, code: str) -> None:
        """The next ticket gets the dose: a scan, three groups of checks, and Confirm."""
        self.go("injection")
        self.page.locator("[data-next]").click()
        self.scan(code)
        expect(self.page.locator(".joined")).to_be_visible()
        for group in ("look", "match", "verify"):
            self.page.locator(f"[data-all={group}]").click()
        self.page.locator("[data-confirm]").click()
        expect(self.page.locator(".band.done")).to_be_visible()

    def leave_early(self, reason: str) -> None:
        self.go("observation")
        self.page.locator(".seats button[type=button]").first.click()
        self.page.locator("#early [name=reason]").select_option(reason)
        self.page.locator("#early button.go").first.click()
        expect(self.page.locator(".band.done")).to_be_visible()

    def waits(self) -> int:
        found = self.page.locator("[data-waits]")
        return int(found.get_attribute("data-waits") or 0) if found.count() else 0

    def cut(self) -> None:
        self.context.set_offline(True)

    def join(self) -> None:
        """The cable is back, and everything is sent."""
        self.context.set_offline(False)
        expect(self.page.locator("[data-waits]")).to_have_count(0, timeout=30_000)


Maker = Callable[..., Tablet]
