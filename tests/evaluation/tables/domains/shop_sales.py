"""A shop's sales with Chinese headers and values: a line for each receipt."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, iso

GOODS = {"牛奶": ("饮品", 6.5), "咖啡豆": ("饮品", 68), "橙汁": ("饮品", 12), "毛巾": ("日用", 19.9), "洗衣液": ("日用", 39), "雨伞": ("日用", 45),
         "饼干": ("零食", 9.9), "坚果礼盒": ("零食", 128), "耳机": ("数码", 199), "充电宝": ("数码", 149)}


def build():
    random = Random("shop sales 1")
    rows = []
    for number in range(180):
        thing = random.choice(list(GOODS))
        kind, price = GOODS[thing]
        many = random.randint(1, 9)
        rows.append((f"L{20240001 + number}", date(2024, 1, 2) + timedelta(days=random.randint(0, 330)), random.choices(["城东店", "城西店", "机场店"], weights=[5, 3, 4])[0],
                     kind, thing, many, price, round(many * price, 2), random.choice(["微信", "支付宝", "现金", "银行卡"]), random.random() < 0.4,
                     random.choice(["王芳", "李强", "赵敏", "陈杰"])))
    return rows


SHEET = Sheet(
    name="shop_sales",
    columns=[
        Column("receipt", "TEXT", "小票号"),
        Column("day", "TEXT", "销售日期", iso),
        Column("shop", "TEXT", "门店"),
        Column("kind", "TEXT", "品类"),
        Column("thing", "TEXT", "商品名称"),
        Column("many", "INTEGER", "数量"),
        Column("price", "REAL", "单价"),
        Column("amount", "REAL", "销售额"),
        Column("paid", "TEXT", "支付方式"),
        Column("member", "INTEGER", "是否会员", either("是", "否")),
        Column("clerk", "TEXT", "收银员"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "sum", "机场店卖了多少钱？", "How much did the 机场店 shop sell?", "SELECT SUM(amount) FROM shop_sales WHERE shop = '机场店'"),
    ask(2, "superlative", "哪个商品卖得最多（按数量）？", "Which product sold the largest quantity?",
        "SELECT thing FROM shop_sales GROUP BY thing ORDER BY SUM(many) DESC LIMIT 1"),
    ask(3, "share", "会员消费占总销售额的比例是多少？", "What percentage of total sales came from members?",
        "SELECT 100.0 * SUM(CASE WHEN member THEN amount END) / SUM(amount) FROM shop_sales", percent=True),
    ask(4, "compare", "城东店比城西店多卖了多少？", "How much more did 城东店 sell than 城西店?",
        "SELECT SUM(CASE WHEN shop = '城东店' THEN amount END) - SUM(CASE WHEN shop = '城西店' THEN amount END) FROM shop_sales"),
    ask(5, "time", "第二季度的销售额", "sales in the second quarter of 2024", "SELECT SUM(amount) FROM shop_sales WHERE quarter(day) = '2024-Q2'", today="2024-12-20"),
    ask(6, "time", "哪个月的销售额最低？", "Which month had the lowest sales?", "SELECT month(day) FROM shop_sales GROUP BY month(day) ORDER BY SUM(amount) LIMIT 1"),
    ask(7, "filter", "用微信支付的有多少笔？", "How many sales were paid with 微信?", "SELECT COUNT(*) FROM shop_sales WHERE paid = '微信'"),
    ask(8, "filter", "不用现金支付的有几笔？", "How many sales were not paid in 现金?", "SELECT COUNT(*) FROM shop_sales WHERE paid <> '现金'"),
    ask(9, "group", "每个收银员收了多少钱？", "How much did each cashier take?", "SELECT clerk, SUM(amount) FROM shop_sales GROUP BY clerk"),
    ask(10, "group", "各门店各品类的销售额", "sales by shop and category", "SELECT shop, kind, SUM(amount) FROM shop_sales GROUP BY shop, kind"),
    ask(11, "superlative", "销售额第二高的商品是什么？", "Which product has the second highest sales?",
        "SELECT thing FROM shop_sales GROUP BY thing ORDER BY SUM(amount) DESC LIMIT 1 OFFSET 1"),
    ask(12, "average", "平均每单多少钱？", "What is the average sales amount per receipt?", "SELECT AVG(amount) FROM shop_sales"),
    ask(13, "compare", "耳机和充电宝哪个销售额高？", "Which has higher sales, 耳机 or 充电宝?",
        "SELECT thing FROM shop_sales WHERE thing IN ('耳机', '充电宝') GROUP BY thing ORDER BY SUM(amount) DESC LIMIT 1"),
    ask(14, "max", "单笔销售额最大的是哪张小票？", "Which receipt has the largest sales amount?", "SELECT receipt FROM shop_sales WHERE amount = (SELECT MAX(amount) FROM shop_sales)"),
    ask(15, "list", "卖过哪些数码类商品？", "Which products of the 数码 category were sold?", "SELECT DISTINCT thing FROM shop_sales WHERE kind = '数码'"),
    ask(16, "filter", "10月份王芳在城西店开了几张单？", "How many receipts did 王芳 issue at 城西店 in October 2024?",
        "SELECT COUNT(*) FROM shop_sales WHERE month(day) = '2024-10' AND clerk = '王芳' AND shop = '城西店'", today="2024-12-20"),
    ask(17, "having", "总销量超过80件的商品有哪些？", "Which products sold more than 80 units in total?",
        "SELECT thing FROM shop_sales GROUP BY thing HAVING SUM(many) > 80"),
    ask(18, "share", "各支付方式的笔数占比", "share of receipts by payment method",
        "SELECT paid, 100.0 * COUNT(*) / (SELECT COUNT(*) FROM shop_sales) FROM shop_sales GROUP BY paid", percent=True),
    ask(19, "growth", "三季度销售额比二季度增长了百分之多少？", "By what percentage did sales grow from Q2 2024 to Q3 2024?",
        "SELECT 100.0 * (SUM(CASE WHEN quarter(day) = '2024-Q3' THEN amount END) / SUM(CASE WHEN quarter(day) = '2024-Q2' THEN amount END) - 1) FROM shop_sales",
        percent=True, today="2024-12-20"),
    ask(20, "distinct", "饮品有几种商品？", "How many different products are in the 饮品 category?", "SELECT COUNT(DISTINCT thing) FROM shop_sales WHERE kind = '饮品'"),
    ask(21, "filter", "5月1日到5月31日卖了多少件雨伞？", "How many 雨伞 were sold between 1 May 2024 and 31 May 2024?",
        "SELECT SUM(many) FROM shop_sales WHERE day BETWEEN '2024-05-01' AND '2024-05-31' AND thing = '雨伞'", today="2024-12-20"),
    ask(22, "filter", "销售额在500元以上的单子有几张？", "How many receipts are for 500 yuan or more?", "SELECT COUNT(*) FROM shop_sales WHERE amount >= 500"),
    refuse(23, "missing", "哪个商品的利润最高？", "Which product has the highest profit?"),
    refuse(24, "missing", "退货最多的门店是哪家？", "Which shop had the most returns?"),
    refuse(25, "forecast", "明年一季度能卖多少？", "How much will we sell in the first quarter of next year?"),
]

FILE = File("便利店流水.csv", [SHEET], QUESTIONS, open=True)
