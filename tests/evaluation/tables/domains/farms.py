"""Harvests of farms: yields such as 1.2万, months as 2024年9月, prices not yet known; a title
above the header, and full-width parentheses."""

from datetime import date
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

FARMS = {"青山农场": "黑龙江", "绿源农场": "河南", "丰年合作社": "山东", "禾田家庭农场": "河南", "北斗农场": "黑龙江", "甘泉合作社": "陕西"}
CROPS = {"小麦": (430, 2.6, 6), "玉米": (560, 2.3, 9), "水稻": (520, 2.9, 10), "大豆": (150, 5.1, 10), "苹果": (1700, 6.4, 11)}


def build():
    random = Random("farms")
    rows = []
    for year in (2022, 2023, 2024):
        for farm, province in FARMS.items():
            for crop in random.sample(list(CROPS), 4):
                yielded, price, month = CROPS[crop]
                area = random.randint(45, 900)
                kilos = round(area * yielded * random.uniform(0.75, 1.2), -2)
                sold = round(price * random.uniform(0.85, 1.2), 2) if random.random() < 0.9 else None
                rows.append((farm, province, crop, date(year, month + random.choice([-1, 0, 0]), 1), area, int(kilos), sold,
                             random.random() < 0.5, random.choice(["一等", "二等", "二等", "三等"])))
    return rows


def tens_of_thousands(kilos):
    return f"{kilos / 10000:g}万" if kilos >= 10000 else str(kilos)


SHEET = Sheet(
    name="farms",
    columns=[
        Column("farm", "TEXT", "农场名称"),
        Column("province", "TEXT", "省份"),
        Column("crop", "TEXT", "作物"),
        Column("harvested", "TEXT", "收获月份", lambda day: f"{day.year}年{day.month}月"),
        Column("area", "INTEGER", "种植面积（亩）"),
        Column("kilos", "INTEGER", "产量（公斤）", tens_of_thousands),
        Column("price", "REAL", "收购价（元/公斤）", null="/"),
        Column("irrigated", "INTEGER", "是否灌溉", either("是", "否")),
        Column("quality", "TEXT", "等级"),
    ],
    rows=build(),
    above=[["农场收成台账", *[""] * 8]],
)

QUESTIONS = [
    ask(1, "sum", "三年下来总产量有多少公斤?", "What was the total yield in kilograms over all the years?", "SELECT SUM(kilos) FROM farms"),
    ask(2, "group", "各种作物的总产量分别是多少", "Total yield for each crop", "SELECT crop, SUM(kilos) FROM farms GROUP BY crop"),
    ask(3, "filter", "河南的小麦一共收了多少公斤?", "How many kilos of wheat were harvested in Henan?",
        "SELECT SUM(kilos) FROM farms WHERE province = '河南' AND crop = '小麦'"),
    ask(4, "time", "2023年哪个农场的产量最高?", "Which farm produced the most in 2023?",
        "SELECT farm FROM farms WHERE year(harvested) = '2023' GROUP BY farm ORDER BY SUM(kilos) DESC LIMIT 1"),
    ask(5, "average", "苹果的平均收购价", "What's the average purchase price of apples?", "SELECT AVG(price) FROM farms WHERE crop = '苹果'"),
    ask(6, "time", "每年总产量是多少?", "Yield by year", "SELECT year(harvested), SUM(kilos) FROM farms GROUP BY year(harvested)"),
    ask(7, "filter", "种植面积大于500亩的记录有几条?", "How many records have a planted area over 500 mu?", "SELECT COUNT(*) FROM farms WHERE area > 500"),
    ask(8, "filter", "评为一等的大豆记录有多少条?", "How many soybean (大豆) records were graded 一等?",
        "SELECT COUNT(*) FROM farms WHERE crop = '大豆' AND quality = '一等'"),
    ask(9, "distinct", "涉及哪些省份?", "Which provinces are covered?", "SELECT DISTINCT province FROM farms"),
    ask(10, "filter", "收购价缺失的有几条记录?", "How many records lack a purchase price?", "SELECT COUNT(*) FROM farms WHERE price IS NULL"),
    ask(11, "max", "水稻单条记录的最高产量是多少公斤?", "What is the biggest single rice (水稻) harvest, in kg?",
        "SELECT MAX(kilos) FROM farms WHERE crop = '水稻'"),
    ask(12, "group", "分省份、分作物的种植面积合计", "Planted area by province and crop", "SELECT province, crop, SUM(area) FROM farms GROUP BY province, crop"),
    ask(13, "order", "农场按种植总面积从大到小排名", "Rank farms by total planted area from largest to smallest.",
        "SELECT farm, SUM(area) FROM farms GROUP BY farm ORDER BY SUM(area) DESC", ordered=True),
    ask(14, "sum", "灌溉地的总面积是多少亩?", "Total area of irrigated land (mu)", "SELECT SUM(area) FROM farms WHERE irrigated = 1"),
    ask(15, "sum", "北斗农场2024年的产值(产量×收购价)是多少元?", "For 北斗农场 in 2024, what is yield times purchase price, summed up?",
        "SELECT SUM(kilos * price) FROM farms WHERE farm = '北斗农场' AND year(harvested) = '2024'"),
    ask(16, "count", "黑龙江有多少条收成记录?", "How many harvest records are from Heilongjiang?", "SELECT COUNT(*) FROM farms WHERE province = '黑龙江'"),
    ask(17, "ratio", "平均每亩产多少公斤玉米(总产量除以总面积)?", "For maize (玉米), what is total yield divided by total planted area?",
        "SELECT 1.0 * SUM(kilos) / SUM(area) FROM farms WHERE crop = '玉米'"),
    ask(18, "top", "总产量排前三的农场", "The three farms with the largest total yield",
        "SELECT farm FROM farms GROUP BY farm ORDER BY SUM(kilos) DESC LIMIT 3", ordered=True),
    ask(19, "growth", "2024年总产量比2023年增长了百分之多少?", "What was the percentage change in total yield from 2023 to 2024?",
        "SELECT 100.0 * (1.0 * SUM(CASE WHEN year(harvested) = '2024' THEN kilos END)"
        " / SUM(CASE WHEN year(harvested) = '2023' THEN kilos END) - 1) FROM farms", percent=True),
    ask(20, "filter", "产量在10万到20万公斤之间的记录有几条?", "How many records have a yield between 100,000 and 200,000 kg?",
        "SELECT COUNT(*) FROM farms WHERE kilos BETWEEN 100000 AND 200000"),
    ask(21, "having", "总种植面积超过6000亩的省份有哪些?", "Which provinces have more than 6,000 mu of planted area in total?",
        "SELECT province FROM farms GROUP BY province HAVING SUM(area) > 6000"),
    ask(22, "filter", "名字以“合作社”结尾的农场有几家?", "How many different farms have 合作社 in their name?",
        "SELECT COUNT(DISTINCT farm) FROM farms WHERE farm LIKE '%合作社'"),
    ask(23, "share", "玉米产量占总产量的百分之几?", "What percentage of total yield is maize (玉米)?",
        "SELECT 100.0 * SUM(CASE WHEN crop = '玉米' THEN kilos END) / SUM(kilos) FROM farms", percent=True),
    refuse(24, "missing", "用了多少吨化肥?", "How many tonnes of fertiliser were used?"),
    refuse(25, "missing", "农场有多少名工人?", "How many workers do the farms employ?"),
    refuse(26, "forecast", "2027年小麦收购价会是多少?", "What will the purchase price of wheat be in 2027?"),
    refuse(27, "cause", "干旱让产量损失了多少?", "How much of the harvest was lost to drought?"),
    refuse(28, "opinion", "哪种作物最有前途?", "Which crop is the most promising?"),
    refuse(29, "contradiction", "面积小于100亩且大于800亩的记录有几条?", "How many records have an area below 100 mu and above 800 mu?"),
    refuse(30, "unknown-word", "各农场的哞哞总数", "how many kilos of wumpus"),
    ask(31, "time", "陕西2022年一共种了多少亩?", "How many mu were planted in Shaanxi in 2022?",
        "SELECT SUM(area) FROM farms WHERE province = '陕西' AND year(harvested) = '2022'"),
    ask(32, "average", "二等品的平均收购价是多少?", "average purchase price for quality 二等", "SELECT AVG(price) FROM farms WHERE quality = '二等'"),
    ask(33, "filter", "没有灌溉的小麦总产量", "Total yield of wheat (小麦) that was not irrigated",
        "SELECT SUM(kilos) FROM farms WHERE crop = '小麦' AND irrigated = 0"),
    ask(34, "superlative", "平均收购价最高的作物是什么?", "Which crop has the highest average purchase price?",
        "SELECT crop FROM farms GROUP BY crop ORDER BY AVG(price) DESC LIMIT 1"),
    ask(35, "filter", "青山农场和绿源农场2024年产量合计", "2024 yield of 青山农场 and 绿源农场 combined",
        "SELECT SUM(kilos) FROM farms WHERE farm IN ('青山农场', '绿源农场') AND year(harvested) = '2024'"),
    ask(36, "group", "每个等级各有几条记录?", "number of records per quality grade", "SELECT quality, COUNT(*) FROM farms GROUP BY quality"),
    refuse(37, "missing", "有机大豆产了多少公斤?", "How many kilos of organic soybeans were grown?"),
    refuse(38, "missing", "出口的苹果有多少?", "How many apples were exported?"),
]

FILE = File("农场收成.csv", [SHEET], QUESTIONS)
