"""Settings from the environment, typed and checked once."""

import secrets
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from .paths import var_folder


class Env(BaseSettings):
    """SEAWALL_* variables; DATABASE_URL points at a PostgreSQL of your own."""

    model_config = SettingsConfigDict(env_prefix="SEAWALL_", extra="ignore")

    debug: bool = False
    demo: bool = False
    database: str = "seawall"
    secret_key: str = ""
    data_key: str = ""
    allowed_hosts: str = "127.0.0.1,localhost,[::1],testserver"
    time_zone: str = "Asia/Shanghai"


def kept_secret(name: str, given: str) -> str:
    """A secret from the environment, or one made at first start and kept readable by its owner alone."""
    if given:
        return given
    path: Path = var_folder() / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()
