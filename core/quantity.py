"""Large numbers as one says them, in Chinese and in English."""

from __future__ import annotations

_ZH = ((10**8, " 亿"), (10**4, " 万"))
_EN = ((10**9, "B"), (10**6, "M"), (10**3, "K"))


def spoken(count: int) -> tuple[str, str]:
    """A count in Chinese and English, rounded to what one would say.

    >>> spoken(900), spoken(12_345), spoken(1_200_000), spoken(234_000_000)
    (('900', '900'), ('1.2 万', '12K'), ('120 万', '1.2M'), ('2.3 亿', '234M'))
    """
    return _scaled(count, _ZH), _scaled(count, _EN)


def _scaled(count: int, units: tuple[tuple[int, str], ...]) -> str:
    for size, name in units:
        if count >= size:
            value = count / size
            return f"{value:.1f}".removesuffix(".0") + name if value < 10 else f"{value:.0f}{name}"
    return str(count)
