"""Bus routes of a city: a title, a header of two rows with merged cells, units in the header, a total, N/A for what is missing."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, grouped, itself

COMPANIES = ["第一公交公司", "第二公交公司", "新城巴士", "快速公交"]
PLACES = ["火车站", "体育中心", "大学城", "人民医院", "高新区", "老码头", "植物园", "会展中心", "机场", "科技园", "南湖公园", "客运西站"]


def build():
    random = Random("bus routes 4")
    weekdays = random.sample(range(900, 26000), 36)
    days = random.sample(range(0, 9000), 36)
    lengths = random.sample(range(62, 480), 36)
    rows = []
    for number in range(36):
        first, last = random.sample(PLACES, 2)
        cars = random.randint(5, 42)
        rows.append((
            f"{number * 5 + 1}路" if number % 6 else f"B{number // 6 + 1}路", random.choices(COMPANIES, weights=[6, 5, 4, 2])[0], first, last, random.randint(9, 46), lengths[number] / 10,
            weekdays[number], None if random.random() < 0.1 else int(weekdays[number] * random.uniform(0.5, 1.3)), cars, random.randint(0, cars),
            random.choices([1, 2, 3, 5], weights=[4, 8, 3, 2])[0], (date(1998, 4, 6) + timedelta(days=days[number])).isoformat(), random.random() < 0.25,
        ))  # fmt: skip
    return rows


ROWS = build()

SHEET = Sheet(
    name="bus_routes",
    title="线路一览",
    columns=[
        Column("route", "TEXT", "线路"),
        Column("company", "TEXT", "运营公司"),
        Column("first", "TEXT", "起点站"),
        Column("last", "TEXT", "终点站"),
        Column("stops", "INTEGER", "站点数(个)", itself),
        Column("length", "REAL", "线路长度(公里)", itself),
        Column("weekday", "INTEGER", "工作日客流", grouped),
        Column("weekend", "INTEGER", "周末客流", grouped, null="-"),
        Column("cars", "INTEGER", "配车数", itself),
        Column("electric", "INTEGER", "新能源车数", itself),
        Column("fare", "INTEGER", "票价(元)", itself),
        Column("opened", "TEXT", "开通日期", date.fromisoformat),
        Column("night", "INTEGER", "是否夜间运营", either("是", "否")),
    ],
    rows=ROWS,
    above=[["全市公交线路基本情况表"], ["制表：运营管理科"]],
    bands=[("基本信息", 6), ("日均客流(人次)", 2), ("车辆(辆)", 2), ("其他", 3)],
    below=[["合计", "", "", "", "", "", grouped(sum(r[6] for r in ROWS)), grouped(sum(r[7] or 0 for r in ROWS)), sum(r[8] for r in ROWS), sum(r[9] for r in ROWS), "", "", ""]],
)

QUESTIONS = [
    ask(1, "count", "全市一共有多少条公交线路？", "How many bus routes are there in total?", "SELECT COUNT(*) FROM bus_routes"),
    ask(2, "superlative", "工作日客流最大的线路是哪条？", "Which route has the most passengers on weekdays?", "SELECT route FROM bus_routes ORDER BY weekday DESC LIMIT 1"),
    ask(3, "filter", "从火车站出发的线路有几条？", "How many routes start at 火车站?", "SELECT COUNT(*) FROM bus_routes WHERE first = '火车站'"),
    ask(4, "group", "各运营公司的配车总数是多少？", "How many vehicles does each company have in total?", "SELECT company, SUM(cars) FROM bus_routes GROUP BY company"),
    ask(5, "average", "平均线路长度是多少公里？", "What is the average length of a route in kilometres?", "SELECT AVG(length) FROM bus_routes"),
    ask(6, "filter", "票价不超过2元的线路有哪些？", "Which routes have a fare of no more than 2 yuan?", "SELECT route FROM bus_routes WHERE fare <= 2"),
    ask(7, "compare", "周末客流比工作日客流还大的线路有哪些？", "Which routes have more passengers at weekends than on weekdays?", "SELECT route FROM bus_routes WHERE weekend > weekday"),
    ask(8, "filter", "新城巴士有多少条夜间运营的线路？", "How many routes of 新城巴士 run at night?", "SELECT COUNT(*) FROM bus_routes WHERE company = '新城巴士' AND night = 1"),
    ask(9, "list", "给出终点站为大学城的线路及其票价。", "Give the route and the fare of the routes whose terminus is 大学城.", "SELECT route, fare FROM bus_routes WHERE last = '大学城'"),
    ask(10, "share", "新能源车占全部配车的比例是多少？", "What share of all vehicles is electric?", "SELECT SUM(electric) * 100.0 / SUM(cars) FROM bus_routes", percent=True),
    ask(11, "time", "2010年之后开通的线路有多少条？", "How many routes were opened after 2010?", "SELECT COUNT(*) FROM bus_routes WHERE opened > '2010-12-31'"),
    ask(12, "top", "线路长度排名前五的是哪几条线路？", "Which are the five longest routes?", "SELECT route FROM bus_routes ORDER BY length DESC LIMIT 5", ordered=True),
    ask(13, "having", "平均票价高于2元的运营公司是哪些？", "Which companies have an average fare above 2 yuan?", "SELECT company FROM bus_routes GROUP BY company HAVING AVG(fare) > 2"),
    ask(14, "measures", "站点数最多是多少，最少是多少？", "What are the largest and the smallest number of stops?", "SELECT MAX(stops), MIN(stops) FROM bus_routes"),
    ask(15, "distinct", "一共有几家运营公司？", "How many companies run buses?", "SELECT COUNT(DISTINCT company) FROM bus_routes"),
    ask(16, "filter", "周末客流缺失的线路有几条？", "For how many routes is the weekend figure missing?", "SELECT COUNT(*) FROM bus_routes WHERE weekend IS NULL"),
    ask(17, "filter", "站点数在20到30之间并且票价为2元的线路有哪些？", "Which routes have between 20 and 30 stops and a fare of 2 yuan?", "SELECT route FROM bus_routes WHERE stops BETWEEN 20 AND 30 AND fare = 2"),
    ask(18, "superlative", "最早开通的线路是哪一条，什么时候开通的？", "Which route was opened first, and when?", "SELECT route, opened FROM bus_routes ORDER BY opened LIMIT 1"),
    ask(19, "filter", "线路长度超过平均值的线路一共多少条？", "How many routes are longer than average?", "SELECT COUNT(*) FROM bus_routes WHERE length > (SELECT AVG(length) FROM bus_routes)"),
    ask(20, "filter", "起点站或终点站是机场的线路有几条？", "How many routes start or end at 机场?", "SELECT COUNT(*) FROM bus_routes WHERE first = '机场' OR last = '机场'"),
    ask(21, "order", "按工作日客流从高到低列出快速公交的线路。", "List the routes of 快速公交 by weekday passengers, from high to low.", "SELECT route FROM bus_routes WHERE company = '快速公交' ORDER BY weekday DESC", ordered=True),
    ask(22, "sum", "不在夜间运营的线路工作日客流合计多少人次？", "How many weekday passengers in all do the routes carry that do not run at night?", "SELECT SUM(weekday) FROM bus_routes WHERE night = 0"),
    refuse(23, "missing", "哪条线路的司机人数最多？", "Which route has the most drivers?"),
    refuse(24, "missing", "末班车最晚的是哪条线路？", "Which route has the latest last bus?"),
    refuse(25, "opinion", "坐哪条线路去机场最舒服？", "Which route to 机场 is the most comfortable?"),
]  # fmt: skip

FILE = File("公交线路.xlsx", [SHEET], QUESTIONS)
