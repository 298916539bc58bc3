"""Electricity by country and year as a statistics office publishes it: one row for each pair."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet

COUNTRIES = {"Norway": ("Europe", 140), "Germany": ("Europe", 560), "Portugal": ("Europe", 52), "Chile": ("South America", 80),
             "Brazil": ("South America", 640), "Japan": ("Asia", 980), "Vietnam": ("Asia", 210), "Kenya": ("Africa", 12), "Egypt": ("Africa", 190)}


def build():
    random = Random("electricity 1")
    rows = []
    for country, (region, base) in COUNTRIES.items():
        share = random.uniform(12, 88)
        for year in range(2017, 2024):
            made = round(base * random.uniform(0.93, 1.1), 1)
            share = min(99.0, share + random.uniform(-1.5, 3))
            rows.append((country, region, year, made, round(made * random.uniform(0.88, 1.06), 1), round(share, 1), round(made * random.uniform(0.04, 0.6), 2),
                         round(random.uniform(0.06, 0.39), 3)))
    return rows


SHEET = Sheet(
    name="electricity",
    columns=[
        Column("country", "TEXT", "country"),
        Column("region", "TEXT", "region"),
        Column("year", "INTEGER", "year"),
        Column("made", "REAL", "generation_twh"),
        Column("used", "REAL", "consumption_twh"),
        Column("renewable", "REAL", "renewable_share_pct"),
        Column("co2", "REAL", "co2_emissions_mt"),
        Column("price", "REAL", "price_usd_per_kwh"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "lookup", "2020年日本的发电量是多少？", "How much electricity did Japan generate in 2020?",
        "SELECT made FROM electricity WHERE country = 'Japan' AND year = 2020"),
    ask(2, "superlative", "2023年哪个国家的二氧化碳排放最多？", "Which country had the highest CO2 emissions in 2023?",
        "SELECT country FROM electricity WHERE year = 2023 ORDER BY co2 DESC LIMIT 1"),
    ask(3, "sum", "2022年欧洲国家的总用电量", "total consumption of the European countries in 2022",
        "SELECT SUM(used) FROM electricity WHERE region = 'Europe' AND year = 2022"),
    ask(4, "superlative", "埃及哪一年的电价最低？", "In which year was the price in Egypt lowest?",
        "SELECT year FROM electricity WHERE country = 'Egypt' ORDER BY price LIMIT 1"),
    ask(5, "group", "每年的总发电量", "total generation for each year", "SELECT year, SUM(made) FROM electricity GROUP BY year"),
    ask(6, "filter", "2023年可再生能源占比超过50%的国家有几个？", "In 2023, how many countries had a renewable share above 50%?",
        "SELECT COUNT(*) FROM electricity WHERE year = 2023 AND renewable > 50"),
    ask(7, "compare", "2019年德国的发电量比巴西多还是少，差多少？", "What is the difference between Germany's and Brazil's generation in 2019?",
        "SELECT MAX(made) - MIN(made) FROM electricity WHERE year = 2019 AND country IN ('Germany', 'Brazil')"),
    ask(8, "average", "2018年到2021年肯尼亚的平均电价", "Kenya's average price from 2018 to 2021",
        "SELECT AVG(price) FROM electricity WHERE country = 'Kenya' AND year BETWEEN 2018 AND 2021"),
    ask(9, "distinct", "表里一共有多少个国家？", "How many countries are in the table?", "SELECT COUNT(DISTINCT country) FROM electricity"),
    ask(10, "growth", "智利的发电量从2017年到2023年增长了多少？", "By how much did Chile's generation change from 2017 to 2023?",
        "SELECT (SELECT made FROM electricity WHERE country = 'Chile' AND year = 2023) - (SELECT made FROM electricity WHERE country = 'Chile' AND year = 2017)"),
    ask(11, "top", "2021年用电量最高的三个国家", "the three countries with the highest consumption in 2021",
        "SELECT country FROM electricity WHERE year = 2021 ORDER BY used DESC LIMIT 3"),
    ask(12, "list", "2022年越南的电价和排放量分别是多少？", "What were Vietnam's price and emissions in 2022?",
        "SELECT price, co2 FROM electricity WHERE country = 'Vietnam' AND year = 2022"),
    ask(13, "filter", "哪些国家在2020年用电量超过发电量？", "Which countries consumed more than they generated in 2020?",
        "SELECT country FROM electricity WHERE year = 2020 AND used > made"),
    ask(14, "superlative", "历年平均可再生占比最高的国家是哪个？", "Which country has the highest average renewable share?",
        "SELECT country FROM electricity GROUP BY country ORDER BY AVG(renewable) DESC LIMIT 1"),
    ask(15, "max", "葡萄牙最高的一年发了多少电？", "What is the maximum generation of Portugal?", "SELECT MAX(made) FROM electricity WHERE country = 'Portugal'"),
    ask(16, "share", "2023年巴西的发电量占全部国家的百分之几？", "What percentage of total generation in 2023 came from Brazil?",
        "SELECT 100.0 * SUM(CASE WHEN country = 'Brazil' THEN made END) / SUM(made) FROM electricity WHERE year = 2023", percent=True),
    ask(17, "filter", "除了挪威，2023年哪个国家的可再生占比最高？", "Excluding Norway, which country had the highest renewable share in 2023?",
        "SELECT country FROM electricity WHERE year = 2023 AND country <> 'Norway' ORDER BY renewable DESC LIMIT 1"),
    ask(18, "group", "按地区统计国家数量", "number of countries in each region", "SELECT region, COUNT(DISTINCT country) FROM electricity GROUP BY region"),
    ask(19, "compare", "2023年，挪威和葡萄牙谁的电价更高？", "Who had the higher price in 2023, Norway or Portugal?",
        "SELECT country FROM electricity WHERE year = 2023 AND country IN ('Norway', 'Portugal') ORDER BY price DESC LIMIT 1"),
    refuse(20, "missing", "哪个国家的核电站最多？", "Which country has the most nuclear reactors?"),
    refuse(21, "forecast", "2030年德国的用电量会是多少？", "What will Germany's consumption be in 2030?"),
    refuse(22, "cause", "日本的电价为什么上涨？", "Why did prices rise in Japan?"),
]

FILE = File("electricity.csv", [SHEET], QUESTIONS, open=True)
