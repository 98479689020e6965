"""Serves the console and the portal, with the background worker beside it."""

import ipaddress
import os
import subprocess
import sys
from typing import Any

import typer
from django.conf import settings
from gunicorn.app.base import BaseApplication


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings and no configuration file."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from seawall.config.wsgi import application

        return application


def serve(host: str, port: int) -> None:
    """Serve until stopped. A demonstration answers on this machine only."""
    if settings.SEAWALL_DEMO and not ipaddress.ip_address(host).is_loopback:
        raise typer.BadParameter("a demonstration is open to everybody: it binds to 127.0.0.1 only")
    worker = subprocess.Popen([sys.executable, "-m", "seawall.manage", "procrastinate", "worker"], env=os.environ)
    typer.secho(f"\n  Seawall · 屏障   http://{host}:{port}/", bold=True)
    typer.echo("  Ctrl+C stops it; everything is kept.\n")
    options = {
        "bind": f"{host}:{port}",
        "workers": 2,
        "threads": 4,
        "worker_class": "gthread",
        "timeout": 120,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    try:
        Server(options).run()
    finally:
        worker.terminate()
