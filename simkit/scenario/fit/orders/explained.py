"""How each number of a region was found in an order history, in words."""

from simkit.scenario.fit.found import said
from simkit.scenario.record import Text

MODEL = (
    "gamma-Poisson customers with a constant rate of leaving, some there at the start of the file "
    "and some new; maximum likelihood",
    "Gamma-Poisson 下单、流失率恒定，部分客户在数据起点已存在、部分为新客户；极大似然估计",
)
HOW = {
    "demand.orders_per_week": said(
        f"mean orders of a customer a week at the end of the file: {MODEL[0]}",
        f"数据期末每客户每周平均下单次数：{MODEL[1]}",
    ),
    "demand.rate_shape": said(
        f"gamma shape of the rates between customers: {MODEL[0]}",
        f"客户间下单频率的 Gamma 形状参数：{MODEL[1]}",
    ),
    "loss.per_week": said(f"rate at which customers leave: {MODEL[0]}", f"每周流失率：{MODEL[1]}"),
    "demand.walk_ins_per_year": said(
        f"new customers a year over customers now active: {MODEL[0]}",
        f"每年新客户数占期末活跃客户数的比例：{MODEL[1]}",
    ),
    "demand.order_value": said(
        "mean value of an order, mean over customers: lognormal between and within customers, "
        "maximum likelihood, covariance by the sandwich over customers",
        "各客户客单价的均值：客户间与客户内均为对数正态；极大似然估计，按客户稳健（三明治）方差",
    ),
    "demand.value_sigma": said(
        "lognormal sigma of order values between customers, fitted with their mean",
        "客户间客单价的对数标准差，与均值一并估计",
    ),
    "demand.value_cv": said(
        "variation of one customer's orders, fitted with their mean",
        "同一客户各次订单金额的变异系数，与均值一并估计",
    ),
    "market.drift_per_year": said(
        "growth a year of what a customer orders (its logarithm); who comes and who leaves is "
        "counted apart; the interval has the market's own fluctuation in it",
        "单个客户需求的年增长（对数），不含客户数增减的影响；区间已计入市场自身波动",
    ),
    "market.season_share": said(
        "amplitude of a yearly cosine in the orders of each week; the interval has the market's "
        "own fluctuation in it",
        "每周订单数中年度余弦波的振幅；区间已计入市场自身波动",
    ),
    "market.season_peak_week": said(
        "peak of that cosine, in weeks after the last day of the file",
        "该余弦波的峰值，自数据最后一天起的周数",
    ),
    "customers": said(
        "customers active on the last day, those who happened not to order in the file included",
        "数据最后一天的活跃客户数，含期间碰巧未下单者",
    ),
    "potential": said(
        "order rate of its customers over the mean of all", "该片区客户下单频率与总体均值之比"
    ),
}

SHORT = said(
    "the file covers less than two years, and a season cannot be told from chance or growth in it",
    "数据不足两年，无法将季节、增长与偶然波动区分开",
)
NO_WAVE = said("the season is not clear enough to tell its peak", "季节性不够明显，无法确定峰值")
NO_REPEATS = said(
    "fewer than ten customers have two paid orders", "有两笔以上付费订单的客户不足十家"
)
FLAT_RATES = said(
    "the data do not tell how much customers differ", "数据无法判断客户之间的差异程度"
)
COHORT = said(
    "the file has far fewer first orders late in the period than the rest of it lets expect: it "
    "seems to hold only customers who began early, so that new ones are not in it",
    "后期首单远少于其余数据所能预期：文件似乎只收录了早期开始合作的客户，看不到新客户",
)
UNTOLD = said("the data do not determine it", "数据无法确定该参数")
FEW_HERE = said("fewer than five customers: the mean of all", "客户不足五家，取总体均值")
NO_TERRITORY = said(
    "the file has no column for territories: one territory", "文件没有片区列，合为一个片区"
)
NO_REP = said(
    "the file has no column for reps: as many reps per customer as the base has",
    "文件没有销售代表列：按基础情景的人均客户数配置",
)
BY_DEALS = said(
    "new customers come by won deals, as the opportunities say; those of the order file are not "
    "added on top",
    "按商机数据，新客户由赢单带来；不再叠加订单文件中的新客户",
)
ACCOUNTS = said(
    "orders cannot tell which customers count as key or regular accounts: the firm rules that",
    "订单无法说明哪些客户算重点或普通客户：这是公司的划分规则",
)
NOT_IN_ORDERS = {
    "demand.margin_share": ("what goods cost", "商品成本"),
    "response": ("what calls do", "拜访的效果"),
    "relationship": ("what a change of reps costs", "更换销售代表的影响"),
    "skill": ("how able reps are", "销售代表的能力"),
    "selling.calls_per_week": ("how many calls a rep makes", "销售代表的拜访量"),
    "stock": ("stock and suppliers", "库存与供应商"),
    "satisfaction.reference": ("satisfaction", "客户满意度"),
    "market.price_elasticity": ("prices and what they do", "价格及其影响"),
    "market.competitor": ("the competitor", "竞争对手"),
    "market.crises": ("slumps of the market", "市场下滑"),
    "market.noise_sd": ("how the market fluctuates by itself", "市场自身的波动"),
    "quotas": ("quotas", "销售指标"),
    "pay": ("pay plans", "薪酬方案"),
    "effort": ("effort", "努力程度"),
    "turnover": ("who leaves the firm", "人员流动"),
}
DEALS = said(
    "opportunities were not given (--deals): leads, stages and deal values are the base's, in the "
    "base's money",
    "未提供商机数据（--deals）：线索、阶段与商机金额沿用基础情景，金额单位亦同",
)


def silent(what: tuple[str, str]) -> Text:
    """Return that an order history says nothing about something."""
    return said(f"an order history does not show {what[0]}", f"订单历史不反映{what[1]}")


CALLS = said(
    "calls a customer and week that the reps can make: demand as seen belongs to the usual calls",
    "按现有销售代表可达到的每客户每周拜访次数：观测到的需求对应日常拜访水平",
)
ORDERS = said("the base's, in proportion to the orders a week", "按每周订单量与基础情景的比例折算")
TEAM = said("the base's, in proportion to the number of reps", "按销售代表人数与基础情景的比例折算")
ONCE = said(
    "all new customers of the file are counted under walk_ins_per_year; none twice",
    "文件中的新客户已全部计入 walk_ins_per_year，避免重复计算",
)
SIGN = said(
    "the sign beside the amounts; a ¥ is taken for yuan", "依据金额旁的货币符号；¥ 视为人民币"
)
