"""Cars and their makers in a clean workbook: snake_case headers, two sheets joined by the make, electric cars without cylinders."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, itself

MAKERS = [
    ("Aurel", "Germany", "Stuttgart", 1911, 164000, True), ("Brandt", "Germany", "Leipzig", 1934, 58200, True),
    ("Kaito", "Japan", "Nagoya", 1937, 201500, True), ("Hoshino", "Japan", "Hiroshima", 1948, 77300, True),
    ("Redstone", "USA", "Detroit", 1908, 143800, True), ("Larkspur", "USA", "Austin", 2006, 39600, True),
    ("Laviotte", "France", "Lyon", 1919, 92400, True), ("Torresi", "Italy", "Modena", 1946, 4700, False),
    ("Nordvik", "Sweden", "Gothenburg", 1927, 41100, False), ("Hanseong", "South Korea", "Ulsan", 1967, 118900, True),
]
DEAR = {"Aurel": 1.45, "Brandt": 1.2, "Torresi": 3.2, "Nordvik": 1.25, "Larkspur": 1.3}
NAMES = ["Alba", "Orion", "Swift", "Vega", "Terra", "Nova", "Falcon", "Pico", "Delta", "Mira", "Atlas", "Juno", "Comet", "Lynx",
         "Strada", "Ridge", "Coast", "Summit", "Echo", "Onyx"]
BODIES = {"Sedan": 1430, "SUV": 1790, "Hatchback": 1190, "Coupe": 1380, "Pickup": 2080, "Wagon": 1520}
FUELS = ["Petrol"] * 6 + ["Diesel"] * 3 + ["Hybrid"] * 3 + ["Electric"] * 2


def build():
    random = Random("cars 4")
    rows = []
    for number in range(150):
        make, origin, *_ = random.choices(MAKERS, weights=[18, 11, 22, 14, 19, 9, 13, 6, 8, 16])[0]
        model = f"{NAMES[number % 20]} {number // 20 * 100 + random.choice([10, 30, 50, 70])}"
        body = random.choices(list(BODIES), weights=[7, 8, 6, 3, 2, 3])[0]
        fuel = random.choice(FUELS)
        weight = int(BODIES[body] * random.uniform(0.86, 1.16)) + (260 if fuel == "Electric" else 0)
        cylinders = None if fuel == "Electric" else random.choice([3, 4, 4, 4, 4, 6, 6, 8])
        power = int(weight * random.uniform(0.07, 0.13) + (cylinders or 7) * 14 + (110 if make == "Torresi" else 0))
        drink = {"Petrol": 1, "Diesel": 0.78, "Hybrid": 0.6, "Electric": 0}[fuel] * (weight / 330 + power / 65) * random.uniform(0.86, 1.1)
        price = int(weight * 9 + power * 85 * random.uniform(0.8, 1.2)) * DEAR.get(make, 1) // 10 * 10
        rows.append((f"C{number + 1:03d}", model, make, origin, random.randint(2012, 2024), body, fuel, cylinders, power, weight,
                     round(drink, 1) or None, round(15.5 - 9.5 * (power / weight * 5) ** 0.7 + random.uniform(-0.6, 0.6), 1),
                     None if random.random() < 0.05 else int(price), body in ("SUV", "Pickup") and random.random() < 0.6))
    return rows


CARS = Sheet(
    name="cars",
    title="cars",
    columns=[
        Column("car_id", "TEXT", "car_id"),
        Column("model", "TEXT", "model"),
        Column("make", "TEXT", "make"),
        Column("origin", "TEXT", "origin"),
        Column("model_year", "INTEGER", "model_year", itself),
        Column("body_style", "TEXT", "body_style"),
        Column("fuel", "TEXT", "fuel"),
        Column("cylinders", "INTEGER", "cylinders", itself),
        Column("hp", "INTEGER", "hp", itself),
        Column("weight_kg", "INTEGER", "weight_kg", itself),
        Column("consumption", "REAL", "fuel_l_per_100km", itself),
        Column("sprint", "REAL", "accel_0_100_s", itself),
        Column("price_usd", "INTEGER", "price_usd", itself),
        Column("awd", "INTEGER", "awd", either("yes", "no")),
    ],
    rows=build(),
)
MAKES = Sheet(
    name="makers",
    title="makers",
    columns=[
        Column("make", "TEXT", "make"),
        Column("hq_city", "TEXT", "hq_city"),
        Column("founded", "INTEGER", "founded", itself),
        Column("employees", "INTEGER", "employees", itself),
        Column("listed", "INTEGER", "publicly_listed", either("yes", "no")),
    ],
    rows=[(make, *rest) for make, _, *rest in MAKERS],
)

QUESTIONS = [
    ask(1, "superlative", "哪个车型的油耗最低？", "Which model has the lowest fuel consumption?",
        "SELECT model FROM cars WHERE consumption IS NOT NULL ORDER BY consumption LIMIT 1"),
    ask(2, "filter", "日本车有多少款？", "How many Japanese cars are there?", "SELECT COUNT(*) FROM cars WHERE origin = 'Japan'"),
    ask(3, "average", "德国车平均多少马力？", "average horsepower of German cars", "SELECT AVG(hp) FROM cars WHERE origin = 'Germany'"),
    ask(4, "group", "各品牌均价", "avg price by brand", "SELECT make, AVG(price_usd) FROM cars GROUP BY make"),
    ask(5, "top", "马力最大的5款车型，连马力一起列出来", "What are the five most powerful models, and how many horsepower does each have?",
        "SELECT model, hp FROM cars ORDER BY hp DESC LIMIT 5", ordered=True),
    ask(6, "filter", "车重在1200到1500公斤之间的有几款？", "How many cars weigh between 1,200 and 1,500 kg?",
        "SELECT COUNT(*) FROM cars WHERE weight_kg BETWEEN 1200 AND 1500"),
    ask(7, "measures", "车重最轻和最重分别是多少公斤？", "min and max weight of the cars", "SELECT MIN(weight_kg), MAX(weight_kg) FROM cars"),
    ask(8, "distinct", "这些车来自几个国家？", "How many countries do these cars come from?", "SELECT COUNT(DISTINCT origin) FROM cars"),
    ask(9, "having", "哪些品牌的车型不少于18款？", "Which makes have at least 18 cars?",
        "SELECT make FROM cars GROUP BY make HAVING COUNT(*) >= 18"),
    ask(10, "filter", "不是柴油的车一共多少款？", "Cars that aren't diesels: how many are there?",
        "SELECT COUNT(*) FROM cars WHERE fuel <> 'Diesel'"),
    ask(11, "list", "四驱的混动车都有哪些车型？", "Which models are hybrids with AWD?",
        "SELECT model FROM cars WHERE fuel = 'Hybrid' AND awd = 1"),
    ask(12, "group", "按产地和燃料类型统计车款数", "Number of cars for each origin and fuel type",
        "SELECT origin, fuel, COUNT(*) FROM cars GROUP BY origin, fuel"),
    ask(13, "order", "把各种车身类型按平均车重从重到轻排一下", "Sort the body styles by average weight, heaviest first.",
        "SELECT body_style, AVG(weight_kg) FROM cars GROUP BY body_style ORDER BY AVG(weight_kg) DESC", ordered=True),
    ask(14, "compare", "价格高于平均价的车有多少款？", "How many cars cost more than the average price?",
        "SELECT COUNT(*) FROM cars WHERE price_usd > (SELECT AVG(price_usd) FROM cars)"),
    ask(15, "median", "SUV的价格中位数是多少美元？", "Median price of the SUVs, please.",
        "SELECT median(price_usd) FROM cars WHERE body_style = 'SUV'"),
    ask(16, "share", "电动车占全部车款的百分之几？", "What percentage of all cars are electric?",
        "SELECT 100.0 * SUM(fuel = 'Electric') / COUNT(*) FROM cars", percent=True),
    ask(17, "time", "2018到2020年款的车有多少？", "How many cars are from model years 2018 to 2020?",
        "SELECT COUNT(*) FROM cars WHERE model_year BETWEEN 2018 AND 2020"),
    ask(18, "list", "超过300马力的意大利车，车型和价格给我看看", "Model and price of Italian cars with more than 300 hp",
        "SELECT model, price_usd FROM cars WHERE origin = 'Italy' AND hp > 300"),
    ask(19, "superlative", "哪个牌子的车型最多？", "Which brand has the most models?",
        "SELECT make FROM cars GROUP BY make ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(20, "join", "按厂商总部所在城市统计车款数量", "How many cars are there per headquarters city of the maker?",
        "SELECT hq_city, COUNT(*) FROM cars JOIN makers USING (make) GROUP BY hq_city"),
    ask(21, "join", "1930年以前成立的厂商一共有多少款车？", "How many cars come from makers founded before 1930?",
        "SELECT COUNT(*) FROM cars JOIN makers USING (make) WHERE founded < 1930"),
    ask(22, "superlative", "哪家厂商成立得最早？", "Which maker was founded first?", "SELECT make FROM makers ORDER BY founded LIMIT 1"),
    ask(23, "sum", "所有厂商加起来有多少员工？", "How many people do all the makers employ together?", "SELECT SUM(employees) FROM makers"),
    ask(24, "derived", "最贵的车和最便宜的车差多少美元？", "What is the difference between the highest and the lowest car price?",
        "SELECT MAX(price_usd) - MIN(price_usd) FROM cars"),
    ask(25, "superlative", "四缸车里最重的是哪个车型？", "What's the heaviest model with 4 cylinders?",
        "SELECT model FROM cars WHERE cylinders = 4 ORDER BY weight_kg DESC LIMIT 1"),
    ask(26, "filter", "法国或者瑞典的旅行车（Wagon）有几款？", "How many wagons are either French or Swedish?",
        "SELECT COUNT(*) FROM cars WHERE body_style = 'Wagon' AND origin IN ('France', 'Sweden')"),
    ask(27, "group", "每种车身类型的最大马力", "Top horsepower for every body style", "SELECT body_style, MAX(hp) FROM cars GROUP BY body_style"),
    ask(28, "list", "没上市的厂商有哪些？", "Which makers are not publicly listed?", "SELECT make FROM makers WHERE listed = 0"),
    refuse(29, "missing", "哪款车的极速最高？", "Which car has the highest top speed?"),
    refuse(30, "missing", "红色的车有几款？", "How many of the cars are red?"),
    refuse(31, "opinion", "哪款车最好看？", "Which car looks the nicest?"),
    refuse(32, "forecast", "明年电动车的均价会降到多少？", "What will electric cars cost on average next year?"),
    refuse(33, "contradiction", "既是纯电动又是柴油的车有几款？", "How many cars have Electric as their fuel and Diesel as well?"),
    ask(35, "superlative", "零到一百公里加速最快的是哪款车型？", "Which model is the quickest from 0 to 100 km/h?",
        "SELECT model FROM cars ORDER BY sprint LIMIT 1"),
    refuse(34, "ambiguous", "混动车的平均值是多少？", "What's the average for hybrids?"),
]

FILE = File("cars.xlsx", [CARS, MAKES], QUESTIONS)
