"""The operator's settings as Scrapy's: who we are, how slowly we ask, how long we wait."""

from __future__ import annotations

from importlib.metadata import version

from scrapy.settings import BaseSettings

from core.settings import Settings, load_settings

SETTINGS = "YUSHAO_SETTINGS"
"""The Scrapy setting under which `python -m crawlers` passes the product's settings; without it they are loaded."""


def user_agent(contact: str) -> str:
    """Who asks, in which version, and where its operator can be reached."""
    return f"Yushao/{version('yushao')} (+{contact})"


def product_settings(settings: BaseSettings) -> Settings:
    """The product's settings in a Scrapy process."""
    given = settings.get(SETTINGS)
    return given if isinstance(given, Settings) else load_settings()


class OperatorSettings:
    """Scrapy's hook for settings that are known only at run time."""

    def update_settings(self, settings: BaseSettings) -> None:
        crawl = product_settings(settings).crawl
        settings.set("USER_AGENT", user_agent(crawl.contact), "addon")
        settings.set("DOWNLOAD_DELAY", crawl.delay_seconds, "addon")
        settings.set("AUTOTHROTTLE_START_DELAY", crawl.delay_seconds, "addon")
        settings.set("DOWNLOAD_TIMEOUT", crawl.timeout_seconds, "addon")
