"""Volcanoes with headers like elevation_m and last_eruption_year, in the manner of public data bases."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

NAMES = [
    "Akurua", "Barroso", "Cerro Dulce", "Dhaulaki", "Esperanto Peak", "Fuegrande", "Gunung Raya", "Hekluvik", "Iztalpa", "Jorrul", "Katmoor", "Lascaran", "Mauna Iki", "Nevado Sol",
    "Oshimaru", "Pacayol", "Quilotar", "Rauhapehu", "Santa Irena", "Taranuki", "Uluvan", "Villaronca", "White Cone", "Yasurak", "Zavorin", "Mount Ember", "Mount Cinder", "Mount Ashby",
    "Bezymian", "Colimar", "Galerosa", "Merapita",
]  # fmt: skip
REGIONS = {"Chile": "South America", "Ecuador": "South America", "Japan": "Asia", "Indonesia": "Asia", "Iceland": "Europe", "Italy": "Europe", "New Zealand": "Oceania", "Mexico": "North America"}


def build():
    random = Random("volcanoes 3")
    heights = random.sample(range(310, 6400), 32)
    eruptions = random.sample(range(1, 90), 32)
    people = random.sample(range(0, 900), 32)
    rows = []
    for number, name in enumerate(NAMES):
        country = random.choices(list(REGIONS), weights=[5, 3, 5, 7, 4, 3, 3, 3])[0]
        rows.append((
            name, country, REGIONS[country], random.choices(["Stratovolcano", "Shield", "Caldera", "Cinder Cone"], weights=[10, 5, 4, 3])[0], heights[number],
            None if random.random() < 0.12 else random.randint(1640, 2023), eruptions[number], random.randint(90, 4200), random.choice([True, True, False]),
            None if random.random() < 0.25 else random.randint(1935, 2019), random.choice([0, 0, 0, 3, 12, 57, 140, 320, 1100, 2900]), people[number] * 130,
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="volcanoes",
    columns=[
        Column("name", "TEXT", "volcano_name"),
        Column("country", "TEXT", "country"),
        Column("region", "TEXT", "region"),
        Column("kind", "TEXT", "volcano_type"),
        Column("height", "INTEGER", "elevation_m"),
        Column("erupted", "INTEGER", "last_eruption_year"),
        Column("eruptions", "INTEGER", "num_eruptions"),
        Column("crater", "INTEGER", "crater_diameter_m"),
        Column("active", "INTEGER", "is_active", either("Yes", "No")),
        Column("watched", "INTEGER", "monitored_since"),
        Column("deaths", "INTEGER", "fatalities"),
        Column("people", "INTEGER", "population_within_10km"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "一共有多少座火山？", "How many volcanoes are there?", "SELECT COUNT(*) FROM volcanoes"),
    ask(2, "list", "日本火山的名字和海拔分别是什么？", "What are the names and elevations of the volcanoes in Japan?", "SELECT name, height FROM volcanoes WHERE country = 'Japan'"),
    ask(3, "superlative", "海拔最高的火山是哪一个？", "Which volcano is the highest?", "SELECT name FROM volcanoes ORDER BY height DESC LIMIT 1"),
    ask(4, "group", "每个国家有多少座火山？", "How many volcanoes does each country have?", "SELECT country, COUNT(*) FROM volcanoes GROUP BY country"),
    ask(5, "filter", "显示所有活火山的名称以及所在国家。", "Show the name and the country of all active volcanoes.", "SELECT name, country FROM volcanoes WHERE active = 1"),
    ask(6, "average", "盾状火山（Shield）的平均海拔是多少？", "What is the average elevation of Shield volcanoes?", "SELECT AVG(height) FROM volcanoes WHERE kind = 'Shield'"),
    ask(7, "filter", "最后一次喷发在1900年之前的火山有几座？", "How many volcanoes last erupted before 1900?", "SELECT COUNT(*) FROM volcanoes WHERE erupted < 1900"),
    ask(8, "sum", "亚洲火山造成的死亡人数总共是多少？", "What is the total number of fatalities of the volcanoes in Asia?", "SELECT SUM(deaths) FROM volcanoes WHERE region = 'Asia'"),
    ask(9, "having", "至少有五座火山的国家有哪些？", "Which countries have at least five volcanoes?", "SELECT country FROM volcanoes GROUP BY country HAVING COUNT(*) >= 5"),
    ask(10, "order", "按海拔从高到低列出欧洲的火山名称。", "List the names of the volcanoes in Europe from the highest to the lowest.", "SELECT name FROM volcanoes WHERE region = 'Europe' ORDER BY height DESC", ordered=True),
    ask(11, "filter", "名字以“Mount”开头的火山有哪些？", "Which volcanoes have a name starting with “Mount”?", "SELECT name FROM volcanoes WHERE name LIKE 'Mount%'"),
    ask(12, "distinct", "表中有多少种不同的火山类型？", "How many different volcano types are there?", "SELECT COUNT(DISTINCT kind) FROM volcanoes"),
    ask(13, "filter", "海拔在2000米到4000米之间的火山有多少座？", "How many volcanoes have an elevation between 2000 and 4000 metres?", "SELECT COUNT(*) FROM volcanoes WHERE height BETWEEN 2000 AND 4000"),
    ask(14, "superlative", "喷发次数最多的火山叫什么名字，位于哪个国家？", "What is the name and country of the volcano with the most eruptions?", "SELECT name, country FROM volcanoes ORDER BY eruptions DESC LIMIT 1"),
    ask(15, "measures", "火山口直径的平均值和最大值是多少？", "What are the average and the maximum crater diameter?", "SELECT AVG(crater), MAX(crater) FROM volcanoes"),
    ask(16, "filter", "哪些火山没有监测起始年份？", "Which volcanoes have no year of monitoring?", "SELECT name FROM volcanoes WHERE watched IS NULL"),
    ask(17, "filter", "不是层状火山（Stratovolcano）的火山有几座？", "How many volcanoes are not stratovolcanoes?", "SELECT COUNT(*) FROM volcanoes WHERE kind <> 'Stratovolcano'"),
    ask(18, "filter", "位于智利或墨西哥的活火山有多少座？", "How many active volcanoes are in Chile or Mexico?", "SELECT COUNT(*) FROM volcanoes WHERE active = 1 AND country IN ('Chile', 'Mexico')"),
    ask(19, "filter", "海拔高于平均海拔的火山的名字是什么？", "What are the names of the volcanoes higher than the average?", "SELECT name FROM volcanoes WHERE height > (SELECT AVG(height) FROM volcanoes)"),
    ask(20, "top", "10公里内人口最多的三座火山是哪些？", "What are the three volcanoes with the largest population within 10 km?", "SELECT name FROM volcanoes ORDER BY people DESC LIMIT 3", ordered=True),
    ask(21, "share", "活火山所占的百分比是多少？", "What percentage of the volcanoes is active?", "SELECT AVG(active) * 100.0 FROM volcanoes", percent=True),
    ask(22, "group", "对于每种火山类型，给出最高海拔和平均喷发次数。", "For each volcano type, give the maximum elevation and the average number of eruptions.", "SELECT kind, MAX(height), AVG(eruptions) FROM volcanoes GROUP BY kind"),
    refuse(23, "missing", "哪座火山的熔岩温度最高？", "Which volcano has the hottest lava?"),
    refuse(24, "forecast", "下一座喷发的会是哪座火山？", "Which volcano will erupt next?"),
    refuse(25, "missing", "最先登顶 Barroso 的人是谁？", "Who was the first to climb Barroso?"),
]  # fmt: skip

FILE = File("volcanoes.csv", [SHEET], QUESTIONS)
