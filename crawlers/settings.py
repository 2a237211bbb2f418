"""Scrapy's settings: manners first. What an operator sets (contact, delay, timeout) is added by `crawlers.addon`."""

from __future__ import annotations

BOT_NAME = "yushao"
SPIDER_MODULES = ["crawlers.spiders"]
NEWSPIDER_MODULE = "crawlers.spiders"
ADDONS = {"crawlers.addon.OperatorSettings": 0}
ITEM_PIPELINES = {"crawlers.pipeline.InboxPipeline": 100}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawlers.robots.RecordedRobots": 100,
}
DEFAULT_REQUEST_HEADERS = {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}

# robots.txt is obeyed, one request at a time, slower where the site is slow, and no cookie is kept: nothing signs in.
ROBOTSTXT_OBEY = True
AUTOTHROTTLE_ENABLED = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
REDIRECT_MAX_TIMES = 5

# A server that says 429 or 503 is left alone until the next interval, or as long as its Retry-After asks.
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]

# Every answer reaches the spider, which says what it means for the source.
HTTPERROR_ALLOW_ALL = True
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0

# Scrapy would not check certificates; forged news is worse than none.
DOWNLOAD_VERIFY_CERTIFICATES = True

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 0
