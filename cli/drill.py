"""`yushao drill`: the drill's own site, by itself."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base import out, settings

app = typer.Typer()


@app.command()
def drill(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="端口，此后记住 · the port, remembered from now on")
    ] = None,
) -> None:
    """启动演练站点，直到 Ctrl-C · serve the drill's site until Ctrl-C."""
    from core.clock import now, shown
    from drill.site import DrillSite
    from drill.state import begin

    story = begin(settings(), now=now(), port=port)
    with DrillSite(story.started, story.port) as site:
        out.print(f"演练站点 · drill site: {site.address}/weibo/ajax/side/hotSearch（{shown(story.started)} 开始）")
        site.serve_forever()
