"""Universities as an encyclopedia lists them: a row each, years as numbers, footnoted headers."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet

NAMES = ["Ashford", "Brackley", "Calder", "Dunmore", "Elswick", "Farrow", "Glenholm", "Hartley", "Inverdale", "Jessop", "Kelling", "Lorne",
         "Marchmont", "Netherby", "Oakham", "Pendle", "Quarrington", "Rothwell", "Selby", "Thornbury", "Ulverton", "Vellacott", "Wexcombe", "Yarrow",
         "Zennor", "Abbotsley", "Birchwood", "Cresswell"]


def build():
    random = Random("universities 2")
    rows = []
    for at, name in enumerate(NAMES):
        public = random.random() < 0.65
        students = random.randint(2100, 41000)
        rows.append((f"{name} University", random.choice(["Kent", "Surrey", "Fife", "Gwynedd", "Antrim"]),
                     random.choice(["England", "England", "Scotland", "Wales"]), random.randint(1580, 2009),
                     "Public" if public else "Private", students, int(students / random.uniform(9, 22)), random.randint(5, 40),
                     None if at in (4, 17) else random.randint(1, 900) + at * 1000, round(random.uniform(0.2, 0.93), 2) * 100 // 1, random.randint(3900, 31000)))
    return rows


SHEET = Sheet(
    name="universities",
    columns=[
        Column("name", "TEXT", "University"),
        Column("county", "TEXT", "County"),
        Column("country", "TEXT", "Country"),
        Column("founded", "INTEGER", "Founded"),
        Column("type", "TEXT", "Type"),
        Column("students", "INTEGER", "Students"),
        Column("staff", "INTEGER", "Academic Staff"),
        Column("faculties", "INTEGER", "Number of Faculties"),
        Column("endowment", "INTEGER", "Endowment (£m)"),
        Column("rate", "REAL", "Acceptance Rate (%)"),
        Column("tuition", "INTEGER", "Annual Tuition (£)"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "superlative", "最古老的大学是哪一所？", "What is the oldest university?", "SELECT name FROM universities ORDER BY founded LIMIT 1"),
    ask(2, "filter", "1900年以后成立的公立大学有几所？", "How many public universities were founded after 1900?",
        "SELECT COUNT(*) FROM universities WHERE founded > 1900 AND type = 'Public'"),
    ask(3, "superlative", "学费最便宜的私立大学叫什么？", "What is the name of the private university with the lowest tuition?",
        "SELECT name FROM universities WHERE type = 'Private' ORDER BY tuition LIMIT 1"),
    ask(4, "average", "苏格兰的大学平均有多少学生？", "On average, how many students do universities in Scotland have?",
        "SELECT AVG(students) FROM universities WHERE country = 'Scotland'"),
    ask(5, "list", "学生超过3万人的大学及其所在郡", "List the universities with more than 30,000 students and the county they are in.",
        "SELECT name, county FROM universities WHERE students > 30000"),
    ask(6, "compare", "学生最多的大学和学生最少的大学相差多少人？", "What is the difference in students between the largest and the smallest university?",
        "SELECT MAX(students) - MIN(students) FROM universities"),
    ask(7, "filter", "录取率低于30%的大学有多少所？", "How many universities have an acceptance rate below 30%?",
        "SELECT COUNT(*) FROM universities WHERE rate < 30"),
    ask(8, "group", "每个国家各有多少所大学？", "How many universities are there in each country?", "SELECT country, COUNT(*) FROM universities GROUP BY country"),
    ask(9, "group", "公立和私立大学的平均学费分别是多少？", "What is the average tuition of public and private universities?",
        "SELECT type, AVG(tuition) FROM universities GROUP BY type"),
    ask(10, "lookup", "Hartley University是哪年创立的？", "When was Hartley University founded?", "SELECT founded FROM universities WHERE name = 'Hartley University'"),
    ask(11, "lookup", "Pendle University有多少教学人员？", "How many academic staff does Pendle University have?",
        "SELECT staff FROM universities WHERE name = 'Pendle University'"),
    ask(12, "compare", "Oakham University和Selby University哪个学生更多？", "Which has more students, Oakham University or Selby University?",
        "SELECT name FROM universities WHERE name IN ('Oakham University', 'Selby University') ORDER BY students DESC LIMIT 1"),
    ask(13, "compare", "Selby University比Oakham University早成立多少年？", "How many years apart were Oakham University and Selby University founded?",
        "SELECT MAX(founded) - MIN(founded) FROM universities WHERE name IN ('Oakham University', 'Selby University')"),
    ask(14, "share", "公立大学占全部大学的百分之几？", "What percent of the universities are public?",
        "SELECT 100.0 * SUM(type = 'Public') / COUNT(*) FROM universities", percent=True),
    ask(15, "filter", "没有公布捐赠基金的大学有哪些？", "Which universities have no endowment listed?", "SELECT name FROM universities WHERE endowment IS NULL"),
    ask(16, "time", "18世纪成立了几所大学？", "How many universities were founded in the 18th century?",
        "SELECT COUNT(*) FROM universities WHERE founded BETWEEN 1701 AND 1800"),
    ask(17, "top", "学生人数排名前五的大学", "top five universities by number of students", "SELECT name FROM universities ORDER BY students DESC LIMIT 5"),
    ask(18, "superlative", "学费第三高的大学是哪所？", "Which university has the third highest tuition?",
        "SELECT name FROM universities ORDER BY tuition DESC LIMIT 1 OFFSET 2"),
    ask(19, "lookup", "最新成立的那所大学的学费是多少？", "How much is the tuition at the newest university?",
        "SELECT tuition FROM universities ORDER BY founded DESC LIMIT 1"),
    ask(20, "having", "大学数量不少于8所的国家", "countries with at least 8 universities", "SELECT country FROM universities GROUP BY country HAVING COUNT(*) >= 8"),
    ask(21, "filter", "英格兰有几所大学的院系数量在10到20之间？", "How many universities in England have between 10 and 20 faculties?",
        "SELECT COUNT(*) FROM universities WHERE country = 'England' AND faculties BETWEEN 10 AND 20"),
    ask(22, "ratio", "学生总数与教学人员总数之比是多少？", "What is the ratio of total students to total academic staff?",
        "SELECT 1.0 * SUM(students) / SUM(staff) FROM universities"),
    refuse(23, "missing", "哪所大学的校长任期最长？", "Which university has the longest-serving president?"),
    refuse(24, "opinion", "哪所大学的氛围最好？", "Which university has the best atmosphere?"),
]
FILE = File("universities.csv", [SHEET], QUESTIONS, open=True)
