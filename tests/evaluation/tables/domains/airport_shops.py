"""Sales slips of airport shops: Chinese headers, Chinese dates, slip numbers with leading zeros, a total at the end."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, chinese, either, grouped

SHOPS = [
    ("T1", "云品咖啡", "餐饮"),
    ("T1", "环球免税", "香化"),
    ("T2", "旅读书店", "图书"),
    ("T2", "老街面馆", "餐饮"),
    ("T2", "环球免税", "香化"),
    ("T3", "数码驿站", "电子"),
    ("T3", "丝路礼品", "礼品"),
]
SPEND = {"餐饮": 46, "香化": 690, "图书": 58, "电子": 880, "礼品": 165}
PAYMENTS = ["微信", "微信", "微信", "支付宝", "支付宝", "银行卡", "现金"]


def build():
    random = Random("airport shops")
    rows = []
    day = date(2024, 1, 2)
    for number in range(168):
        terminal, shop, category = random.choice(SHOPS)
        count = random.choice([1, 1, 1, 2, 2, 3, 4])
        amount = round(count * SPEND[category] * random.uniform(0.6, 1.7), 2)
        member = random.random() < 0.4
        rows.append((f"{number + 1083:07d}", day, terminal, shop, category, count, amount, random.choice(PAYMENTS), member))
        day += timedelta(days=random.choice([0, 1, 1, 1, 2]))
    return rows


ROWS = build()
SHEET = Sheet(
    name="airport_shops",
    columns=[
        Column("slip", "TEXT", "流水号"),
        Column("day", "TEXT", "销售日期", chinese),
        Column("terminal", "TEXT", "航站楼"),
        Column("shop", "TEXT", "店铺名称"),
        Column("category", "TEXT", "品类"),
        Column("items", "INTEGER", "件数"),
        Column("amount", "REAL", "销售额(元)", grouped),
        Column("payment", "TEXT", "支付方式"),
        Column("member", "INTEGER", "是否会员", either("是", "否")),
    ],
    rows=ROWS,
    below=[["合计", "", "", "", "", str(sum(r[5] for r in ROWS)), grouped(round(sum(r[6] for r in ROWS), 2)), "", ""]],
)

QUESTIONS = [
    ask(1, "count", "一共有多少条销售流水?", "How many sales slips are there?", "SELECT COUNT(*) FROM airport_shops"),
    ask(2, "sum", "总销售额是多少?", "What do the sales add up to in total?", "SELECT SUM(amount) FROM airport_shops"),
    ask(3, "filter", "T2航站楼卖了多少钱?", "What were the total sales in terminal T2?",
        "SELECT SUM(amount) FROM airport_shops WHERE terminal = 'T2'"),
    ask(4, "average", "餐饮类平均每笔销售额多少?", "What is the average sales amount of a 餐饮 slip?",
        "SELECT AVG(amount) FROM airport_shops WHERE category = '餐饮'"),
    ask(5, "count", "用微信付款的有几笔?", "How many slips were paid with WeChat (微信)?",
        "SELECT COUNT(*) FROM airport_shops WHERE payment = '微信'"),
    ask(6, "group", "各航站楼的销售额分别是多少?", "Total sales for each terminal",
        "SELECT terminal, SUM(amount) FROM airport_shops GROUP BY terminal"),
    ask(7, "superlative", "哪个店铺的总销售额最高?", "Which shop took in the most money overall?",
        "SELECT shop FROM airport_shops GROUP BY shop ORDER BY SUM(amount) DESC LIMIT 1"),
    ask(8, "time", "2024年3月的销售额合计", "How much was sold in March 2024?",
        "SELECT SUM(amount) FROM airport_shops WHERE month(day) = '2024-03'"),
    ask(9, "time", "按月统计销售额", "Sales amount by month",
        "SELECT month(day), SUM(amount) FROM airport_shops GROUP BY month(day)"),
    ask(10, "distinct", "共有几家不同的店铺?", "How many different shops appear in the data?",
        "SELECT COUNT(DISTINCT shop) FROM airport_shops"),
    ask(11, "filter", "会员消费的笔数有多少?", "How many of the slips belong to members?",
        "SELECT COUNT(*) FROM airport_shops WHERE member = 1"),
    ask(12, "filter", "单笔销售额超过1000元的流水有多少条?", "How many slips exceed 1,000 yuan?",
        "SELECT COUNT(*) FROM airport_shops WHERE amount > 1000"),
    ask(13, "group", "每种支付方式各有多少笔?", "Give me the number of slips per payment method.",
        "SELECT payment, COUNT(*) FROM airport_shops GROUP BY payment"),
    ask(14, "top", "销售额最高的3笔流水号和金额", "List the slip number and amount of the three largest sales.",
        "SELECT slip, amount FROM airport_shops ORDER BY amount DESC LIMIT 3", ordered=True),
    ask(15, "list", "流水号0001090是哪家店的?", "Which shop does slip 0001090 come from?",
        "SELECT shop FROM airport_shops WHERE slip = '0001090'"),
    ask(16, "sum", "T3卖出了多少件商品?", "How many items were sold in T3?",
        "SELECT SUM(items) FROM airport_shops WHERE terminal = 'T3'"),
    ask(17, "group", "按航站楼和品类汇总销售额", "Break the sales amount down by terminal and category.",
        "SELECT terminal, category, SUM(amount) FROM airport_shops GROUP BY terminal, category"),
    ask(18, "order", "各品类销售额从高到低排列", "Rank the categories by total sales, highest first.",
        "SELECT category, SUM(amount) FROM airport_shops GROUP BY category ORDER BY SUM(amount) DESC", ordered=True),
    ask(19, "max", "香化品类单笔最高销售额是多少?", "What is the largest single sale in category 香化?",
        "SELECT MAX(amount) FROM airport_shops WHERE category = '香化'"),
    ask(20, "time", "第二季度环球免税的销售额是多少?", "What did 环球免税 sell in the second quarter, in yuan?",
        "SELECT SUM(amount) FROM airport_shops WHERE shop = '环球免税' AND quarter(day) = '2024-Q2'"),
    ask(21, "filter", "不是现金支付的有多少笔?", "How many slips were not paid in cash?",
        "SELECT COUNT(*) FROM airport_shops WHERE payment <> '现金'"),
    ask(22, "having", "哪些店铺的流水超过20笔?", "Which shops have more than 20 slips?",
        "SELECT shop FROM airport_shops GROUP BY shop HAVING COUNT(*) > 20"),
    ask(23, "share", "会员销售额占总销售额的百分之多少?", "What percentage of total sales came from members?",
        "SELECT 100.0 * SUM(CASE WHEN member THEN amount END) / SUM(amount) FROM airport_shops", percent=True),
    ask(24, "filter", "支付宝或银行卡付款的销售总额", "Total sales paid by Alipay or bank card",
        "SELECT SUM(amount) FROM airport_shops WHERE payment IN ('支付宝', '银行卡')"),
    refuse(25, "missing", "各店铺的毛利率是多少?", "What is the gross margin of each shop?"),
    refuse(26, "forecast", "预测一下明年一月的销售额", "Forecast the sales for next January."),
    refuse(27, "missing", "每平方米的销售额是多少?", "What are the sales per square metre?"),
    refuse(28, "opinion", "哪家店铺的装修最好看?", "Which shop has the prettiest interior?"),
    refuse(29, "unknown-word", "呱唧类商品卖了多少钱?", "How much was sold of blorptastic goods?"),
    refuse(30, "contradiction", "销售额既大于500又小于200的流水有几条?", "How many slips have an amount above 500 and below 200?"),
    ask(31, "time", "2024年2月T1每天的销售额", "Daily sales in T1 during February 2024",
        "SELECT day, SUM(amount) FROM airport_shops WHERE terminal = 'T1' AND month(day) = '2024-02' GROUP BY day"),
    ask(32, "time", "T3 三月份 销售额", "T3 sales March", "SELECT SUM(amount) FROM airport_shops WHERE terminal = 'T3' AND month(day) = '2024-03'"),
    ask(33, "filter", "除了环球免税,其他店一共卖了多少钱", "Sales of every shop except 环球免税, added together",
        "SELECT SUM(amount) FROM airport_shops WHERE shop <> '环球免税'"),
    ask(34, "average", "非会员平均每笔花多少钱?", "How much does a non-member spend per slip on average?",
        "SELECT AVG(amount) FROM airport_shops WHERE member = 0"),
    ask(35, "superlative", "哪一天卖得最多?按当天销售额算", "What was our best day by total sales?",
        "SELECT day FROM airport_shops GROUP BY day ORDER BY SUM(amount) DESC LIMIT 1"),
    ask(36, "filter", "微信支付里金额不到50块的有几笔", "How many WeChat (微信) payments were for less than 50 yuan?",
        "SELECT COUNT(*) FROM airport_shops WHERE payment = '微信' AND amount < 50"),
    ask(37, "superlative", "会员用得最多的支付方式是哪种?", "Which payment method do members use most often?",
        "SELECT payment FROM airport_shops WHERE member = 1 GROUP BY payment ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(38, "time", "2024年5月和6月加起来卖了多少", "Sales of May and June 2024 combined",
        "SELECT SUM(amount) FROM airport_shops WHERE month(day) IN ('2024-05', '2024-06')"),
    ask(39, "group", "请列出每家店的最高单笔金额", "For every shop, the largest single amount",
        "SELECT shop, MAX(amount) FROM airport_shops GROUP BY shop"),
    refuse(40, "missing", "外国旅客买了多少钱的东西?", "How much did foreign travellers spend?"),
    refuse(41, "missing", "打折商品的销售额是多少?", "What were the sales of discounted goods?"),
    ask(42, "relative", "本季度到今天为止卖了多少钱?", "How much have we sold so far this quarter?",
        "SELECT SUM(amount) FROM airport_shops WHERE day BETWEEN '2024-04-01' AND '2024-05-20'", today="2024-05-20"),
]

FILE = File("airport_shops.csv", [SHEET], QUESTIONS)
