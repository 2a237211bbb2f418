"""`python -m console`: what `yushao up` starts as a process of its own."""

from __future__ import annotations

import sys

from console.serve import serve
from core.errors import YushaoError, language
from core.logging import configure_logging
from core.settings import load_settings


def main() -> None:
    try:
        settings = load_settings()
        language.set(settings.language)
        configure_logging()
        serve(settings)
    except YushaoError as error:
        sys.exit(f"✗ {error}")


main()
