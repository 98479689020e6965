"""Settings from the environment, typed and checked once; the table in docs/operate.md is made from them."""

import sys
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


def _told(usual: str) -> dict[str, Any]:
    """What the table of settings says instead of an empty default."""
    return {"usual": usual}


class Env(BaseSettings):
    """SEAWALL_* variables; DATABASE_URL points at a PostgreSQL of your own."""

    model_config = SettingsConfigDict(env_prefix="SEAWALL_", extra="ignore", validate_by_name=True)

    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="`postgresql://USER:PASSWORD@HOST/NAME?sslmode=require`, PostgreSQL 15 or newer; every parameter of the address is "
        "kept (`sslmode`, `options`, `application_name`, `target_session_attrs`, several hosts). The role needs CONNECT on this database "
        "only; CREATEDB only when `migrate`, `upgrade` or `restore` is to make it",
        json_schema_extra=_told("embedded PostgreSQL"),
    )
    var: str = Field(
        default="",
        description="the folder of keys and of the embedded cluster; back it up",
        json_schema_extra=_told(
            "`var/` of a checkout; else `/var/lib/seawall` for root, `~/.local/share/seawall` for anybody else"
        ),
    )
    database: str = Field(default="seawall", description="name of the database in the embedded cluster")
    data_key: str = Field(
        default="",
        description="seals document and telephone numbers; several keys as `1:...,2:...`, the last one seals",
        json_schema_extra=_told("made at first use in `keys/data` of the folder above"),
    )
    secret_key: str = Field(
        default="",
        description="signs sessions; changed, everybody signs in again",
        json_schema_extra=_told("made at first use in `keys/session`"),
    )
    allowed_hosts: str = Field(
        default="127.0.0.1,localhost,[::1],testserver",
        description="names under which the server answers, parted by commas; others get 400",
    )
    public_url: str = Field(
        default="",
        description="address under which everybody reaches the portal, `https://...`: certificates name it as their issuer, and "
        "whoever checks them looks for the keys there; changed, earlier certificates name the old one",
        json_schema_extra=_told("`https://localhost`"),
    )
    proxies: str = Field(
        default="127.0.0.1,::1",
        description="addresses or networks of the proxies in front, parted by commas: only theirs `X-Forwarded-Proto` and "
        "`X-Forwarded-For` are believed",
    )
    web_workers: int = Field(
        default=0,
        ge=0,
        description="web processes",
        json_schema_extra=_told("`run`: one for each core, two at least; `serve`: two"),
    )
    web_threads: int = Field(
        default=0,
        ge=0,
        description="threads of each web process; each holds a connection to PostgreSQL, and bookings of one moment are committed together",
        json_schema_extra=_told("32; on many cores fewer, 128 of all processes together, but 4 at least"),
    )
    public_seconds: float = Field(
        default=10,
        ge=0,
        description="seconds after which no web process gives a public page, or the list of sites behind it, as it was drawn or read; "
        "both are made anew after half of them, so that a change is seen after twice as many at most",
    )
    log_level: str = Field(
        default="WARNING",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="`INFO` writes a line for each request; `seawall run` does unless told otherwise",
    )
    metrics_token: str = Field(
        default="",
        description="`/metrics` asks for it as `Authorization: Bearer ...`",
        json_schema_extra=_told("`/metrics` answers this machine alone"),
    )
    sms_url: str = Field(
        default="",
        description="address of the provider of text messages, which speaks the protocol of docs/outreach.md",
        json_schema_extra=_told("`messages/sms-DAY.jsonl` in the folder above"),
    )
    sms_token: str = Field(default="", description="sent to it as `Authorization: Bearer ...`")
    smtp_url: str = Field(
        default="",
        description="`smtp://USER@HOST:PORT`, or `smtps://`, for messages by e-mail",
        json_schema_extra=_told("files in `messages/email`"),
    )
    smtp_password: str = Field(default="", description="of the user of that server")
    mail_from: str = Field(default="seawall@localhost", description="who messages by e-mail come from")
    webhook_url: str = Field(
        default="",
        description="address of another messenger that speaks the same protocol",
        json_schema_extra=_told("`messages/webhook-DAY.jsonl`"),
    )
    webhook_token: str = Field(default="", description="sent to it as `Authorization: Bearer ...`")
    voice_url: str = Field(
        default="",
        description="address of a provider that calls and reads a text out, by the same protocol: codes for who cannot read messages",
        json_schema_extra=_told("`messages/voice-DAY.jsonl`"),
    )
    voice_token: str = Field(default="", description="sent to it as `Authorization: Bearer ...`")
    time_zone: str = Field(
        default="", description="where a civil day begins and ends", json_schema_extra=_told("the loaded city's")
    )
    oidc_issuer: str = Field(
        default="", description="a service for signing in by OpenID Connect, see above", json_schema_extra=_told("off")
    )
    oidc_client_id: str = Field(default="", description="this installation's name there")
    oidc_secret: str = Field(default="", description="and its secret")
    oidc_name: str = Field(default="OpenID Connect", description="what the button says")
    passphrase: str = Field(
        default="",
        description="seals and opens the files of `backup`, `restore` and `verify`",
        json_schema_extra=_told("asked for at the terminal"),
    )
    mqtt_url: str = Field(
        default="",
        description="broker to which loggers send: `mqtt://USER:PASSWORD@HOST:1883`, or `mqtts://` with TLS",
        json_schema_extra=_told("off"),
    )
    mqtt_layout: str = Field(
        default="seawall",
        description="how messages name a device and write a reading: a row of supply/tables/mqtt_layouts.csv",
    )
    demo: bool = Field(
        default=False,
        description="`1`: posts are offered without a password, on this machine and a synthetic database only",
    )
    debug: bool = Field(default=False, description="`1`: errors in full; never with real people")
    volatile: bool = Field(default=False, description="`1`: a new embedded cluster forgets on a power cut; for tests")


def told() -> Env:
    """The settings as told; what cannot be read is said by variable, and the program ends with 2."""
    try:
        return Env()
    except ValidationError as wrong:
        for mistake in wrong.errors():
            name = str(mistake["loc"][0]).upper()
            variable = name if name.startswith(("SEAWALL_", "DATABASE_URL")) else f"SEAWALL_{name}"
            sys.stderr.write(f"{variable}: {mistake['msg']}\n")
        raise SystemExit(2) from wrong


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
