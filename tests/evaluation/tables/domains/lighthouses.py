"""Lighthouses as a clean register: names in English, years as numbers, T and F, two columns that are heights."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet

NAMES = [
    "Gullholm", "Cape Merrow", "Punta Brava", "Farol da Ponta", "North Skerry", "Isla Sola", "Storvik", "Hawk Point", "Cabo Seco", "Old Sentinel",
    "Rocha Alta", "Bell Rock Ness", "Havneberg", "Faro Largo", "Kestrel Island", "Vardeoy", "Santa Luz", "Gannet Head", "Punta Fria", "Longstone Bay",
    "Pilot's Reef", "Sao Bento", "Torsnes", "Dunmarrow", "Canal Viejo", "Ravnfjord", "Grey Stack", "Barra Velha", "Eddy Point", "Monte Claro", "Lindesund", "Wreckers Cove",
]
COLORS = ["White", "Red and White", "Black", "White", "Unpainted", "White", "Yellow"]


def build():
    random = Random("lighthouses 1")
    years = random.sample(range(1771, 1934), len(NAMES))
    heights = random.sample(range(90, 560), len(NAMES))
    steps = random.sample(range(38, 320), len(NAMES))
    rows = []
    for number, name in enumerate(NAMES):
        automated = random.random() < 0.68
        country = random.choices(["Norway", "Scotland", "Chile", "Portugal", "Canada"], weights=[9, 6, 5, 5, 3])[0]
        tower = heights[number] / 10
        rows.append((
            101 + number, name, country, years[number], tower, round(tower + random.uniform(-3, 45), 1), random.randint(9, 29),
            "T" if automated else "F", random.randint(1958, 2004) if automated else None, random.choice(COLORS), steps[number],
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="lighthouses",
    columns=[
        Column("id", "INTEGER", "Lighthouse_ID"),
        Column("name", "TEXT", "Name"),
        Column("country", "TEXT", "Country"),
        Column("lit", "INTEGER", "First_Lit"),
        Column("tower", "REAL", "Tower_Height_m"),
        Column("focal", "REAL", "Focal_Height_m"),
        Column("reach", "INTEGER", "Range_nm"),
        Column("automated", "TEXT", "Automated"),
        Column("automated_in", "INTEGER", "Year_Automated"),
        Column("color", "TEXT", "Tower_Color"),
        Column("steps", "INTEGER", "Num_of_Steps"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "一共有多少座灯塔？", "How many lighthouses are there?", "SELECT COUNT(*) FROM lighthouses"),
    ask(2, "filter", "挪威有多少座灯塔？", "How many lighthouses are located in Norway?", "SELECT COUNT(*) FROM lighthouses WHERE country = 'Norway'"),
    ask(3, "order", "列出所有灯塔的名称，按塔高从高到低排序。", "List the names of all lighthouses ordered by tower height from tallest to shortest.",
        "SELECT name FROM lighthouses ORDER BY tower DESC", ordered=True),
    ask(4, "superlative", "哪座灯塔的台阶数最多？", "Which lighthouse has the most steps?", "SELECT name FROM lighthouses ORDER BY steps DESC LIMIT 1"),
    ask(5, "measures", "所有灯塔的平均射程和最大射程是多少？", "What are the average and the maximum range of all lighthouses?", "SELECT AVG(reach), MAX(reach) FROM lighthouses"),
    ask(6, "group", "显示每个国家及其灯塔数量。", "Show each country and the number of lighthouses in it.", "SELECT country, COUNT(*) FROM lighthouses GROUP BY country"),
    ask(7, "having", "哪些国家至少有六座灯塔？", "Which countries have at least six lighthouses?", "SELECT country FROM lighthouses GROUP BY country HAVING COUNT(*) >= 6"),
    ask(8, "compare", "找出塔高超过平均值的灯塔的名称。", "Find the names of the lighthouses whose tower height is above the average.",
        "SELECT name FROM lighthouses WHERE tower > (SELECT AVG(tower) FROM lighthouses)"),
    ask(9, "distinct", "有哪些不同的塔身颜色？", "What are the distinct tower colors?", "SELECT DISTINCT color FROM lighthouses"),
    ask(10, "filter", "没有自动化的灯塔叫什么名字？", "What are the names of the lighthouses that are not automated?", "SELECT name FROM lighthouses WHERE automated = 'F'"),
    ask(11, "filter", "显示1850年到1880年之间首次点亮的灯塔的名称和国家。", "Show the name and country of the lighthouses first lit between 1850 and 1880.",
        "SELECT name, country FROM lighthouses WHERE lit BETWEEN 1850 AND 1880"),
    ask(12, "filter", "位于智利或葡萄牙的灯塔共有多少座？", "How many lighthouses are either in Chile or in Portugal?",
        "SELECT COUNT(*) FROM lighthouses WHERE country IN ('Chile', 'Portugal')"),
    ask(13, "superlative", "最常见的塔身颜色是什么？", "What is the most common tower color?", "SELECT color FROM lighthouses GROUP BY color ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(14, "lookup", "Cape Merrow灯塔是哪一年首次点亮的？", "In which year was the Cape Merrow lighthouse first lit?", "SELECT lit FROM lighthouses WHERE name = 'Cape Merrow'"),
    ask(15, "average", "白色灯塔的平均台阶数是多少？", "What is the average number of steps of the white lighthouses?", "SELECT AVG(steps) FROM lighthouses WHERE color = 'White'"),
    ask(16, "superlative", "已自动化的灯塔中，最早点亮的那座叫什么、在哪个国家？", "What are the name and country of the automated lighthouse that was lit first?",
        "SELECT name, country FROM lighthouses WHERE automated = 'T' ORDER BY lit LIMIT 1"),
    ask(17, "distinct", "这些灯塔分布在多少个不同的国家？", "How many different countries do the lighthouses belong to?", "SELECT COUNT(DISTINCT country) FROM lighthouses"),
    ask(18, "group", "每种塔身颜色的灯塔的平均射程是多少？", "What is the average range for each tower color?", "SELECT color, AVG(reach) FROM lighthouses GROUP BY color"),
    ask(19, "top", "台阶数最多的三座灯塔是哪些？显示名称和台阶数。", "Give the names and the number of steps of the three lighthouses with the most steps.",
        "SELECT name, steps FROM lighthouses ORDER BY steps DESC LIMIT 3", ordered=True),
    refuse(20, "missing", "每座灯塔去年有多少游客？", "How many visitors did each lighthouse have last year?"),
    refuse(21, "missing", "Gannet Head灯塔是谁设计的？", "Who designed the Gannet Head lighthouse?"),
    refuse(22, "ambiguous", "这些灯塔的平均高度是多少？", "What is the average height of the lighthouses?"),
]

FILE = File("lighthouses.csv", [SHEET], QUESTIONS)
