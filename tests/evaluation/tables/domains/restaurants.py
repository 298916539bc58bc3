"""A city guide to restaurants: Chinese headers, prices with ￥, ratings not given as "-", opening dates in Chinese."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, chinese, either, grouped

CUISINES = {"川菜": 78, "粤菜": 112, "火锅": 105, "日料": 188, "西餐": 215, "小吃快餐": 28, "烧烤": 92}
DISTRICTS = ["天河区", "越秀区", "海珠区", "番禺区"]
FRONT = ["老", "小", "大", "阿", "渔", "春", "金", "百", "竹", "山"]
MIDDLE = ["城", "巷", "福", "味", "湾", "禾", "桥", "家", "月", "里"]
END = {"川菜": "川菜馆", "粤菜": "酒家", "火锅": "火锅", "日料": "寿司", "西餐": "西餐厅", "小吃快餐": "小食店", "烧烤": "烤肉"}


def build():
    random = Random("restaurants 9")
    names = [a + b for a in FRONT for b in MIDDLE]
    random.shuffle(names)
    rows = []
    for number in range(100):
        cuisine = random.choices(list(CUISINES), weights=[5, 6, 4, 3, 3, 6, 3])[0]
        reviews = random.randint(12, 9800)
        rows.append((names[number] + END[cuisine], cuisine, random.choice(DISTRICTS),
                     round(CUISINES[cuisine] * random.uniform(0.55, 1.6)), round(random.uniform(3.1, 4.9), 1) if random.random() < 0.92 else None,
                     reviews, random.random() < 0.65, random.random() < 0.4, random.randint(12, 260),
                     date(2012, 1, 5) + timedelta(days=random.randint(0, 4500))))
    return rows


SHEET = Sheet(
    name="restaurants",
    columns=[
        Column("name", "TEXT", "餐厅名称"),
        Column("cuisine", "TEXT", "菜系"),
        Column("district", "TEXT", "所在区"),
        Column("per_head", "INTEGER", "人均消费", lambda n: f"￥{n}"),
        Column("rating", "REAL", "评分", null="-"),
        Column("reviews", "INTEGER", "评论数", grouped),
        Column("delivery", "INTEGER", "支持外卖", either("是", "否")),
        Column("parking", "INTEGER", "有停车位", either("是", "否")),
        Column("seats", "INTEGER", "座位数"),
        Column("opened", "TEXT", "开业日期", chinese),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "表里收录了多少家餐厅?", "How many restaurants are listed?", "SELECT COUNT(*) FROM restaurants"),
    ask(2, "group", "每个区有几家餐厅?", "How many restaurants does each district have?", "SELECT district, COUNT(*) FROM restaurants GROUP BY district"),
    ask(3, "average", "火锅店人均消费平均多少钱?", "What do hotpot (火锅) places charge per head on average?",
        "SELECT AVG(per_head) FROM restaurants WHERE cuisine = '火锅'"),
    ask(4, "filter", "人均不超过50元的店有多少家?", "How many restaurants cost at most 50 yuan per person?",
        "SELECT COUNT(*) FROM restaurants WHERE per_head <= 50"),
    ask(5, "filter", "评分4.5及以上的餐厅有几家?", "How many restaurants are rated 4.5 or higher?",
        "SELECT COUNT(*) FROM restaurants WHERE rating >= 4.5"),
    ask(6, "superlative", "人均最贵的餐厅叫什么?", "What is the name of the restaurant with the highest spend per head?",
        "SELECT name FROM restaurants ORDER BY per_head DESC LIMIT 1"),
    ask(7, "superlative", "评论数最多的是哪家店?", "Which restaurant has the most reviews?",
        "SELECT name FROM restaurants ORDER BY reviews DESC LIMIT 1"),
    ask(8, "filter", "天河区支持外卖的餐厅有多少?", "How many restaurants in 天河区 deliver?",
        "SELECT COUNT(*) FROM restaurants WHERE district = '天河区' AND delivery = 1"),
    ask(9, "group", "各菜系的平均评分", "Average rating by cuisine", "SELECT cuisine, AVG(rating) FROM restaurants GROUP BY cuisine"),
    ask(10, "list", "越秀区有哪些粤菜馆?", "Names of the Cantonese (粤菜) restaurants in 越秀区",
        "SELECT name FROM restaurants WHERE district = '越秀区' AND cuisine = '粤菜'"),
    ask(11, "filter", "还没有评分的店有几家?", "How many restaurants have no rating?", "SELECT COUNT(*) FROM restaurants WHERE rating IS NULL"),
    ask(12, "time", "2020年以来(含2020年)开业的餐厅有多少家?", "How many restaurants opened in 2020 or later?",
        "SELECT COUNT(*) FROM restaurants WHERE opened >= '2020-01-01'"),
    ask(13, "superlative", "开业最早的餐厅是哪家?", "Which restaurant opened first?", "SELECT name FROM restaurants ORDER BY opened LIMIT 1"),
    ask(14, "sum", "海珠区餐厅一共有多少个座位?", "How many seats do the restaurants in 海珠区 have in total?",
        "SELECT SUM(seats) FROM restaurants WHERE district = '海珠区'"),
    ask(15, "top", "评论数前5的餐厅及其评论数", "Five most reviewed restaurants and their number of reviews",
        "SELECT name, reviews FROM restaurants ORDER BY reviews DESC LIMIT 5", ordered=True),
    ask(16, "distinct", "一共有多少种菜系?", "How many cuisines are there?", "SELECT COUNT(DISTINCT cuisine) FROM restaurants"),
    ask(17, "order", "把菜系按平均人均消费从便宜到贵排一下", "Sort the cuisines by average spend per head, cheapest first.",
        "SELECT cuisine, AVG(per_head) FROM restaurants GROUP BY cuisine ORDER BY AVG(per_head)", ordered=True),
    ask(18, "filter", "既能外卖又有停车位的餐厅有几家?", "How many restaurants offer both delivery and parking?",
        "SELECT COUNT(*) FROM restaurants WHERE delivery = 1 AND parking = 1"),
    ask(19, "filter", "川菜和烧烤一共有多少家?", "How many restaurants serve 川菜 or 烧烤?",
        "SELECT COUNT(*) FROM restaurants WHERE cuisine IN ('川菜', '烧烤')"),
    ask(20, "median", "人均消费的中位数", "What's the median spend per head?", "SELECT median(per_head) FROM restaurants"),
    ask(21, "filter", "名字里带“福”字的餐厅有几家?", "How many restaurant names contain 福?", "SELECT COUNT(*) FROM restaurants WHERE name LIKE '%福%'"),
    ask(22, "having", "平均人均消费高于150元的菜系有哪些?", "Which cuisines average more than 150 yuan per head?",
        "SELECT cuisine FROM restaurants GROUP BY cuisine HAVING AVG(per_head) > 150"),
    ask(23, "time", "每年开业几家餐厅?", "Restaurant openings per year", "SELECT year(opened), COUNT(*) FROM restaurants GROUP BY year(opened)"),
    ask(24, "compare", "座位数高于平均值的餐厅有几家?", "How many restaurants have more seats than average?",
        "SELECT COUNT(*) FROM restaurants WHERE seats > (SELECT AVG(seats) FROM restaurants)"),
    ask(25, "group", "按所在区和菜系数一数餐厅", "Restaurant count by district and cuisine",
        "SELECT district, cuisine, COUNT(*) FROM restaurants GROUP BY district, cuisine"),
    ask(26, "share", "支持外卖的餐厅占百分之几?", "What percentage of restaurants deliver?",
        "SELECT 100.0 * SUM(delivery) / COUNT(*) FROM restaurants", percent=True),
    refuse(27, "missing", "哪家餐厅的招牌菜是烤鸭?", "Which restaurant has roast duck as its signature dish?"),
    refuse(28, "missing", "餐厅的月租金平均多少?", "What monthly rent do the restaurants pay on average?"),
    refuse(29, "opinion", "哪家店最适合约会?", "Which place is the most romantic?"),
    refuse(30, "forecast", "明年哪个区会新开最多的餐厅?", "Which district will see the most openings next year?"),
    refuse(31, "contradiction", "人均低于30元同时高于200元的餐厅有几家?", "How many restaurants cost under 30 yuan and over 200 yuan per head?"),
    refuse(32, "unknown-word", "各区的咪噜餐厅有几家?", "How many yumpish restaurants are in each district?"),
    refuse(33, "cause", "地铁开通让哪些餐厅的评论变多了?", "Which restaurants gained reviews because of the new metro line?"),
    ask(34, "filter", "座位超过100个、人均低于60元的餐厅有几家?", "How many restaurants have over 100 seats and cost less than 60 yuan per head?",
        "SELECT COUNT(*) FROM restaurants WHERE seats > 100 AND per_head < 60"),
    ask(35, "superlative", "日料里人均最低的是哪家?", "Which Japanese place (日料) is cheapest per head?",
        "SELECT name FROM restaurants WHERE cuisine = '日料' ORDER BY per_head LIMIT 1"),
    ask(36, "list", "没有停车位的西餐厅有哪些?", "Which 西餐 restaurants have no parking?",
        "SELECT name FROM restaurants WHERE cuisine = '西餐' AND parking = 0"),
    ask(37, "time", "2015年到2018年开业的餐厅有几家?", "How many restaurants opened from 2015 to 2018?",
        "SELECT COUNT(*) FROM restaurants WHERE year(opened) BETWEEN '2015' AND '2018'"),
    ask(38, "group", "各区餐厅的平均座位数", "average number of seats by district", "SELECT district, AVG(seats) FROM restaurants GROUP BY district"),
    ask(39, "superlative", "评论总数最多的菜系是哪个?", "Which cuisine has the most reviews in total?",
        "SELECT cuisine FROM restaurants GROUP BY cuisine ORDER BY SUM(reviews) DESC LIMIT 1"),
    ask(40, "min", "最低评分是几分?", "What's the lowest rating?", "SELECT MIN(rating) FROM restaurants"),
    refuse(41, "missing", "米其林餐厅有几家?", "How many restaurants have a Michelin star?"),
    refuse(42, "missing", "提供儿童座椅的餐厅有几家?", "How many restaurants offer high chairs?"),
    refuse(43, "ambiguous", "天河区的总数是多少?", "What is the total for 天河区?"),
]

FILE = File("广州餐厅.csv", [SHEET], QUESTIONS, encoding="utf-8-sig")
