"""The folder of an embedded installation (`var/`): what lies where, who runs on it, and how other commands find it.

`duecourse up` leaves two files there in forms that everybody knows: `up.env`, settings as in a `.env` file, and
`temporal.toml`, a profile that every Temporal client and the `temporal` command read.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from domain.errors import CaseError
from runtime.settings import Settings

OWN_CONNECTION = ("TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE", "DUECOURSE_TEMPORAL_PROFILE", "DUECOURSE_TEMPORAL_CONFIG")
"""Who sets one of these means another server than the embedded one; `TEMPORAL_ADDRESS` wins by itself."""

PROFILE = "default"

_PORTS = TypeAdapter(dict[str, int])


class InUseError(CaseError):
    """The folder belongs to another `duecourse up` that is still running."""

    code = "in_use"


@dataclass(frozen=True)
class Installation:
    """Where everything lies below the folder."""

    folder: Path

    @property
    def temporal_database(self) -> Path:
        """Temporal's SQLite file: every case, open or closed."""
        return self.folder / "temporal.db"

    @property
    def temporal_log(self) -> Path:
        """What Temporal's server says."""
        return self.folder / "temporal.log"

    @property
    def worker_log(self) -> Path:
        """What the worker says, one JSON object a line."""
        return self.folder / "worker.log"

    @property
    def api_log(self) -> Path:
        """What the API says, one JSON object a line."""
        return self.folder / "api.log"

    @property
    def webhook_secret(self) -> Path:
        """What shop and carrier sign with, unless the settings say it."""
        return self.folder / "webhook.secret"

    @property
    def lock(self) -> Path:
        """Held while `up`, its server or its worker runs; it holds the process id of `up`."""
        return self.folder / "up.lock"

    @property
    def settings_file(self) -> Path:
        """Settings for other commands."""
        return self.folder / "up.env"

    @property
    def profile(self) -> Path:
        """Temporal's profile for other commands."""
        return self.folder / "temporal.toml"

    def ports(self) -> dict[str, int]:
        """Ports that were taken in place of the usual ones, by name; of a file that somebody spoilt, none."""
        try:
            return _PORTS.validate_json(self._ports_file.read_bytes())
        except (FileNotFoundError, ValidationError):
            return {}

    def keep_ports(self, instead: Mapping[str, int]) -> None:
        """Write down which they are."""
        self._ports_file.write_text(json.dumps(instead), encoding="utf-8")

    @property
    def _ports_file(self) -> Path:
        return self.folder / "ports.json"

    def tell_others(self, settings: Settings, address: str) -> None:
        """Write down where the server is, which policy is in force, and where customers find their pages."""
        self.profile.write_text(f'[profile.{PROFILE}]\naddress = "{address}"\nnamespace = "default"\n')
        lines = {
            "DUECOURSE_TEMPORAL_CONFIG": self.profile.resolve(),
            "DUECOURSE_POLICY": settings.policy,
            "DUECOURSE_WEB_UI": settings.web_ui,
            "DUECOURSE_CUSTOMER_URL": settings.customer_url,
        }
        self.settings_file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))

    def own_environment(self, settings: Settings) -> dict[str, str]:
        """The environment of a worker of this installation: this one's server, whatever else is configured outside."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("TEMPORAL_") and name not in OWN_CONNECTION
        }
        return kept | {
            "DUECOURSE_HOME": str(self.folder.resolve()),
            "DUECOURSE_POLICY": settings.policy,
            "DUECOURSE_CUSTOMER_URL": settings.customer_url,
            "DUECOURSE_TEMPORAL_CONFIG": str(self.profile.resolve()),
            "DUECOURSE_TEMPORAL_PROFILE": PROFILE,
            "DUECOURSE_WEB_UI": settings.web_ui,
        }

    @contextmanager
    def occupied(self) -> Iterator[int]:
        """Take the folder for this process; yields the lock's descriptor for child processes to inherit.

        The lock is free again when the last of them has ended, however that came about.

        Raises:
            InUseError: somebody else has it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.lock.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or "?"
                raise InUseError(
                    f"{self.folder} is in use by another `duecourse up` (process {holder}) or what it left running; "
                    "stop that first, or set DUECOURSE_HOME to another folder",
                    field="home",
                    process=holder,
                ) from None
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield file.fileno()


def present_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings, completed by what `up` wrote down in the home folder; environment and `.env` win."""
    settings = Settings()
    if any(environment.get(name) for name in OWN_CONNECTION) or settings.temporal_profile or settings.temporal_config:
        return settings
    return Settings(_env_file=(Installation(settings.home).settings_file, ".env"))
