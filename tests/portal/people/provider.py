"""A small OpenID Connect provider on loopback: it signs what it says of whoever comes, with a key of its own."""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "palier", "a secret of the tests"


class Provider(ThreadingHTTPServer):
    """Answers discovery, authorisation, tokens, keys and user info; `person` is who sits before it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {}
        self.granted: dict[str, dict[str, str]] = {}
        self.open_tokens: set[str] = set()
        self.refused: list[str] = []

    def claims(self) -> dict[str, Any]:
        """What the provider signs now."""
        now = int(time.time())
        return {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **self.person}


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:  # the standard library's name
        asked = urlsplit(self.path)
        said = {key: values[0] for key, values in parse_qs(asked.query).items()}
        if asked.path == "/.well-known/openid-configuration":
            self._json(
                {
                    "issuer": self.server.issuer,
                    "authorization_endpoint": f"{self.server.issuer}/authorize",
                    "token_endpoint": f"{self.server.issuer}/token",
                    "userinfo_endpoint": f"{self.server.issuer}/userinfo",
                    "jwks_uri": f"{self.server.issuer}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif asked.path == "/authorize":
            code = secrets.token_urlsafe(16)
            self.server.granted[code] = said
            self.send_response(302)
            self.send_header("Location", f"{said['redirect_uri']}?{urlencode({'code': code, 'state': said['state']})}")
            self.end_headers()
        elif asked.path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self._json({"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]})
        elif asked.path == "/userinfo":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self._json(self.server.person if token in self.server.open_tokens else {}, 200)

    def do_POST(self) -> None:  # the standard library's name
        said = {
            key: each[0]
            for key, each in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()
        }
        granted = self.server.granted.pop(said.get("code", ""), None)
        digest = urlsafe_b64encode(sha256(said.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if granted is None or said.get("client_secret") != SECRET or granted.get("code_challenge") != digest:
            self.server.refused.append("token")
            self._json({"error": "invalid_grant"}, 400)
            return
        token = secrets.token_urlsafe(16)
        self.server.open_tokens.add(token)
        signed = jwt.encode(self.server.claims(), self.server.key, algorithm="RS256", headers={"kid": "1"})
        self._json({"access_token": token, "token_type": "Bearer", "id_token": signed, "expires_in": 300})

    def _json(self, said: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401  # the standard library's name
        """Say nothing."""


@contextmanager
def running() -> Iterator[Provider]:
    """A provider, for as long as it is needed."""
    with Provider() as provider:
        thread = threading.Thread(target=provider.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
            thread.join()
