"""A real OpenID Connect server for the tests: `oidc-provider`, installed by npm into `var/oidc`, once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from starter.kept_running import die_with_parent
from starter.server import free_port
from tests.medusa.installing import INSTALL, QUICKLY, ROOT, fingerprint
from tests.medusa.programs import node, npm

PLACE = ROOT / "var" / "oidc"
PROJECT = Path(__file__).parent / "project"
READY_WITHIN_S = 30.0

AUDIENCE = "urn:duecourse:api"
CLIENT, SECRET = "desk", "secret-of-the-desk"
SYSTEM, SYSTEM_SECRET = "shop", "secret-of-a-client"
REDIRECT_URI = "http://api.test/desk/oidc/callback"


def installed() -> Path:
    """The folder of the installed server.

    Raises:
        RuntimeError: npm failed.
    """
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        app, wanted = PLACE / "app", fingerprint(PROJECT.iterdir(), *INSTALL)
        done = app / ".installed"
        if not (done.exists() and done.read_text() == wanted):
            shutil.rmtree(app, ignore_errors=True)
            shutil.copytree(PROJECT, app)
            npm(*INSTALL, *QUICKLY, folder=app)
            done.write_text(wanted)
    return app


@dataclass(frozen=True)
class OidcServer:
    """Where it is."""

    issuer: str

    def signs_in(self, url: str, login: str) -> str:
        """Go where the browser is sent, sign in and agree; returns where it is sent back to."""
        with httpx.Client(timeout=20) as browser:
            at = url
            while not at.startswith(REDIRECT_URI):
                answered = browser.get(at)
                if answered.is_redirect:
                    at = urljoin(at, answered.headers["location"])
                    continue
                assert answered.status_code == 200, answered.text
                prompt = "login" if 'name="login"' in answered.text else "consent"
                filled = {"prompt": prompt, **({"login": login, "password": "x"} if prompt == "login" else {})}
                answered = browser.post(at, data=filled)
                assert answered.is_redirect, answered.text
                at = urljoin(at, answered.headers["location"])
        return at

    def token_of_system(self, scope: str) -> str:
        """An access token that a system gets for itself."""
        form = {"grant_type": "client_credentials", "scope": scope}
        answered = httpx.post(f"{self.issuer}/token", data=form, auth=(SYSTEM, SYSTEM_SECRET))
        token: str = answered.raise_for_status().json()["access_token"]
        return token


def answer_in(url: str) -> dict[str, str]:
    """What the server answers by way of the browser."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@contextmanager
def oidc_server() -> Iterator[OidcServer]:
    """Run it until the context ends."""
    app, port = installed(), free_port()
    issuer = f"http://127.0.0.1:{port}"
    told = {"ISSUER": issuer, "PORT": str(port), "REDIRECT_URI": REDIRECT_URI, "NODE_ENV": "production"}
    with (PLACE / "server.log").open("wb") as log:
        running = subprocess.Popen(
            [node(), "server.js"],
            cwd=app,
            env={**os.environ, **told},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - it makes one system call
        )
    try:
        _wait_until_ready(running, issuer)
        yield OidcServer(issuer)
    finally:
        running.terminate()
        running.wait()


def _wait_until_ready(running: subprocess.Popen[bytes], issuer: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and running.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{issuer}/.well-known/openid-configuration").is_success:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server does not come up; it says:\n{(PLACE / 'server.log').read_text()[-2_000:]}")


if __name__ == "__main__":
    installed()
