"""A company's people with Chinese headers, in a workbook of two sheets joined by the department's code."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, itself

DEPARTMENTS = [("D01", "研发部", "深圳", "周海"), ("D02", "市场部", "上海", "吴琳"), ("D03", "财务部", "上海", "郑勇"), ("D04", "客服部", "成都", "孙悦"), ("D05", "行政部", "深圳", "何平")]
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙", ["伟", "静", "丽", "磊", "娜", "涛", "婷", "鹏", "雪", "浩", "欣", "宇"]


def build():
    random = Random("staff 2")
    rows, seen, paid = [], set(), set()
    while len(rows) < 84:
        name = random.choice(SURNAMES) + random.choice(GIVEN)
        salary = random.randint(52, 420) * 100 + random.randint(0, 9) * 10
        if name in seen or salary in paid:
            continue
        seen.add(name)
        paid.add(salary)
        code = random.choices([row[0] for row in DEPARTMENTS], weights=[9, 5, 3, 6, 2])[0]
        rows.append((f"E{1001 + len(rows)}", name, random.choice(["男", "女"]), random.randint(22, 58), code, random.choice(["专科", "本科", "本科", "硕士", "博士"]),
                     random.choice(["工程师", "主管", "专员", "经理"]), date(2009, 3, 1) + timedelta(days=random.randint(0, 5500)), salary, random.randint(0, 12)))
    return rows


STAFF = Sheet(
    name="staff",
    title="员工",
    columns=[
        Column("code", "TEXT", "工号"),
        Column("name", "TEXT", "姓名"),
        Column("sex", "TEXT", "性别"),
        Column("age", "INTEGER", "年龄", itself),
        Column("department", "TEXT", "部门编号"),
        Column("degree", "TEXT", "学历"),
        Column("post", "TEXT", "岗位"),
        Column("joined", "TEXT", "入职日期", itself),
        Column("salary", "INTEGER", "月薪", itself),
        Column("leave", "INTEGER", "请假天数", itself),
    ],
    rows=build(),
)
DEPARTMENT = Sheet(
    name="departments",
    title="部门",
    columns=[
        Column("code", "TEXT", "部门编号"),
        Column("department", "TEXT", "部门名称"),
        Column("city", "TEXT", "办公城市"),
        Column("head", "TEXT", "负责人"),
    ],
    rows=DEPARTMENTS,
)
JOINED = "staff JOIN departments ON staff.department = departments.code"

QUESTIONS = [
    ask(1, "join", "各部门的平均月薪（显示部门名称）", "average monthly salary by department name",
        f"SELECT departments.department, AVG(salary) FROM {JOINED} GROUP BY departments.department"),
    ask(2, "join", "研发部有多少人？", "How many employees are in 研发部?", f"SELECT COUNT(*) FROM {JOINED} WHERE departments.department = '研发部'"),
    ask(3, "join", "在上海办公的员工一共请了多少天假？", "How many days of leave did the employees in 上海 take in total?",
        f"SELECT SUM(leave) FROM {JOINED} WHERE city = '上海'"),
    ask(4, "join", "人数最多的部门叫什么？", "Which department name has the most employees?",
        f"SELECT departments.department FROM {JOINED} GROUP BY departments.department ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(5, "join", "市场部月薪最高的是谁？", "Who has the highest salary in 市场部?",
        f"SELECT name FROM {JOINED} WHERE departments.department = '市场部' ORDER BY salary DESC LIMIT 1"),
    ask(6, "join", "每个办公城市有多少员工？", "How many employees are there in each office city?", f"SELECT city, COUNT(*) FROM {JOINED} GROUP BY city"),
    ask(7, "superlative", "工资最高的人是谁？", "Who earns the most?", "SELECT name FROM staff ORDER BY salary DESC LIMIT 1"),
    ask(8, "filter", "硕士学历的女员工有几名？", "How many female employees have a 硕士 degree?", "SELECT COUNT(*) FROM staff WHERE degree = '硕士' AND sex = '女'"),
    ask(9, "filter", "2015年之前入职的有多少人？", "How many people joined before 2015?", "SELECT COUNT(*) FROM staff WHERE joined < '2015-01-01'"),
    ask(10, "superlative", "工资第二高的员工是谁？", "Who has the second highest salary?", "SELECT name FROM staff ORDER BY salary DESC LIMIT 1 OFFSET 1"),
    ask(11, "compare", "男员工的平均月薪比女员工高多少？", "What is the difference between the average salary of men and women?",
        "SELECT AVG(CASE WHEN sex = '男' THEN salary END) - AVG(CASE WHEN sex = '女' THEN salary END) FROM staff"),
    ask(12, "share", "本科学历的员工占多少比例？", "What share of employees have a 本科 degree?", "SELECT 100.0 * SUM(degree = '本科') / COUNT(*) FROM staff", percent=True),
    ask(13, "group", "按学历统计人数和平均年龄", "number of employees and average age by education", "SELECT degree, COUNT(*), AVG(age) FROM staff GROUP BY degree"),
    ask(14, "filter", "月薪一万到两万之间的有多少人？", "How many employees earn between 10,000 and 20,000 a month?",
        "SELECT COUNT(*) FROM staff WHERE salary BETWEEN 10000 AND 20000"),
    ask(15, "lookup", "工号E1020的姓名和岗位", "name and position of employee E1020", "SELECT name, post FROM staff WHERE code = 'E1020'"),
    ask(16, "superlative", "最早入职的员工是谁？", "Which employee joined first?", "SELECT name FROM staff ORDER BY joined LIMIT 1"),
    ask(17, "filter", "既不是工程师也不是经理的员工有几个？", "How many employees are neither 工程师 nor 经理?",
        "SELECT COUNT(*) FROM staff WHERE post NOT IN ('工程师', '经理')"),
    ask(18, "max", "博士里最高月薪是多少？", "What is the highest salary among employees with a 博士 degree?", "SELECT MAX(salary) FROM staff WHERE degree = '博士'"),
    ask(19, "filter", "没请过假的员工有几人？", "How many employees have taken 0 days of leave?", "SELECT COUNT(*) FROM staff WHERE leave = 0"),
    ask(20, "time", "2018年入职了多少人？", "How many employees were hired in 2018?", "SELECT COUNT(*) FROM staff WHERE year(joined) = '2018'"),
    ask(21, "lookup", "财务部的负责人是谁？", "Who is the head of 财务部?", "SELECT head FROM departments WHERE department = '财务部'"),
    refuse(22, "missing", "谁的绩效最差？", "Who has the worst performance rating?"),
    refuse(23, "missing", "员工的手机号是多少？", "What are the employees' phone numbers?"),
]

FILE = File("人事.xlsx", [STAFF, DEPARTMENT], QUESTIONS, open=True)
