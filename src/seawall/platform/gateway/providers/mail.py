"""E-mail by SMTP. The protocol knows no repeat: what broke off after the text was handed over is for a person to decide."""

import smtplib
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit
from uuid import UUID

from ..letters import Answer, Letter, Receipts, State

PATIENCE = 20  # seconds for each step
REFUSING = range(500, 600)  # RFC 5321 4.2.1: permanent negative


class Mail:
    """`smtp://USER@HOST:PORT`, or `smtps://` for TLS from the start; STARTTLS where the server offers it."""

    name = "smtp"
    repeats = False
    batch = 20  # so that the claim outlasts a batch whose every letter takes its patience

    def __init__(self, address: str, password: str, sender: str) -> None:
        self._parts, self._password, self._sender = urlsplit(address), password, sender

    def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Answer]:
        answers: dict[UUID, Answer] = {}
        try:
            with self._server() as server:
                for letter in letters:
                    answers[letter.message] = self._one(server, letter)
                    if answers[letter.message].state is State.UNSURE:
                        break
        except (OSError, smtplib.SMTPException):
            pass  # what was answered stands; the rest was not handed over
        return answers

    def receipts(self, place: str) -> Receipts | None:
        return None

    def _server(self) -> smtplib.SMTP:
        kind = smtplib.SMTP_SSL if self._parts.scheme == "smtps" else smtplib.SMTP
        server = kind(self._parts.hostname or "localhost", self._parts.port or 0, timeout=PATIENCE)
        server.ehlo_or_helo_if_needed()
        if self._parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if self._parts.username:
            server.login(unquote(self._parts.username), self._password)
        return server

    def _one(self, server: smtplib.SMTP, letter: Letter) -> Answer:
        try:
            server.send_message(self._written(letter))
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            return (
                Answer(State.REFUSED, "PROVIDER_NUMBER_INVALID")
                if code in REFUSING
                else Answer(State.WAITING, "PROVIDER_LATER")
            )
        except smtplib.SMTPResponseException as error:
            if error.smtp_code in REFUSING:
                return Answer(State.REFUSED, "PROVIDER_REFUSED")
            return Answer(State.WAITING, "PROVIDER_LATER")
        except (ValueError, smtplib.SMTPNotSupportedError):
            return Answer(State.REFUSED, "PROVIDER_NUMBER_INVALID")
        except (OSError, smtplib.SMTPServerDisconnected):
            return Answer(State.UNSURE, "PROVIDER_BROKE_OFF")
        return Answer(State.SENT)

    def _written(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, Address(addr_spec=letter.to)
        mail["Subject"] = letter.subject
        mail["Message-ID"] = f"<{letter.message}@seawall>"
        mail["Content-Language"] = letter.language
        mail.set_content(letter.text)
        return mail
