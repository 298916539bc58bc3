"""School marks, one column for each subject: Chinese headers, absences as "-", student numbers with leading zeros."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

FAMILY = ["林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩"]
GIVEN = ["一诺", "梓轩", "欣怡", "浩然", "雨桐", "俊杰", "可馨", "博文", "诗涵", "宇航", "佳琪"]
CLASSES = {"初一1班": 3, "初一2班": -2, "初一3班": 0.5}


def build():
    random = Random("grades 0")
    names = [family + given for family in FAMILY for given in GIVEN]
    random.shuffle(names)
    rows = []
    for number in range(96):
        group = random.choice(list(CLASSES))
        level = random.gauss(72, 9) + CLASSES[group]

        def mark(spread):
            if random.random() < 0.03:
                return None
            return round(min(100, max(32, level + random.gauss(0, spread))) * 2) / 2

        rows.append((f"0{2401 + number}", names[number], group, random.choice("男女"), mark(5), mark(9), mark(7), mark(8),
                     random.random() < 0.3, random.choice(["篮球", "合唱", "机器人", "书法", "篮球"])))
    return rows


def plain(number):
    return f"{number:g}"


SHEET = Sheet(
    name="grades",
    columns=[
        Column("student_no", "TEXT", "学号"),
        Column("name", "TEXT", "学生姓名"),
        Column("class", "TEXT", "班级"),
        Column("sex", "TEXT", "性别"),
        Column("chinese", "REAL", "语文", plain, null="-"),
        Column("maths", "REAL", "数学", plain, null="-"),
        Column("english", "REAL", "英语", plain, null="-"),
        Column("physics", "REAL", "物理", plain, null="-"),
        Column("boarder", "INTEGER", "住校", either("是", "否")),
        Column("club", "TEXT", "社团"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "average", "数学平均分是多少?", "What is the average mark in maths?", "SELECT AVG(maths) FROM grades"),
    ask(2, "group", "各班语文平均分", "Average Chinese score per class", "SELECT class, AVG(chinese) FROM grades GROUP BY class"),
    ask(3, "filter", "数学不及格(低于60分)的有几个人?", "How many students scored below 60 in mathematics?",
        "SELECT COUNT(*) FROM grades WHERE maths < 60"),
    ask(4, "filter", "英语90分以上(含90)的学生人数", "How many students got 90 or more in English?",
        "SELECT COUNT(*) FROM grades WHERE english >= 90"),
    ask(5, "superlative", "物理最高分是谁?", "Which student has the top physics score?",
        "SELECT name FROM grades WHERE physics IS NOT NULL ORDER BY physics DESC LIMIT 1"),
    ask(6, "max", "英语最高分是多少分?", "What's the highest English mark?", "SELECT MAX(english) FROM grades"),
    ask(7, "min", "全年级数学最低多少分?", "What is the lowest maths mark of all?", "SELECT MIN(maths) FROM grades"),
    ask(8, "count", "初一2班有多少名学生?", "How many students are in class 初一2班?",
        "SELECT COUNT(*) FROM grades WHERE class = '初一2班'"),
    ask(9, "group", "每个班男生女生各有多少人?", "Number of boys and girls in each class",
        "SELECT class, sex, COUNT(*) FROM grades GROUP BY class, sex"),
    ask(10, "list", "学号02415的学生叫什么?", "What's the name of the student whose number is 02415?",
        "SELECT name FROM grades WHERE student_no = '02415'"),
    ask(11, "filter", "物理缺考(没有成绩)的学生有几位?", "How many students have no physics mark?",
        "SELECT COUNT(*) FROM grades WHERE physics IS NULL"),
    ask(12, "median", "语文成绩的中位数", "median of the Chinese marks", "SELECT median(chinese) FROM grades"),
    ask(13, "filter", "住校的女生有多少?", "How many girls live at school as boarders (住校)?",
        "SELECT COUNT(*) FROM grades WHERE boarder = 1 AND sex = '女'"),
    ask(14, "group", "每个社团有多少人?", "How many students are in each club?", "SELECT club, COUNT(*) FROM grades GROUP BY club"),
    ask(15, "superlative", "哪个班的英语平均分最高?", "Which class has the best average in English?",
        "SELECT class FROM grades GROUP BY class ORDER BY AVG(english) DESC LIMIT 1"),
    ask(16, "filter", "语文和数学都超过85分的学生有几个?", "How many students scored above 85 in both Chinese and maths?",
        "SELECT COUNT(*) FROM grades WHERE chinese > 85 AND maths > 85"),
    ask(17, "list", "机器人社团里初一1班的同学名单", "List the names of class 初一1班 students in the robotics club (机器人).",
        "SELECT name FROM grades WHERE club = '机器人' AND class = '初一1班'"),
    ask(18, "top", "数学成绩最好的3名同学", "Names of the three students with the highest maths marks",
        "SELECT name FROM grades WHERE maths IS NOT NULL ORDER BY maths DESC LIMIT 3", ordered=True),
    ask(19, "distinct", "一共有哪几个社团?", "Which clubs are there?", "SELECT DISTINCT club FROM grades"),
    ask(20, "compare", "英语成绩高于年级平均分的有多少人?", "How many students are above the overall average in English?",
        "SELECT COUNT(*) FROM grades WHERE english > (SELECT AVG(english) FROM grades)"),
    ask(21, "group", "男生和女生的数学平均分分别是多少?", "Average maths mark for boys and for girls",
        "SELECT sex, AVG(maths) FROM grades GROUP BY sex"),
    ask(22, "share", "住校生占全体学生的百分比是多少?", "What percentage of students are boarders (住校)?",
        "SELECT 100.0 * SUM(boarder) / COUNT(*) FROM grades", percent=True),
    refuse(23, "missing", "化学平均分是多少?", "What is the average chemistry mark?"),
    refuse(24, "missing", "家长的联系电话是多少?", "What are the parents' phone numbers?"),
    refuse(25, "opinion", "哪位老师教得最好?", "Which teacher teaches best?"),
    refuse(26, "forecast", "这些学生中考能考多少分?", "What will these students score in next year's finals?"),
    refuse(27, "ambiguous", "成绩最好的学生是哪位?", "Which student has the best mark?"),
    refuse(28, "contradiction", "数学既高于90又低于60的学生有谁?", "Which students have maths above 90 and below 60?"),
    refuse(29, "misspelt", "各班英文数文平均分", "Average Phylish score per class"),
    ask(30, "superlative", "物理平均分最低的是哪个班", "Class with the lowest physics average",
        "SELECT class FROM grades GROUP BY class ORDER BY AVG(physics) LIMIT 1"),
    ask(31, "average", "篮球社的同学数学平均多少分?", "average maths mark of the basketball club (篮球)", "SELECT AVG(maths) FROM grades WHERE club = '篮球'"),
    ask(32, "superlative", "语文加数学总分最高的是谁?", "Who has the highest sum of Chinese and maths?",
        "SELECT name FROM grades WHERE chinese + maths IS NOT NULL ORDER BY chinese + maths DESC LIMIT 1"),
    ask(33, "filter", "语文在60到80分之间的有多少人?", "How many have between 60 and 80 in Chinese?",
        "SELECT COUNT(*) FROM grades WHERE chinese BETWEEN 60 AND 80"),
    ask(34, "filter", "不住校的男生有几个", "number of boys who do not board (住校 = 否)", "SELECT COUNT(*) FROM grades WHERE boarder = 0 AND sex = '男'"),
    ask(35, "average", "姓郭的同学英语平均分是多少?", "average English mark of students whose name begins with 郭",
        "SELECT AVG(english) FROM grades WHERE name LIKE '郭%'"),
    ask(36, "group", "各社团的英语最高分", "best English mark in each club", "SELECT club, MAX(english) FROM grades GROUP BY club"),
    refuse(37, "missing", "戴眼镜的学生数学平均分是多少?", "average maths mark of students who wear glasses"),
    refuse(38, "ambiguous", "哪个班的平均分最高?", "Which class has the highest average?"),
]

FILE = File("初一期中成绩.csv", [SHEET], QUESTIONS)
