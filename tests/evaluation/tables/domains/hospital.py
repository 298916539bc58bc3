"""Outpatient visits in a workbook: a title, a note and merged cells above the header, a total below."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, itself

DOCTORS = {"内科": ["赵明", "孙丽华"], "外科": ["钱国庆", "李文博"], "儿科": ["周雅琴"], "眼科": ["吴海涛"], "骨科": ["郑凯", "王秀英"]}
DIAGNOSES = {
    "内科": ["高血压", "糖尿病", "胃炎", "感冒"],
    "外科": ["阑尾炎", "外伤"],
    "儿科": ["感冒", "支气管炎"],
    "眼科": ["近视", "结膜炎"],
    "骨科": ["骨折", "腰椎间盘突出"],
}


def build():
    random = Random("hospital")
    rows = []
    for number in range(180):
        department = random.choices(list(DOCTORS), weights=[7, 4, 5, 2, 3])[0]
        age = random.randint(1, 14) if department == "儿科" else random.randint(16, 86)
        medicine = round(random.uniform(15, 420), 2)
        tests = round(random.uniform(30, 900), 2) if random.random() < 0.75 else None
        rows.append((f"{51200 + number:08d}", random.choice("男女"), age,
                     date(2024, 1, 2) + timedelta(days=random.randint(0, 181)), department,
                     random.choice(DOCTORS[department]), random.choice(DIAGNOSES[department]), medicine, tests,
                     random.random() < 0.7, random.choice(["初诊", "复诊", "复诊"])))
    rows.sort(key=lambda row: row[3])
    return rows


ROWS = build()
SHEET = Sheet(
    name="hospital",
    title="门诊明细",
    above=[["市第三医院门诊明细(2024年上半年)"], ["制表:信息科"], []],
    bands=[("患者信息", 3), ("就诊信息", 4), ("费用(元)", 2), ("其他", 2)],
    columns=[
        Column("record", "TEXT", "门诊号"),
        Column("sex", "TEXT", "性别"),
        Column("age", "INTEGER", "年龄", itself),
        Column("day", "TEXT", "就诊日期", itself),
        Column("department", "TEXT", "科室"),
        Column("doctor", "TEXT", "医生"),
        Column("diagnosis", "TEXT", "诊断"),
        Column("medicine", "REAL", "药费", itself),
        Column("tests", "REAL", "检查费", itself, null="无"),
        Column("insured", "INTEGER", "是否医保", either("是", "否")),
        Column("visit", "TEXT", "就诊类型"),
    ],
    rows=ROWS,
    below=[["合计", "", "", "", "", "", "", round(sum(r[7] for r in ROWS), 2), round(sum(r[8] or 0 for r in ROWS), 2), "", ""]],
)

QUESTIONS = [
    ask(1, "count", "上半年一共看了多少人次门诊?", "How many outpatient visits are recorded?", "SELECT COUNT(*) FROM hospital"),
    ask(2, "group", "各科室就诊人次", "Visits per department", "SELECT department, COUNT(*) FROM hospital GROUP BY department"),
    ask(3, "filter", "儿科接诊了多少人次?", "How many visits did paediatrics (儿科) have?",
        "SELECT COUNT(*) FROM hospital WHERE department = '儿科'"),
    ask(4, "average", "患者平均年龄多大?", "What is the average age of the patients?", "SELECT AVG(age) FROM hospital"),
    ask(5, "sum", "药费总共是多少?", "What do the medicine fees come to in total?", "SELECT SUM(medicine) FROM hospital"),
    ask(6, "filter", "没做检查(检查费为空)的就诊有几次?", "How many visits have no test fee (检查费)?",
        "SELECT COUNT(*) FROM hospital WHERE tests IS NULL"),
    ask(7, "superlative", "接诊最多的医生是谁?", "Which doctor had the most visits?",
        "SELECT doctor FROM hospital GROUP BY doctor ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(8, "filter", "60岁以上(含60岁)的就诊人次", "How many visits were by people aged 60 or older?",
        "SELECT COUNT(*) FROM hospital WHERE age >= 60"),
    ask(9, "time", "3月份骨科有多少人次?", "How many orthopaedics (骨科) visits took place in March 2024?",
        "SELECT COUNT(*) FROM hospital WHERE department = '骨科' AND month(day) = '2024-03'"),
    ask(10, "time", "每个月的门诊量是多少?", "How many visits were there each month?", "SELECT month(day), COUNT(*) FROM hospital GROUP BY month(day)"),
    ask(11, "group", "每位医生的平均药费", "Average medicine fee by doctor", "SELECT doctor, AVG(medicine) FROM hospital GROUP BY doctor"),
    ask(12, "filter", "用医保的女患者就诊多少次?", "How many visits were by insured women?",
        "SELECT COUNT(*) FROM hospital WHERE insured = 1 AND sex = '女'"),
    ask(13, "count", "诊断为感冒的有多少例?", "How many cases were diagnosed as 感冒?", "SELECT COUNT(*) FROM hospital WHERE diagnosis = '感冒'"),
    ask(14, "max", "检查费最高是多少?", "What was the highest test fee?", "SELECT MAX(tests) FROM hospital"),
    ask(15, "median", "药费的中位数是多少元?", "What is the median medicine fee?", "SELECT median(medicine) FROM hospital"),
    ask(16, "group", "按科室和就诊类型统计人次", "Visit counts by department and type of visit",
        "SELECT department, visit, COUNT(*) FROM hospital GROUP BY department, visit"),
    ask(17, "order", "各科室检查费合计,从高到低", "Departments sorted by total test fee, largest to smallest",
        "SELECT department, SUM(tests) FROM hospital GROUP BY department ORDER BY SUM(tests) DESC", ordered=True),
    ask(18, "distinct", "外科有哪些医生?", "Name the doctors in surgery (外科).", "SELECT DISTINCT doctor FROM hospital WHERE department = '外科'"),
    ask(19, "min", "年纪最小的患者几岁?", "How old is the youngest patient?", "SELECT MIN(age) FROM hospital"),
    ask(20, "filter", "药费超过400元的就诊门诊号有哪些?", "Give the 门诊号 of all visits with a medicine fee over 400 yuan.",
        "SELECT record FROM hospital WHERE medicine > 400"),
    ask(21, "conditional", "每个科室的复诊人次", "Number of follow-up visits (复诊) in each department",
        "SELECT department, COUNT(*) FROM hospital WHERE visit = '复诊' GROUP BY department"),
    ask(22, "having", "平均年龄在40岁以上的科室有哪些?", "In which departments is the average age over 40?",
        "SELECT department FROM hospital GROUP BY department HAVING AVG(age) > 40"),
    ask(23, "share", "复诊占全部就诊的百分之多少?", "What percent of visits are follow-ups (复诊)?",
        "SELECT 100.0 * SUM(visit = '复诊') / COUNT(*) FROM hospital", percent=True),
    ask(24, "time", "第一季度检查费总额", "Total test fees in Q1", "SELECT SUM(tests) FROM hospital WHERE quarter(day) = '2024-Q1'"),
    ask(25, "filter", "内科和外科加起来药费多少?", "What are the medicine fees of 内科 and 外科 combined?",
        "SELECT SUM(medicine) FROM hospital WHERE department IN ('内科', '外科')"),
    refuse(26, "missing", "平均住院天数是多少?", "What is the average length of stay in hospital?"),
    refuse(27, "opinion", "哪位医生的医术最高明?", "Who is the most skilful doctor?"),
    refuse(28, "missing", "病人对服务的满意度怎么样?", "How satisfied were the patients?"),
    refuse(29, "cause", "是不是空气污染引起了支气管炎?", "Is air pollution behind the bronchitis cases?"),
    refuse(30, "forecast", "下半年感冒患者会有多少?", "How many colds should we expect in the second half of the year?"),
    refuse(31, "contradiction", "小于10岁且大于70岁的患者有多少次就诊?", "How many visits were by patients younger than 10 and older than 70?"),
    ask(32, "time", "赵明医生4月接诊多少人次?", "How many visits did doctor 赵明 have in April?",
        "SELECT COUNT(*) FROM hospital WHERE doctor = '赵明' AND month(day) = '2024-04'"),
    ask(33, "superlative", "最常见的诊断是什么?", "What is the most common diagnosis?",
        "SELECT diagnosis FROM hospital GROUP BY diagnosis ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(34, "average", "没有医保的患者平均检查费多少?", "Average test fee of patients without insurance", "SELECT AVG(tests) FROM hospital WHERE insured = 0"),
    ask(35, "filter", "18到35岁的患者来了几次?", "Number of visits by patients aged 18 to 35", "SELECT COUNT(*) FROM hospital WHERE age BETWEEN 18 AND 35"),
    ask(36, "group", "男女患者的平均年龄分别是多少?", "average age, men vs women", "SELECT sex, AVG(age) FROM hospital GROUP BY sex"),
    ask(37, "filter", "儿科里诊断不是感冒的有几例?", "How many 儿科 visits were diagnosed as something other than 感冒?",
        "SELECT COUNT(*) FROM hospital WHERE department = '儿科' AND diagnosis <> '感冒'"),
    ask(38, "superlative", "药费最贵的那次就诊是哪位医生看的?", "Which doctor handled the visit with the highest medicine fee?",
        "SELECT doctor FROM hospital ORDER BY medicine DESC LIMIT 1"),
    ask(39, "time", "2024年2月20日到3月10日之间有多少次就诊", "visits from 20 February to 10 March 2024, how many?",
        "SELECT COUNT(*) FROM hospital WHERE day BETWEEN '2024-02-20' AND '2024-03-10'"),
    refuse(40, "missing", "做过CT的患者有几位?", "How many patients had a CT scan?"),
    refuse(41, "ambiguous", "骨科的平均费用是多少?", "What is the average fee in 骨科?"),
    refuse(42, "missing", "吸烟的患者平均年龄多大?", "What is the average age of patients who smoke?"),
]

FILE = File("门诊明细.xlsx", [SHEET], QUESTIONS)
