"""Where links to customers' pages come from: the settings, or, in an installation of one's own, a secret made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from structlog.testing import capture_logs

from runtime.settings import Settings
from starter.cli.exits import ExitCode
from starter.kept_secrets import kept_secret
from starter.page_links import links_in_messages, page_links
from tests.starter.command_line import CASE, CommandLine

SHARED = "postgresql+asyncpg://duecourse@db/duecourse"
SECRET = SecretStr("a-secret-that-nobody-guesses")


def test_own_installation_makes_links_by_itself_and_all_its_programs_agree(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    made, read = page_links(settings), page_links(settings)
    assert made
    assert read
    link = made.to(CASE, 0)
    assert link.address.startswith("http://127.0.0.1:8235/my/")
    assert read.read(link.address.rpartition("/")[2])
    assert (tmp_path / "links.secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "changed",
    [{}, {"link_secrets": SECRET}, {"customer_url": "https://service.example.com"}],
)
def test_shared_store_sends_no_links_until_secret_and_address_are_set(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    settings = Settings(home=tmp_path, store_url=SHARED).model_copy(update=changed)
    assert page_links(settings) is None
    with capture_logs() as said:
        assert links_in_messages(settings) is None
    assert [line["event"] for line in said] == ["messages_without_link"]
    assert list(tmp_path.iterdir()) == []


def test_settings_say_where_pages_are(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, store_url=SHARED, link_secrets=SECRET, customer_url="https://service.example.com"
    )
    links = page_links(settings)
    assert links
    assert links.to(CASE, 0).address.startswith("https://service.example.com/my/")
    assert SECRET.get_secret_value() not in repr(settings)


def test_pages_are_where_browsers_reach_the_api_if_nobody_says_otherwise(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, store_url=SHARED, link_secrets=SECRET, public_url="https://desk.example.com")
    links = page_links(settings)
    assert links
    assert links.to(CASE, 0).address.startswith("https://desk.example.com/my/")


@pytest.mark.parametrize(
    "wrong", ["service.example.com", "https://a.example/support", "ftp://a.example", "https://", "x"]
)
def test_address_that_no_page_can_be_at_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValidationError, match="customer_url"):
        Settings(home=tmp_path, customer_url=wrong)


def test_programs_that_start_at_once_get_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: kept_secret(tmp_path / "links.secret").get_secret_value(), range(16)))
    assert len({*made}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["links.secret"]


def test_command_prints_a_link_to_a_page(cli: CommandLine) -> None:
    told = cli.json("access", "link", CASE)
    links = page_links(cli.settings)
    assert links
    shown = links.read(told["link"].rpartition("/")[2])
    assert shown
    assert (shown.case_id, shown.until) == (CASE, told["until"])
    assert "/my/" in cli.run("access", "link", CASE)[1]
    assert cli.run("access", "link", "digest:x")[0] != ExitCode.OK
