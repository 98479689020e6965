"""A small OpenID Connect provider on this machine: discovery, authorization with PKCE, token, keys and user info, for tests."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "seawall", "a secret between two servers"


class Provider:
    """Who is signed in there, the codes it gave out and has not seen again, and its key."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.issuer = ""

    def discovery(self) -> dict[str, Any]:
        ends = ("authorization", "token", "userinfo")
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/keys",
            **{f"{end}_endpoint": f"{self.issuer}/{end}" for end in ends},
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to: with a code, or with the reason why not."""
        back = asked["redirect_uri"]
        if not self.person or asked["client_id"] != CLIENT or asked.get("code_challenge_method") != "S256":
            return f"{back}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = uuid4().hex
        self.codes[code] = asked
        return f"{back}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, told: dict[str, str]) -> dict[str, Any] | None:
        """Once for each code, to the client that asked for it and proves it."""
        asked = self.codes.pop(told.get("code", ""), None)
        proof = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if asked is None or told.get("client_secret") != SECRET or asked["code_challenge"] != challenge:
            return None
        access, now = uuid4().hex, int(time.time())
        self.tokens[access] = dict(self.person)
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **self.person}
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def keys(self) -> dict[str, Any]:
        row = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [row | {"kid": "one", "use": "sig", "alg": "RS256"}]}


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider, serving on a port of this machine until the test is over."""
    one = Provider()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorization":
                self.send_response(302)
                self.send_header("Location", one.authorize(asked))
                self.end_headers()
            elif parts.path == "/userinfo":
                self._say(one.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer ")))
            else:
                self._say(one.keys() if parts.path == "/keys" else one.discovery())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._say(one.token({name: values[0] for name, values in parse_qs(body).items()}))

        def _say(self, row: dict[str, Any] | None) -> None:
            self.send_response(200 if row else 401)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(row or {"error": "invalid_request"}).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    one.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
