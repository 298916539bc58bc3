"""University courses as clean CSV: abbreviated headers (crs_no, dept_no, enrl), terms as text, pass rates in percent."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

DEPARTMENTS = {
    "D10": ("Physics", ["Mechanics", "Optics", "Thermodynamics", "Quantum Theory", "Lab Methods"]),
    "D20": ("Economics", ["Microeconomics", "Macroeconomics", "Game Theory", "Econometrics", "Public Finance"]),
    "D30": ("History", ["Ancient Greece", "Modern Europe", "Maritime Trade", "Colonial America"]),
    "D40": ("Computer Science", ["Programming", "Databases", "Operating Systems", "Machine Learning", "Compilers", "Networks"]),
    "D50": ("Biology", ["Genetics", "Ecology", "Cell Biology", "Marine Life"]),
    "D60": ("Linguistics", ["Phonetics", "Syntax", "Semantics"]),
}
TEACHERS = {
    "D10": ["R. Feldman", "S. Iyer", "T. Novotny"], "D20": ["K. Marsh", "L. Okonkwo", "P. Villar"], "D30": ["G. Hollis", "M. Duarte"],
    "D40": ["A. Petrova", "C. Yoon", "J. Whitaker", "N. Sato"], "D50": ["B. Lindqvist", "E. Castro"], "D60": ["H. Moreau", "V. Achebe"],
}
TERMS = ["2022 Fall", "2023 Spring", "2023 Fall", "2024 Spring"]


def build():
    random = Random("courses 3")
    rows = []
    for term in TERMS:
        for code, (department, titles) in DEPARTMENTS.items():
            for at, title in enumerate(titles):
                if random.random() < 0.12:
                    continue
                level = random.choice(["undergraduate"] * 3 + ["graduate"])
                places = random.choice([20, 30, 40, 60, 80, 120])
                enrolled = int(places * random.uniform(0.35, 1.2) * (1.12 if code == "D40" else 1))
                rows.append((f"{term[2:4]}{term[5]}{code[1:]}{at + 1}", title, code, department, level, random.choice([3, 4, 4, 6]),
                             None if random.random() < 0.06 else random.choice(TEACHERS[code]), term, places, enrolled,
                             max(0, enrolled - places) + random.choice([0, 0, 0, 1, 3]), round(random.gauss(3.0, 0.3), 2),
                             None if random.random() < 0.07 else round(random.uniform(61, 99), 1), random.random() < 0.25))
    return rows


SHEET = Sheet(
    name="courses",
    columns=[
        Column("crs_no", "TEXT", "crs_no"),
        Column("title", "TEXT", "title"),
        Column("dept_no", "TEXT", "dept_no"),
        Column("dept", "TEXT", "dept_name"),
        Column("level", "TEXT", "lvl"),
        Column("credits", "INTEGER", "credits"),
        Column("instructor", "TEXT", "instructor"),
        Column("term", "TEXT", "term"),
        Column("places", "INTEGER", "max_seats"),
        Column("enrolled", "INTEGER", "enrl"),
        Column("waiting", "INTEGER", "waitlist"),
        Column("gpa", "REAL", "avg_gpa"),
        Column("passed", "REAL", "pass_pct"),
        Column("online", "INTEGER", "online", either("true", "false")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "group", "麻烦统计一下各系分别开了多少门课", "I'd like to know how many courses each department offers, please.", "SELECT dept, COUNT(*) FROM courses GROUP BY dept"),
    ask(2, "sum", "2023年秋季学期一共有多少人选课（注册人数合计）？", "What's the total enrolment in Fall 2023?",
        "SELECT SUM(enrolled) FROM courses WHERE term = '2023 Fall'"),
    ask(3, "average", "计算机系的课平均绩点多少？", "mean GPA in computer science courses",
        "SELECT AVG(gpa) FROM courses WHERE dept = 'Computer Science'"),
    ask(4, "filter", "网课有几门？", "How many of the courses are taught online?", "SELECT COUNT(*) FROM courses WHERE online = 1"),
    ask(5, "compare", "注册人数超过座位数的课有多少门？", "In how many courses does enrolment exceed the seats available?",
        "SELECT COUNT(*) FROM courses WHERE enrolled > places"),
    ask(6, "superlative", "候补人数最多的是哪门课（课程号）？", "Which course number has the longest waitlist?",
        "SELECT crs_no FROM courses ORDER BY waiting DESC LIMIT 1"),
    ask(7, "list", "A. Petrova教过哪些课？给课程名和学期", "Give me title and term of everything A. Petrova has taught.",
        "SELECT title, term FROM courses WHERE instructor = 'A. Petrova'"),
    ask(8, "distinct", "总共有几位老师在教课？", "How many different people teach these courses?", "SELECT COUNT(DISTINCT instructor) FROM courses"),
    ask(9, "filter", "还没安排老师的课有几门？", "How many courses still have no instructor?", "SELECT COUNT(*) FROM courses WHERE instructor IS NULL"),
    ask(10, "having", "哪些系的平均注册人数超过50？", "Departments with an average enrolment above 50",
        "SELECT dept FROM courses GROUP BY dept HAVING AVG(enrolled) > 50"),
    ask(11, "group", "按系和授课层次看注册总人数", "total enrolment by department and level",
        "SELECT dept, level, SUM(enrolled) FROM courses GROUP BY dept, level"),
    ask(12, "filter", "研究生课里4学分及以上的有几门？", "How many graduate courses are worth at least 4 credits?",
        "SELECT COUNT(*) FROM courses WHERE level = 'graduate' AND credits >= 4"),
    ask(13, "filter", "通过率在80%到90%之间的课有多少门？", "How many courses have a pass rate between 80 and 90 percent?",
        "SELECT COUNT(*) FROM courses WHERE passed BETWEEN 80 AND 90"),
    ask(14, "measures", "绩点最低和最高的课分别是多少分？只要数字", "What are the lowest and the highest average GPA?",
        "SELECT MIN(gpa), MAX(gpa) FROM courses"),
    ask(15, "top", "通过率最低的三门课，课程号和通过率", "The three courses with the worst pass rates: number and rate",
        "SELECT crs_no, passed FROM courses WHERE passed IS NOT NULL ORDER BY passed LIMIT 3", ordered=True),
    ask(16, "order", "各学期注册总人数，从多到少", "Terms ordered by total enrolment, largest first",
        "SELECT term, SUM(enrolled) FROM courses GROUP BY term ORDER BY SUM(enrolled) DESC", ordered=True),
    ask(17, "share", "物理系的注册人数占全校的百分之几？", "What percentage of all enrolment goes to Physics?",
        "SELECT 100.0 * SUM(CASE WHEN dept = 'Physics' THEN enrolled END) / SUM(enrolled) FROM courses", percent=True),
    ask(18, "ratio", "整体来看，注册总人数除以座位总数是多少？", "Total enrolment over total seats, for all courses",
        "SELECT 1.0 * SUM(enrolled) / SUM(places) FROM courses"),
    ask(19, "filter", "既不是历史系也不是生物系的课有几门？", "How many courses are neither in History nor in Biology?",
        "SELECT COUNT(*) FROM courses WHERE dept NOT IN ('History', 'Biology')"),
    ask(20, "conditional", "每个系有几门网课？", "How many online courses does every department have?",
        "SELECT dept, COUNT(*) FROM courses WHERE online = 1 GROUP BY dept"),
    ask(21, "superlative", "哪位老师教的学生最多（注册人数合计）？", "Which instructor taught the most students in total?",
        "SELECT instructor FROM courses WHERE instructor IS NOT NULL GROUP BY instructor ORDER BY SUM(enrolled) DESC LIMIT 1"),
    ask(22, "median", "本科课程注册人数的中位数", "median enrolment of undergraduate courses",
        "SELECT median(enrolled) FROM courses WHERE level = 'undergraduate'"),
    ask(23, "filter", "D40系2024年春季学期开了几门课？", "How many courses did dept D40 run in Spring 2024?",
        "SELECT COUNT(*) FROM courses WHERE dept_no = 'D40' AND term = '2024 Spring'"),
    ask(24, "average", "Genetics这门课平均有多少人选？", "How many students enrol in Genetics on average?",
        "SELECT AVG(enrolled) FROM courses WHERE title = 'Genetics'"),
    ask(25, "distinct", "语言学系有哪些课（课名不要重复）？", "What are the titles offered in Linguistics, without repeats?",
        "SELECT DISTINCT title FROM courses WHERE dept = 'Linguistics'"),
    ask(26, "compare", "绩点低于平均绩点的研究生课有几门？（与全部课程的平均比）", "How many graduate courses have a GPA below the average of all courses?",
        "SELECT COUNT(*) FROM courses WHERE level = 'graduate' AND gpa < (SELECT AVG(gpa) FROM courses)"),
    ask(27, "derived", "全部课程里空着的座位一共多少个（座位数减注册人数，超员的按负数算）？",
        "What is the sum of seats minus enrolment over all courses, counting overfull ones as negative?",
        "SELECT SUM(places - enrolled) FROM courses"),
    refuse(28, "missing", "这些课的教室在哪栋楼？", "Which building are the courses held in?"),
    refuse(29, "missing", "老师们的平均工资是多少？", "What is the average salary of the instructors?"),
    refuse(30, "missing", "有多少门课是用西班牙语授课的？", "How many courses are taught in Spanish?"),
    refuse(31, "opinion", "哪门课最有意思？", "Which course is the most fun?"),
    refuse(32, "forecast", "下学期数据库课会有多少人选？", "How many students will take Databases next term?"),
    refuse(33, "contradiction", "3学分同时又是6学分的课有几门？", "How many courses have exactly 3 credits and exactly 6 credits?"),
    refuse(34, "cause", "历史系的通过率为什么下降了？", "What made the pass rate in History go down?"),
]

FILE = File("courses.csv", [SHEET], QUESTIONS)
