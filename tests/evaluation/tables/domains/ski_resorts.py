"""Ski resorts with headers in CamelCase: units within the names, Yes and No, two altitudes."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

NAMES = [
    "Val Torrente", "Hochgipfel", "Piz Martin", "Les Trois Crêtes", "Schneewald", "Monte Bianchi", "Alpenblick", "Col du Renard", "Grauspitz", "La Clusine",
    "Weissental", "Cima Alta", "Bergstolz", "Saint Aubert", "Rothorn Valley", "Passo Lungo", "Tannenhof", "Crans Vert", "Eiskogel", "Mont Cerise",
    "Falkenstein", "Valle Serena", "Sonnberg", "Pic Noir", "Steinalm", "Prato Nevoso Sud", "Gletscherhorn", "Bois Joli",
]  # fmt: skip
COUNTRIES = ["Austria", "France", "Italy", "Switzerland"]


def build():
    random = Random("ski resorts 1")
    lifts = random.sample(range(4, 90), len(NAMES))
    runs = random.sample(range(18, 140), len(NAMES))
    passes = random.sample(range(290, 840, 5), len(NAMES))
    years = random.sample(range(1931, 1994), len(NAMES))
    rows = []
    for number, name in enumerate(NAMES):
        base = random.randrange(620, 1850, 10)
        rows.append((
            number + 1, name, random.choices(COUNTRIES, weights=[9, 7, 6, 5])[0], lifts[number], lifts[number] * 2 + random.randint(0, 30), runs[number] / 10,
            base, base + random.randrange(640, 1900, 10), passes[number] / 10, int(random.random() < 0.55),
            int(random.random() < 0.3), years[number], None if random.random() < 0.2 else random.randint(12, 480) * 1000,
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="ski_resorts",
    columns=[
        Column("id", "INTEGER", "ResortID"),
        Column("name", "TEXT", "ResortName"),
        Column("country", "TEXT", "Country"),
        Column("lifts", "INTEGER", "NumLifts"),
        Column("slopes", "INTEGER", "NumSlopes"),
        Column("run", "REAL", "LongestRunKm"),
        Column("base", "INTEGER", "BaseAltM"),
        Column("top", "INTEGER", "TopAltM"),
        Column("pass", "REAL", "DayPassEUR"),
        Column("park", "INTEGER", "SnowPark", either("Yes", "No")),
        Column("night", "INTEGER", "NightSkiing", either("Yes", "No")),
        Column("opened", "INTEGER", "OpeningYear"),
        Column("visitors", "INTEGER", "AnnualVisitors"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "list", "列出所有滑雪场的名称。", "List the names of all ski resorts.", "SELECT name FROM ski_resorts"),
    ask(2, "filter", "法国的滑雪场有哪些？", "Which ski resorts are in France?", "SELECT name FROM ski_resorts WHERE country = 'France'"),
    ask(3, "count", "提供夜间滑雪的滑雪场有多少个？", "How many resorts offer night skiing?", "SELECT COUNT(*) FROM ski_resorts WHERE night = 1"),
    ask(4, "superlative", "哪个滑雪场的雪道数量最多？", "Which resort has the largest number of slopes?", "SELECT name FROM ski_resorts ORDER BY slopes DESC LIMIT 1"),
    ask(5, "superlative", "日票最便宜的滑雪场是哪个，在哪个国家？", "What is the name and country of the resort with the cheapest day pass?",
        "SELECT name, country FROM ski_resorts ORDER BY pass LIMIT 1"),
    ask(6, "average", "奥地利滑雪场的平均缆车数量是多少？", "What is the average number of lifts of Austrian resorts?", "SELECT AVG(lifts) FROM ski_resorts WHERE country = 'Austria'"),
    ask(7, "group", "每个国家的平均日票价格是多少？", "What is the average day pass price per country?", "SELECT country, AVG(pass) FROM ski_resorts GROUP BY country"),
    ask(8, "order", "按最长雪道长度降序显示滑雪场名称及其最长雪道长度。", "Show the resort names and their longest run in descending order of the longest run.",
        "SELECT name, run FROM ski_resorts ORDER BY run DESC", ordered=True),
    ask(9, "filter", "哪些滑雪场既有雪地公园又有夜间滑雪？", "Which resorts have both a snow park and night skiing?", "SELECT name FROM ski_resorts WHERE park = 1 AND night = 1"),
    ask(10, "filter", "缆车少于20条或日票低于35欧元的滑雪场有哪些？", "Which resorts have fewer than 20 lifts or a day pass below 35 euros?",
        "SELECT name FROM ski_resorts WHERE lifts < 20 OR pass < 35"),
    ask(11, "derived", "每个滑雪场山顶与山脚的海拔差是多少？", "For each resort, what is the difference between its top altitude and its base altitude?", "SELECT name, top - base FROM ski_resorts"),
    ask(12, "filter", "1970年以前开业的滑雪场有多少家？", "How many resorts opened before 1970?", "SELECT COUNT(*) FROM ski_resorts WHERE opened < 1970"),
    ask(13, "compare", "日票价格高于平均价格的滑雪场叫什么名字？", "What are the names of resorts whose day pass costs more than the average?",
        "SELECT name FROM ski_resorts WHERE pass > (SELECT AVG(pass) FROM ski_resorts)"),
    ask(14, "superlative", "哪个国家的滑雪场最多？", "Which country has the most ski resorts?", "SELECT country FROM ski_resorts GROUP BY country ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(15, "sum", "意大利所有滑雪场的年游客总数是多少？", "What is the total number of annual visitors of all Italian resorts?", "SELECT SUM(visitors) FROM ski_resorts WHERE country = 'Italy'"),
    ask(16, "filter", "没有年游客数据的滑雪场有几个？", "How many resorts have no figure for annual visitors?", "SELECT COUNT(*) FROM ski_resorts WHERE visitors IS NULL"),
    ask(17, "max", "最高的山顶海拔是多少？", "What is the highest top altitude?", "SELECT MAX(top) FROM ski_resorts"),
    ask(18, "group", "显示每个国家最早开业的年份和滑雪场数量。", "Show the earliest opening year and the number of resorts for each country.",
        "SELECT country, MIN(opened), COUNT(*) FROM ski_resorts GROUP BY country"),
    ask(19, "filter", "不在瑞士且有雪地公园的滑雪场的名称和日票价格是什么？", "What are the names and day pass prices of the resorts that are not in Switzerland and have a snow park?",
        "SELECT name, pass FROM ski_resorts WHERE country <> 'Switzerland' AND park = 1"),
    ask(20, "top", "缆车数量排名前五的滑雪场及其国家是什么？", "What are the five resorts with the most lifts, and their countries?",
        "SELECT name, country FROM ski_resorts ORDER BY lifts DESC LIMIT 5", ordered=True),
    refuse(21, "ambiguous", "哪个滑雪场的海拔最低？", "Which resort has the lowest altitude?"),
    refuse(22, "missing", "哪个滑雪场的酒店最多？", "Which resort has the most hotels?"),
    refuse(23, "missing", "每个滑雪场的平均降雪量是多少？", "What is the average snowfall of each resort?"),
]

FILE = File("ski_resorts.csv", [SHEET], QUESTIONS)
