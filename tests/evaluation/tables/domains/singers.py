"""Singers and their concerts in a clean workbook: headers like Birth_Year, two sheets joined by Singer_ID."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, itself

FIRST = {
    "USA": (["Dana", "Cole", "Marla", "Jesse", "Tess", "Wade"], ["Whitlock", "Harmon", "Quill", "Delaney", "Boone"]),
    "United Kingdom": (["Imogen", "Rory", "Pippa", "Callum"], ["Ashdown", "Fenwick", "Thorne", "Lacey"]),
    "France": (["Élise", "Bastien", "Margaux", "Luc"], ["Charron", "Vautrin", "Delmas"]),
    "Netherlands": (["Sanne", "Joris", "Fleur"], ["van Dalen", "Hoekstra", "Brouwer"]),
    "South Korea": (["Ha-eun", "Min-jae", "Seo-yeon"], ["Baek", "Noh", "Ryu"]),
    "Brazil": (["Thiago", "Luana", "Rafaela"], ["Moura", "Peixoto", "Sales"]),
    "Nigeria": (["Adaeze", "Tunde"], ["Okafor", "Balogun"]),
}
GENRES = ["Pop", "Pop", "Pop", "Rock", "Rock", "Jazz", "Folk", "Soul", "Country"]
STADIUMS = {
    "Harbour Dome": ("Sydney", 21000), "Elbe Arena": ("Hamburg", 14500), "Lakeside Bowl": ("Chicago", 38000), "Riverside Park": ("London", 52000),
    "Sakura Hall": ("Tokyo", 9800), "Estádio Verde": ("São Paulo", 46500), "Canal Theatre": ("Amsterdam", 5200), "Grand Olympia": ("Paris", 17300),
}


def singers():
    random = Random("singers 3")
    rows, seen = [], set()
    while len(rows) < 64:
        country = random.choices(list(FIRST), weights=[16, 11, 9, 6, 8, 8, 3])[0]
        name = " ".join(random.choice(part) for part in FIRST[country])
        if name in seen:
            continue
        seen.add(name)
        born = random.randint(1948, 2004)
        rows.append((101 + len(rows), name, country, random.choice(["Female", "Male"]), born, random.choice(GENRES),
                     max(1, int((2024 - born - 17) * random.uniform(0.1, 0.6))), None if random.random() < 0.08 else round(random.lognormvariate(1.2, 1), 2),
                     random.random() < 0.8))
    return rows


def concerts():
    random = Random("concerts 1")
    rows = []
    for number in range(170):
        stadium = random.choices(list(STADIUMS), weights=[4, 5, 6, 7, 3, 4, 5, 6])[0]
        city, capacity = STADIUMS[stadium]
        singer = random.randint(101, 152) if random.random() < 0.7 else random.randint(101, 112)
        visitors = int(capacity * min(1, random.uniform(0.45, 1.12)))
        price = random.choice([35, 45, 45, 60, 75, 90, 120])
        day = date(2022, 3, 1) + timedelta(days=random.randint(0, 1020))
        rows.append((f"K{number + 1:04d}", singer, day, stadium, city, capacity, visitors, visitors * price, random.random() < 0.15))
    return rows


SINGERS = Sheet(
    name="singers",
    title="Singers",
    columns=[
        Column("singer_id", "INTEGER", "Singer_ID", itself),
        Column("name", "TEXT", "Name"),
        Column("country", "TEXT", "Country"),
        Column("gender", "TEXT", "Gender"),
        Column("birth_year", "INTEGER", "Birth_Year", itself),
        Column("genre", "TEXT", "Genre"),
        Column("albums", "INTEGER", "Albums_Released", itself),
        Column("listeners", "REAL", "Monthly_Listeners_M", itself),
        Column("active", "INTEGER", "Still_Active", either("Yes", "No")),
    ],
    rows=singers(),
)
CONCERTS = Sheet(
    name="concerts",
    title="Concerts",
    columns=[
        Column("concert_id", "TEXT", "Concert_ID"),
        Column("singer_id", "INTEGER", "Singer_ID", itself),
        Column("day", "TEXT", "Concert_Date", itself),
        Column("stadium", "TEXT", "Stadium"),
        Column("city", "TEXT", "City"),
        Column("capacity", "INTEGER", "Capacity", itself),
        Column("attendance", "INTEGER", "Attendance", itself),
        Column("revenue", "INTEGER", "Ticket_Revenue_USD", itself),
        Column("charity", "INTEGER", "Charity", either("Yes", "No")),
    ],
    rows=concerts(),
)

QUESTIONS = [
    ask(1, "count", "一共有多少位歌手？", "How many singers do we have?", "SELECT COUNT(*) FROM singers"),
    ask(2, "group", "按国家统计歌手人数", "Show each country and how many singers come from it.", "SELECT country, COUNT(*) FROM singers GROUP BY country"),
    ask(3, "filter", "法国歌手有几位？", "How many French singers are there?", "SELECT COUNT(*) FROM singers WHERE country = 'France'"),
    ask(4, "superlative", "年纪最大的歌手是谁？", "Who is the oldest singer?", "SELECT name FROM singers ORDER BY birth_year LIMIT 1"),
    ask(5, "list", "列出荷兰歌手的姓名和曲风", "Name and genre of the Dutch singers",
        "SELECT name, genre FROM singers WHERE country = 'Netherlands'"),
    ask(6, "having", "哪些国家至少有8位歌手？", "countries with at least 8 singers",
        "SELECT country FROM singers GROUP BY country HAVING COUNT(*) >= 8"),
    ask(7, "average", "女歌手平均出了多少张专辑？", "On average, how many albums have the female singers put out?",
        "SELECT AVG(albums) FROM singers WHERE gender = 'Female'"),
    ask(8, "filter", "1990年以后（不含1990年）出生、唱流行的歌手有几个？", "How many pop singers were born after 1990?",
        "SELECT COUNT(*) FROM singers WHERE birth_year > 1990 AND genre = 'Pop'"),
    ask(9, "filter", "不是美国的歌手有多少人？", "number of singers who are not from the USA", "SELECT COUNT(*) FROM singers WHERE country <> 'USA'"),
    ask(10, "distinct", "这些歌手都唱哪些曲风？", "What genres do the singers perform?", "SELECT DISTINCT genre FROM singers"),
    ask(11, "top", "月听众最多的三位歌手", "top 3 singers by monthly listeners",
        "SELECT name FROM singers ORDER BY listeners DESC LIMIT 3", ordered=True),
    ask(12, "filter", "还活跃的爵士歌手有几位？", "How many jazz singers are still active?",
        "SELECT COUNT(*) FROM singers WHERE genre = 'Jazz' AND active = 1"),
    ask(13, "filter", "月听众数没有登记的歌手有多少？", "How many singers have no figure for monthly listeners?",
        "SELECT COUNT(*) FROM singers WHERE listeners IS NULL"),
    ask(14, "compare", "专辑数高于平均的歌手有哪些？", "Which singers have released more albums than the average singer?",
        "SELECT name FROM singers WHERE albums > (SELECT AVG(albums) FROM singers)"),
    ask(15, "superlative", "哪个球场办的演唱会最多？", "Which stadium hosted the most concerts?",
        "SELECT stadium FROM concerts GROUP BY stadium ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(16, "time", "2023年办了几场演唱会？", "How many concerts took place in 2023?", "SELECT COUNT(*) FROM concerts WHERE year(day) = '2023'"),
    ask(17, "time", "每年的演唱会场次和门票总收入", "Number of concerts and total ticket revenue per year",
        "SELECT year(day), COUNT(*), SUM(revenue) FROM concerts GROUP BY year(day)"),
    ask(18, "compare", "座无虚席（观众人数等于容量）的演唱会有几场？", "How many concerts were sold out, with attendance equal to capacity?",
        "SELECT COUNT(*) FROM concerts WHERE attendance = capacity"),
    ask(19, "join", "英国歌手的演唱会一共来了多少观众？", "What's the total attendance of concerts by singers from the United Kingdom?",
        "SELECT SUM(attendance) FROM concerts JOIN singers USING (singer_id) WHERE country = 'United Kingdom'"),
    ask(20, "join", "哪位歌手开的演唱会最多？", "Which singer gave the most concerts?",
        "SELECT name FROM concerts JOIN singers USING (singer_id) GROUP BY singer_id ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(21, "join", "各曲风的演唱会门票总收入", "total ticket revenue by genre",
        "SELECT genre, SUM(revenue) FROM concerts JOIN singers USING (singer_id) GROUP BY genre"),
    ask(22, "max", "伦敦单场演唱会最多来了多少人？", "What was the biggest crowd at a London concert?",
        "SELECT MAX(attendance) FROM concerts WHERE city = 'London'"),
    ask(23, "share", "公益演出占所有演唱会的比例是多少（百分比）？", "What percent of the concerts were for charity?",
        "SELECT 100.0 * SUM(charity) / COUNT(*) FROM concerts", percent=True),
    ask(24, "ratio", "全部演唱会的上座率是多少（总观众数除以总容量）？", "Overall, what is total attendance divided by total capacity?",
        "SELECT 1.0 * SUM(attendance) / SUM(capacity) FROM concerts"),
    ask(25, "order", "各城市按演唱会观众总数由多到少排列", "Rank the cities by total concert attendance from most to least.",
        "SELECT city, SUM(attendance) FROM concerts GROUP BY city ORDER BY SUM(attendance) DESC", ordered=True),
    ask(26, "relative", "去年夏天（6月到8月）有几场演唱会？", "How many concerts were there last summer, June to August?",
        "SELECT COUNT(*) FROM concerts WHERE month(day) BETWEEN '2023-06' AND '2023-08'", today="2024-04-10"),
    ask(27, "growth", "2023年的门票总收入比2022年增长了百分之几？", "By what percentage did total ticket revenue change from 2022 to 2023?",
        "SELECT 100.0 * (1.0 * SUM(CASE WHEN year(day) = '2023' THEN revenue END)"
        " / SUM(CASE WHEN year(day) = '2022' THEN revenue END) - 1) FROM concerts", percent=True),
    ask(34, "time", "80后歌手有多少位？", "How many singers were born in the 1980s?",
        "SELECT COUNT(*) FROM singers WHERE birth_year BETWEEN 1980 AND 1989"),
    ask(35, "list", "名字以L开头的歌手有谁？", "Which singers have a name beginning with L?", "SELECT name FROM singers WHERE name LIKE 'L%'"),
    refuse(28, "missing", "哪位歌手得过格莱美奖？", "Which singers have won a Grammy?"),
    refuse(29, "missing", "歌手的平均身高是多少？", "What is the average height of the singers?"),
    refuse(30, "opinion", "谁唱得最好听？", "Who has the most beautiful voice?"),
    refuse(31, "forecast", "2026年会有多少场演唱会卖光？", "How many concerts will sell out in 2026?"),
    refuse(32, "contradiction", "1960年以前出生、又在1990年以后出生的歌手有几位？", "How many singers were born before 1960 and after 1990?"),
    refuse(33, "cause", "为什么巴黎的演唱会观众那么少？", "Why do so few people go to the concerts in Paris?"),
]

FILE = File("singers_concerts.xlsx", [SINGERS, CONCERTS], QUESTIONS)
