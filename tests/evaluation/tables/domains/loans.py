"""Bank loans as clean CSV: abbreviated headers (amt_usd, int_rate_pct, term_mo), statuses in words, incomes not always given."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, iso

PURPOSES = {"mortgage": (182000, 4.6, 300), "car": (21500, 6.8, 60), "student": (14800, 5.4, 120), "business": (64000, 7.9, 84), "personal": (7200, 11.2, 36)}
BRANCHES = ["Fairview", "Downtown", "Lakeshore", "Cedar Hill", "Union Street"]
OFFICERS = ["Gwen Talbot", "Nikhil Rao", "Sandra Oyelowo", "Pete Larkin", "Maria Esposito", "Owen Brandt"]
STATES = ["Ohio", "Michigan", "Indiana", "Illinois"]


def build():
    random = Random("loans 1")
    rows = []
    for number in range(270):
        kind = random.choices(list(PURPOSES), weights=[4, 7, 4, 3, 8])[0]
        typical, rate, term = PURPOSES[kind]
        amount = int(typical * random.lognormvariate(0, 0.45)) // 50 * 50
        score = int(min(850, max(480, random.gauss(690, 62))))
        issued = date(2020, 1, 6) + timedelta(days=random.randint(0, 1800))
        status = random.choices(["current", "paid off", "late", "default"], weights=[11, 6, 2, 3 if score < 640 else 0.7])[0]
        repaid = 1 if status == "paid off" else random.uniform(0.05, 0.85)
        rows.append((f"L{number + 20001}", 5000 + random.randint(1, 190), random.choices(BRANCHES, weights=[4, 7, 3, 2, 5])[0], random.choice(STATES), kind, amount,
                     round(rate + (690 - score) / 60 + random.uniform(-0.7, 0.7), 2), random.choice([term, term, term // 2]), issued, status,
                     int(amount * (1 - repaid)), score, None if random.random() < 0.08 else int(random.lognormvariate(11, 0.45)) // 100 * 100,
                     random.choice(OFFICERS), random.random() < 0.22))
    return rows


SHEET = Sheet(
    name="loans",
    columns=[
        Column("loan_id", "TEXT", "loan_id"),
        Column("customer", "INTEGER", "cust_no"),
        Column("branch", "TEXT", "branch"),
        Column("state", "TEXT", "state"),
        Column("kind", "TEXT", "loan_type"),
        Column("amount", "INTEGER", "amt_usd"),
        Column("rate", "REAL", "int_rate_pct"),
        Column("term", "INTEGER", "term_mo"),
        Column("issued", "TEXT", "issue_dt", iso),
        Column("status", "TEXT", "status"),
        Column("balance", "INTEGER", "outstanding_usd"),
        Column("score", "INTEGER", "credit_score"),
        Column("income", "INTEGER", "annual_income_usd"),
        Column("officer", "TEXT", "loan_officer"),
        Column("cosigned", "INTEGER", "has_cosigner", either("yes", "no")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "sum", "咱们一共借出去多少钱？", "Hi, could you tell me how much money we have lent in total?", "SELECT SUM(amount) FROM loans"),
    ask(2, "filter", "房贷有多少笔？", "How many mortgages are there?", "SELECT COUNT(*) FROM loans WHERE kind = 'mortgage'"),
    ask(3, "average", "车贷平均利率", "avg interest rate on car loans", "SELECT AVG(rate) FROM loans WHERE kind = 'car'"),
    ask(4, "group", "各支行的贷款笔数和贷款总额", "Number of loans and total amount per branch",
        "SELECT branch, COUNT(*), SUM(amount) FROM loans GROUP BY branch"),
    ask(5, "filter", "违约（default）的贷款有几笔？", "How many loans are in default?", "SELECT COUNT(*) FROM loans WHERE status = 'default'"),
    ask(6, "superlative", "利率最高的那笔贷款是哪笔？给编号", "Which loan ID carries the highest interest rate?",
        "SELECT loan_id FROM loans ORDER BY rate DESC LIMIT 1"),
    ask(7, "distinct", "有多少个不同的客户借了钱？", "How many different customers have borrowed from us?", "SELECT COUNT(DISTINCT customer) FROM loans"),
    ask(8, "time", "每年新放了多少笔贷款？", "How many loans were issued each year?", "SELECT year(issued), COUNT(*) FROM loans GROUP BY year(issued)"),
    ask(9, "filter", "信用分低于600、没有担保人的贷款有多少笔？", "How many loans have a credit score below 600 and no cosigner?",
        "SELECT COUNT(*) FROM loans WHERE score < 600 AND cosigned = 0"),
    ask(10, "top", "未还余额最大的4笔贷款，编号和余额", "The 4 loans with the most money still outstanding: id and balance",
        "SELECT loan_id, balance FROM loans ORDER BY balance DESC LIMIT 4", ordered=True),
    ask(11, "filter", "金额在一万到两万美元之间的有几笔？", "How many loans are between $10,000 and $20,000?",
        "SELECT COUNT(*) FROM loans WHERE amount BETWEEN 10000 AND 20000"),
    ask(12, "share", "逾期（late）的贷款占百分之几？", "What percent of loans are late?", "SELECT 100.0 * SUM(status = 'late') / COUNT(*) FROM loans", percent=True),
    ask(13, "share", "每种贷款占贷款总额的百分之几？", "What percentage of the total amount does each loan type make up?",
        "SELECT kind, 100.0 * SUM(amount) / (SELECT SUM(amount) FROM loans) FROM loans GROUP BY kind", percent=True),
    ask(14, "ratio", "未还余额总额占贷款总额的比例是多少（前者除以后者）？", "total outstanding balance divided by total amount lent",
        "SELECT 1.0 * SUM(balance) / SUM(amount) FROM loans"),
    ask(15, "having", "经手45笔以上（含45笔）贷款的信贷员有哪些？", "loan officers with 45 loans or more",
        "SELECT officer FROM loans GROUP BY officer HAVING COUNT(*) >= 45"),
    ask(16, "order", "各类贷款按平均利率从低到高排", "Loan types from the lowest average interest rate to the highest",
        "SELECT kind, AVG(rate) FROM loans GROUP BY kind ORDER BY AVG(rate)", ordered=True),
    ask(17, "median", "借款人年收入的中位数是多少？", "median annual income", "SELECT median(income) FROM loans"),
    ask(18, "compare", "信用分高于平均分的贷款有多少笔？", "How many loans have an above-average credit score?",
        "SELECT COUNT(*) FROM loans WHERE score > (SELECT AVG(score) FROM loans)"),
    ask(19, "compare", "贷款金额超过借款人年收入的有几笔？", "In how many cases is the loan amount larger than the annual income?",
        "SELECT COUNT(*) FROM loans WHERE amount > income"),
    ask(20, "group", "按贷款类型和状态统计笔数", "count of loans by type and status", "SELECT kind, status, COUNT(*) FROM loans GROUP BY kind, status"),
    ask(21, "list", "L20100这笔贷款是哪家支行放的，放了多少？", "Which branch issued loan L20100 and for how much?",
        "SELECT branch, amount FROM loans WHERE loan_id = 'L20100'"),
    ask(22, "filter", "收入没填的贷款有多少？", "For how many loans is the income not given?", "SELECT COUNT(*) FROM loans WHERE income IS NULL"),
    ask(23, "time", "2023年下半年放出的贷款总额", "Total amount lent in the second half of 2023",
        "SELECT SUM(amount) FROM loans WHERE issued BETWEEN '2023-07-01' AND '2023-12-31'"),
    ask(24, "superlative", "哪个支行的违约贷款最多？", "Which branch has the most defaults?",
        "SELECT branch FROM loans WHERE status = 'default' GROUP BY branch ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(25, "measures", "个人贷款的最低利率和最高利率", "What are the lowest and highest rates on personal loans?",
        "SELECT MIN(rate), MAX(rate) FROM loans WHERE kind = 'personal'"),
    ask(26, "filter", "期限不是60个月的车贷有多少笔？", "How many car loans have a term other than 60 months?",
        "SELECT COUNT(*) FROM loans WHERE kind = 'car' AND term <> 60"),
    ask(27, "relative", "今年第一季度放了几笔贷款？", "How many loans were issued in the first quarter of this year?",
        "SELECT COUNT(*) FROM loans WHERE quarter(issued) = '2024-Q1'", today="2024-12-20"),
    ask(28, "derived", "密歇根州的客户一共已经还了多少（贷款金额减未还余额）？", "For Michigan, what is the amount lent minus the outstanding balance, in total?",
        "SELECT SUM(amount - balance) FROM loans WHERE state = 'Michigan'"),
    ask(29, "growth", "2023年的放贷总额比2022年增长百分之几？", "By what percentage did total lending grow from 2022 to 2023?",
        "SELECT 100.0 * (1.0 * SUM(CASE WHEN year(issued) = '2023' THEN amount END)"
        " / SUM(CASE WHEN year(issued) = '2022' THEN amount END) - 1) FROM loans", percent=True),
    refuse(30, "missing", "抵押物估值最高的是哪笔？", "Which loan has the most valuable collateral?"),
    refuse(31, "missing", "借款人里女性有多少？", "How many of the borrowers are women?"),
    refuse(32, "opinion", "哪个信贷员最靠谱？", "Who is the most trustworthy loan officer?"),
    refuse(33, "forecast", "明年会有多少笔贷款违约？", "How many loans will default next year?"),
    refuse(34, "contradiction", "状态既是paid off又是default的贷款有几笔？", "How many loans are paid off and in default at the same time?"),
    refuse(35, "cause", "客户为什么会逾期？", "Why do customers fall behind with their payments?"),
    refuse(36, "ambiguous", "Downtown支行的平均值是多少？", "What's the average for the Downtown branch?"),
]

FILE = File("bank_loans.csv", [SHEET], QUESTIONS)
