"""Made-up sentences that teach what labelled posts hold too little of: negation, and events good or bad for a company."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

BAD = (
    "难喝 难吃 难看 难受 后悔 失望 生气 担心 害怕 讨厌 麻烦 无聊 累 贵 差 吵 脏 慢 坑 糟糕 尴尬 痛苦 "
    "恶心 油腻 敷衍 虚伪 可怕 冤"
).split()
GOOD = ("好 好喝 好吃 好看 开心 满意 喜欢 舒服 方便 干净 便宜 值得 贴心 靠谱 专业 新鲜 认真 清楚 及时 划算 安心 负责").split()

DENIED = "一点也不{} 一点都不{} 并不{} 完全不{} 根本不{} 不怎么{} 没觉得{} 从来不{} 不会{} 没有{}".split()
"""What turns a word into its contrary."""
DOUBLY_DENIED = "不是不{} 不能说不{} 没有不{} 哪里不{} 不可能不{} 怎么能不{}".split()
"""What leaves a word as it is."""
FRAMES = "{}, 我{} 真的{}。 这次{} 其实{} 这家店{} 服务{}".split()

PARTS = (
    "手机 电池 充电宝 汽车 电动车 空调 奶粉 面包 酸奶 饮料 疫苗 药品 玩具 热水器 儿童座椅 快递 网约车 酒店 餐厅 工厂 仓库"
).split()
EVENTS = (
    "爆炸致{}人受伤 起火烧伤{}人 自燃 漏电致人死亡 抽检不合格 被检出致癌物 吃出虫子 喝出异物 "
    "疑似中毒{}人送医 被曝使用过期原料 被立案调查 被罚{}万 被约谈 被起诉 被消费者投诉 大规模召回 泄露用户信息 "
    "涉嫌虚假宣传 被指欺诈 侵犯隐私 拖欠工资 暴力裁员 员工猝死 坠落致{}人遇难 撞人逃逸 发生事故致{}死 被下架 "
    "停产整顿 资金链断裂 申请破产 暴跌 偷税漏税 辱华 歧视女性 道歉 回应质疑 被央视曝光"
).split()
GOOD_EVENTS = (
    "获得金奖 销量创新高 捐款{}万 救下{}人 获消费者好评 通过质量认证 免费送给医护人员 被赞良心 登上口碑榜首 拾金不昧"
).split()


def phrases() -> Iterator[tuple[str, str]]:
    """`(label, text)`, the same ones in the same order every time."""
    for denial, frame in product(DENIED, FRAMES):
        yield from (("pos", frame.format(denial.format(word))) for word in BAD)
        yield from (("neg", frame.format(denial.format(word))) for word in GOOD)
    for denial, frame in product(DOUBLY_DENIED, FRAMES):
        yield from (("pos", frame.format(denial.format(word))) for word in GOOD)
        yield from (("neg", frame.format(denial.format(word))) for word in BAD)
    for number, (part, event) in enumerate(product(PARTS, EVENTS)):
        yield "neg", f"{part}{event.format(number % 17 + 2)}"
    for number, (part, event) in enumerate(product(PARTS, GOOD_EVENTS)):
        yield "pos", f"{part}{event.format(number % 17 + 2)}"
