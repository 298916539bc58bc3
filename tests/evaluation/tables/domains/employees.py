"""Staff list: Chinese headers, dates with slashes, names, a yes/no column, missing grades written as 无."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, grouped, slashed

FAMILY = "王李张刘陈杨赵黄周吴徐孙"
GIVEN = ["伟", "芳", "敏", "静", "磊", "娜", "洋", "婷", "强", "雪梅", "志远", "晓燕", "子涵", "建国", "思琪"]
DEPARTMENTS = {"研发部": 19800, "市场部": 14200, "销售部": 13100, "财务部": 12600, "人事部": 11300, "客服部": 8200}
LEVELS = {"初级": 0.75, "中级": 1.0, "高级": 1.45, "专家": 2.1}


def build():
    random = Random("employees")
    names = [family + given for family in FAMILY for given in GIVEN]
    random.shuffle(names)
    rows = []
    for number in range(120):
        department = random.choices(list(DEPARTMENTS), weights=[9, 5, 7, 3, 2, 6])[0]
        level = random.choices(list(LEVELS), weights=[4, 6, 4, 1])[0]
        salary = round(DEPARTMENTS[department] * LEVELS[level] * random.uniform(0.85, 1.2) / 10) * 10 + number % 7
        hired = date(2015, 3, 1) + timedelta(days=random.randint(0, 3370))
        rows.append((f"{number * 3 + 27:05d}", names[number], department, level, hired, random.choice("男女"),
                     random.choices(["大专", "本科", "硕士", "博士"], weights=[3, 8, 5, 1])[0], salary,
                     random.choices(["A", "B", "C", None], weights=[3, 6, 2, 1])[0],
                     random.choice(["北京", "上海", "上海", "广州", "成都"]), random.random() < 0.86))
    return rows


SHEET = Sheet(
    name="employees",
    columns=[
        Column("staff_no", "TEXT", "工号"),
        Column("name", "TEXT", "姓名"),
        Column("department", "TEXT", "部门"),
        Column("level", "TEXT", "职级"),
        Column("hired", "TEXT", "入职日期", slashed),
        Column("sex", "TEXT", "性别"),
        Column("education", "TEXT", "学历"),
        Column("salary", "INTEGER", "月薪(元)", grouped),
        Column("grade", "TEXT", "绩效", null="无"),
        Column("city", "TEXT", "工作城市"),
        Column("active", "INTEGER", "是否在职", either("是", "否")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "花名册里一共有多少名员工?", "How many employees are on the list?", "SELECT COUNT(*) FROM employees"),
    ask(2, "average", "研发部的平均月薪是多少?", "What's the average monthly salary in the R&D department?",
        "SELECT AVG(salary) FROM employees WHERE department = '研发部'"),
    ask(3, "group", "各部门人数", "Headcount by department", "SELECT department, COUNT(*) FROM employees GROUP BY department"),
    ask(4, "superlative", "谁的月薪最高?", "Who earns the highest salary?", "SELECT name FROM employees ORDER BY salary DESC LIMIT 1"),
    ask(5, "filter", "女员工有多少人?", "How many female employees are there?", "SELECT COUNT(*) FROM employees WHERE sex = '女'"),
    ask(6, "filter", "硕士学历且在上海工作的有几个人?", "How many people with a master's degree work in Shanghai?",
        "SELECT COUNT(*) FROM employees WHERE education = '硕士' AND city = '上海'"),
    ask(7, "time", "2023年入职了多少人?", "How many people were hired in 2023?",
        "SELECT COUNT(*) FROM employees WHERE year(hired) = '2023'"),
    ask(8, "time", "每年入职的人数分别是多少?", "How many people joined each year?",
        "SELECT year(hired), COUNT(*) FROM employees GROUP BY year(hired)"),
    ask(9, "list", "列出财务部所有员工的姓名", "Give me the names of everyone in the finance department.",
        "SELECT name FROM employees WHERE department = '财务部'"),
    ask(10, "filter", "已离职的员工有多少?", "How many employees are no longer employed (是否在职 = 否)?",
        "SELECT COUNT(*) FROM employees WHERE active = 0"),
    ask(11, "top", "月薪前5名的员工姓名和月薪", "Name and salary of the five best-paid employees",
        "SELECT name, salary FROM employees ORDER BY salary DESC LIMIT 5", ordered=True),
    ask(12, "median", "全体员工月薪的中位数是多少?", "What is the median salary of all employees?", "SELECT median(salary) FROM employees"),
    ask(13, "group", "按性别看平均工资", "average pay by gender", "SELECT sex, AVG(salary) FROM employees GROUP BY sex"),
    ask(14, "filter", "月薪低于8000的人有多少?", "How many people make less than 8,000 a month?",
        "SELECT COUNT(*) FROM employees WHERE salary < 8000"),
    ask(15, "filter", "月薪一万五到两万之间的有几人?", "How many employees have a monthly salary between 15,000 and 20,000?",
        "SELECT COUNT(*) FROM employees WHERE salary BETWEEN 15000 AND 20000"),
    ask(16, "distinct", "公司在几个城市有员工?", "In how many different cities do employees work?",
        "SELECT COUNT(DISTINCT city) FROM employees"),
    ask(17, "list", "工号00060的员工叫什么名字?", "What is the name of the employee with staff number 00060?",
        "SELECT name FROM employees WHERE staff_no = '00060'"),
    ask(18, "filter", "没有绩效等级的员工有多少?", "How many employees have no performance grade?",
        "SELECT COUNT(*) FROM employees WHERE grade IS NULL"),
    ask(19, "superlative", "平均月薪最高的部门是哪个?", "Which department has the highest average salary?",
        "SELECT department FROM employees GROUP BY department ORDER BY AVG(salary) DESC LIMIT 1"),
    ask(20, "having", "哪些部门的人数超过20人?", "Which departments have over 20 people?",
        "SELECT department FROM employees GROUP BY department HAVING COUNT(*) > 20"),
    ask(21, "group", "各部门男女员工各多少?", "Number of employees for each department and gender",
        "SELECT department, sex, COUNT(*) FROM employees GROUP BY department, sex"),
    ask(22, "sum", "销售部全体人员的月薪加起来是多少?", "Add up the monthly salaries of everyone in the sales department.",
        "SELECT SUM(salary) FROM employees WHERE department = '销售部'"),
    ask(23, "filter", "姓王的员工有几位?", "How many employees have a name starting with 王?",
        "SELECT COUNT(*) FROM employees WHERE name LIKE '王%'"),
    ask(24, "superlative", "入职最早的员工是谁?", "Who was hired first?",
        "SELECT name FROM employees ORDER BY hired LIMIT 1"),
    ask(25, "compare", "月薪高于平均水平的员工有多少人?", "How many employees earn more than the average salary?",
        "SELECT COUNT(*) FROM employees WHERE salary > (SELECT AVG(salary) FROM employees)"),
    ask(26, "order", "按平均月薪从低到高列出各职级", "List job levels by average salary, lowest first.",
        "SELECT level, AVG(salary) FROM employees GROUP BY level ORDER BY AVG(salary)", ordered=True),
    ask(27, "share", "本科学历的员工占百分之多少?", "What percentage of employees hold a bachelor's degree (本科)?",
        "SELECT 100.0 * SUM(education = '本科') / COUNT(*) FROM employees", percent=True),
    ask(28, "filter", "北京和广州的员工总共多少人?", "How many employees are there in Beijing and Guangzhou together?",
        "SELECT COUNT(*) FROM employees WHERE city IN ('北京', '广州')"),
    refuse(29, "missing", "员工的平均年龄是多少?", "What is the average age of the staff?"),
    refuse(30, "missing", "去年发了多少年终奖?", "How much bonus was paid last year?"),
    refuse(31, "opinion", "哪个员工最值得提拔?", "Which employee deserves a promotion the most?"),
    refuse(32, "forecast", "明年会有多少人离职?", "How many people will quit next year?"),
    refuse(33, "unknown-word", "各部门的噗叽率是多少?", "What is the snorkle rate by department?"),
    refuse(34, "contradiction", "既在北京又在成都工作的人有几个?", "How many people work in Beijing and in Chengdu at the same time?"),
    ask(35, "superlative", "研发部里谁工资最低?", "Who is the lowest-paid person in R&D (研发部)?",
        "SELECT name FROM employees WHERE department = '研发部' ORDER BY salary LIMIT 1"),
    ask(36, "list", "绩效为A的研发部硕士有哪些人?", "Which master's graduates (硕士) in 研发部 got grade A? Names please.",
        "SELECT name FROM employees WHERE grade = 'A' AND education = '硕士' AND department = '研发部'"),
    ask(37, "time", "2020年1月到2021年6月入职的有多少人", "How many people joined between January 2020 and June 2021?",
        "SELECT COUNT(*) FROM employees WHERE month(hired) BETWEEN '2020-01' AND '2021-06'"),
    ask(38, "order", "各城市的平均月薪,由高到低", "Average salary by city, from highest to lowest",
        "SELECT city, AVG(salary) FROM employees GROUP BY city ORDER BY AVG(salary) DESC", ordered=True),
    ask(39, "filter", "在职的高级员工有几名?", "How many active employees are at level 高级?",
        "SELECT COUNT(*) FROM employees WHERE active = 1 AND level = '高级'"),
    ask(40, "superlative", "哪个城市的女员工最多", "Which city has the most women?",
        "SELECT city FROM employees WHERE sex = '女' GROUP BY city ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(41, "superlative", "市场部最晚入职的是谁?", "Who was the most recent hire in the marketing department?",
        "SELECT name FROM employees WHERE department = '市场部' ORDER BY hired DESC LIMIT 1"),
    ask(42, "filter", "学历不是本科的有多少人", "number of people whose education is not 本科", "SELECT COUNT(*) FROM employees WHERE education <> '本科'"),
    ask(43, "superlative", "人数最少的部门", "smallest department by headcount",
        "SELECT department FROM employees GROUP BY department ORDER BY COUNT(*) LIMIT 1"),
    ask(44, "max", "客服部最高月薪多少?", "What's the top salary in customer service?", "SELECT MAX(salary) FROM employees WHERE department = '客服部'"),
    refuse(45, "missing", "左撇子员工的平均月薪", "average salary of left-handed employees"),
    refuse(46, "missing", "已婚员工有多少?", "How many employees are married?"),
    refuse(47, "missing", "会说日语的销售部员工有几个?", "How many people in sales speak Japanese?"),
    ask(48, "relative", "去年入职的有几个人?", "How many people were hired last year?",
        "SELECT COUNT(*) FROM employees WHERE year(hired) = '2023'", today="2024-07-15"),
]

FILE = File("员工花名册.csv", [SHEET], QUESTIONS)
