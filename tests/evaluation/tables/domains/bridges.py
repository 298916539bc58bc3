"""Bridges with headers like MainSpanM and CostMilUsd, in the manner of public data bases."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

FIRST = ["Harbor", "Kestrel", "Union", "Saint Mark", "Northern", "Old Mill", "Victory", "Lagoon", "Eagle", "Silver", "Queen Anne", "Delta", "Liberty", "Granite", "Riverside", "Twin Falls", "Cedar", "Memorial", "Sunrise", "Capital"]  # fmt: skip
CITIES = {"Porto": "Portugal", "Lisbon": "Portugal", "Oslo": "Norway", "Bergen": "Norway", "Chicago": "United States", "Seattle": "United States", "Portland": "United States", "Osaka": "Japan", "Sydney": "Australia", "Istanbul": "Turkey"}  # fmt: skip
DESIGNERS = ["Ana Ferreira", "Kenzo Morita", "Olav Strand", "Ruth Calloway", "Selim Aydin"]


def build():
    random = Random("bridges 7")
    lengths = random.sample(range(80, 3900), 40)
    traffic = random.sample(range(800, 156000), 40)
    costs = random.sample(range(40, 9900), 40)
    rows = []
    for number in range(40):
        city = random.choice(list(CITIES))
        rows.append((
            f"{FIRST[number % 20]} {'Bridge' if number < 20 else 'Crossing'}", city, CITIES[city], random.choices(["Suspension", "Arch", "Cable-stayed", "Beam"], weights=[7, 6, 8, 5])[0],
            lengths[number], int(lengths[number] * random.uniform(0.3, 0.8)), random.randint(1889, 2021), random.choice([2, 2, 4, 4, 6, 8]), traffic[number],
            None if random.random() < 0.15 else costs[number] / 10, random.choice("YNN"), random.choices(DESIGNERS, weights=[6, 5, 4, 4, 2])[0] if random.random() < 0.85 else None,
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="bridges",
    columns=[
        Column("name", "TEXT", "BridgeName"),
        Column("city", "TEXT", "City"),
        Column("country", "TEXT", "Country"),
        Column("kind", "TEXT", "BridgeType"),
        Column("length", "INTEGER", "LengthM"),
        Column("span", "INTEGER", "MainSpanM"),
        Column("opened", "INTEGER", "YearOpened"),
        Column("lanes", "INTEGER", "Lanes"),
        Column("traffic", "INTEGER", "DailyTraffic"),
        Column("cost", "REAL", "CostMilUsd"),
        Column("toll", "INTEGER", "TollCharged", either("Y", "N")),
        Column("designer", "TEXT", "Designer"),
    ],
    rows=[(*row[:10], row[10] == "Y", row[11]) for row in build()],
)

QUESTIONS = [
    ask(1, "count", "有多少座桥梁？", "How many bridges are there?", "SELECT COUNT(*) FROM bridges"),
    ask(2, "list", "所有桥梁的名称和所在城市是什么？", "What are the names and cities of all bridges?", "SELECT name, city FROM bridges"),
    ask(3, "superlative", "最长的桥是哪一座，它在哪个国家？", "Which is the longest bridge, and in which country is it?", "SELECT name, country FROM bridges ORDER BY length DESC LIMIT 1"),
    ask(4, "group", "每种桥梁类型有多少座桥？", "How many bridges are there of each type?", "SELECT kind, COUNT(*) FROM bridges GROUP BY kind"),
    ask(5, "filter", "1950年之前通车的悬索桥（Suspension）有哪些？", "Which suspension bridges were opened before 1950?", "SELECT name FROM bridges WHERE kind = 'Suspension' AND opened < 1950"),
    ask(6, "average", "美国桥梁的平均长度是多少？", "What is the average length of the bridges in the United States?", "SELECT AVG(length) FROM bridges WHERE country = 'United States'"),
    ask(7, "filter", "收费的桥梁有多少座？", "How many bridges charge a toll?", "SELECT COUNT(*) FROM bridges WHERE toll = 1"),
    ask(8, "sum", "Kenzo Morita 设计的桥梁的总造价是多少？", "What is the total cost of the bridges designed by Kenzo Morita?", "SELECT SUM(cost) FROM bridges WHERE designer = 'Kenzo Morita'"),
    ask(9, "having", "哪些设计师设计了超过6座桥？", "Which designers have designed more than 6 bridges?", "SELECT designer FROM bridges WHERE designer IS NOT NULL GROUP BY designer HAVING COUNT(*) > 6"),
    ask(10, "order", "按通车年份的降序显示葡萄牙的桥名。", "Show the names of the bridges in Portugal in descending order of the year they were opened.", "SELECT name FROM bridges WHERE country = 'Portugal' ORDER BY opened DESC", ordered=True),
    ask(11, "filter", "没有设计师信息的桥有几座？", "How many bridges have no designer?", "SELECT COUNT(*) FROM bridges WHERE designer IS NULL"),
    ask(12, "distinct", "这些桥梁分布在多少个不同的城市？", "In how many different cities are the bridges?", "SELECT COUNT(DISTINCT city) FROM bridges"),
    ask(13, "measures", "日交通量的平均数、最小值和最大值是多少？", "What are the average, minimum and maximum daily traffic?", "SELECT AVG(traffic), MIN(traffic), MAX(traffic) FROM bridges"),
    ask(14, "filter", "至少有六条车道且不收费的桥的名字是什么？", "What are the names of the bridges with at least six lanes and no toll?", "SELECT name FROM bridges WHERE lanes >= 6 AND toll = 0"),
    ask(15, "group", "每个国家的桥梁的平均日交通量是多少？", "What is the average daily traffic for each country?", "SELECT country, AVG(traffic) FROM bridges GROUP BY country"),
    ask(16, "filter", "主跨超过1000米或长度超过3000米的桥梁有多少座？", "How many bridges have a main span of more than 1000 metres or a length of more than 3000 metres?", "SELECT COUNT(*) FROM bridges WHERE span > 1000 OR length > 3000"),
    ask(17, "superlative", "造价最低的拱桥（Arch）叫什么？", "What is the name of the cheapest arch bridge?", "SELECT name FROM bridges WHERE kind = 'Arch' AND cost IS NOT NULL ORDER BY cost LIMIT 1"),
    ask(18, "superlative", "哪个国家的桥梁最多？", "Which country has the most bridges?", "SELECT country FROM bridges GROUP BY country ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(19, "top", "日交通量最大的5座桥的名称和交通量是多少？", "What are the names and the daily traffic of the 5 busiest bridges?", "SELECT name, traffic FROM bridges ORDER BY traffic DESC LIMIT 5", ordered=True),
    ask(20, "filter", "既不在日本也不在挪威的桥有多少座？", "How many bridges are neither in Japan nor in Norway?", "SELECT COUNT(*) FROM bridges WHERE country NOT IN ('Japan', 'Norway')"),
    ask(21, "filter", "2000年到2010年之间通车的桥的名字和类型。", "Give the names and types of the bridges opened between 2000 and 2010.", "SELECT name, kind FROM bridges WHERE opened BETWEEN 2000 AND 2010"),
    ask(22, "share", "收费桥梁占所有桥梁的比例是多少？", "What is the proportion of bridges that charge a toll?", "SELECT AVG(toll) * 100.0 FROM bridges", percent=True),
    refuse(23, "missing", "哪座桥的桥面最宽？", "Which bridge has the widest deck?"),
    refuse(24, "opinion", "哪座桥最漂亮？", "Which bridge is the most beautiful?"),
    refuse(25, "missing", "Harbor Bridge 是哪家公司建造的？", "Which company built the Harbor Bridge?"),
]  # fmt: skip

FILE = File("bridges.csv", [SHEET], QUESTIONS)
