"""`python -m starter.api`: the API by itself, with the settings of the environment."""

from __future__ import annotations

import asyncio

from runtime.logs import configure_logs
from starter.api.serving import serve
from starter.installation import present_settings


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = present_settings()
    configure_logs(settings.log_format, settings.log_level)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
