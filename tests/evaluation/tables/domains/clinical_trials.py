"""Clinical trials with headers like Num_Enrolled and Cost_Mil_USD: codes, phases, dates of beginning and end, T and F."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet

DRUGS = [
    "Alvotrin", "Bexarol", "Cintamab", "Doravex", "Elpazine", "Fenorat", "Glurizide", "Hexalimab", "Invostat", "Jurafen", "Kelorine", "Lumoxin", "Mirzapan", "Novelastat",
    "Orbizol", "Pentavir", "Quilasan", "Resomab", "Sitravol", "Tolvirin",
]  # fmt: skip
SPONSORS = ["Medora", "Northgate Pharma", "Universal Biotech", "Sanova", "Kyoto Life Science"]


def build():
    random = Random("clinical trials 3")
    enrolled = random.sample(range(18, 2400), 42)
    costs = random.sample(range(8, 960), 42)
    days = random.sample(range(0, 2600), 42)
    rows = []
    for number in range(42):
        began = date(2016, 3, 1) + timedelta(days=days[number])
        ended = began + timedelta(days=random.randint(90, 1500))
        rows.append((
            f"CT-{2000 + number * 7}", random.choice(DRUGS), f"Phase {random.choices([1, 2, 3, 4], weights=[5, 7, 6, 2])[0]}",
            random.choices(SPONSORS, weights=[9, 8, 5, 4, 3])[0], random.choices(["Diabetes", "Asthma", "Migraine", "Hypertension", "Lung Cancer"], weights=[8, 5, 4, 6, 5])[0],
            began.isoformat(), ended.isoformat() if ended < date(2024, 6, 1) and random.random() < 0.8 else None, enrolled[number],
            int(enrolled[number] * random.uniform(0, 0.22)), costs[number] / 10, random.choice("TTF"),
            random.choices(["USA", "Germany", "Japan", "UK", "Brazil"], weights=[9, 6, 4, 5, 3])[0],
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="clinical_trials",
    columns=[
        Column("code", "TEXT", "Trial_Code"),
        Column("drug", "TEXT", "Drug_Name"),
        Column("phase", "TEXT", "Phase"),
        Column("sponsor", "TEXT", "Sponsor"),
        Column("disease", "TEXT", "Disease"),
        Column("began", "TEXT", "Start_Date"),
        Column("ended", "TEXT", "End_Date"),
        Column("enrolled", "INTEGER", "Num_Enrolled"),
        Column("withdrawn", "INTEGER", "Num_Withdrawn"),
        Column("cost", "REAL", "Cost_Mil_USD"),
        Column("blinded", "TEXT", "Blinded"),
        Column("country", "TEXT", "Lead_Country"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "共有多少项临床试验？", "How many clinical trials are there in total?", "SELECT COUNT(*) FROM clinical_trials"),
    ask(2, "filter", "关于糖尿病的试验有多少项？", "How many trials are about diabetes?", "SELECT COUNT(*) FROM clinical_trials WHERE disease = 'Diabetes'"),
    ask(3, "list", "显示所有第三期（Phase 3）试验的编号和药物名称。", "Show the code and the drug name of all Phase 3 trials.", "SELECT code, drug FROM clinical_trials WHERE phase = 'Phase 3'"),
    ask(4, "sum", "所有试验的入组人数总和是多少？", "What is the total number of people enrolled in all trials?", "SELECT SUM(enrolled) FROM clinical_trials"),
    ask(5, "group", "每个申办方进行了多少项试验？", "How many trials does each sponsor run?", "SELECT sponsor, COUNT(*) FROM clinical_trials GROUP BY sponsor"),
    ask(6, "superlative", "成本最高的试验的编号和申办方是什么？", "What are the code and the sponsor of the most costly trial?", "SELECT code, sponsor FROM clinical_trials ORDER BY cost DESC LIMIT 1"),
    ask(7, "superlative", "研究得最多的疾病是哪种？", "Which disease is studied in the most trials?", "SELECT disease FROM clinical_trials GROUP BY disease ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(8, "filter", "哪些试验还没有结束日期？", "Which trials have no end date?", "SELECT code FROM clinical_trials WHERE ended IS NULL"),
    ask(9, "time", "2020年开始的试验有多少项？", "How many trials started in 2020?", "SELECT COUNT(*) FROM clinical_trials WHERE began LIKE '2020%'"),
    ask(10, "average", "盲法试验的平均入组人数是多少？", "What is the average number enrolled in blinded trials?", "SELECT AVG(enrolled) FROM clinical_trials WHERE blinded = 'T'"),
    ask(11, "filter", "既不是由Medora也不是由Sanova申办的试验有多少项？", "How many trials are sponsored by neither Medora nor Sanova?",
        "SELECT COUNT(*) FROM clinical_trials WHERE sponsor NOT IN ('Medora', 'Sanova')"),
    ask(12, "having", "列出申办了超过六项试验的申办方。", "List the sponsors with more than six trials.", "SELECT sponsor FROM clinical_trials GROUP BY sponsor HAVING COUNT(*) > 6"),
    ask(13, "compare", "入组人数多于平均值的试验编号有哪些？", "What are the codes of trials that enrolled more people than the average?",
        "SELECT code FROM clinical_trials WHERE enrolled > (SELECT AVG(enrolled) FROM clinical_trials)"),
    ask(14, "group", "每个阶段的平均成本是多少？", "What is the average cost for each phase?", "SELECT phase, AVG(cost) FROM clinical_trials GROUP BY phase"),
    ask(15, "order", "按开始日期的先后列出日本试验的编号。", "List the codes of the trials led by Japan, ordered by start date.",
        "SELECT code FROM clinical_trials WHERE country = 'Japan' ORDER BY began", ordered=True),
    ask(16, "distinct", "不同药物的数量是多少？", "What is the number of different drugs?", "SELECT COUNT(DISTINCT drug) FROM clinical_trials"),
    ask(17, "measures", "哮喘试验的总成本和平均成本各是多少？", "What are the total and the average cost of the asthma trials?", "SELECT SUM(cost), AVG(cost) FROM clinical_trials WHERE disease = 'Asthma'"),
    ask(18, "top", "退出人数最多的两项试验是哪两项？", "Which two trials have the most withdrawn participants?", "SELECT code FROM clinical_trials ORDER BY withdrawn DESC LIMIT 2"),
    ask(19, "filter", "成本在10到30（百万美元）之间的试验有多少项？", "How many trials cost between 10 and 30 million dollars?", "SELECT COUNT(*) FROM clinical_trials WHERE cost BETWEEN 10 AND 30"),
    ask(20, "superlative", "德国的试验中入组人数最少的是哪一项？", "Which German trial has the fewest people enrolled?", "SELECT code FROM clinical_trials WHERE country = 'Germany' ORDER BY enrolled LIMIT 1"),
    ask(21, "group", "按牵头国家显示退出人数的总和。", "Show the total number of withdrawals by lead country.", "SELECT country, SUM(withdrawn) FROM clinical_trials GROUP BY country"),
    refuse(22, "missing", "哪项试验的副作用最严重？", "Which trial had the most serious side effects?"),
    refuse(23, "missing", "参加试验者的平均年龄是多少？", "What is the average age of the participants?"),
    refuse(24, "forecast", "正在进行的试验什么时候会获批？", "When will the ongoing trials be approved?"),
]

FILE = File("clinical_trials.csv", [SHEET], QUESTIONS)
