"""A retail chain's workbook: weekly sales with a subtotal for each region, returns in parentheses, a sheet of stores."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, grouped, itself

STORES = [
    ("S01", "Maple Street", "North", 420, 2009, "L. Hansen"), ("S02", "Station Plaza", "North", 690, 2015, "R. Gupta"),
    ("S03", "Harbour Mall", "South", 1150, 2012, "C. Alvarez"), ("S04", "Old Market", "South", 310, 1998, "P. Dunne"),
    ("S05", "Airport West", "West", 540, 2018, "K. Yamada"), ("S06", "University Row", "West", 275, 2020, "N. Osei"),
    ("S07", "Lakeview", "East", 860, 2011, "T. Brandt"),
]
DEPARTMENTS = {"Grocery": 1.6, "Clothing": 0.9, "Home": 0.6, "Electronics": 1.2}


def build():
    random = Random("retail chain")
    rows = []
    for store, _, region, size, _, _ in STORES:
        for department, weight in DEPARTMENTS.items():
            for step in range(12):
                day = date(2024, 1, 31) if step == 0 else month_end(2024, step + 1)
                season = 1.35 if step in (10, 11) else 1
                gross = round(size * 62 * weight * season * random.uniform(0.7, 1.3), 2)
                back = -round(gross * random.uniform(0.005, 0.06), 2)
                rows.append((day, region, store, department, int(gross / random.uniform(11, 26)), gross, back))
    order = ["North", "South", "West", "East"]
    return sorted(rows, key=lambda row: order.index(row[1]))


def month_end(year, month):
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def in_parentheses(amount):
    return f"({grouped(-amount)})" if amount < 0 else grouped(amount)


def subtotal(label, rows):
    return ["", label, "", "", sum(row[4] for row in rows), round(sum(row[5] for row in rows), 2),
            in_parentheses(round(sum(row[6] for row in rows), 2))]


def with_subtotals(sheet):
    lines = []
    for region in ("North", "South", "West", "East"):
        own = [row for row in sheet.rows if row[1] == region]
        lines += [sheet.line(row) for row in own]
        lines.append(subtotal("Subtotal", own))
    return lines


SALES = Sheet(
    name="sales",
    title="Sales",
    above=[["Fairway Stores - monthly sales 2024"], []],
    columns=[
        Column("month_end", "TEXT", "Month End", itself),
        Column("region", "TEXT", "Region"),
        Column("store", "TEXT", "Store Code"),
        Column("department", "TEXT", "Dept"),
        Column("receipts", "INTEGER", "Receipts", itself),
        Column("gross", "REAL", "Gross Sales ($)", itself),
        Column("returns", "REAL", "Returns ($)", in_parentheses),
    ],
    rows=build(),
    subtotal=with_subtotals,
)
SALES.below = [subtotal("Grand Total", SALES.rows)]
SITES = Sheet(
    name="stores",
    title="Stores",
    columns=[
        Column("code", "TEXT", "Store Code"),
        Column("store_name", "TEXT", "Store Name"),
        Column("region", "TEXT", "Region"),
        Column("floor_area", "INTEGER", "Floor Area (m2)", itself),
        Column("opened", "INTEGER", "Opened", itself),
        Column("manager", "TEXT", "Store Manager"),
    ],
    rows=STORES,
)

QUESTIONS = [
    ask(1, "sum", "2024年全部门店的销售总额(Gross Sales)是多少?", "What were total gross sales for the whole chain?", "SELECT SUM(gross) FROM sales"),
    ask(2, "group", "分部门(Dept)看销售总额", "Can you split gross sales by department?", "SELECT department, SUM(gross) FROM sales GROUP BY department"),
    ask(3, "superlative", "哪家门店(代码)的总销售额最高?", "Which store code has the largest total gross sales?",
        "SELECT store FROM sales GROUP BY store ORDER BY SUM(gross) DESC LIMIT 1"),
    ask(4, "sum", "Returns ($)这一列的合计是多少(退货记为负数)?", "What is the sum of the Returns ($) column, where returns are negative?", "SELECT SUM(returns) FROM sales"),
    ask(5, "time", "12月的电子产品销售额", "Gross sales of Electronics in December", "SELECT SUM(gross) FROM sales WHERE department = 'Electronics' AND month(month_end) = '2024-12'"),
    ask(6, "time", "每个季度的总销售额各是多少?", "How did gross sales break down by quarter?", "SELECT quarter(month_end), SUM(gross) FROM sales GROUP BY quarter(month_end)"),
    ask(7, "filter", "S03门店的小票总数是多少?", "How many receipts did store S03 ring up in total?", "SELECT SUM(receipts) FROM sales WHERE store = 'S03'"),
    ask(8, "average", "服装(Clothing)部门平均每条记录的销售额是多少?", "On average, what is the gross sales figure of a Clothing record?",
        "SELECT AVG(gross) FROM sales WHERE department = 'Clothing'"),
    ask(9, "list", "S05的店长是谁?", "Who manages store S05?", "SELECT manager FROM stores WHERE code = 'S05'"),
    ask(10, "superlative", "营业面积最大的门店叫什么?", "What's the name of the store with the biggest floor area?",
        "SELECT store_name FROM stores ORDER BY floor_area DESC LIMIT 1"),
    ask(11, "filter", "2010年以后(不含2010年)开业的门店有几家?", "How many stores opened after 2010?", "SELECT COUNT(*) FROM stores WHERE opened > 2010"),
    ask(12, "list", "营业面积小于500平方米的门店名称", "Names of stores with a floor area under 500 m2", "SELECT store_name FROM stores WHERE floor_area < 500"),
    ask(13, "group", "各大区每个部门的销售总额", "gross sales by region and dept", "SELECT region, department, SUM(gross) FROM sales GROUP BY region, department"),
    ask(14, "order", "把月份按总销售额从高到低排序", "Order the months by total gross sales, highest to lowest.",
        "SELECT month(month_end), SUM(gross) FROM sales GROUP BY month(month_end) ORDER BY SUM(gross) DESC", ordered=True),
    ask(15, "top", "销售额最低的两个月是哪两个月?", "Which two months had the lowest total gross sales?",
        "SELECT month(month_end) FROM sales GROUP BY month(month_end) ORDER BY SUM(gross) LIMIT 2"),
    ask(16, "join", "按店名列出各店的销售总额", "Total gross sales by store name",
        "SELECT store_name, SUM(gross) FROM sales JOIN stores ON store = code GROUP BY store_name"),
    ask(17, "ratio", "每张小票的平均金额是多少(总销售额除以小票数)?", "What are total gross sales divided by total receipts?",
        "SELECT SUM(gross) / SUM(receipts) FROM sales"),
    ask(18, "sum", "销售额加上退货(退货为负数)之后的净额是多少?", "What is gross sales plus returns (returns are negative), in total?",
        "SELECT SUM(gross + returns) FROM sales"),
    ask(19, "share", "南区的销售额占总销售额百分之几?", "What percentage of gross sales comes from the South region?",
        "SELECT 100.0 * SUM(CASE WHEN region = 'South' THEN gross END) / SUM(gross) FROM sales", percent=True),
    ask(20, "growth", "11月总销售额环比10月增长百分之几?", "By how many percent did gross sales rise from October to November?",
        "SELECT 100.0 * (SUM(CASE WHEN month(month_end) = '2024-11' THEN gross END)"
        " / SUM(CASE WHEN month(month_end) = '2024-10' THEN gross END) - 1) FROM sales", percent=True),
    ask(21, "cumulative", "北区销售额逐月累计", "Cumulative gross sales of the North region, month by month",
        "SELECT month(month_end), SUM(SUM(gross)) OVER (ORDER BY month(month_end)) FROM sales WHERE region = 'North' GROUP BY month(month_end)"),
    ask(22, "filter", "食品杂货(Grocery)记录里销售额超过10万的有几条?", "How many Grocery records have gross sales above 100,000?",
        "SELECT COUNT(*) FROM sales WHERE department = 'Grocery' AND gross > 100000"),
    ask(23, "count", "公司总共有几家门店?", "How many stores does the chain have?", "SELECT COUNT(*) FROM stores"),
    ask(24, "group", "每个大区有几家门店?", "Number of stores in each region", "SELECT region, COUNT(*) FROM stores GROUP BY region"),
    ask(25, "time", "上半年南区卖了多少钱?", "What did the South region gross in the first half of 2024?",
        "SELECT SUM(gross) FROM sales WHERE region = 'South' AND month_end BETWEEN '2024-01-01' AND '2024-06-30'"),
    ask(26, "sum", "所有门店的营业面积加起来是多少?", "Combined floor area of all stores?", "SELECT SUM(floor_area) FROM stores"),
    refuse(27, "missing", "每家店有多少名员工?", "How many employees work at each store?"),
    refuse(28, "missing", "线上销售额是多少?", "What were the online sales?"),
    refuse(29, "cause", "竞争对手开业让我们损失了多少销售额?", "How many sales did we lose because of the competitor's opening?"),
    refuse(30, "forecast", "2026年销售额能到多少?", "What will gross sales be in 2026?"),
    refuse(31, "opinion", "哪位店长最有领导力?", "Which store manager is the best leader?"),
    refuse(32, "contradiction", "既属于北区又属于南区的门店有几家?", "How many stores are in both the North and the South region?"),
    refuse(33, "unknown-word", "各部门的哔叽额", "flumsy by department"),
    refuse(34, "misspelt", "各大区的Returipts合计", "total Returipts by region"),
    ask(35, "sum", "S02和S04两家店12月一共多少张小票?", "How many receipts did S02 and S04 have together in December?",
        "SELECT SUM(receipts) FROM sales WHERE store IN ('S02', 'S04') AND month(month_end) = '2024-12'"),
    ask(36, "list", "店名里带“Market”的门店代码是什么?", "What is the code of the store with Market in its name?",
        "SELECT code FROM stores WHERE store_name LIKE '%Market%'"),
    ask(37, "time", "东区第一季度各月的销售额", "Monthly gross sales for the East region in Q1",
        "SELECT month(month_end), SUM(gross) FROM sales WHERE region = 'East' AND quarter(month_end) = '2024-Q1' GROUP BY month(month_end)"),
    ask(38, "average", "2015年及以后开业的门店平均营业面积多大?", "Average floor area of stores opened in 2015 or later",
        "SELECT AVG(floor_area) FROM stores WHERE opened >= 2015"),
    ask(39, "superlative", "家居(Home)部门哪个月销售额最高?", "What was the best month for gross sales of the Home department?",
        "SELECT month(month_end) FROM sales WHERE department = 'Home' GROUP BY month(month_end) ORDER BY SUM(gross) DESC LIMIT 1"),
    ask(40, "list", "北区有哪些门店?给出店名", "Store names in the North region", "SELECT store_name FROM stores WHERE region = 'North'"),
    refuse(41, "missing", "加盟店有几家?", "How many stores are franchised?"),
    refuse(42, "missing", "促销商品的销售额是多少?", "What were gross sales of promotional items?"),
]

FILE = File("fairway_stores.xlsx", [SALES, SITES], QUESTIONS)
