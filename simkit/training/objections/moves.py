"""The moves of a rep in a talk with the simulated buyer."""

from dataclasses import dataclass

from simkit.scenario.record import Text

GROUPS = ("open", "discover", "acknowledge", "answer", "price", "fabe", "close", "harm")


@dataclass(frozen=True, slots=True)
class Move:
    """Something a rep can do; `group` is one of `GROUPS`."""

    id: str
    name: Text
    group: str
    what: Text
    """What it is, in one sentence."""


def _move(id: str, group: str, en: str, zh: str, what_en: str, what_zh: str) -> Move:
    return Move(id, Text(en=en, zh=zh), group, Text(en=what_en, zh=what_zh))


MOVES: tuple[Move, ...] = (
    _move(
        "greet", "open", "Greet", "问候", "A friendly word and who you are.", "打招呼，说明来意。"
    ),
    _move(
        "small_talk",
        "open",
        "Small talk",
        "寒暄",
        "A word about something else, to warm up.",
        "聊两句别的，热热场。",
    ),
    _move(
        "situation",
        "discover",
        "Ask about the situation",
        "问现状",
        "How things are done today.",
        "了解现在是怎么做的。",
    ),
    _move(
        "pain",
        "discover",
        "Ask about the pain",
        "问痛点",
        "What gives trouble.",
        "了解哪里不顺、哪里头疼。",
    ),
    _move(
        "impact",
        "discover",
        "Ask about the impact",
        "问影响",
        "What the trouble leads to, in time or money.",
        "了解痛点带来的损失，时间或金钱。",
    ),
    _move(
        "value",
        "discover",
        "Ask about the value",
        "问价值",
        "What a solution would be worth.",
        "请客户自己说，解决了值多少。",
    ),
    _move(
        "acknowledge",
        "acknowledge",
        "Acknowledge",
        "肯定",
        "Take up the buyer's point and let it stand.",
        "接住客户的话，承认有道理。",
    ),
    _move(
        "isolate",
        "acknowledge",
        "Find the real concern",
        "澄清真因",
        "Ask what is behind the words.",
        "追问话背后真正的顾虑。",
    ),
    _move(
        "feature",
        "fabe",
        "Name a feature",
        "讲功能",
        "What the product has (F of FABE).",
        "产品有什么（FABE 的 F）。",
    ),
    _move(
        "advantage",
        "fabe",
        "Name the advantage",
        "讲优势",
        "What it does better (A of FABE).",
        "比别的好在哪里（FABE 的 A）。",
    ),
    _move(
        "benefit",
        "fabe",
        "Name the benefit",
        "讲利益",
        "What this customer gains (B of FABE).",
        "给这位客户带来什么（FABE 的 B）。",
    ),
    _move(
        "evidence",
        "fabe",
        "Show the evidence",
        "给证据",
        "What proves it (E of FABE).",
        "用什么证明（FABE 的 E）。",
    ),
    _move(
        "function_value_evidence",
        "answer",
        "Function, value, evidence",
        "功能-价值-证据",
        "What it does, what that is worth here, and the proof, in one go.",
        "功能、价值、证据一口气讲完整。",
    ),
    _move(
        "analogy",
        "answer",
        "Analogy",
        "打比方",
        "First level: a picture from everyday life.",
        "第一层：用生活里的事打个比方。",
    ),
    _move(
        "peer",
        "answer",
        "Peer's result",
        "同类案例",
        "Second level: somebody in the same position.",
        "第二层：同行的做法和结果。",
    ),
    _move(
        "trial",
        "answer",
        "Trial or guarantee",
        "试用或担保",
        "Third level: take the risk off the buyer.",
        "第三层：替客户承担风险。",
    ),
    _move(
        "price_affirm",
        "price",
        "Price talk: affirm",
        "谈价：肯定",
        "Let the question of price stand.",
        "先承认客户在意价格是对的。",
    ),
    _move(
        "price_add",
        "price",
        "Price talk: add",
        "谈价：补充",
        "Add what the price contains.",
        "补充价格里含了什么。",
    ),
    _move(
        "price_guide",
        "price",
        "Price talk: guide",
        "谈价：引导",
        "Lead to what it comes down to.",
        "引导到真正要比较的事。",
    ),
    _move(
        "discount",
        "price",
        "Give a discount",
        "直接降价",
        "Lower the price, with nothing in return.",
        "无条件让价。",
    ),
    _move(
        "trade_concession",
        "price",
        "Give something for something",
        "有条件让步",
        "A concession, for something in return.",
        "让一步，换一步。",
    ),
    _move(
        "argue",
        "harm",
        "Argue",
        "争辩",
        "Tell the buyer that the view is wrong.",
        "告诉客户他看错了。",
    ),
    _move("blame", "harm", "Blame", "指责", "Say whose fault it is.", "说是对方自己的问题。"),
    _move(
        "overclaim",
        "harm",
        "Promise too much",
        "夸大承诺",
        "Promise what nobody can promise.",
        "承诺谁也做不到的事。",
    ),
    _move("push", "harm", "Push", "施压", "Press for a decision now.", "催客户马上决定。"),
    _move(
        "summarise",
        "close",
        "Sum up",
        "总结",
        "Need, concern and answer in a few words.",
        "用几句话把需求、顾虑、答案串起来。",
    ),
    _move(
        "close_small",
        "close",
        "Propose a small next step",
        "提出小步推进",
        "Who does what by when.",
        "谁在什么时候做什么。",
    ),
    _move(
        "close",
        "close",
        "Ask for the order",
        "请客户下单",
        "The whole decision now.",
        "请客户当场定下来。",
    ),
    _move(
        "leave",
        "close",
        "Leave politely",
        "礼貌告辞",
        "Leave with a date for the next contact.",
        "约好下次联系时间再走。",
    ),
)
BY_ID = {move.id: move for move in MOVES}
