"""Breweries as a clean list: abbreviated headers, two-letter states, a date of the last inspection, 0 and 1."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet

WORDS = ["Copper Mule", "Tall Pines", "Nine Barrels", "Salt Flat", "Old Ferry", "Red Lantern", "Iron Bridge", "Wandering Elk", "Blue Heron", "Quarry Road"]
MORE = ["Broken Oar", "Hop Garden", "Long Shadow", "Cinder Hill", "Maple Yard", "Prairie Wind", "Stone Ledger", "Silver Creek", "Twin Anvils", "Foggy Harbor"]
REST = ["Second Story", "Gray Fox", "Cask & Crown", "Lucky Acorn", "Dry Dock", "Mill Race", "Black Kettle", "Sunday Best", "Open Range", "Paper Moon"]
STATES = {"Portland": "OR", "Denver": "CO", "Boise": "ID", "Austin": "TX", "Boulder": "CO", "Houston": "TX", "Eugene": "OR", "Duluth": "MN"}
STYLES = ["Lager", "IPA", "Stout", "Wheat Beer", "Sour", "Porter"]


def build():
    random = Random("breweries 1")
    names = WORDS + MORE + REST
    staff = random.sample(range(4, 260), len(names))
    output = random.sample(range(900, 88000, 50), len(names))
    founded = random.sample(range(1978, 2021), len(names))
    prices = random.sample(range(410, 940, 5), len(names))
    rows = []
    for number, name in enumerate(names):
        city = random.choices(list(STATES), weights=[8, 7, 2, 5, 3, 2, 3, 1])[0]
        rows.append((
            f"B{number + 1:03d}", name, city, STATES[city], founded[number], staff[number], output[number], prices[number] / 100,
            random.choices(STYLES, weights=[6, 8, 4, 3, 2, 2])[0], int(random.random() < 0.7),
            random.choices(["Independent", "Corporate", "Cooperative"], weights=[8, 3, 2])[0],
            (date(2022, 1, 10) + timedelta(days=random.randrange(880))).isoformat() if random.random() < 0.88 else None,
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="breweries",
    columns=[
        Column("id", "TEXT", "Brewery_ID"),
        Column("name", "TEXT", "Brewery_Name"),
        Column("city", "TEXT", "HQ_City"),
        Column("state", "TEXT", "State_Code"),
        Column("founded", "INTEGER", "Founded"),
        Column("staff", "INTEGER", "Num_of_Staff"),
        Column("output", "INTEGER", "Output_hl"),
        Column("price", "REAL", "Ave_Price"),
        Column("style", "TEXT", "Main_Style"),
        Column("taproom", "INTEGER", "Taproom"),
        Column("owner", "TEXT", "Owner_Type"),
        Column("inspected", "TEXT", "Last_Inspection"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "有多少家啤酒厂？", "How many breweries are there?", "SELECT COUNT(*) FROM breweries"),
    ask(2, "order", "按成立年份升序列出所有啤酒厂的名称和总部城市。", "List the name and headquarter city of every brewery in ascending order of founding year.",
        "SELECT name, city FROM breweries ORDER BY founded", ordered=True),
    ask(3, "sum", "所有啤酒厂的员工总数是多少？", "What is the total number of staff of all breweries?", "SELECT SUM(staff) FROM breweries"),
    ask(4, "superlative", "哪家啤酒厂的产量最高？", "Which brewery has the highest output?", "SELECT name FROM breweries ORDER BY output DESC LIMIT 1"),
    ask(5, "average", "总部在Denver的啤酒厂的平均价格是多少？", "What is the average price of breweries with headquarters in Denver?", "SELECT AVG(price) FROM breweries WHERE city = 'Denver'"),
    ask(6, "filter", "显示主打风格为Stout或Porter的啤酒厂名称。", "Show the names of breweries whose main style is either Stout or Porter.",
        "SELECT name FROM breweries WHERE style IN ('Stout', 'Porter')"),
    ask(7, "group", "每个州代码以及该州的啤酒厂数量是多少？", "For each state code, how many breweries are there?", "SELECT state, COUNT(*) FROM breweries GROUP BY state"),
    ask(8, "having", "总部有超过三家啤酒厂的城市有哪些？", "Which cities are the headquarters of more than three breweries?",
        "SELECT city FROM breweries GROUP BY city HAVING COUNT(*) > 3"),
    ask(9, "filter", "有多少家啤酒厂没有酒吧间（taproom）？", "How many breweries do not have a taproom?", "SELECT COUNT(*) FROM breweries WHERE taproom = 0"),
    ask(10, "compare", "员工人数低于平均水平的啤酒厂有多少家？", "How many breweries have fewer staff than the average?",
        "SELECT COUNT(*) FROM breweries WHERE staff < (SELECT AVG(staff) FROM breweries)"),
    ask(11, "distinct", "列出不同的所有者类型。", "List the distinct owner types.", "SELECT DISTINCT owner FROM breweries"),
    ask(12, "measures", "独立啤酒厂的最低价格、最高价格和平均价格分别是多少？", "What are the minimum, maximum and average price of independent breweries?",
        "SELECT MIN(price), MAX(price), AVG(price) FROM breweries WHERE owner = 'Independent'"),
    ask(13, "time", "2023年检查过多少家啤酒厂？", "How many breweries were last inspected in 2023?", "SELECT COUNT(*) FROM breweries WHERE inspected LIKE '2023%'"),
    ask(14, "superlative", "最新成立的啤酒厂的名称和主打风格是什么？", "What are the name and the main style of the most recently founded brewery?",
        "SELECT name, style FROM breweries ORDER BY founded DESC LIMIT 1"),
    ask(15, "group", "每种主打风格的最大产量是多少？", "What is the largest output for each main style?", "SELECT style, MAX(output) FROM breweries GROUP BY style"),
    ask(16, "filter", "员工在50到100人之间的啤酒厂有哪些？", "Which breweries have between 50 and 100 staff?", "SELECT name FROM breweries WHERE staff BETWEEN 50 AND 100"),
    ask(17, "superlative", "哪种主打风格最受欢迎，即被最多的啤酒厂采用？", "Which main style is used by the most breweries?",
        "SELECT style FROM breweries GROUP BY style ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(18, "filter", "成立于2000年以后且不是独立经营的啤酒厂的名称是什么？", "What are the names of the breweries that were founded after 2000 and are not independent?",
        "SELECT name FROM breweries WHERE founded > 2000 AND owner <> 'Independent'"),
    ask(19, "filter", "哪些啤酒厂没有最近检查日期？", "Which breweries have no last inspection date?", "SELECT name FROM breweries WHERE inspected IS NULL"),
    ask(20, "share", "有酒吧间的啤酒厂占全部啤酒厂的百分之几？", "What percentage of the breweries have a taproom?",
        "SELECT 100.0 * SUM(taproom) / COUNT(*) FROM breweries", percent=True),
    refuse(21, "missing", "哪家啤酒厂获得的奖项最多？", "Which brewery has won the most awards?"),
    refuse(22, "opinion", "哪家啤酒厂的啤酒最好喝？", "Which brewery makes the tastiest beer?"),
    refuse(23, "missing", "列出每家啤酒厂的酿酒师姓名。", "List the name of the brewmaster of each brewery."),
]

FILE = File("breweries.csv", [SHEET], QUESTIONS)
