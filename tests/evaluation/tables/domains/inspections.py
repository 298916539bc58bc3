"""Restaurant inspections of a city as clean CSV, as open-data portals give them: Title Case headers, Pass / Conditional Pass / Fail."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, iso

CUISINES = {
    "Mexican": ["Taqueria Nopal", "Casa Jacinta", "El Farolito Azul"], "Italian": ["Trattoria Bice", "Via Nova", "Forno Antico", "Lucca Kitchen"],
    "Chinese": ["Jade Garden", "Lucky Noodle House", "Golden Wok"], "American": ["Route 9 Diner", "Smoke & Barrel", "Blue Plate", "Hank's Burgers"],
    "Thai": ["Lemongrass", "Chiang Mai Corner"], "Indian": ["Saffron Room", "Tandoor Palace", "Curry Leaf"], "Bakery": ["Crumb", "Daily Rise"],
}
BOROUGHS = ["Northgate", "Old Harbor", "Millbrook", "Eastfield"]
INSPECTORS = ["D. Pruitt", "M. Salazar", "K. Ostrowski", "J. Tran", "L. Whitmore"]


def build():
    random = Random("inspections 3")
    places = [(name, cuisine, random.choice(BOROUGHS), random.gauss(86, 6)) for cuisine, names in CUISINES.items() for name in names]
    rows = []
    for number in range(230):
        name, cuisine, borough, typical = random.choice(places)
        day = date(2022, 1, 4) + timedelta(days=random.randint(0, 1080))
        score = int(max(41, min(100, random.gauss(typical, 8))))
        violations = max(0, int((100 - score) / 4 + random.uniform(-1.2, 1.4)))
        critical = sum(random.random() < 0.25 for _ in range(violations))
        result = "Pass" if score >= 80 else "Conditional Pass" if score >= 70 else "Fail"
        rows.append((48200 + number * 3, name, cuisine, borough, day, random.choices(["Routine", "Complaint", "Re-inspection"], weights=[7, 2, 1])[0],
                     score, violations, critical, result, None if result == "Pass" else random.choice([None, 250, 400, 400, 750, 1200]),
                     random.choice(INSPECTORS), random.randint(25, 160), random.random() < 0.3))
    return rows


SHEET = Sheet(
    name="inspections",
    columns=[
        Column("inspection_id", "INTEGER", "Inspection ID"),
        Column("restaurant", "TEXT", "Restaurant Name"),
        Column("cuisine", "TEXT", "Cuisine"),
        Column("borough", "TEXT", "Borough"),
        Column("day", "TEXT", "Inspection Date", iso),
        Column("type", "TEXT", "Inspection Type"),
        Column("score", "INTEGER", "Score"),
        Column("violations", "INTEGER", "Violations"),
        Column("critical", "INTEGER", "Critical Violations"),
        Column("result", "TEXT", "Result"),
        Column("fine", "INTEGER", "Fine (USD)"),
        Column("inspector", "TEXT", "Inspector"),
        Column("minutes", "INTEGER", "Duration (min)"),
        Column("unannounced", "INTEGER", "Unannounced", either("Y", "N")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "一共做了多少次检查？", "How many inspections were carried out?", "SELECT COUNT(*) FROM inspections"),
    ask(2, "distinct", "检查员一共查过多少家不同的餐厅？", "How many different restaurants have they inspected so far?",
        "SELECT COUNT(DISTINCT restaurant) FROM inspections"),
    ask(3, "average", "意大利餐厅的平均得分", "average score of Italian restaurants", "SELECT AVG(score) FROM inspections WHERE cuisine = 'Italian'"),
    ask(4, "filter", "不合格（Fail）的检查有几次？", "How many inspections ended in a fail?", "SELECT COUNT(*) FROM inspections WHERE result = 'Fail'"),
    ask(5, "group", "每个区各罚了餐厅多少钱？", "How much in fines was imposed in each borough?", "SELECT borough, SUM(fine) FROM inspections GROUP BY borough"),
    ask(6, "superlative", "平均下来哪家餐厅得分最高呀？", "Which restaurant scores best on average?",
        "SELECT restaurant FROM inspections GROUP BY restaurant ORDER BY AVG(score) DESC LIMIT 1"),
    ask(7, "time", "2023年第二季度检查了几次？", "How many inspections took place in Q2 2023?", "SELECT COUNT(*) FROM inspections WHERE quarter(day) = '2023-Q2'"),
    ask(8, "time", "2024年每个月的检查次数", "inspections per month, 2024", "SELECT month(day), COUNT(*) FROM inspections WHERE year(day) = '2024' GROUP BY month(day)"),
    ask(9, "filter", "因投诉而做的突击检查有多少次？", "How many complaint inspections were unannounced?",
        "SELECT COUNT(*) FROM inspections WHERE unannounced = 1 AND type = 'Complaint'"),
    ask(10, "filter", "得分在90到95之间的检查有几次？", "How many inspections scored from 90 to 95?", "SELECT COUNT(*) FROM inspections WHERE score BETWEEN 90 AND 95"),
    ask(11, "list", "Jade Garden历次检查的日期和得分", "Dates and scores of all of Jade Garden's inspections",
        "SELECT day, score FROM inspections WHERE restaurant = 'Jade Garden'"),
    ask(12, "sum", "M. Salazar一共查出多少处违规？", "How many violations has M. Salazar found in all?",
        "SELECT SUM(violations) FROM inspections WHERE inspector = 'M. Salazar'"),
    ask(13, "having", "平均违规数在4以上的餐厅有哪些？（大于4）", "Which restaurants average more than 4 violations?",
        "SELECT restaurant FROM inspections GROUP BY restaurant HAVING AVG(violations) > 4"),
    ask(14, "filter", "一处违规都没有的检查有几次？", "How many inspections found no violations whatsoever?", "SELECT COUNT(*) FROM inspections WHERE violations = 0"),
    ask(15, "share", "检查结果为Pass的占百分之几？", "What percentage of inspections had the result Pass?",
        "SELECT 100.0 * SUM(result = 'Pass') / COUNT(*) FROM inspections", percent=True),
    ask(16, "ratio", "所有违规里严重违规占多少（严重违规总数除以违规总数）？", "total critical violations divided by total violations",
        "SELECT 1.0 * SUM(critical) / SUM(violations) FROM inspections"),
    ask(17, "order", "各菜系按平均得分由低到高排列", "Cuisines by average score, worst first",
        "SELECT cuisine, AVG(score) FROM inspections GROUP BY cuisine ORDER BY AVG(score)", ordered=True),
    ask(18, "group", "各区各种检查结果的次数", "Count the inspections for every borough and result.",
        "SELECT borough, result, COUNT(*) FROM inspections GROUP BY borough, result"),
    ask(19, "max", "开过的最大一笔罚款是多少美元？", "How big was the largest fine ever?", "SELECT MAX(fine) FROM inspections"),
    ask(20, "median", "每次检查耗时的中位数（分钟）", "median inspection length in minutes", "SELECT median(minutes) FROM inspections"),
    ask(21, "top", "被检查次数最多的两家餐厅", "two most frequently inspected restaurants",
        "SELECT restaurant FROM inspections GROUP BY restaurant ORDER BY COUNT(*) DESC LIMIT 2", ordered=True),
    ask(22, "filter", "没有开罚单的不合格检查有几次？", "How many failed inspections came without a fine?",
        "SELECT COUNT(*) FROM inspections WHERE result = 'Fail' AND fine IS NULL"),
    ask(23, "measures", "印度菜餐厅得分的最低、最高和平均值", "Lowest, highest and average score for Indian places",
        "SELECT MIN(score), MAX(score), AVG(score) FROM inspections WHERE cuisine = 'Indian'"),
    ask(24, "growth", "2024年的罚款总额跟2023年比变化了百分之几？", "How did total fines change from 2023 to 2024, in percent?",
        "SELECT 100.0 * (1.0 * SUM(CASE WHEN year(day) = '2024' THEN fine END)"
        " / SUM(CASE WHEN year(day) = '2023' THEN fine END) - 1) FROM inspections", percent=True),
    ask(25, "distinct", "Millbrook区有哪些泰国餐厅和墨西哥餐厅被查过？", "Which Thai or Mexican restaurants in Millbrook have been inspected?",
        "SELECT DISTINCT restaurant FROM inspections WHERE borough = 'Millbrook' AND cuisine IN ('Thai', 'Mexican')"),
    ask(26, "superlative", "得分最低的那次检查是哪一天？", "On what date was the lowest-scoring inspection?", "SELECT day FROM inspections ORDER BY score LIMIT 1"),
    ask(27, "conditional", "每位检查员给出了多少个Fail？", "How many fails did each inspector give?",
        "SELECT inspector, COUNT(*) FROM inspections WHERE result = 'Fail' GROUP BY inspector"),
    ask(28, "relative", "本月做了多少次检查？", "How many inspections have there been this month?",
        "SELECT COUNT(*) FROM inspections WHERE month(day) = '2024-11' AND day <= '2024-11-30'", today="2024-11-30"),
    refuse(29, "missing", "这些餐厅有多少个座位？", "How many seats do the restaurants have?"),
    refuse(30, "missing", "哪家餐厅的顾客评价最高？", "Which restaurant has the best customer reviews?"),
    refuse(31, "missing", "发现老鼠的检查有几次？", "In how many inspections were rats found?"),
    refuse(32, "opinion", "哪位检查员太严了？", "Which inspector is too strict?"),
    refuse(33, "contradiction", "得分低于50又高于90的检查有几次？", "How many inspections scored below 50 and above 90?"),
    refuse(34, "forecast", "明年会有几家餐厅不合格？", "How many restaurants will fail next year?"),
    refuse(35, "cause", "Golden Wok为什么总是被投诉？", "Why does Golden Wok keep getting complaints?"),
]

FILE = File("restaurant_inspections.csv", [SHEET], QUESTIONS)
