"""Settings from the environment (`DUECOURSE_…`); Temporal's own address, TLS and keys come from its TOML profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

AdapterName = Literal["outbox", "smtp", "webhook", "apprise"]


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of `host:port`; an IPv6 address stands in brackets.

    Raises:
        ValueError: it is anything else.
    """
    parts = urlsplit(f"//{address}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.netloc != address or parts.username is not None:
        raise ValueError(f"expected host:port, such as 127.0.0.1:9464, got {address!r}")
    return host, port


def _listens_there(address: str) -> str:
    if address:
        host_and_port(address)
    return address


Listening = Annotated[str, AfterValidator(_listens_there)]
"""`host:port` where something answers; empty is nowhere."""


def _reached_there(address: str) -> str:
    parts = urlsplit(address)
    # Pages name their own paths from the root, so nothing may stand before them.
    if address and (parts.scheme not in ("http", "https") or f"{parts.scheme}://{parts.netloc}" != address.rstrip("/")):
        raise ValueError(
            f"expected http(s)://host without a path, such as https://service.example.com, got {address!r}"
        )
    return address


Reached = Annotated[str, AfterValidator(_reached_there)]
"""Where browsers reach us; empty is nowhere that anybody said."""


class Settings(BaseSettings):
    """Everything about this installation that is neither policy nor Temporal's address.

    Spans are seconds. Secrets never appear in logs or representations.
    """

    model_config = SettingsConfigDict(env_prefix="DUECOURSE_", env_file=".env", extra="ignore")

    home: Path = Field(default=Path("var"), description="folder of the embedded default: database, server files, logs")
    store_url: str = Field(default="", description="SQLAlchemy URL; empty is SQLite below home")
    task_queue: str = "duecourse"
    policy: str = Field(default="charter", description="name of the policy that new cases are pinned to")
    temporal_profile: str | None = Field(default=None, description="profile of Temporal's TOML configuration")
    temporal_config: Path | None = Field(default=None, description="path of Temporal's TOML configuration")
    web_ui: str = Field(default="http://127.0.0.1:8233", description="Temporal's Web UI, for links")

    zone: str = Field(
        default="Asia/Shanghai",
        description="IANA time zone whose days, weeks, months and quarters figures are drawn by",
    )

    log_format: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_address: Listening = Field(default="", description="host:port of the Prometheus endpoint; empty is none")
    health_address: Listening = Field(default="", description="host:port of a worker's /live and /ready; empty is none")

    open_cases: int = Field(default=5_000, gt=0, description="cases that this worker should hold without eviction")
    activity_slots: int = Field(default=100, gt=0)
    shutdown_grace: float = Field(default=30.0, gt=0, description="seconds that running activities get at shutdown")
    sticky_timeout: float = Field(default=5.0, gt=0, description="seconds until a killed worker's cases move on")
    gauge_interval: float = Field(default=15.0, gt=0, description="seconds between counts of open cases for metrics")

    reconcile_every: float = Field(default=900.0, gt=0, description="seconds between comparisons of cases and shop")
    inbound_host: str = Field(default="127.0.0.1", description="address on which signed webhooks come in")
    readmodel_check_every: float = Field(
        default=3600.0, gt=0, description="seconds between comparisons of the read model with the cases"
    )
    inbound_port: int = Field(default=8234, ge=0, le=65_535, description="where signed webhooks come in; 0 is any")
    inbound_secrets: SecretStr | None = Field(
        default=None, description="whsec_… that shop and carrier sign with; several, with blanks, while one is replaced"
    )

    api_host: str = Field(default="127.0.0.1", description="address on which the API listens")
    api_port: int = Field(default=8235, ge=0, le=65_535, description="port of the API; 0 is any")
    api_proxies: str = Field(
        default="", description="addresses of web servers in front, with commas, whose X-Forwarded-For is believed"
    )
    api_secure: bool = Field(default=False, description="browsers reach the API by TLS: cookies are for TLS only")
    api_rate: str = Field(default="1200/minute", description="requests that each key or person may make")

    customer_url: Reached = Field(
        default="", description="where customers reach their page; empty is where browsers reach this API"
    )
    link_secrets: SecretStr | None = Field(
        default=None, description="sign the links to customers' pages; several, with blanks, while one is replaced"
    )
    customer_rate: str = Field(default="120/minute", description="requests that may be made with the links of a case")
    customer_writes: str = Field(default="40/hour", description="of these, requests that change something")
    upload_bytes: int = Field(default=10_000_000, gt=0, description="the largest file that a customer can send")
    uploads: int = Field(default=30, ge=0, description="files that a customer can send for one case")

    oidc_issuer: str = Field(default="", description="URL of the OpenID Connect server for people; empty is none")
    oidc_client_id: str = Field(default="", description="what we are called there")
    oidc_client_secret: SecretStr | None = Field(default=None, description="of that client; without one it is public")
    oidc_staff_claim: str = Field(default="preferred_username", description="the claim that has somebody's staff id")
    oidc_auditors: str = Field(default="", description="the group, in the claim `groups`, that makes auditors")
    oidc_audience: str = Field(
        default="", description="what access tokens must be for that come to the API; empty is none may come"
    )
    public_url: str = Field(
        default="", description="where browsers reach this API, such as https://desk.example.com; empty is as they ask"
    )

    hook_networks: str = Field(
        default="",
        description="networks of one's own that outgoing webhooks may reach, such as 10.1.0.0/16, with commas",
    )

    medusa_url: str = Field(default="", description="a Medusa shop's address; empty is the embedded shop")
    medusa_api_key: SecretStr | None = Field(default=None, description="a secret API key of that shop")
    medusa_settling: float = Field(default=20.0, gt=0, description="seconds that a lost call may still run there")

    email: AdapterName = "outbox"
    sms: AdapterName = "outbox"
    chat: AdapterName = "outbox"
    social: AdapterName = "outbox"
    message_domain: str = "duecourse.invalid"

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_sender: str = "service@duecourse.invalid"
    smtp_receiver_deduplicates: bool = False

    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    apprise_url: SecretStr | None = None

    @model_validator(mode="after")
    def _shop_with_its_key(self) -> Self:
        if self.medusa_url and not self.medusa_api_key:
            raise ValueError("DUECOURSE_MEDUSA_URL is set, but DUECOURSE_MEDUSA_API_KEY is not")
        return self

    @property
    def database(self) -> str:
        """The store's SQLAlchemy URL."""
        return self.store_url or f"sqlite+aiosqlite:///{self.home / 'duecourse.db'}"
