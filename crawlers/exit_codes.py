"""How a crawl's process tells the one that started it whether there is a report to read."""

from __future__ import annotations

REPORTED = 0
NOT_REPORTED = 1
BUSY = 75  # another process crawls this source; sysexits' EX_TEMPFAIL
