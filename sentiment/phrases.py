"""Made-up sentences that teach what labelled posts hold too little of: denial, irony, emoji, and news good or bad."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

BAD = (
    "难喝 难吃 难看 难受 后悔 失望 生气 担心 害怕 讨厌 麻烦 无聊 累 贵 差 吵 脏 慢 坑 糟糕 尴尬 痛苦 恶心 油腻 敷衍 虚伪 "
    "可怕 冤 腻 苦 挤 乱 破 臭 委屈 烦 心寒 难用 粗糙 离谱 过分 不满 抱怨 嫌弃 排斥 怀疑 反感 吃亏 上当 无语"
).split()
GOOD = (
    "好 好喝 好吃 好看 开心 满意 喜欢 舒服 方便 干净 便宜 值得 贴心 靠谱 专业 新鲜 认真 清楚 及时 划算 安心 负责 香 甜 快 "
    "可爱 好用 精致 温暖 热情 耐心 周到 感动 惊喜 推荐 放心 信任 支持 期待 享受 优秀 漂亮 准时 实惠 诚恳"
).split()

PLAIN = "太{}了 真的很{} 感觉{} 有点{} 越来越{} 挺{}的 让人{}".split()
"""What leaves a word as it is."""
DENIED = (
    "一点也不{} 一点都不{} 并不{} 完全不{} 根本不{} 不怎么{} 没觉得{} 从来不{} 不会{} 没有{} 不太{} 没那么{} 算不上{} "
    "没有传说中那么{} 没有他们说的{} 不像广告里那样{} 一点没{} 从来没{}过 不再{} 丝毫不{} 称不上{} 毫不{} 不见得{} "
    "不{} 都不{} 也不{} 不算{} 谈不上{} 说不上{} 并没有{} 并不是很{} 没多{} 没什么{}的 不至于{} 不像别人说的{} 没有预想的{}"
).split()
"""What turns a word into its contrary."""
DOUBLY_DENIED = (
    "不是不{} 不能说不{} 没有不{} 哪里不{} 不可能不{} 怎么能不{} 没有人不{} 不得不说{} 从来没有这么{} 没有更{}的了 "
    "不得不说真{} 不得不承认很{} 没有比它更{}的 没有哪家比这里更{} 不会有谁说不{} 从没这么{}过"
).split()
FRAMES = "{}, 我{} 真的{}。 这次{} 其实{} 这家店{} 服务{} 用了一年，{} 东西{} 质量{}，讲真 屏幕{} 同事也说{}".split()

FLAWS = "问题 缺点 差错 异味 瑕疵 套路 隐形消费 色差 故障 怨言 杂音 副作用 后顾之忧 破损 遗憾".split()
FLAWLESS = "没有{} 没有任何{} 没发现{} 没出{} 从没有过{} 毫无{} 挑不出{} 没什么{} 零{} 没半点{} 几乎没{}".split()
REMEDIES = "解释 说法 回音 电话 人影 发票 交代 通知 歉意 补偿 提示 人接待 保障 诚意".split()
WITHOUT = "连个{}都没有 没有一个{} 至今没有{} 连{}也没有 也不给{} 根本没{} 半点{}都没有 等不到{}".split()

ENDINGS = "再也不{} 以后不会再{} 绝对不{} 谁还{} 没人会{} 劝大家别{} 千万别{} 后悔来这里{}".split()
DOINGS = "来了 买了 去了 吃了 光顾 点单 信他们 回头 相信 下单 续费 住了 带朋友来".split()
UNDONE = "没有{} 一直没{} 到现在都没{} 一次都没{} 没一个人{} 根本没人{} 从没{} 拒绝{} 不肯{} 迟迟不{}".split()
CARE = "解决 处理 回复 道歉 赔偿 退款 按时到 发货 接电话 给个说法 修好 管 兑现 说清楚 通知用户".split()

PRAISES = (
    "真是好公司 真是业界楷模 好一个大品牌 可真厉害 可真会做生意 可真能耐 不愧是大厂 佩服佩服 牛啊 干得漂亮 真棒 厉害厉害 "
    "好样的 真有你们的 真“贴心” “优质”服务 长见识了 开了眼了 也是醉了 我谢谢你们 恭喜恭喜 感谢贵司 多谢你们 太会玩了 "
    "可真大方 这服务绝了 业内良心 受教了 真是惊喜 太周到了 真替我省心 真是太感谢了 令人感动 点赞点赞"
).split()
HARM = (
    "退款等了{}天 吃坏肚子进医院 杯子里有虫 又涨价{}块 客服直接拉黑我 快递丢了不赔 刚买就降价 机器用{}天就坏 "
    "让我们白跑一趟 连句道歉都没有 又被曝光了 排队{}小时 骂顾客 扣钱倒是快 数据全没了 害我上班迟到 漏水漏电 发货发错{}次 "
    "刚过保就坏 一天闪退{}次 押金不退 差价不补 包装都烂了 赠品没了 行李弄丢了 让我重新排号 喝完拉了{}天 自动续费{}个月 "
    "电话打了{}遍没人接 一洗就掉色 房间有霉味 菜里有头发 停水{}天"
).split()
BOONS = (
    "当天就退款 主动给我换新的 又降价{}块 客服特别耐心 第{}天就修好了 丢的包找回来了 还送了小礼物 免费升级 帮我省了{}块 "
    "连夜送到 味道一如既往 陪我等到最后 差价主动补了 帮我搬到{}楼 提前{}天送到 找回了我的行李 修完还打扫干净 停电也有人守着"
).split()
MOCKING = (
    "{praise}，{harm} {harm}，{praise} {praise}呢…{harm} {harm}，{praise}[微笑] "
    "呵呵，{praise} {praise}，呵呵 {harm}呵呵 {praise}[呵呵]"
).split()
THANKING = "{praise}，{boon} {boon}，{praise}".split()

ASKED = "这也叫{}？ 这就是所谓的{}？ 你管这叫{}？ {}在哪里？ 说好的{}呢？ 哪里{}了？ 谁说{}的？ 这能叫{}吗".split()
LOVED = "谁不觉得{} 谁会不{} 还有比这更{}的吗 怎么这么{}呢 怎么会这么{}啊 能不{}吗 难道不{}吗".split()
WHY = "凭什么{}？ 难道就该{}吗 {}，良心呢？ {}，谁负责？ {}，有人管吗 又{}，有完没完 {}，当我们是傻子吗".split()

SAD_EMOJI = "😭😢😞😔😟😣😖😫😩😤😠😡🤬😱😨😰😓🤢🤮👎💔🙄😒😑🤕🤒💩🤡😿☹🙁😾👿😪😥🥵😵🖕😧😦"
GLAD_EMOJI = "😀😃😄😁😆😊☺😍🥰😘😋🤩🥳😎👍👏🙌💪❤🧡💛💚💙💜💕💖💗💓🌹🌸🎉🎊✨🌟👌💯🥂🍻😇😻🌈🎁🤗😉🤤🫶"
BARE = (
    "{e} {e}{e} {e}{e}{e} 今天{e} 刚到家{e} 周一{e} 下单了{e} "
    "通知来了{e} 这家店{e} 新款{e} 看完了{e} 这个味道{e} 收到快递{e} 轮到我了{e}"
).split()

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
PEOPLE = "男子 女星 妈妈 网友 高中生 立委 老板 导演 球队 台股 民众 情侣 里长 司机 家属 新人 粉丝 业者 店家 警察".split()
BAD_NEWS = (
    "酒驾肇事 命危 惨死 重伤送医 遭诈骗{}万 遭起诉 判刑{}年 遭羁押 坠楼 失联{}天 崩溃痛哭 怒轟 痛批 气炸 傻眼 遭打脸 出包 "
    "惨赔{}万 跌停 宣布倒闭 裁员{}人 染疫 受困 吸毒被逮 遭砍伤 家暴 性侵 偷拍 遭霸凌 遇害 被踢爆 翻车 心碎 落泪告别 "
    "病逝 罹癌 分手 离婚 遭罚{}万 淹水 停电{}万户 食物中毒 农药超标 火警{}死 抗议 吞败 惨输 亏损 超时工作 涉贪 遭绑架"
).split()
GOOD_NEWS = (
    "夺冠 夺金 破纪录 获奖 登顶 热卖{}万 涨停 创新高 传喜讯 求婚成功 甜蜜完婚 怀孕 喜获千金 暖心 感动全场 善举获赞 捐款{}万 "
    "获救 康复出院 温馨团圆 送惊喜 大放送 免费开放 通车 加薪 获补助 网赞 浪漫 幸福 超萌 疗愈 中奖{}万 晋级 逆转胜 大胜 "
    "凯旋 优惠{}折 圆梦 平安返家 和好 表白成功 获肯定 赢得掌声 站上世界舞台"
).split()


def phrases() -> Iterator[tuple[str, str]]:
    """`(label, text)` of irony, emoji and news, the same ones in the same order every time."""
    yield from _irony()
    for label, faces in (("neg", SAD_EMOJI), ("pos", GLAD_EMOJI)):
        yield from ((label, bare.format(e=face)) for face, bare in product(faces, BARE))
    yield from _filled("neg", "{}{}", PARTS, EVENTS)
    yield from _filled("pos", "{}{}", PARTS, GOOD_EVENTS)
    yield from _filled("neg", "{}{}", PEOPLE, BAD_NEWS)
    yield from _filled("pos", "{}{}", PEOPLE, GOOD_NEWS)


def denials() -> Iterator[tuple[str, str]]:
    """`(label, text)` of words as they are and denied, the same ones in the same order every time."""
    for label, contrary, words in (("neg", "pos", BAD), ("pos", "neg", GOOD)):
        yield from ((label, plain.format(word)) for plain, word in product(["{}", *PLAIN], words))
        for number, (denial, word) in enumerate(product(DENIED, words)):
            yield from ((contrary, frame.format(denial.format(word))) for frame in _some(FRAMES, number))
        for number, (denial, word) in enumerate(product(DOUBLY_DENIED, words)):
            yield from ((label, frame.format(denial.format(word))) for frame in _some(FRAMES, number))
    for label, patterns, things in (
        ("neg", ENDINGS, DOINGS),
        ("neg", UNDONE, CARE),
        ("neg", WITHOUT, REMEDIES),
        ("pos", FLAWLESS, FLAWS),
    ):
        yield from ((label, pattern.format(thing)) for pattern, thing in product(patterns, things))


def _irony() -> Iterator[tuple[str, str]]:
    """Praise of harm, praise in quotation marks, questions that want no answer; and honest praise beside them."""
    for number, (praise, harm) in enumerate(product(PRAISES, HARM)):
        for pattern in _some(MOCKING, number):
            yield "neg", pattern.format(praise=praise, harm=harm.format(number % 17 + 2))
    for number, (praise, boon) in enumerate(product(PRAISES[3:], BOONS)):
        for pattern in THANKING:
            if "“" not in praise:
                yield "pos", pattern.format(praise=praise, boon=boon.format(number % 17 + 2))
    yield from (("neg", asked.format(word)) for asked, word in product(ASKED, GOOD))
    yield from (("pos", loved.format(word)) for loved, word in product(LOVED, GOOD))
    yield from (("neg", why.format(harm.format(3))) for why, harm in product(WHY, HARM))


def _filled(label: str, pattern: str, subjects: Sequence[str], events: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, (subject, event) in enumerate(product(subjects, events)):
        yield label, pattern.format(subject, event.format(number % 17 + 2))


def _some(patterns: Sequence[str], number: int) -> Sequence[str]:
    """Three of the patterns, others for the next number, so that a thousand words in a hundred frames stay a few thousand."""
    return [patterns[(number + step) % len(patterns)] for step in range(3)]
