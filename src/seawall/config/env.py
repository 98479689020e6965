"""Settings from the environment, typed and checked once."""

import os
import secrets
import tempfile
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
        _keep(path, secrets.token_hex(32))
    secret = path.read_text().strip()
    if not secret:
        raise RuntimeError(
            f"{path} is empty: put the secret back from its copy, or remove the file if nothing was ever sealed"
        )
    return secret


def _keep(path: Path, secret: str) -> None:
    """Whole or not there, and the first of two starts at once has it."""
    opened, made = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(opened, "w") as file:
        file.write(secret)
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        Path(made).unlink()
