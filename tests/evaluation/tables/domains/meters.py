"""Monthly readings of electricity meters: GB18030, a subtotal under every building and a grand total at the end."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, grouped, slashed

BUILDINGS = {"行政楼": 5200, "教学楼": 8800, "实验楼": 14300, "宿舍楼": 11800, "食堂": 9400}
USES = ["照明", "空调", "动力"]
SHARES = {"照明": 0.3, "空调": 0.45, "动力": 0.25}
SEASON = [1.15, 1.1, 0.95, 0.85, 0.9, 1.2, 1.45, 1.4, 1.1, 0.9, 0.95, 1.1]


def month_end(year, month):
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def build():
    random = Random("meters")
    rows = []
    for building, (name, typical) in enumerate(BUILDINGS.items()):
        for place, use in enumerate(USES):
            for step in range(15):
                year, month = 2023 + (step + 3) // 12, (step + 3) % 12 + 1
                season = SEASON[month - 1] if use == "空调" else 1
                used = round(typical * SHARES[use] * season * (1 + 0.04 * (year - 2023)) * random.uniform(0.9, 1.1), 1)
                rows.append((f"00{building + 1}{place + 1}7", name, use, month_end(year, month), used,
                             round(used * 0.638, 2), random.choice(["自动", "自动", "自动", "人工"])))
    return rows


def with_subtotals(sheet):
    lines = []
    for name in BUILDINGS:
        own = [row for row in sheet.rows if row[1] == name]
        lines += [sheet.line(row) for row in own]
        lines.append(total("小计", own))
    return lines


def total(label, rows):
    return [label, "", "", "", grouped(round(sum(row[4] for row in rows), 2)), grouped(round(sum(row[5] for row in rows), 2)), ""]


SHEET = Sheet(
    name="meters",
    columns=[
        Column("meter", "TEXT", "电表编号"),
        Column("building", "TEXT", "楼栋"),
        Column("use", "TEXT", "用途"),
        Column("read_on", "TEXT", "抄表日期", slashed),
        Column("kwh", "REAL", "用电量(kWh)", grouped),
        Column("fee", "REAL", "电费(元)", grouped),
        Column("method", "TEXT", "抄表方式"),
    ],
    rows=build(),
    subtotal=with_subtotals,
)
SHEET.below = [total("总计", SHEET.rows)]

QUESTIONS = [
    ask(1, "sum", "这些电表总共用了多少度电?", "How many kWh were used in total?", "SELECT SUM(kwh) FROM meters"),
    ask(2, "group", "每栋楼各用了多少电?", "Electricity use by building", "SELECT building, SUM(kwh) FROM meters GROUP BY building"),
    ask(3, "sum", "食堂的电费一共多少钱?", "What did electricity cost for the canteen (食堂)?",
        "SELECT SUM(fee) FROM meters WHERE building = '食堂'"),
    ask(4, "time", "2024年1月的总用电量", "Total consumption in January 2024", "SELECT SUM(kwh) FROM meters WHERE month(read_on) = '2024-01'"),
    ask(5, "superlative", "哪栋楼电费花得最多?", "Which building had the highest electricity bill overall?",
        "SELECT building FROM meters GROUP BY building ORDER BY SUM(fee) DESC LIMIT 1"),
    ask(6, "time", "2023年各月用电量是多少?", "Show the monthly electricity consumption for 2023.",
        "SELECT month(read_on), SUM(kwh) FROM meters WHERE year(read_on) = '2023' GROUP BY month(read_on)"),
    ask(7, "filter", "空调用电一共多少千瓦时?", "How many kWh went into air conditioning (空调)?",
        "SELECT SUM(kwh) FROM meters WHERE use = '空调'"),
    ask(8, "count", "人工抄表的记录有几条?", "How many readings were taken manually (人工)?",
        "SELECT COUNT(*) FROM meters WHERE method = '人工'"),
    ask(9, "distinct", "有多少块电表?", "How many different meters are there?", "SELECT COUNT(DISTINCT meter) FROM meters"),
    ask(10, "group", "按楼栋和用途汇总电费", "Total fee for each building and use", "SELECT building, use, SUM(fee) FROM meters GROUP BY building, use"),
    ask(11, "superlative", "用电量最高的那条记录是哪块电表抄的?", "Which meter has the single highest reading of kWh?",
        "SELECT meter FROM meters ORDER BY kwh DESC LIMIT 1"),
    ask(12, "max", "实验楼单月单表最大用电量是多少?", "What is the largest single reading, in kWh, in the 实验楼?",
        "SELECT MAX(kwh) FROM meters WHERE building = '实验楼'"),
    ask(13, "time", "去年下半年的总用电量是多少?", "How much electricity was used in the second half of last year?",
        "SELECT SUM(kwh) FROM meters WHERE read_on BETWEEN '2023-07-01' AND '2023-12-31'", today="2024-07-15"),
    ask(14, "relative", "上个季度的电费是多少?", "What was the electricity fee last quarter?",
        "SELECT SUM(fee) FROM meters WHERE quarter(read_on) = '2024-Q2'", today="2024-07-15"),
    ask(15, "share", "宿舍楼用电占全部用电的百分之几?", "What percentage of all electricity does the dormitory (宿舍楼) use?",
        "SELECT 100.0 * SUM(CASE WHEN building = '宿舍楼' THEN kwh END) / SUM(kwh) FROM meters", percent=True),
    ask(16, "filter", "用电量不到1500度的抄表记录有多少条?", "How many readings are below 1,500 kWh?",
        "SELECT COUNT(*) FROM meters WHERE kwh < 1500"),
    ask(17, "growth", "2024年5月总用电量比去年同月增长了百分之几?",
        "By what percentage did total kWh in May 2024 change compared with May 2023?",
        "SELECT 100.0 * (SUM(CASE WHEN month(read_on) = '2024-05' THEN kwh END)"
        " / SUM(CASE WHEN month(read_on) = '2023-05' THEN kwh END) - 1) FROM meters", percent=True),
    ask(18, "top", "电费最高的两栋楼", "The two buildings with the highest total fee",
        "SELECT building FROM meters GROUP BY building ORDER BY SUM(fee) DESC LIMIT 2", ordered=True),
    ask(19, "average", "教学楼照明平均每次抄表多少度?", "What is the average lighting (照明) reading in the teaching building (教学楼)?",
        "SELECT AVG(kwh) FROM meters WHERE building = '教学楼' AND use = '照明'"),
    ask(20, "list", "编号00217的电表装在哪栋楼?", "In which building is meter 00217?",
        "SELECT DISTINCT building FROM meters WHERE meter = '00217'"),
    ask(21, "time", "每季度的电费总额", "Total fee per quarter", "SELECT quarter(read_on), SUM(fee) FROM meters GROUP BY quarter(read_on)"),
    refuse(22, "missing", "碳排放量是多少吨?", "How many tonnes of CO2 were emitted?"),
    refuse(23, "missing", "哪栋楼的用水量最大?", "Which building uses the most water?"),
    refuse(24, "forecast", "照这样下去,2026年电费要多少?", "What will the electricity bill be in 2026?"),
    refuse(25, "cause", "是新装的电梯让用电变多了吗?", "Is the new lift the reason why consumption grew?"),
    refuse(26, "contradiction", "2024年3月之后、2023年5月之前的用电量是多少?",
           "How much electricity was used after March 2024 and before May 2023?"),
    refuse(27, "unknown-word", "各楼栋的嗡嗡指数", "zorgle index by building"),
    ask(28, "time", "实验楼2024年每个月的电费", "Monthly fee for the 实验楼 in 2024",
        "SELECT month(read_on), SUM(fee) FROM meters WHERE building = '实验楼' AND year(read_on) = '2024' GROUP BY month(read_on)"),
    ask(29, "superlative", "照明用电最少的是哪栋楼?", "Which building uses the least electricity for lighting (照明)?",
        "SELECT building FROM meters WHERE use = '照明' GROUP BY building ORDER BY SUM(kwh) LIMIT 1"),
    ask(30, "superlative", "哪个月用电最多?", "In which month was total consumption highest?",
        "SELECT month(read_on) FROM meters GROUP BY month(read_on) ORDER BY SUM(kwh) DESC LIMIT 1"),
    ask(31, "average", "自动抄表的记录平均用电量是多少", "average kWh of automatic (自动) readings", "SELECT AVG(kwh) FROM meters WHERE method = '自动'"),
    ask(32, "growth", "2024年6月总电费环比增长百分之几?", "Percentage change in total fee, June 2024 versus May 2024",
        "SELECT 100.0 * (SUM(CASE WHEN month(read_on) = '2024-06' THEN fee END)"
        " / SUM(CASE WHEN month(read_on) = '2024-05' THEN fee END) - 1) FROM meters", percent=True),
    ask(33, "cumulative", "2024年逐月累计电费", "Cumulative fee by month for 2024",
        "SELECT month(read_on), SUM(SUM(fee)) OVER (ORDER BY month(read_on)) FROM meters WHERE year(read_on) = '2024' GROUP BY month(read_on)"),
    refuse(34, "missing", "峰时用电多少度?", "How much electricity was used at peak hours?"),
    refuse(35, "missing", "三楼的用电量是多少?", "How much did the third floor use?"),
]

FILE = File("电表抄表记录.csv", [SHEET], QUESTIONS, encoding="gb18030")
