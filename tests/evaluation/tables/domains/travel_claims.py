"""Travel expenses of a firm: grouped by department with a subtotal below each, a grand total, a band over the amounts, ¥ and blanks."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, chinese, iso, itself, money, slashed

DEPARTMENTS = {"市场部": 15, "工程部": 12, "法务部": 6, "售后服务部": 9}
PEOPLE = ["何静", "马超群", "高原", "林巧巧", "罗振", "谢安", "唐诗怡", "韩雷", "曹颖", "彭飞"]
CITIES = ["成都", "深圳", "西安", "乌鲁木齐", "杭州", "哈尔滨", "昆明"]


def build():
    random = Random("travel claims 2")
    fares = random.sample(range(180, 6400), 42)
    rows, number = [], 0
    for place, (department, count) in enumerate(DEPARTMENTS.items()):
        for _ in range(count):
            days = random.randint(1, 12)
            rows.append((
                f"00{3100 + number * 7}", department, random.choice(PEOPLE[place * 2 : place * 2 + 4]), random.choices(CITIES, weights=[7, 6, 5, 2, 5, 3, 4])[0],
                (date(2024, 1, 4) + timedelta(days=random.randint(0, 355))).isoformat(), days, fares[number],
                None if days == 1 else (days - 1) * random.randint(210, 520), days * 100, random.choices(["已报销", "审批中", "已驳回"], weights=[10, 4, 2])[0],
            ))  # fmt: skip
            number += 1
    return rows


ROWS = build()


def spelt(day: str) -> str:
    when = date.fromisoformat(day)
    return (iso, chinese, slashed)[when.day % 3](when)


def sums(label: str, rows) -> list:
    return [label, "", "", "", "", sum(r[5] for r in rows), *(f"¥{sum(r[k] or 0 for r in rows):,.2f}" for k in (6, 7, 8)), ""]


def with_subtotals(sheet: Sheet) -> list[list]:
    lines = []
    for department in DEPARTMENTS:
        own = [row for row in sheet.rows if row[1] == department]
        lines += [sheet.line(row) for row in own]
        lines.append(sums("小计", own))
    return [*lines, sums("合计", sheet.rows)]


def yuan(number) -> str:
    return money("¥")(float(number))


SHEET = Sheet(
    name="travel_claims",
    title="差旅费",
    columns=[
        Column("claim", "TEXT", "报销单号"),
        Column("department", "TEXT", "部门"),
        Column("name", "TEXT", "出差人"),
        Column("city", "TEXT", "目的地"),
        Column("left_on", "TEXT", "出发日期", spelt),
        Column("days", "INTEGER", "出差天数", itself),
        Column("fare", "INTEGER", "交通费", yuan),
        Column("hotel", "INTEGER", "住宿费", yuan),
        Column("allowance", "INTEGER", "补贴", yuan),
        Column("state", "TEXT", "状态"),
    ],
    rows=ROWS,
    above=[["2024年差旅费报销明细"]],
    bands=[("出差信息", 6), ("费用(元)", 3), ("审批", 1)],
    subtotal=with_subtotals,
)

QUESTIONS = [
    ask(1, "count", "2024年一共有多少张报销单？", "How many claims are there in all?", "SELECT COUNT(*) FROM travel_claims"),
    ask(2, "sum", "市场部的住宿费一共是多少？", "What is the total hotel cost of 市场部?", "SELECT SUM(hotel) FROM travel_claims WHERE department = '市场部'"),
    ask(3, "group", "每个部门出差了多少次？", "How many trips did each department make?", "SELECT department, COUNT(*) FROM travel_claims GROUP BY department"),
    ask(4, "average", "去成都出差平均几天？", "How many days does a trip to 成都 take on average?", "SELECT AVG(days) FROM travel_claims WHERE city = '成都'"),
    ask(5, "superlative", "哪个目的地去的次数最多？", "Which destination was visited most often?", "SELECT city FROM travel_claims GROUP BY city ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(6, "filter", "出差超过一周的报销单有几张？", "How many trips took more than 7 days?", "SELECT COUNT(*) FROM travel_claims WHERE days > 7"),
    ask(7, "list", "把还在审批中的单号和出差人列出来。", "List the claim number and the traveller of the claims that are 审批中.", "SELECT claim, name FROM travel_claims WHERE state = '审批中'"),
    ask(8, "filter", "没有住宿费的报销单有多少张？", "How many claims have no hotel cost?", "SELECT COUNT(*) FROM travel_claims WHERE hotel IS NULL"),
    ask(9, "sum", "交通费、住宿费和补贴的总和分别是多少？", "What are the totals of fares, hotel costs and allowances?", "SELECT SUM(fare), SUM(hotel), SUM(allowance) FROM travel_claims"),
    ask(10, "time", "第三季度出发的出差有几次？", "How many trips started in the third quarter of 2024?", "SELECT COUNT(*) FROM travel_claims WHERE quarter(left_on) = '2024-Q3'"),
    ask(11, "group", "按目的地统计平均交通费。", "Average fare by destination.", "SELECT city, AVG(fare) FROM travel_claims GROUP BY city"),
    ask(12, "having", "出差总天数超过60天的部门有哪些？", "Which departments travelled more than 60 days in total?", "SELECT department FROM travel_claims GROUP BY department HAVING SUM(days) > 60"),
    ask(13, "filter", "除了市场部以外，还有哪些人去过深圳？", "Which people outside 市场部 went to 深圳?", "SELECT DISTINCT name FROM travel_claims WHERE department <> '市场部' AND city = '深圳'"),
    ask(14, "distinct", "共有多少名员工出过差？", "How many different people travelled?", "SELECT COUNT(DISTINCT name) FROM travel_claims"),
    ask(15, "share", "被驳回的报销单占多大比例？", "What percentage of the claims is 已驳回?", "SELECT AVG(state = '已驳回') * 100.0 FROM travel_claims", percent=True),
    ask(16, "top", "交通费最贵的3次出差，给出出差人、目的地和交通费。", "For the 3 trips with the highest fares, give traveller, destination and fare.", "SELECT name, city, fare FROM travel_claims ORDER BY fare DESC LIMIT 3", ordered=True),
    ask(17, "compare", "住宿费低于交通费的单子有几张？", "How many claims have a hotel cost below the fare?", "SELECT COUNT(*) FROM travel_claims WHERE hotel < fare"),
    ask(18, "relative", "上个月出发的出差有哪些单号？", "Which claims are for trips that started last month?", "SELECT claim FROM travel_claims WHERE month(left_on) = '2024-10'", today="2024-11-15"),
    ask(19, "filter", "去杭州或西安、交通费在1000元以上的有多少单？", "How many claims are for 杭州 or 西安 with a fare of more than 1000?", "SELECT COUNT(*) FROM travel_claims WHERE city IN ('杭州', '西安') AND fare > 1000"),
    ask(20, "max", "工程部最长的一次出差是多少天？", "How many days did the longest trip of 工程部 take?", "SELECT MAX(days) FROM travel_claims WHERE department = '工程部'"),
    ask(21, "order", "各部门的交通费总额，从高到低排序。", "Total fares per department, from high to low.", "SELECT department, SUM(fare) FROM travel_claims GROUP BY department ORDER BY SUM(fare) DESC", ordered=True),
    ask(22, "filter", "5月1日到6月30日之间出发的有几次？", "How many trips started between May 1 and June 30, 2024?", "SELECT COUNT(*) FROM travel_claims WHERE left_on BETWEEN '2024-05-01' AND '2024-06-30'"),
    refuse(23, "missing", "谁坐飞机出差的次数最多？", "Who travelled by plane most often?"),
    refuse(24, "ambiguous", "费用最高的部门是哪个？", "Which department has the highest cost?"),
    refuse(25, "missing", "法务部的餐费一共多少？", "What did 法务部 spend on meals?"),
]  # fmt: skip

FILE = File("差旅报销.xlsx", [SHEET], QUESTIONS)
