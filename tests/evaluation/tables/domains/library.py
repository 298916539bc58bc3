"""Library loans: semicolons and a byte order mark, dates such as Mar 5, 2024, books not yet back, fines in pounds,
blanks after one branch."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, money

BOOKS = {
    "The Silent Harbour": ("Fiction", 1998), "Winter of Glass": ("Fiction", 2016), "A Field Guide to Clouds": ("Science", 2009),
    "Atoms and Apples": ("Science", 2020), "Bread at Home": ("Cooking", 2018), "Twenty Soups": ("Cooking", 2005),
    "The Fox Who Counted": ("Children", 2012), "Mia and the Moon": ("Children", 2021), "Roman Roads": ("History", 1987),
    "The Salt Merchants": ("History", 2014),
}
BRANCHES = ["Central", "Central", "Riverside", "Hilltop", "Old Mill"]
MEMBERS = ["Adult", "Adult", "Adult", "Student", "Student", "Senior", "Child"]


def written(day):
    return f"{day:%b} {day.day}, {day.year}"


def build():
    random = Random("library")
    rows = []
    for number in range(190):
        title = random.choices(list(BOOKS), weights=[9, 6, 4, 3, 5, 2, 8, 7, 2, 4])[0]
        genre, year = BOOKS[title]
        borrowed = date(2024, 1, 3) + timedelta(days=random.randint(0, 210))
        due = borrowed + timedelta(days=21)
        returned = borrowed + timedelta(days=random.randint(2, 33))
        late = max(0, (returned - due).days)
        if returned > date(2024, 8, 5):
            returned, late = None, 0
        rows.append((f"{880 + number:06d}", f"M{random.randint(1, 40):04d}", random.choice(MEMBERS), title, genre, year,
                     random.choice(BRANCHES), borrowed, due, returned, round(late * 0.35, 2), random.choice([0, 0, 0, 1, 1, 2])))
    return rows


SHEET = Sheet(
    name="library",
    columns=[
        Column("loan_id", "TEXT", "Loan ID"),
        Column("member_id", "TEXT", "Member No."),
        Column("member_type", "TEXT", "Member Type"),
        Column("title", "TEXT", "Title"),
        Column("genre", "TEXT", "Genre"),
        Column("published", "INTEGER", "Year Published"),
        Column("branch", "TEXT", "Branch", lambda name: f"{name} " if name == "Hilltop" else name),
        Column("borrowed", "TEXT", "Borrowed On", written),
        Column("due", "TEXT", "Due Date", written),
        Column("returned", "TEXT", "Returned On", written, null="N/A"),
        Column("fine", "REAL", "Fine", money("£")),
        Column("renewals", "INTEGER", "Renewals"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "一共有多少条借阅记录?", "What's the total number of loans?", "SELECT COUNT(*) FROM library"),
    ask(2, "filter", "还有几本书没还?", "How many books have not been returned?", "SELECT COUNT(*) FROM library WHERE returned IS NULL"),
    ask(3, "sum", "罚款总额是多少英镑?", "How much in fines altogether?", "SELECT SUM(fine) FROM library"),
    ask(4, "superlative", "借得最多的是哪本书?", "Which title was borrowed most often?",
        "SELECT title FROM library GROUP BY title ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(5, "group", "各分馆的借阅次数", "Loans by branch", "SELECT branch, COUNT(*) FROM library GROUP BY branch"),
    ask(6, "filter", "学生会员借了多少次书?", "How many loans were made by students?",
        "SELECT COUNT(*) FROM library WHERE member_type = 'Student'"),
    ask(7, "filter", "有罚款的借阅记录有多少条?", "How many loans have a fine greater than zero?", "SELECT COUNT(*) FROM library WHERE fine > 0"),
    ask(8, "average", "有罚款的借阅,平均罚款多少?", "Among loans with a fine above £0, what is the average fine?",
        "SELECT AVG(fine) FROM library WHERE fine > 0"),
    ask(9, "distinct", "有多少位不同的会员借过书?", "How many different members borrowed something?",
        "SELECT COUNT(DISTINCT member_id) FROM library"),
    ask(10, "group", "按类型(Genre)统计借阅次数", "Break down the number of loans by genre.", "SELECT genre, COUNT(*) FROM library GROUP BY genre"),
    ask(11, "time", "2024年4月借出了多少本?", "How many books were borrowed in April 2024?",
        "SELECT COUNT(*) FROM library WHERE month(borrowed) = '2024-04'"),
    ask(12, "time", "按借出月份统计借阅量", "Number of loans per month of borrowing",
        "SELECT month(borrowed), COUNT(*) FROM library GROUP BY month(borrowed)"),
    ask(13, "list", "借阅号000900借的是什么书?", "What title is on loan 000900?", "SELECT title FROM library WHERE loan_id = '000900'"),
    ask(14, "filter", "2010年以后(不含2010年)出版的书被借了多少次?", "How many loans were of books published after 2010?",
        "SELECT COUNT(*) FROM library WHERE published > 2010"),
    ask(15, "filter", "书名里包含“Moon”的借阅有多少条?", "How many loans have 'Moon' in the title?",
        "SELECT COUNT(*) FROM library WHERE title LIKE '%Moon%'"),
    ask(16, "top", "借阅次数前三的图书类别", "The three most borrowed genres, in order",
        "SELECT genre FROM library GROUP BY genre ORDER BY COUNT(*) DESC LIMIT 3", ordered=True),
    ask(17, "max", "单笔最高罚款多少?", "What's the biggest fine anyone got?", "SELECT MAX(fine) FROM library"),
    ask(18, "group", "各分馆续借次数合计", "Total renewals at each branch", "SELECT branch, SUM(renewals) FROM library GROUP BY branch"),
    ask(19, "filter", "Central馆的儿童书被借了多少次?", "How many loans of Children's books were there at Central?",
        "SELECT COUNT(*) FROM library WHERE branch = 'Central' AND genre = 'Children'"),
    ask(20, "filter", "续借过两次的借阅有几条?", "How many loans were renewed twice?", "SELECT COUNT(*) FROM library WHERE renewals = 2"),
    ask(21, "min", "藏书里出版年份最早的是哪一年?", "What is the earliest year published?", "SELECT MIN(published) FROM library"),
    ask(22, "having", "借阅超过25次的书名有哪些?", "List titles with more than 25 loans.",
        "SELECT title FROM library GROUP BY title HAVING COUNT(*) > 25"),
    ask(23, "time", "6月1日到6月15日期间借出多少本书?", "How many books were borrowed from June 1 to June 15, 2024?",
        "SELECT COUNT(*) FROM library WHERE borrowed BETWEEN '2024-06-01' AND '2024-06-15'"),
    ask(24, "share", "小说类借阅占总借阅的百分比", "What percentage of loans are Fiction?",
        "SELECT 100.0 * SUM(genre = 'Fiction') / COUNT(*) FROM library", percent=True),
    ask(25, "distinct", "历史类有哪些书?", "Which history titles are in the records?", "SELECT DISTINCT title FROM library WHERE genre = 'History'"),
    refuse(26, "missing", "作者是谁的书借得最多?", "Which author is borrowed the most?"),
    refuse(27, "missing", "图书馆每天几点关门?", "When does the library close?"),
    refuse(28, "opinion", "哪本小说最好看?", "Which novel is the most gripping?"),
    refuse(29, "ambiguous", "五月份有几本书?", "How many books are there for May?"),
    refuse(30, "unknown-word", "有几本书被叽里了?", "How many books were quibbled?"),
    refuse(31, "contradiction", "续借次数少于1次又多于1次的借阅有几条?", "How many loans have fewer than 1 and more than 1 renewals?"),
    ask(32, "superlative", "老年会员(Senior)最常借哪一类书?", "What genre do seniors borrow most?",
        "SELECT genre FROM library WHERE member_type = 'Senior' GROUP BY genre ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(33, "time", "Riverside分馆3月借出几本书?", "How many books were borrowed at Riverside in March 2024?",
        "SELECT COUNT(*) FROM library WHERE branch = 'Riverside' AND month(borrowed) = '2024-03'"),
    ask(34, "distinct", "会员M0007借过哪些书?", "Which titles has member M0007 borrowed?", "SELECT DISTINCT title FROM library WHERE member_id = 'M0007'"),
    ask(35, "sum", "Hilltop和Old Mill两个分馆的罚款合计多少?", "Fines at Hilltop and Old Mill combined",
        "SELECT SUM(fine) FROM library WHERE branch IN ('Hilltop', 'Old Mill')"),
    ask(36, "share", "没有续借过的借阅占百分之几?", "What percentage of loans have zero renewals?",
        "SELECT 100.0 * SUM(renewals = 0) / COUNT(*) FROM library", percent=True),
    ask(37, "superlative", "平均罚款最高的是哪个分馆?", "At which branch is the average fine highest?",
        "SELECT branch FROM library GROUP BY branch ORDER BY AVG(fine) DESC LIMIT 1"),
    ask(38, "distinct", "2000年以前出版的有哪些书名?", "Which titles were published before 2000?", "SELECT DISTINCT title FROM library WHERE published < 2000"),
    ask(39, "max", "最近一次还书是哪天?", "What is the latest return date?", "SELECT MAX(returned) FROM library"),
    refuse(40, "missing", "精装书被借了几次?", "How many loans were of hardcover books?"),
    refuse(41, "missing", "住在国外的会员有几位?", "How many members live abroad?"),
    ask(42, "relative", "今天到期的书有几本?", "How many books are due today?",
        "SELECT COUNT(*) FROM library WHERE due = '2024-07-15'", today="2024-07-15"),
]

FILE = File("library_loans.csv", [SHEET], QUESTIONS, encoding="utf-8-sig", delimiter=";")
