"""Flats to let as a portal's export: snake_case headers, flags, a date."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, iso

AREAS = {"Riverside": 1.3, "Old Town": 1.5, "Hillcrest": 1.0, "Docklands": 1.2, "Northgate": 0.8}


def build():
    random = Random("rentals 2")
    rows, rents = [], set()
    while len(rows) < 110:
        area = random.choices(list(AREAS), weights=[4, 3, 5, 4, 6])[0]
        rooms = random.choice([1, 1, 2, 2, 3, 4])
        size = round(28 + rooms * random.uniform(14, 24), 1)
        rent = int(size * AREAS[area] * random.uniform(13, 19))
        if rent in rents:
            continue
        rents.add(rent)
        rows.append((f"R-{701 + len(rows)}", area, random.choice(["flat", "house", "studio"]), rooms, random.choice([1, 1, 2]), size, rent, random.random() < 0.35,
                     random.random() < 0.5, date(2024, 2, 1) + timedelta(days=random.randint(0, 180)), random.choice(["Hart & Co", "KeyHomes", "UrbanNest"])))
    return rows


SHEET = Sheet(
    name="rentals",
    columns=[
        Column("listing", "TEXT", "listing_id"),
        Column("area", "TEXT", "neighbourhood"),
        Column("type", "TEXT", "property_type"),
        Column("bedrooms", "INTEGER", "bedrooms"),
        Column("bathrooms", "INTEGER", "bathrooms"),
        Column("size", "REAL", "floor_area_sqm"),
        Column("rent", "INTEGER", "monthly_rent_eur"),
        Column("furnished", "INTEGER", "furnished", either("TRUE", "FALSE")),
        Column("pets", "INTEGER", "pets_allowed", either("TRUE", "FALSE")),
        Column("listed", "TEXT", "listed_on", iso),
        Column("agent", "TEXT", "agency"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "filter", "允许养宠物的两居室有几套？", "How many two-bedroom places allow pets?", "SELECT COUNT(*) FROM rentals WHERE bedrooms = 2 AND pets = 1"),
    ask(2, "average", "Old Town的平均月租是多少？", "What is the average monthly rent in Old Town?", "SELECT AVG(rent) FROM rentals WHERE area = 'Old Town'"),
    ask(3, "superlative", "平均租金最贵的街区是哪个？", "Which neighbourhood has the highest average rent?",
        "SELECT area FROM rentals GROUP BY area ORDER BY AVG(rent) DESC LIMIT 1"),
    ask(4, "superlative", "租金最低的房源编号是多少？", "What is the listing id of the cheapest property?", "SELECT listing FROM rentals ORDER BY rent LIMIT 1"),
    ask(5, "share", "带家具的房源占百分之几？", "What percentage of the listings are furnished?", "SELECT 100.0 * SUM(furnished) / COUNT(*) FROM rentals", percent=True),
    ask(6, "filter", "月租不超过1000欧的房子有几套？", "How many listings rent for 1000 euros or less?", "SELECT COUNT(*) FROM rentals WHERE rent <= 1000"),
    ask(7, "filter", "不带家具的别墅（house）有多少？", "How many houses are not furnished?", "SELECT COUNT(*) FROM rentals WHERE type = 'house' AND furnished = 0"),
    ask(8, "group", "每个中介有多少房源？", "How many listings does each agency have?", "SELECT agent, COUNT(*) FROM rentals GROUP BY agent"),
    ask(9, "group", "各户型（卧室数）的平均租金", "average rent by number of bedrooms", "SELECT bedrooms, AVG(rent) FROM rentals GROUP BY bedrooms"),
    ask(10, "list", "Docklands所有三居室的编号和租金", "ids and rents of all three-bedroom listings in Docklands",
        "SELECT listing, rent FROM rentals WHERE area = 'Docklands' AND bedrooms = 3"),
    ask(11, "time", "2024年5月新上架了多少套？", "How many listings were listed in May 2024?", "SELECT COUNT(*) FROM rentals WHERE month(listed) = '2024-05'"),
    ask(12, "superlative", "面积最大的房源在哪个街区？", "In which neighbourhood is the largest property by floor area?",
        "SELECT area FROM rentals ORDER BY size DESC LIMIT 1"),
    ask(13, "compare", "Riverside的平均租金比Northgate高多少？", "How much higher is the average rent in Riverside than in Northgate?",
        "SELECT AVG(CASE WHEN area = 'Riverside' THEN rent END) - AVG(CASE WHEN area = 'Northgate' THEN rent END) FROM rentals"),
    ask(14, "compare", "KeyHomes和UrbanNest谁的房源更多？", "Who has more listings, KeyHomes or UrbanNest?",
        "SELECT agent FROM rentals WHERE agent IN ('KeyHomes', 'UrbanNest') GROUP BY agent ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(15, "having", "平均面积大于65平米的街区有哪些？", "Which neighbourhoods have an average floor area over 65?",
        "SELECT area FROM rentals GROUP BY area HAVING AVG(size) > 65"),
    ask(16, "filter", "3个卧室以上（含3个）、2个卫生间的房子有几套？", "How many properties have at least 3 bedrooms and 2 bathrooms?",
        "SELECT COUNT(*) FROM rentals WHERE bedrooms >= 3 AND bathrooms = 2"),
    ask(17, "lookup", "R-715的租金和面积", "What are the rent and floor area of R-715?", "SELECT rent, size FROM rentals WHERE listing = 'R-715'"),
    ask(18, "superlative", "最近上架的房源是哪天上架的？", "What is the most recent listing date?", "SELECT MAX(listed) FROM rentals"),
    ask(19, "top", "租金最高的5套房源", "The 5 most expensive listings", "SELECT listing FROM rentals ORDER BY rent DESC LIMIT 5"),
    ask(20, "distinct", "有哪几种房屋类型？", "What property types are there?", "SELECT DISTINCT type FROM rentals"),
    ask(21, "filter", "既允许养宠物又带家具的studio有几套？", "How many studios are furnished and allow pets?",
        "SELECT COUNT(*) FROM rentals WHERE type = 'studio' AND furnished = 1 AND pets = 1"),
    refuse(22, "missing", "哪套离地铁站最近？", "Which listing is closest to the subway?"),
    refuse(23, "missing", "房东要求押几个月的押金？", "How many months of deposit does the landlord ask for?"),
]

FILE = File("rentals.csv", [SHEET], QUESTIONS, open=True)
