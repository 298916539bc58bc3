"""Countries as clean CSV, their figures made up around rough ones: population of two years; headers like pop_2020, gdp_usd_bn."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

# Name, capital, continent, area in thousand km², inhabitants in millions, GDP a head in thousand dollars, coast; rounded, then jittered.
SKETCH = """Norway Oslo Europe 385 5.4 76 1|Portugal Lisbon Europe 92 10.3 23 1|Hungary Budapest Europe 93 9.7 17 0
Austria Vienna Europe 84 8.9 49 0|Germany Berlin Europe 358 83 47 1|France Paris Europe 549 67 40 1|Italy Rome Europe 301 59 32 1
Poland Warsaw Europe 312 38 16 1|Iceland Reykjavik Europe 103 0.37 61 1|Slovakia Bratislava Europe 49 5.5 20 0
Greece Athens Europe 132 10.7 18 1|Sweden Stockholm Europe 450 10.4 53 1|Switzerland Bern Europe 41 8.6 86 0
Ireland Dublin Europe 70 5 85 1|Nigeria Abuja Africa 924 206 2.1 1|Kenya Nairobi Africa 580 53 2 1|Egypt Cairo Africa 1002 102 3.6 1
Ethiopia Addis_Ababa Africa 1104 115 0.9 0|Uganda Kampala Africa 241 45 0.85 0|Zambia Lusaka Africa 753 18.5 1 0
Ghana Accra Africa 239 31 2.2 1|Botswana Gaborone Africa 582 2.4 6.3 0|Morocco Rabat Africa 447 37 3.2 1
Mali Bamako Africa 1240 20 0.86 0|Tunisia Tunis Africa 164 11.8 3.5 1|Namibia Windhoek Africa 826 2.5 4.2 1
Japan Tokyo Asia 378 126 40 1|China Beijing Asia 9597 1411 10.4 1|India New_Delhi Asia 3287 1380 1.9 1
Mongolia Ulaanbaatar Asia 1564 3.3 4 0|Nepal Kathmandu Asia 147 29 1.15 0|Vietnam Hanoi Asia 331 97 3.5 1
Thailand Bangkok Asia 513 70 7.2 1|Laos Vientiane Asia 237 7.3 2.6 0|Indonesia Jakarta Asia 1905 274 3.9 1
Malaysia Kuala_Lumpur Asia 331 32.4 10.4 1|Kazakhstan Astana Asia 2725 18.8 9.1 0|Oman Muscat Asia 310 5.1 14.5 1
Jordan Amman Asia 89 10.2 4.3 1|Brazil Brasilia South_America 8516 213 6.8 1|Chile Santiago South_America 756 19.1 13.2 1
Peru Lima South_America 1285 33 6.1 1|Bolivia Sucre South_America 1099 11.7 3.1 0|Uruguay Montevideo South_America 176 3.5 15.4 1
Paraguay Asuncion South_America 407 7.1 5 0|Colombia Bogota South_America 1142 50.9 5.3 1|Canada Ottawa North_America 9985 38 43 1
Mexico Mexico_City North_America 1964 129 8.4 1|Cuba Havana North_America 110 11.3 9.1 1|Panama Panama_City North_America 75 4.3 12.5 1
Jamaica Kingston North_America 11 2.9 4.7 1|Guatemala Guatemala_City North_America 109 17.9 4.3 1
Australia Canberra Oceania 7692 25.7 52 1|New_Zealand Wellington Oceania 268 5.1 41 1|Fiji Suva Oceania 18 0.9 5 1
Samoa Apia Oceania 2.8 0.2 4 1"""
GROWTH = {"Europe": (-0.03, 0.06), "Africa": (0.18, 0.36), "Asia": (0.01, 0.17), "South America": (0.04, 0.16), "North America": (0.03, 0.15),
          "Oceania": (0.05, 0.19)}


def build():
    random = Random("countries 1")
    rows = []
    for number, line in enumerate(SKETCH.replace("\n", "|").split("|")):
        name, capital, continent, area, people, wealth, coast = (word.replace("_", " ") for word in line.split())
        area, people, wealth = float(area), float(people), float(wealth)
        now = int(people * 1e6 * random.uniform(0.97, 1.03))
        then = int(now / (1 + random.uniform(*GROWTH[continent])))
        rows.append((name, capital, continent, int(area * 1000 * random.uniform(0.99, 1.01)), then, now,
                     round(now * wealth * random.uniform(0.92, 1.08) / 1e6, 1),
                     None if number % 19 == 7 else round(min(84.6, 62 + 6 * wealth ** 0.33 + random.uniform(-3, 3)), 1),
                     None if number % 17 == 11 else round(min(98.7, 21 + 22 * wealth ** 0.31 + random.uniform(-8, 8)), 1), coast == "0"))
    return rows


SHEET = Sheet(
    name="countries",
    columns=[
        Column("country", "TEXT", "country"),
        Column("capital", "TEXT", "capital"),
        Column("continent", "TEXT", "continent"),
        Column("area", "INTEGER", "area_km2"),
        Column("pop_2010", "INTEGER", "pop_2010"),
        Column("pop_2020", "INTEGER", "pop_2020"),
        Column("gdp", "REAL", "gdp_usd_bn"),
        Column("life", "REAL", "life_expectancy"),
        Column("internet", "REAL", "internet_users_pct"),
        Column("landlocked", "INTEGER", "landlocked", either("true", "false")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "list", "哪些国家2020年住着超过一亿人？", "Which countries had more than 100 million inhabitants in 2020?",
        "SELECT country FROM countries WHERE pop_2020 > 100000000"),
    ask(2, "group", "帮我按洲数一下国家", "Could you count the countries on each continent for me?", "SELECT continent, COUNT(*) FROM countries GROUP BY continent"),
    ask(3, "superlative", "面积最大的国家是哪个？", "largest country by area", "SELECT country FROM countries ORDER BY area DESC LIMIT 1"),
    ask(4, "list", "肯尼亚的首都是哪里？", "What's the capital of Kenya?", "SELECT capital FROM countries WHERE country = 'Kenya'"),
    ask(5, "filter", "非洲有多少个内陆国？", "How many landlocked countries are there in Africa?",
        "SELECT COUNT(*) FROM countries WHERE continent = 'Africa' AND landlocked = 1"),
    ask(6, "sum", "欧洲国家2020年的总人口", "Total population of the European countries in 2020",
        "SELECT SUM(pop_2020) FROM countries WHERE continent = 'Europe'"),
    ask(7, "average", "亚洲国家的平均预期寿命是多少岁？", "How long do people live on average in Asian countries (mean life expectancy)?",
        "SELECT AVG(life) FROM countries WHERE continent = 'Asia'"),
    ask(8, "top", "GDP排前五的国家", "top 5 countries by GDP", "SELECT country FROM countries ORDER BY gdp DESC LIMIT 5", ordered=True),
    ask(9, "compare", "2020年人口比2010年还少的国家有哪些？", "Which countries had fewer people in 2020 than in 2010?",
        "SELECT country FROM countries WHERE pop_2020 < pop_2010"),
    ask(10, "growth", "尼日利亚2010年到2020年人口增长了百分之几？", "By what percent did Nigeria's population grow from 2010 to 2020?",
        "SELECT 100.0 * (1.0 * pop_2020 / pop_2010 - 1) FROM countries WHERE country = 'Nigeria'", percent=True),
    ask(11, "having", "哪些洲的国家数不少于8个？", "Continents that have at least 8 countries",
        "SELECT continent FROM countries GROUP BY continent HAVING COUNT(*) >= 8"),
    ask(12, "group", "各洲GDP合计", "total GDP per continent", "SELECT continent, SUM(gdp) FROM countries GROUP BY continent"),
    ask(13, "filter", "面积在30万到60万平方公里之间的国家有多少个？", "Number of countries with an area between 300,000 and 600,000 km²",
        "SELECT COUNT(*) FROM countries WHERE area BETWEEN 300000 AND 600000"),
    ask(14, "superlative", "南美洲面积最小的国家", "What's the smallest country in South America by area?",
        "SELECT country FROM countries WHERE continent = 'South America' ORDER BY area LIMIT 1"),
    ask(15, "list", "大洋洲各国的国名和首都", "Show me country and capital for everything in Oceania.",
        "SELECT country, capital FROM countries WHERE continent = 'Oceania'"),
    ask(16, "ratio", "2020年欧洲的人口密度是多少（总人口除以总面积）？", "What was Europe's population density in 2020, total population over total area?",
        "SELECT 1.0 * SUM(pop_2020) / SUM(area) FROM countries WHERE continent = 'Europe'"),
    ask(17, "compare", "预期寿命高于平均水平的非洲国家有几个？（平均按全部国家算）",
        "How many African countries have a life expectancy above the average of all countries?",
        "SELECT COUNT(*) FROM countries WHERE continent = 'Africa' AND life > (SELECT AVG(life) FROM countries)"),
    ask(18, "order", "把北美洲国家按2020年人口从少到多排列", "North American countries from least to most populous in 2020",
        "SELECT country FROM countries WHERE continent = 'North America' ORDER BY pop_2020", ordered=True),
    ask(19, "share", "非洲国家2020年人口占全部人口的百分之几？", "What share of the total 2020 population lives in Africa, in percent?",
        "SELECT 100.0 * SUM(CASE WHEN continent = 'Africa' THEN pop_2020 END) / SUM(pop_2020) FROM countries", percent=True),
    ask(20, "median", "各国GDP的中位数是多少（十亿美元）？", "What is the median GDP in billions of dollars?", "SELECT median(gdp) FROM countries"),
    ask(21, "filter", "上网的人不到一半的国家有多少？", "In how many countries is less than half of the population online?",
        "SELECT COUNT(*) FROM countries WHERE internet < 50"),
    ask(22, "filter", "没有网民比例数据的国家是哪几个？", "Which countries have no data on internet users?",
        "SELECT country FROM countries WHERE internet IS NULL"),
    ask(23, "measures", "亚洲国家预期寿命的最小值和最大值", "min and max life expectancy in Asia",
        "SELECT MIN(life), MAX(life) FROM countries WHERE continent = 'Asia'"),
    ask(24, "list", "既是内陆国、GDP又超过1000亿美元的国家有哪些？", "Which landlocked countries have a GDP above 100 billion dollars?",
        "SELECT country FROM countries WHERE landlocked = 1 AND gdp > 100"),
    ask(25, "derived", "中国和印度2020年的人口差多少？", "What's the difference between the 2020 populations of China and India?",
        "SELECT ABS(SUM(CASE WHEN country = 'China' THEN pop_2020 ELSE -pop_2020 END)) FROM countries WHERE country IN ('China', 'India')"),
    ask(26, "average", "内陆国的平均面积有多大？", "How big is a landlocked country on average, in km²?",
        "SELECT AVG(area) FROM countries WHERE landlocked = 1"),
    ask(27, "superlative", "从2010到2020年，哪个国家的人口增加得最多（按人数）？", "Which country gained the most people between 2010 and 2020?",
        "SELECT country FROM countries ORDER BY pop_2020 - pop_2010 DESC LIMIT 1"),
    ask(28, "filter", "法国、德国和意大利三国的GDP加起来是多少？", "Add up the GDP of France, Germany and Italy.",
        "SELECT SUM(gdp) FROM countries WHERE country IN ('France', 'Germany', 'Italy')"),
    ask(36, "top", "预期寿命最低的三个国家，连数字一起给我", "bottom 3 countries by life expectancy, with the figures",
        "SELECT country, life FROM countries WHERE life IS NOT NULL ORDER BY life LIMIT 3", ordered=True),
    refuse(29, "missing", "哪个国家的失业率最高？", "Which country has the highest unemployment rate?"),
    refuse(30, "missing", "有多少国家说西班牙语？", "How many countries are Spanish-speaking?"),
    refuse(31, "ambiguous", "巴西的人口是多少？", "What's the population of Brazil?"),
    refuse(32, "forecast", "2050年印度会有多少人？", "How many people will live in India in 2050?"),
    refuse(33, "opinion", "哪个国家最适合旅游？", "Which country is best for a holiday?"),
    refuse(34, "contradiction", "同时位于欧洲和非洲的国家有几个？", "How many countries have Europe as their continent and also Africa?"),
    refuse(35, "missing", "1990年巴西有多少人口？", "What was Brazil's population in 1990?"),
]

FILE = File("world_countries.csv", [SHEET], QUESTIONS)
