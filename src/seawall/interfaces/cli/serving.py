"""Serves the console and the portal, with the background worker beside it."""

import ipaddress
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

WORKER = [sys.executable, "-m", "seawall.manage", "procrastinate", "worker"]
PATIENCE = 5  # seconds given to what still runs when asked to stop


class Server(BaseApplication):
    """Gunicorn with our settings and no configuration file."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        return get_wsgi_application()


def serve(host: str, port: int) -> None:
    """Serve until stopped. A demonstration answers on this machine only."""
    if settings.SEAWALL_DEMO and not ipaddress.ip_address(host).is_loopback:
        raise typer.BadParameter("a demonstration is open to everybody: it binds to 127.0.0.1 only")
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # what is served comes from the package
    connections.close_all()  # a forked process must not share ours
    worker = subprocess.Popen(WORKER, env=os.environ)
    options = {
        "bind": f"{host}:{port}",
        "workers": 2,
        "threads": 4,
        "worker_class": "gthread",
        "timeout": 120,
        "loglevel": "warning",
        "graceful_timeout": PATIENCE,
        "control_socket_disable": True,
        "when_ready": lambda _: _say_where(host, port),
    }
    try:
        Server(options).run()
    finally:
        _stop(worker)


def _say_where(host: str, port: int) -> None:
    typer.secho(f"\n  Seawall · 屏障   http://{host}:{port}/", bold=True)
    typer.echo("  Ctrl+C stops it; everything is kept.\n")


def _stop(worker: "subprocess.Popen[bytes]") -> None:
    """Let the worker finish what it does; one that will not end is ended: its jobs can be done again."""
    worker.terminate()
    try:
        worker.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
