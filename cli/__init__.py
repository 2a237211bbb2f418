"""The command `yushao`: a group of small modules, loaded only when their command is asked for."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a YushaoError is shown as one message and exit code 1, never as a traceback."""
    from rich.markup import escape

    from cli.base import err
    from core.errors import YushaoError

    try:
        from cli.app import build

        build()(prog_name="yushao")
    except YushaoError as error:
        err.print(f"[red]✗[/red] {escape(str(error))}", markup=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
