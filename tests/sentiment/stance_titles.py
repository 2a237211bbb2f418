"""Made-up labelled titles about made-up brands, enough to train a small model from."""

from __future__ import annotations

from pathlib import Path

BRANDS = ("星海茶饮", "北岸咖啡", "云杉汽车", "白鹭航空")
NEGATIVE = {
    "quality_safety": ("喝出异物", "检出细菌超标", "被曝原料过期", "吃出虫子"),
    "legal_regulatory": ("被立案调查", "被监管部门约谈", "涉嫌垄断被罚", "被起诉"),
    "finance": ("大面积闭店", "亏损扩大", "股价暴跌", "营收下滑"),
}
NEUTRAL = ("新品口令", "发布会定档", "联名杯子上架", "门店营业时间")
POSITIVE = ("好喝到哭", "给员工发奖金被夸", "捐款千万", "服务太暖心")
OTHER = ("南{}山风景区", "我家楼下叫{}路", "{}湖畔看日落", "小镇{}村的春天")
"""Where the name is another word."""

HEADER = "id\tbrand\ttitle\tabout\tstance\tcategory"


def lines() -> list[str]:
    """Every wording with every brand, as the lines of a table."""
    rows = []
    for brand in BRANDS:
        rows += [(brand, brand + words, 1, "neg", category) for category, found in NEGATIVE.items() for words in found]
        rows += [(brand, brand + words, 1, "neu", "-") for words in NEUTRAL]
        rows += [(brand, brand + words, 1, "pos", "-") for words in POSITIVE]
        rows += [(brand, words.format(brand), 0, "neu", "-") for words in OTHER]
    return [HEADER, *("\t".join(map(str, (number, *row))) for number, row in enumerate(rows))]


def write(path: Path, *rows: str) -> Path:
    """A table of these lines, or of all of them."""
    path.write_text("\n".join(rows or lines()) + "\n", encoding="utf-8")
    return path
