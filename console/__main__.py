"""`python -m console`: what `yushao up` starts as a process of its own."""

from __future__ import annotations

import contextlib
import signal
import sys

from console.serve import serve
from core.errors import YushaoError, language
from core.logging import configure_logging
from core.settings import load_settings


def main() -> None:
    # The server hands a signal on once it has stopped; by default the process would die of it with its stores open.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        settings = load_settings()
        language.set(settings.language)
        configure_logging()
        with contextlib.suppress(KeyboardInterrupt):
            serve(settings)
    except YushaoError as error:
        sys.exit(f"✗ {error}")


main()
