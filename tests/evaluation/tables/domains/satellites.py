"""Satellites in snake_case: launch dates, country codes, missing power figures, orbits by their abbreviations."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet

FAMILIES = ["Aurora", "Kestrel", "Meridian", "Pathfinder", "Tianlu", "Helios", "Borealis", "Nimbus"]
OPERATORS = {"Orbitel": "US", "SkyMap Inc": "US", "EuroComsat": "FR", "Tianlu Space": "CN", "Nordic Orbit": "NO", "Hikari Systems": "JP"}
SITES = ["Kourou", "Cape Canaveral", "Jiuquan", "Vandenberg", "Tanegashima"]


def build():
    random = Random("satellites 1")
    masses = random.sample(range(180, 6400), 48)
    days = sorted(random.sample(range(0, 7600), 48))
    rows = []
    for number in range(48):
        operator = random.choices(list(OPERATORS), weights=[9, 6, 8, 7, 4, 5])[0]
        launched = date(2003, 2, 14) + timedelta(days=days[number])
        orbit = random.choices(["LEO", "GEO", "MEO", "SSO"], weights=[8, 6, 3, 5])[0]
        life = random.choice([3, 5, 7, 10, 12, 15])
        status = "Lost" if random.random() < 0.1 else "Retired" if launched.year + life < 2022 else "Active"
        rows.append((
            3000 + number, f"{random.choice(FAMILIES)}-{number + 1}", operator, OPERATORS[operator], launched.isoformat(), orbit, masses[number],
            None if random.random() < 0.2 else random.randrange(300, 15000, 20), life, status, random.choice(SITES),
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="satellites",
    columns=[
        Column("id", "INTEGER", "sat_id"),
        Column("name", "TEXT", "sat_name"),
        Column("operator", "TEXT", "operator"),
        Column("country", "TEXT", "country_code"),
        Column("launched", "TEXT", "launch_date"),
        Column("orbit", "TEXT", "orbit_type"),
        Column("mass", "INTEGER", "launch_mass_kg"),
        Column("power", "INTEGER", "power_w"),
        Column("life", "INTEGER", "design_life_yr"),
        Column("status", "TEXT", "status"),
        Column("site", "TEXT", "launch_site"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "卫星的数量是多少？", "What is the number of satellites?", "SELECT COUNT(*) FROM satellites"),
    ask(2, "group", "每种轨道类型各有多少颗卫星？", "How many satellites are there in each orbit type?", "SELECT orbit, COUNT(*) FROM satellites GROUP BY orbit"),
    ask(3, "filter", "状态为Retired的卫星有多少颗？", "How many satellites are retired?", "SELECT COUNT(*) FROM satellites WHERE status = 'Retired'"),
    ask(4, "superlative", "最重的卫星的名称和运营商是什么？", "What are the name and the operator of the heaviest satellite?", "SELECT name, operator FROM satellites ORDER BY mass DESC LIMIT 1"),
    ask(5, "time", "2015年之后发射的卫星有多少颗？", "How many satellites were launched after 2015?", "SELECT COUNT(*) FROM satellites WHERE launched >= '2016-01-01'"),
    ask(6, "distinct", "有多少个不同的发射场？", "How many distinct launch sites are there?", "SELECT COUNT(DISTINCT site) FROM satellites"),
    ask(7, "average", "GEO轨道卫星的平均发射质量是多少？", "What is the average launch mass of satellites in GEO orbit?", "SELECT AVG(mass) FROM satellites WHERE orbit = 'GEO'"),
    ask(8, "list", "给出每颗卫星的名称、发射日期和状态。", "Give the name, launch date and status of each satellite.", "SELECT name, launched, status FROM satellites"),
    ask(9, "having", "找出运营不少于8颗卫星的运营商。", "Find the operators that operate at least 8 satellites.", "SELECT operator FROM satellites GROUP BY operator HAVING COUNT(*) >= 8"),
    ask(10, "superlative", "最近一次发射的是哪颗卫星？", "Which satellite was launched most recently?", "SELECT name FROM satellites ORDER BY launched DESC LIMIT 1"),
    ask(11, "filter", "列出从Kourou或Vandenberg发射的在役卫星的名称。", "List the names of the active satellites launched from Kourou or Vandenberg.",
        "SELECT name FROM satellites WHERE status = 'Active' AND site IN ('Kourou', 'Vandenberg')"),
    ask(12, "filter", "哪些卫星没有功率数据？", "Which satellites have no power value?", "SELECT name FROM satellites WHERE power IS NULL"),
    ask(13, "compare", "发射质量小于平均发射质量的LEO卫星有哪些？", "Which LEO satellites have a launch mass below the average launch mass of all satellites?",
        "SELECT name FROM satellites WHERE orbit = 'LEO' AND mass < (SELECT AVG(mass) FROM satellites)"),
    ask(14, "time", "按年份统计发射的卫星数量。", "How many satellites were launched in each year?", "SELECT year(launched), COUNT(*) FROM satellites GROUP BY 1"),
    ask(15, "superlative", "哪个运营商的卫星总质量最大？", "Which operator has the largest total launch mass?", "SELECT operator FROM satellites GROUP BY operator ORDER BY SUM(mass) DESC LIMIT 1"),
    ask(16, "measures", "设计寿命的最小值和最大值是多少？", "What are the shortest and the longest design life?", "SELECT MIN(life), MAX(life) FROM satellites"),
    ask(17, "group", "显示每个国家代码和对应的最大功率。", "Show each country code with the corresponding maximum power.", "SELECT country, MAX(power) FROM satellites GROUP BY country"),
    ask(18, "filter", "设计寿命超过10年且发射质量低于2000千克的卫星的id是什么？", "What are the ids of the satellites with a design life of more than 10 years and a launch mass under 2000 kg?",
        "SELECT id FROM satellites WHERE life > 10 AND mass < 2000"),
    ask(19, "order", "按发射质量从小到大显示中国（CN）卫星的名称。", "Show the names of the Chinese (CN) satellites from the lightest to the heaviest.",
        "SELECT name FROM satellites WHERE country = 'CN' ORDER BY mass", ordered=True),
    ask(20, "filter", "不属于Orbitel的卫星中有多少颗仍在役？", "How many of the satellites not operated by Orbitel are still active?",
        "SELECT COUNT(*) FROM satellites WHERE operator <> 'Orbitel' AND status = 'Active'"),
    refuse(21, "missing", "哪颗卫星的造价最高？", "Which satellite was the most expensive to build?"),
    refuse(22, "forecast", "明年会发射多少颗卫星？", "How many satellites will be launched next year?"),
    refuse(23, "cause", "为什么有些卫星失联了？", "Why were some of the satellites lost?"),
]

FILE = File("satellites.csv", [SHEET], QUESTIONS)
