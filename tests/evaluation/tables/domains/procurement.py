"""A register of purchases as an office keeps it: two title rows, amounts in 万元, dates spelt three ways, a total below."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, chinese, either, grouped, iso, slashed

ITEMS = [
    "多功能一体机", "机房空调", "会议室音响", "办公桌椅", "视频会议终端", "防火墙", "档案密集架", "应急发电机", "体检设备", "电梯维保", "保洁服务", "食堂厨具",
    "公务车保险", "消防器材", "网络交换机", "显微镜", "离心机", "实验台", "图书采购", "绿化养护", "监控摄像头", "门禁系统", "打印耗材", "窗帘",
]  # fmt: skip
SUPPLIERS = ["华信科技有限公司", "明达贸易有限公司", "中恒设备有限公司", "瑞丰实业有限公司", "东方安防有限公司", "博雅文化有限公司"]
PEOPLE = ["刘志强", "陈晓梅", "王建国", "李雪", "赵鹏"]
DEPARTMENTS = ["信息中心", "后勤处", "保卫处", "实验室管理处", "图书馆"]


def build():
    random = Random("procurement 1")
    budgets = random.sample(range(300, 248000), 48)
    days = random.sample(range(0, 700), 48)
    rows = []
    for number in range(48):
        budget = budgets[number] / 100
        rows.append((
            f"{random.randint(20, 99)}".zfill(4) + f"{number + 11:02d}",
            f"{ITEMS[number % 24]}" + ("（二期）" if number >= 24 else ""),
            random.choices(DEPARTMENTS, weights=[9, 8, 5, 6, 3])[0],
            random.choices(["公开招标", "询价", "竞争性谈判", "单一来源"], weights=[9, 6, 5, 2])[0],
            random.choices(SUPPLIERS, weights=[8, 6, 6, 4, 4, 2])[0],
            budget,
            None if random.random() < 0.1 else round(budget * random.uniform(0.78, 1.04), 2),
            (date(2022, 1, 10) + timedelta(days=days[number])).isoformat(),
            random.random() < 0.3,
            None if random.random() < 0.2 else random.choice([6, 12, 12, 24, 36, 60]),
            random.choices(PEOPLE, weights=[5, 4, 4, 3, 2])[0],
        ))  # fmt: skip
    return rows


ROWS = build()


def spelt(day: str) -> str:
    when = date.fromisoformat(day)
    return (iso, chinese, slashed)[when.day % 3](when)


def total(column: int) -> str:
    return grouped(round(sum(row[column] for row in ROWS if row[column] is not None), 2))


SHEET = Sheet(
    name="procurement",
    columns=[
        Column("code", "TEXT", "编号"),
        Column("item", "TEXT", "采购项目"),
        Column("department", "TEXT", "申请部门"),
        Column("method", "TEXT", "采购方式"),
        Column("supplier", "TEXT", "中标供应商"),
        Column("budget", "REAL", "预算(万元)", grouped),
        Column("price", "REAL", "成交价(万元)", grouped, null="-"),
        Column("opened", "TEXT", "开标日期", spelt),
        Column("imported", "INTEGER", "是否进口", either("是", "否")),
        Column("warranty", "INTEGER", "质保期(月)", null="无"),
        Column("clerk", "TEXT", "经办人"),
    ],
    rows=ROWS,
    above=[["2022—2023年度采购台账", *[""] * 10], ["填报单位：资产管理处", *[""] * 10]],
    below=[["合计", "", "", "", "", total(5), total(6), "", "", "", ""]],
)

QUESTIONS = [
    ask(1, "count", "台账里一共登记了多少个采购项目？", "How many purchases are in the register altogether?", "SELECT COUNT(*) FROM procurement"),
    ask(2, "sum", "信息中心的预算合计是多少万元？", "What do the budgets of 信息中心 add up to?", "SELECT SUM(budget) FROM procurement WHERE department = '信息中心'"),
    ask(3, "group", "各申请部门分别有几个项目？", "How many purchases did each department request?", "SELECT department, COUNT(*) FROM procurement GROUP BY department"),
    ask(4, "filter", "采用公开招标且进口的项目有几个？", "How many imported items were bought by 公开招标?", "SELECT COUNT(*) FROM procurement WHERE method = '公开招标' AND imported = 1"),
    ask(5, "superlative", "成交价最高的是哪个采购项目？", "Which item had the highest deal price?", "SELECT item FROM procurement WHERE price IS NOT NULL ORDER BY price DESC LIMIT 1"),
    ask(6, "compare", "有几个项目的成交价超过了预算？", "How many purchases closed at a price above the budget?", "SELECT COUNT(*) FROM procurement WHERE price > budget"),
    ask(7, "list", "列出还没有成交价的项目名称和经办人。", "List the item and the clerk of the purchases that have no deal price.", "SELECT item, clerk FROM procurement WHERE price IS NULL"),
    ask(8, "time", "2023年上半年开标的项目有多少个？", "How many purchases were opened in the first half of 2023?", "SELECT COUNT(*) FROM procurement WHERE opened BETWEEN '2023-01-01' AND '2023-06-30'"),
    ask(9, "group", "按采购方式统计成交价总额。", "Total deal price by procurement method.", "SELECT method, SUM(price) FROM procurement GROUP BY method"),
    ask(10, "share", "进口项目占全部项目的百分之几？", "What percentage of all purchases is imported?", "SELECT AVG(imported) * 100.0 FROM procurement", percent=True),
    ask(11, "average", "不是后勤处申请的项目，平均预算是多少？", "What is the average budget of the purchases not requested by 后勤处?", "SELECT AVG(budget) FROM procurement WHERE department <> '后勤处'"),
    ask(12, "having", "哪些供应商中标了至少8个项目？", "Which suppliers won at least 8 purchases?", "SELECT supplier FROM procurement GROUP BY supplier HAVING COUNT(*) >= 8"),
    ask(13, "lookup", "编号为" + ROWS[4][0] + "的项目是谁经办的？", "Who is the clerk of purchase " + ROWS[4][0] + "?", f"SELECT clerk FROM procurement WHERE code = '{ROWS[4][0]}'"),
    ask(14, "filter", "项目名称里带“设备”的有哪些？", "Which items have “设备” in their name?", "SELECT item FROM procurement WHERE item LIKE '%设备%'"),
    ask(15, "distinct", "总共有多少家不同的中标供应商？", "How many different suppliers are there?", "SELECT COUNT(DISTINCT supplier) FROM procurement"),
    ask(16, "top", "预算最高的5个项目是哪些，预算各是多少？", "What are the 5 items with the largest budgets, and what are the budgets?", "SELECT item, budget FROM procurement ORDER BY budget DESC LIMIT 5", ordered=True),
    ask(17, "filter", "质保期在12个月到36个月之间的项目有几个？", "How many purchases have a warranty between 12 and 36 months?", "SELECT COUNT(*) FROM procurement WHERE warranty BETWEEN 12 AND 36"),
    ask(18, "filter", "预算高于平均预算的项目有多少？", "How many purchases have a budget above the average?", "SELECT COUNT(*) FROM procurement WHERE budget > (SELECT AVG(budget) FROM procurement)"),
    ask(19, "relative", "最近三个月开标的项目有哪些？", "Which items were opened in the last three months?", "SELECT item FROM procurement WHERE opened > '2023-09-30' AND opened <= '2023-12-31'", today="2023-12-31"),
    ask(20, "filter", "陈晓梅或者李雪经办的项目总预算是多少？", "What is the total budget of the purchases handled by 陈晓梅 or 李雪?", "SELECT SUM(budget) FROM procurement WHERE clerk IN ('陈晓梅', '李雪')"),
    ask(21, "superlative", "哪个供应商的成交总额最大？", "Which supplier has the largest total deal price?", "SELECT supplier FROM procurement GROUP BY supplier ORDER BY SUM(price) DESC LIMIT 1"),
    ask(22, "max", "最高预算和最低预算相差多少万元？", "What is the difference between the highest and the lowest budget?", "SELECT MAX(budget) - MIN(budget) FROM procurement"),
    refuse(23, "missing", "哪家供应商的注册资本最多？", "Which supplier has the largest registered capital?"),
    refuse(24, "opinion", "哪种采购方式最划算、最值得推荐？", "Which procurement method is the best to recommend?"),
    refuse(25, "missing", "投标的公司一共有多少家没有中标？", "How many companies that made a bid lost?"),
]  # fmt: skip

FILE = File("采购台账.csv", [SHEET], QUESTIONS, encoding="gb18030")
