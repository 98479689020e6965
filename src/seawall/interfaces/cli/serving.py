"""Serves the console and the portal, and supervises the parts that work behind them."""

import errno
import gc
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from typing import Any

import typer
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from seawall.terms.acts import Refused

from .working import PATIENCE, beside, end_with, here

SMALL = 2  # web processes of `serve`
THREADS, LEAST_THREADS = 32, 4  # of a web process; each holds a connection
MOST_THREADS = 128  # of all web processes
TOGETHER: tuple[tuple[str, ...], ...] = ((),)  # one process for all parts


def apart() -> tuple[tuple[str, ...], ...]:
    """A process for each part."""
    return tuple((part.value,) for part in here())


class Server(BaseApplication):
    """Gunicorn with our settings and no configuration file."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """Every page is loaded before the web processes are forked, which share what they do not change."""
        application = get_wsgi_application()
        get_resolver().url_patterns  # noqa: B018
        connections.close_all()
        gc.freeze()
        return application


def web_processes(usual: int = 0) -> int:
    """As set; else `usual`, else one for each core."""
    return settings.WEB_WORKERS or usual or max(SMALL, os.cpu_count() or SMALL)


def web_threads(processes: int) -> int:
    """As set; else enough for bookings to be committed together, within the connections that the embedded PostgreSQL has."""
    return settings.WEB_THREADS or max(LEAST_THREADS, min(THREADS, MOST_THREADS // processes))


def serve(host: str, port: int, *, processes: int, parts: Sequence[Sequence[str]], parent: int = 0) -> None:
    """Serve until stopped, with a process for each of `parts` beside the server. A demonstration answers on this machine only."""
    if settings.SEAWALL_DEMO and not ipaddress.ip_address(host).is_loopback:
        raise typer.BadParameter("a demonstration is open to everybody: it binds to 127.0.0.1 only")
    bindable(host, port)
    end_with(parent)
    connections.close_all()  # a forked process must not share ours
    figures = tempfile.mkdtemp(prefix="seawall-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures
    owner = os.getpid()
    settings.WEB_THREADS = web_threads(processes)
    options = {
        "bind": f"{host}:{port}",
        "workers": processes,
        "threads": settings.WEB_THREADS,
        "worker_class": "gthread",
        "preload_app": True,
        "timeout": 120,
        "loglevel": "warning",
        "graceful_timeout": PATIENCE,
        "control_socket_disable": True,
        "forwarded_allow_ips": ",".join(settings.PROXIES),
        "logconfig_dict": {**settings.LOGGING, "loggers": {"gunicorn.error": {"propagate": True}}},
        "when_ready": lambda _: _say_where(host, port),
        "child_exit": _left,
    }
    try:
        with beside(parts):
            Server(options).run()
    finally:
        if os.getpid() == owner:
            shutil.rmtree(figures, ignore_errors=True)


def _left(server: object, worker: Any) -> None:
    """What a web process that ended had open counts no longer."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def bindable(host: str, port: int) -> None:
    """Refused in one sentence, where gunicorn would try again and again."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host.strip("[]"), port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused("PORT_IN_USE", host=host, port=port) from error
        raise Refused("ADDRESS_UNUSABLE", host=host, port=port, why=error.strerror or str(error)) from error


def _say_where(host: str, port: int) -> None:
    typer.secho(f"\n  Seawall · 屏障   http://{host}:{port}/", bold=True)
    typer.echo("  Ctrl+C stops it; everything is kept.\n")
