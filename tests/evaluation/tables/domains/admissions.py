"""A hospital's admissions with Chinese headers and values."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, chinese


def build():
    random = Random("admissions 1")
    rows = []
    for number in range(140):
        came = date(2023, 1, 4) + timedelta(days=random.randint(0, 640))
        stay = random.randint(1, 26)
        cost = round(random.lognormvariate(9, 0.6), 2)
        rows.append((f"ZY{30001 + number}", random.choice(["男", "女"]), random.randint(1, 92), random.choices(["内科", "外科", "儿科", "骨科", "妇产科"], weights=[6, 5, 3, 3, 2])[0],
                     random.choice(["林医生", "高医生", "马医生", "罗医生"]), came, stay, cost, round(cost * random.uniform(0.3, 0.85), 2),
                     random.choice(["城镇职工", "城乡居民", "自费"]), random.choices(["治愈", "好转", "转院", "死亡"], weights=[12, 8, 2, 1])[0]))
    return rows


SHEET = Sheet(
    name="admissions",
    columns=[
        Column("case_no", "TEXT", "住院号"),
        Column("sex", "TEXT", "性别"),
        Column("age", "INTEGER", "年龄"),
        Column("ward", "TEXT", "科室"),
        Column("doctor", "TEXT", "主治医生"),
        Column("came", "TEXT", "入院日期", chinese),
        Column("stay", "INTEGER", "住院天数"),
        Column("cost", "REAL", "总费用（元）"),
        Column("covered", "REAL", "医保报销（元）"),
        Column("insurance", "TEXT", "医保类型"),
        Column("outcome", "TEXT", "出院情况"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "average", "外科病人平均住院多少天？", "How many days do 外科 patients stay on average?", "SELECT AVG(stay) FROM admissions WHERE ward = '外科'"),
    ask(2, "filter", "65岁及以上的女病人有多少？", "How many female patients are 65 or older?", "SELECT COUNT(*) FROM admissions WHERE sex = '女' AND age >= 65"),
    ask(3, "sum", "2024年总费用一共多少？", "What was the total cost in 2024?", "SELECT SUM(cost) FROM admissions WHERE year(came) = '2024'"),
    ask(4, "superlative", "费用最高的是哪个住院号？", "Which case number has the highest cost?", "SELECT case_no FROM admissions ORDER BY cost DESC LIMIT 1"),
    ask(5, "share", "自费病人占比多少？", "What percentage of patients are 自费?", "SELECT 100.0 * SUM(insurance = '自费') / COUNT(*) FROM admissions", percent=True),
    ask(6, "superlative", "哪位医生收治的病人最多？", "Which doctor treated the most patients?",
        "SELECT doctor FROM admissions GROUP BY doctor ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(7, "filter", "骨科住院超过两周的有几人？", "How many 骨科 patients stayed more than 14 days?", "SELECT COUNT(*) FROM admissions WHERE ward = '骨科' AND stay > 14"),
    ask(8, "group", "按科室统计治愈人数", "number of 治愈 patients by department", "SELECT ward, COUNT(*) FROM admissions WHERE outcome = '治愈' GROUP BY ward"),
    ask(9, "group", "2023年每个月入院多少人？", "How many admissions were there each month in 2023?", "SELECT month(came), COUNT(*) FROM admissions WHERE year(came) = '2023' GROUP BY month(came)"),
    ask(10, "compare", "内科和儿科哪个科的平均费用高？", "Which has the higher average cost, 内科 or 儿科?",
        "SELECT ward FROM admissions WHERE ward IN ('内科', '儿科') GROUP BY ward ORDER BY AVG(cost) DESC LIMIT 1"),
    ask(11, "compare", "内科比儿科多多少个病人？", "How many more patients does 内科 have than 儿科?", "SELECT SUM(ward = '内科') - SUM(ward = '儿科') FROM admissions"),
    ask(12, "filter", "除死亡外的病人有多少？", "How many patients are there excluding 死亡?", "SELECT COUNT(*) FROM admissions WHERE outcome <> '死亡'"),
    ask(13, "ratio", "医保报销总额占总费用的比例", "What percentage of the total cost was covered by insurance reimbursement?",
        "SELECT 100.0 * SUM(covered) / SUM(cost) FROM admissions", percent=True),
    ask(14, "top", "费用排前五的病人的住院号和费用", "case numbers and costs of the five most expensive admissions",
        "SELECT case_no, cost FROM admissions ORDER BY cost DESC LIMIT 5", ordered=True),
    ask(15, "median", "儿科病人年龄的中位数", "median age of the 儿科 patients", "SELECT median(age) FROM admissions WHERE ward = '儿科'"),
    ask(16, "filter", "去年马医生收了几个骨科病人？", "How many 骨科 patients did 马医生 admit last year?",
        "SELECT COUNT(*) FROM admissions WHERE doctor = '马医生' AND ward = '骨科' AND year(came) = '2023'", today="2024-11-20"),
    ask(17, "having", "哪些科室平均住院天数超过13天？", "Which departments have an average stay of more than 13 days?",
        "SELECT ward FROM admissions GROUP BY ward HAVING AVG(stay) > 13"),
    ask(18, "lookup", "ZY30012住了几天院？", "How many days did ZY30012 stay?", "SELECT stay FROM admissions WHERE case_no = 'ZY30012'"),
    ask(19, "lookup", "ZY30050是谁的病人？什么科？", "Which doctor and department is ZY30050 under?", "SELECT doctor, ward FROM admissions WHERE case_no = 'ZY30050'"),
    ask(20, "time", "2023年下半年入院的有几人？", "How many patients were admitted in the second half of 2023?",
        "SELECT COUNT(*) FROM admissions WHERE came BETWEEN '2023-07-01' AND '2023-12-31'"),
    ask(21, "max", "住院最久的病人住了多少天？", "How many days did the longest stay last?", "SELECT MAX(stay) FROM admissions"),
    refuse(22, "missing", "哪个病人对青霉素过敏？", "Which patient is allergic to penicillin?"),
    refuse(23, "missing", "护士人数最多的科室？", "Which department has the most nurses?"),
]

FILE = File("住院登记.csv", [SHEET], QUESTIONS, open=True)
