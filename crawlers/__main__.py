"""One crawl of one source, in this process: `python -m crawlers NAME`. `crawlers.runner` starts it and reads its report."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from threading import Thread

from core.errors import YushaoError, language
from core.ids import new_id
from core.settings import Settings, load_settings
from crawlers.exit_codes import BUSY, NOT_REPORTED, REPORTED
from crawlers.lock import source_lock

WATCH_SECONDS = 0.5


def main() -> int:
    """Crawl, and say by the exit code whether the report is in the database."""
    arguments = _arguments()
    # A crawl whose starter died must not hang for ever, nor outlive a product that was stopped.
    signal.alarm(arguments.limit)
    Thread(target=_end_with_starter, args=(os.getppid(),), daemon=True).start()
    settings = Settings.model_validate_json(sys.stdin.read()) if arguments.settings_from_stdin else load_settings()
    language.set(settings.language)
    with source_lock(settings.home, arguments.name) as held:
        return _crawl(settings, arguments.name, arguments.run) if held else BUSY


def _end_with_starter(starter: int) -> None:
    """A process whose parent is gone gets another one."""
    while os.getppid() == starter:
        time.sleep(WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _crawl(settings: Settings, name: str, run_id: str) -> int:
    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings as ScrapySettings

    from crawlers.addon import SETTINGS
    from crawlers.job import configured_source
    from crawlers.pipeline import REPORTED as REPORTED_STATISTIC

    source = configured_source(settings, name)
    scrapy_settings = ScrapySettings()
    scrapy_settings.setmodule("crawlers.settings", priority="project")
    scrapy_settings.set(SETTINGS, settings)
    process = CrawlerProcess(scrapy_settings)
    crawler = process.create_crawler(source.kind)
    process.crawl(crawler, source=name, run=run_id)
    process.start()
    is_reported = not process.bootstrap_failed and crawler.stats.get_value(REPORTED_STATISTIC)
    return REPORTED if is_reported else NOT_REPORTED


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m crawlers", description="Crawl one configured source once.")
    parser.add_argument("name")
    parser.add_argument("--run", default=new_id(), help="the id under which the crawl is recorded")
    parser.add_argument("--limit", type=int, default=600, help="seconds after which the crawl ends itself")
    parser.add_argument("--settings-from-stdin", action="store_true", help="read the settings as JSON from standard input")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except YushaoError as error:
        sys.exit(str(error))
