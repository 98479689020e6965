"""A provider of messages that speaks the neutral protocol over real HTTP, and misbehaves as told."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-of-the-provider"


class SmsProvider(ThreadingHTTPServer):
    """Sends each id once, whatever is asked how often; `mood` is one of well, cut, busy, broken, garbage, twice."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.mood, self.delay = "well", 0.0
        self.asked: Counter[str] = Counter()
        self.sent: dict[str, dict[str, Any]] = {}
        self.refuses: set[str] = set()
        self.later: list[dict[str, Any]] = []
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def take(self, message: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            self.asked[message["id"]] += 1
            if message["to"] in self.refuses:
                return {"id": message["id"], "state": "refused", "code": "number_invalid"}
            self.sent.setdefault(message["id"], message)
        return {"id": message["id"], "state": "accepted", "reference": f"R-{message['id'][:8]}"}


class Door(BaseHTTPRequestHandler):
    """POST /messages and GET /receipts."""

    server: SmsProvider

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        mood = self.server.mood
        if mood in ("busy", "broken"):
            return self.answer({}, 429 if mood == "busy" else 500, {"Retry-After": "120"})
        rows = [self.server.take(message) for message in body["messages"]]
        if mood == "cut":  # taken, and the line goes dead before the answer
            self.close_connection = True
            return self.connection.close()
        if mood == "garbage":
            return self.answer({"messages": "yes"})
        time.sleep(self.server.delay)
        return self.answer({"messages": rows * 2 if mood == "twice" else rows})

    def do_GET(self) -> None:
        after = int(parse_qs(urlsplit(self.path).query).get("after", ["0"])[0] or 0)
        rows = self.server.later[after : after + 2]
        self.answer({"receipts": rows, "next": str(after + len(rows))})

    def answer(self, content: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[SmsProvider]:
    server = SmsProvider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
