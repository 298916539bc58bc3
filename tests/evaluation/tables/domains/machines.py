"""Machines of a factory and their repairs: two sheets with titles, ids with leading zeros, amounts with ￥, dates as cells and as text."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, chinese, either, itself, money, slashed

KINDS = ["数控车床", "立式铣床", "激光切割机", "注塑机", "空压机", "冲压机", "磨床", "桥式起重机", "锅炉", "输送带"]
SHOPS = ["一车间", "二车间", "三车间", "总装车间"]
PEOPLE = ["孙海涛", "周敏", "吴刚", "郑丽华", "冯伟", "褚天明"]
FAULTS = ["电气故障", "液压泄漏", "轴承磨损", "控制系统报警", "皮带断裂"]


def machines():
    random = Random("machines 2")
    worths = random.sample(range(18, 960), 20)
    days = random.sample(range(0, 4200), 20)
    return [
        (
            f"{number * 3 + 7:04d}", f"{KINDS[number % 10]}{'甲乙'[number // 10]}", random.choices(SHOPS, weights=[6, 5, 4, 3])[0],
            (date(2011, 5, 2) + timedelta(days=days[number])).isoformat(), worths[number] * 1000,
            random.choices(["在用", "停用", "报废"], weights=[14, 4, 2])[0], random.choice(PEOPLE),
        )
        for number in range(20)
    ]  # fmt: skip


def repairs(owned):
    random = Random("repairs 7")
    costs = random.sample(range(60, 28000), 46)
    days = random.sample(range(0, 600), 46)
    return [
        (
            f"WX{number + 1:05d}", random.choice(owned[:16])[0], (date(2023, 2, 1) + timedelta(days=days[number])).isoformat(), random.choices(FAULTS, weights=[9, 6, 5, 4, 2])[0],
            None if random.random() < 0.12 else random.randint(1, 96) / 2, costs[number] + 0.5, random.choice(PEOPLE[:4]), random.random() < 0.4,
        )
        for number in range(46)
    ]  # fmt: skip


MACHINES = machines()
REPAIRS = repairs(MACHINES)

LEDGER = Sheet(
    name="machines",
    title="设备台账",
    columns=[
        Column("code", "TEXT", "设备编号"),
        Column("machine", "TEXT", "设备名称"),
        Column("shop", "TEXT", "所在车间"),
        Column("bought", "TEXT", "购置日期", lambda day: chinese(date.fromisoformat(day))),
        Column("worth", "INTEGER", "原值(元)", money("￥")),
        Column("state", "TEXT", "使用状态"),
        Column("keeper", "TEXT", "责任人"),
    ],
    rows=MACHINES,
    above=[["设备台账（截至2024年底）"], []],
    below=[["合计", "", "", "", f"￥{sum(row[4] for row in MACHINES):,}", "", ""]],
)
LOG = Sheet(
    name="repairs",
    title="维修记录",
    columns=[
        Column("number", "TEXT", "维修单号"),
        Column("code", "TEXT", "设备编号"),
        Column("reported", "TEXT", "报修日期", lambda day: date.fromisoformat(day) if day[8:] < "16" else slashed(date.fromisoformat(day))),
        Column("fault", "TEXT", "故障类型"),
        Column("hours", "REAL", "停机时长(小时)", itself, null="-"),
        Column("cost", "REAL", "维修费用(元)", itself),
        Column("mechanic", "TEXT", "维修员"),
        Column("replaced", "INTEGER", "是否更换配件", either("是", "否")),
    ],
    rows=REPAIRS,
    above=[["维修记录"]],
)

JOINED = "repairs r JOIN machines m ON r.code = m.code"

QUESTIONS = [
    ask(1, "count", "设备台账里有多少台设备？", "How many machines are there?", "SELECT COUNT(*) FROM machines"),
    ask(2, "filter", "目前在用的设备有几台？", "How many machines are 在用?", "SELECT COUNT(*) FROM machines WHERE state = '在用'"),
    ask(3, "sum", "所有维修费用加起来是多少元？", "What do all repair costs add up to?", "SELECT SUM(cost) FROM repairs"),
    ask(4, "group", "每个车间有多少台设备？", "How many machines does each workshop have?", "SELECT shop, COUNT(*) FROM machines GROUP BY shop"),
    ask(5, "superlative", "原值最高的设备叫什么，在哪个车间？", "What is the name and the workshop of the machine with the highest original value?", "SELECT machine, shop FROM machines ORDER BY worth DESC LIMIT 1"),
    ask(6, "list", "列出三车间所有设备的名称和购置日期。", "List the name and the purchase date of all machines in 三车间.", "SELECT machine, bought FROM machines WHERE shop = '三车间'"),
    ask(7, "join", "哪些设备没有维修记录？", "Which machines have no repair records?", "SELECT machine FROM machines WHERE code NOT IN (SELECT code FROM repairs)"),
    ask(8, "join", "哪台设备维修次数最多？", "Which machine has been repaired most often?", f"SELECT machine FROM {JOINED} GROUP BY m.code, machine ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(9, "join", "一车间设备的维修费用总共多少？", "What is the total repair cost of the machines in 一车间?", f"SELECT SUM(cost) FROM {JOINED} WHERE shop = '一车间'"),
    ask(10, "average", "各故障类型的平均停机时长是多少？", "What is the average downtime for each type of fault?", "SELECT fault, AVG(hours) FROM repairs GROUP BY fault"),
    ask(11, "filter", "2015年之前购置的设备有几台？", "How many machines were bought before 2015?", "SELECT COUNT(*) FROM machines WHERE bought < '2015-01-01'"),
    ask(12, "filter", "停机超过20小时或维修费用超过2万元的维修单有多少张？", "How many repairs had a downtime of more than 20 hours or cost more than 20,000?", "SELECT COUNT(*) FROM repairs WHERE hours > 20 OR cost > 20000"),
    ask(13, "order", "把维修员按维修单数量从多到少排列。", "Rank the mechanics by their number of repairs, most first.", "SELECT mechanic, COUNT(*) FROM repairs GROUP BY mechanic ORDER BY COUNT(*) DESC", ordered=True),
    ask(14, "share", "更换了配件的维修单占比多少？", "What share of the repairs replaced parts?", "SELECT AVG(replaced) * 100.0 FROM repairs", percent=True),
    ask(15, "having", "维修费用总额超过10万元的故障类型有哪些？", "Which types of fault have a total repair cost above 100,000?", "SELECT fault FROM repairs GROUP BY fault HAVING SUM(cost) > 100000"),
    ask(16, "measures", "设备原值的平均值是多少，最大值呢？", "What is the average original value of the machines, and what is the maximum?", "SELECT AVG(worth), MAX(worth) FROM machines"),
    ask(17, "time", "2024年每个月各有多少张维修单？", "How many repairs were reported in each month of 2024?", "SELECT month(reported), COUNT(*) FROM repairs WHERE year(reported) = '2024' GROUP BY month(reported)"),
    ask(18, "filter", "停机时长没有登记的维修单号是哪些？", "Which repair numbers have no downtime on record?", "SELECT number FROM repairs WHERE hours IS NULL"),
    ask(19, "lookup", "设备编号0007的责任人是谁？", "Who is responsible for machine 0007?", "SELECT keeper FROM machines WHERE code = '0007'"),
    ask(20, "join", "停用的设备一共产生了多少张维修单？", "How many repairs were there of machines that are 停用?", f"SELECT COUNT(*) FROM {JOINED} WHERE state = '停用'"),
    ask(21, "top", "维修费用最高的三张维修单的单号和费用是多少？", "What are the number and the cost of the three most expensive repairs?", "SELECT number, cost FROM repairs ORDER BY cost DESC LIMIT 3", ordered=True),
    ask(22, "filter", "设备名称以“激光”开头的有哪些？", "Which machines have a name that begins with “激光”?", "SELECT machine FROM machines WHERE machine LIKE '激光%'"),
    refuse(23, "missing", "哪台设备耗电量最大？", "Which machine uses the most electricity?"),
    refuse(24, "cause", "电气故障为什么这么多？", "Why are there so many 电气故障?"),
    refuse(25, "forecast", "明年锅炉的维修费用大概是多少？", "What will the repair costs of the 锅炉 be next year?"),
]  # fmt: skip

FILE = File("设备管理.xlsx", [LEDGER, LOG], QUESTIONS)
