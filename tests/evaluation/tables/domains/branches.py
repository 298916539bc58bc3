"""Quarterly figures of branches: quarters as 2023Q1, money in 万元, a second table below the first, a hidden sheet."""

from random import Random

from question import ask, refuse
from table import Column, File, Percent, Sheet, itself

BRANCHES = [
    ("华东分公司", 3200, "沈建华", 86, 2006), ("华南分公司", 2700, "黎志强", 71, 2008), ("华北分公司", 2450, "高敏", 64, 2005),
    ("西南分公司", 1300, "罗晓东", 38, 2013), ("华中分公司", 1650, "邓丽", 45, 2010), ("东北分公司", 900, "金哲", 29, 2016),
]


def build():
    random = Random("branches")
    rows = []
    for name, size, *_ in BRANCHES:
        for step in range(8):
            income = round(size / 4 * (1 + 0.02 * step) * (1.2 if step % 4 == 3 else 1) * random.uniform(0.85, 1.15), 1)
            rows.append((name, f"{2023 + step // 4}-Q{step % 4 + 1}", income, round(income * random.uniform(0.62, 0.88), 1),
                         round(random.uniform(71, 98), 1), random.randint(4, 41)))
    return rows


RESULTS = Sheet(
    name="branches",
    title="业绩",
    above=[["各分公司季度业绩", "", "", "", "", "单位:万元"]],
    columns=[
        Column("branch", "TEXT", "分公司"),
        Column("quarter", "TEXT", "季度", lambda quarter: quarter.replace("-", "")),
        Column("income", "REAL", "收入(万元)", itself),
        Column("cost", "REAL", "成本(万元)", itself),
        Column("collected", "REAL", "回款率", lambda value: Percent(value / 100)),
        Column("contracts", "INTEGER", "新签合同数", itself),
    ],
    rows=build(),
)
STAFF = Sheet(
    name="staff",
    title="业绩",
    columns=[
        Column("branch", "TEXT", "分公司"),
        Column("head", "TEXT", "负责人"),
        Column("people", "INTEGER", "员工人数", itself),
        Column("founded", "INTEGER", "成立年份", itself),
    ],
    rows=[(name, head, people, founded) for name, _, head, people, founded in BRANCHES],
)
DRAFT = Sheet(name="draft", title="草稿", hidden=True, columns=[Column("item", "TEXT", "事项"), Column("owner", "TEXT", "经办")],
              rows=[("核对三季度发票", "小周"), ("补录合同扫描件", "小何")])

QUESTIONS = [
    ask(1, "sum", "2024年全公司收入合计多少万元?", "What was total income in 2024, in 万元?",
        "SELECT SUM(income) FROM branches WHERE quarter LIKE '2024%'"),
    ask(2, "group", "各分公司两年的总收入", "Total income of each branch", "SELECT branch, SUM(income) FROM branches GROUP BY branch"),
    ask(3, "superlative", "总收入最高的分公司是哪家?", "Which branch has the highest total income?",
        "SELECT branch FROM branches GROUP BY branch ORDER BY SUM(income) DESC LIMIT 1"),
    ask(4, "sum", "华南分公司2023年的成本是多少?", "What were the costs of the South China branch (华南分公司) in 2023?",
        "SELECT SUM(cost) FROM branches WHERE branch = '华南分公司' AND quarter LIKE '2023%'"),
    ask(5, "average", "平均回款率是多少?", "What is the average collection rate (回款率)?", "SELECT AVG(collected) FROM branches",
        percent=True),
    ask(6, "filter", "回款率低于80%的记录有几条?", "How many records have a 回款率 below 80%?", "SELECT COUNT(*) FROM branches WHERE collected < 80"),
    ask(7, "time", "2024年第三季度各分公司的收入", "Income by branch in the third quarter of 2024",
        "SELECT branch, income FROM branches WHERE quarter = '2024-Q3'"),
    ask(8, "time", "按季度汇总新签合同数", "New contracts signed per quarter", "SELECT quarter, SUM(contracts) FROM branches GROUP BY quarter",
        respelt=("-Q", "Q")),
    ask(9, "derived", "全公司两年的利润(收入减成本)一共是多少万元?", "What is total income minus total cost, over everything?",
        "SELECT SUM(income - cost) FROM branches"),
    ask(10, "list", "西南分公司的负责人是谁?", "Who heads the 西南分公司?", "SELECT head FROM staff WHERE branch = '西南分公司'"),
    ask(11, "superlative", "哪家分公司成立得最早?", "Which branch was founded first?", "SELECT branch FROM staff ORDER BY founded LIMIT 1"),
    ask(12, "sum", "所有分公司一共有多少员工?", "How many people do all the branches employ?", "SELECT SUM(people) FROM staff"),
    ask(13, "filter", "员工人数超过50人的分公司有哪些?", "Which branches have more than 50 staff?", "SELECT branch FROM staff WHERE people > 50"),
    ask(14, "growth", "华东分公司2024年第一季度收入同比增长百分之几?",
        "How many percent did 华东分公司's income grow in 2024 Q1 compared with 2023 Q1?",
        "SELECT 100.0 * (SUM(CASE WHEN quarter = '2024-Q1' THEN income END)"
        " / SUM(CASE WHEN quarter = '2023-Q1' THEN income END) - 1) FROM branches WHERE branch = '华东分公司'", percent=True),
    ask(15, "share", "2024年各分公司收入占比(百分之几)", "Each branch's percentage of 2024 income",
        "SELECT branch, 100.0 * SUM(income) / (SELECT SUM(income) FROM branches WHERE quarter LIKE '2024%')"
        " FROM branches WHERE quarter LIKE '2024%' GROUP BY branch", percent=True),
    ask(16, "max", "单个季度收入最高是多少万元?", "What is the highest quarterly income of any branch?", "SELECT MAX(income) FROM branches"),
    ask(17, "top", "2024年新签合同最多的三家分公司", "Three branches with the most new contracts in 2024",
        "SELECT branch FROM branches WHERE quarter LIKE '2024%' GROUP BY branch ORDER BY SUM(contracts) DESC LIMIT 3", ordered=True),
    ask(18, "having", "哪些分公司的新签合同总数超过180份?", "Which branches signed more than 180 contracts in total?",
        "SELECT branch FROM branches GROUP BY branch HAVING SUM(contracts) > 180"),
    ask(19, "order", "分公司按员工人数从少到多排列", "Branches and their staff numbers, fewest first",
        "SELECT branch, people FROM staff ORDER BY people", ordered=True),
    refuse(20, "missing", "各分公司的办公室租金是多少?", "How much office rent does each branch pay?"),
    refuse(21, "missing", "大客户贡献了多少收入?", "How much income came from key accounts?"),
    refuse(22, "forecast", "2027年第一季度收入会是多少?", "What will income be in Q1 2027?"),
    refuse(23, "opinion", "哪位负责人的管理风格最好?", "Which branch head has the best management style?"),
    refuse(24, "cause", "收入增长有多少是促销带来的?", "How much of the income growth is due to promotions?"),
    refuse(25, "contradiction", "回款率低于75%又高于95%的记录有几条?", "How many records have a 回款率 below 75% and above 95%?"),
    refuse(26, "unknown-word", "各分公司的呼噜值", "the fizzlewick of each branch"),
    ask(27, "superlative", "2023年哪个季度的总收入最高?", "Which quarter of 2023 had the highest total income?",
        "SELECT quarter FROM branches WHERE quarter LIKE '2023%' GROUP BY quarter ORDER BY SUM(income) DESC LIMIT 1", respelt=("-Q", "Q")),
    ask(28, "sum", "华东和华南两家分公司2024年一共新签了多少份合同?", "How many new contracts did 华东分公司 and 华南分公司 sign in 2024?",
        "SELECT SUM(contracts) FROM branches WHERE branch IN ('华东分公司', '华南分公司') AND quarter LIKE '2024%'"),
    ask(29, "list", "2010年以前成立的分公司的负责人是谁?", "Who heads the branches founded before 2010?", "SELECT head FROM staff WHERE founded < 2010"),
    ask(30, "group", "各分公司的平均季度成本", "average quarterly cost by branch", "SELECT branch, AVG(cost) FROM branches GROUP BY branch"),
    ask(31, "filter", "收入超过800万元的季度记录有几条?", "How many records show an income above 800 (万元)?", "SELECT COUNT(*) FROM branches WHERE income > 800"),
    refuse(32, "missing", "出口业务收入是多少?", "What was the income from exports?"),
    refuse(33, "ambiguous", "华东分公司的平均值是多少?", "What is the average for 华东分公司?"),
]

FILE = File("分公司季度业绩.xlsx", [RESULTS, STAFF, DRAFT], QUESTIONS)
