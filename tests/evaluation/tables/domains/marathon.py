"""Results of a city marathon: a runner a row, some who did not finish."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

FIRST = {"F": ["Anna", "Beth", "Chloe", "Dora", "Erin", "Freya", "Greta", "Hana"], "M": ["Adam", "Boris", "Carl", "Dion", "Emil", "Felix", "Gus", "Hugo"]}
LAST = ["Abel", "Brandt", "Cole", "Dietz", "Evers", "Frost", "Grant", "Holt", "Ivers", "Jonas", "Kemp", "Lund", "Moss"]
CLUBS = ["Harriers", "Road Runners", "Tri Club", "Striders", None]


def build():
    random = Random("marathon 12")
    rows, seen, times = [], set(), set()
    while len(rows) < 96:
        sex = random.choice("FM")
        name = f"{random.choice(FIRST[sex])} {random.choice(LAST)}"
        minutes = round(random.gauss(238 if sex == "F" else 221, 29), 1)
        if name in seen or minutes in times:
            continue
        seen.add(name)
        times.add(minutes)
        done = random.random() < 0.9
        rows.append((1001 + len(rows), name, sex, random.randint(19, 68), random.choice(["Kenya", "Sweden", "Poland", "Spain", "Japan", "Ireland"]),
                     random.choice(CLUBS), int(random.lognormvariate(1.4, 1.1)), minutes if done else None, done))
    return rows


SHEET = Sheet(
    name="marathon",
    columns=[
        Column("bib", "INTEGER", "Bib"),
        Column("runner", "TEXT", "Runner"),
        Column("sex", "TEXT", "Sex"),
        Column("age", "INTEGER", "Age"),
        Column("nationality", "TEXT", "Nationality"),
        Column("club", "TEXT", "Club"),
        Column("earlier", "INTEGER", "Previous Marathons"),
        Column("minutes", "REAL", "Finish Time (min)"),
        Column("finished", "INTEGER", "Finished", either("Yes", "No")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "superlative", "谁跑得最快？", "Who was the fastest runner?", "SELECT runner FROM marathon WHERE minutes IS NOT NULL ORDER BY minutes LIMIT 1"),
    ask(2, "filter", "有几名女选手没有完赛？", "How many women did not finish?", "SELECT COUNT(*) FROM marathon WHERE sex = 'F' AND finished = 0"),
    ask(3, "group", "各国选手的平均完赛时间", "average finish time by nationality", "SELECT nationality, AVG(minutes) FROM marathon GROUP BY nationality"),
    ask(4, "filter", "50岁以上（含50岁）的选手有多少人？", "How many runners are aged 50 or over?", "SELECT COUNT(*) FROM marathon WHERE age >= 50"),
    ask(5, "superlative", "最年长的选手叫什么名字，多大年纪？", "What are the name and age of the oldest runner?",
        "SELECT runner, age FROM marathon ORDER BY age DESC LIMIT 1"),
    ask(6, "lookup", "Bib 1010的选手代表哪个俱乐部？", "Which club does the runner with bib 1010 belong to?", "SELECT club FROM marathon WHERE bib = 1010"),
    ask(7, "superlative", "跑过最多次马拉松的选手是谁？", "Which runner has done the most previous marathons?",
        "SELECT runner FROM marathon ORDER BY earlier DESC LIMIT 1"),
    ask(8, "filter", "没有加入任何俱乐部的选手有几名？", "How many runners have no club?", "SELECT COUNT(*) FROM marathon WHERE club IS NULL"),
    ask(9, "compare", "男选手比女选手多几个？", "How many more men than women took part?",
        "SELECT SUM(sex = 'M') - SUM(sex = 'F') FROM marathon"),
    ask(10, "superlative", "参赛人数最多的国家是哪个？", "Which nationality had the most runners?",
        "SELECT nationality FROM marathon GROUP BY nationality ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(11, "filter", "30到39岁之间的男选手有几位？", "How many male runners are between 30 and 39 years old?",
        "SELECT COUNT(*) FROM marathon WHERE sex = 'M' AND age BETWEEN 30 AND 39"),
    ask(12, "filter", "波兰和西班牙一共有多少名选手？", "How many runners come from Poland or Spain?",
        "SELECT COUNT(*) FROM marathon WHERE nationality IN ('Poland', 'Spain')"),
    ask(13, "share", "完赛的选手占百分之多少？", "What percentage of runners finished?",
        "SELECT 100.0 * SUM(finished) / COUNT(*) FROM marathon", percent=True),
    ask(14, "list", "列出Striders俱乐部的日本选手", "List the Japanese runners of the Striders.",
        "SELECT runner FROM marathon WHERE club = 'Striders' AND nationality = 'Japan'"),
    ask(15, "average", "第一次跑马拉松的选手平均年龄是多少？", "What is the average age of runners with 0 previous marathons?",
        "SELECT AVG(age) FROM marathon WHERE earlier = 0"),
    ask(16, "filter", "四小时以内跑完的有几个人？", "How many runners finished in under 240 minutes?", "SELECT COUNT(*) FROM marathon WHERE minutes < 240"),
    ask(17, "median", "男选手完赛时间的中位数", "median finish time of the men", "SELECT median(minutes) FROM marathon WHERE sex = 'M'"),
    ask(18, "having", "哪些俱乐部的选手平均年龄大于42岁？", "Which clubs have an average runner age above 42?",
        "SELECT club FROM marathon WHERE club IS NOT NULL GROUP BY club HAVING AVG(age) > 42"),
    ask(19, "distinct", "选手来自哪些国家？", "Which nationalities are represented?", "SELECT DISTINCT nationality FROM marathon"),
    ask(20, "order", "按完赛时间从快到慢列出肯尼亚选手", "List the Kenyan runners who finished, ordered by finish time from shortest to longest.",
        "SELECT runner FROM marathon WHERE nationality = 'Kenya' AND minutes IS NOT NULL ORDER BY minutes", ordered=True),
    ask(21, "min", "瑞典选手最快用了多少分钟？", "What was the fastest finish time of the Swedish runners?",
        "SELECT MIN(minutes) FROM marathon WHERE nationality = 'Sweden'"),
    refuse(22, "missing", "谁穿的跑鞋最贵？", "Who wore the most expensive shoes?"),
    refuse(23, "forecast", "明年谁会夺冠？", "Who will win next year?"),
    refuse(24, "missing", "半程时有多少人退赛？", "How many dropped out at the halfway point?"),
]

FILE = File("marathon.csv", [SHEET], QUESTIONS, open=True)
