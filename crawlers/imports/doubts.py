"""What about the times of an imported file is to be doubted: told to who imports it, for the posts are kept as they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from core.clock import HOUR, shown
from core.post import Post

CROWD = 50
"""Posts of one second, among the rows stored together, from which the second is no time at which people wrote."""


class Doubts:
    """Collects, stretch by stretch, the posts of the future and the seconds that hold too many posts."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._ahead = 0
        self._latest = now
        self._crowded = Counter[datetime]()

    def look_at(self, posts: Sequence[Post]) -> None:
        times = Counter(post.published_at for post in posts)
        ahead = {moment: count for moment, count in times.items() if moment > self._now}
        self._ahead += sum(ahead.values())
        self._latest = max([self._latest, *ahead])
        self._crowded.update({moment: count for moment, count in times.items() if count >= CROWD})

    def told(self) -> Iterator[tuple[str, str]]:
        """What is to be said, in Chinese and English."""
        if self._ahead:
            hours = (self._latest - self._now) / HOUR
            yield (
                f"{self._ahead} 条的时间在未来（最多超前 {hours:.1f} 小时）：已存入，到时才计入；"
                "请核对文件的时区（无时区的时间按北京时间读）",
                f"{self._ahead} posts are dated in the future, by up to {hours:.1f} h: they are kept and count when their time "
                "comes; check the file's time zone (without one it is read as China's)",
            )
        for moment, posts in self._crowded.most_common(1):
            second = shown(moment, "%Y-%m-%d %H:%M:%S")
            yield (
                f"{posts} 条的发布时间同为 {second}：可能只有日期或是导出的时间；它们都计在那一小时，那一小时的突增不可尽信",
                f"{posts} posts bear the same time {second}: perhaps a date alone, or that of the export; they all count in "
                "that hour, so a surge in it proves little",
            )
