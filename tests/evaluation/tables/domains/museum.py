"""Museum admissions in a workbook: two title rows, a total row, percentages as numbers formatted %, holidays Y/N."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Percent, Sheet, either, itself

GALLERIES = {"Egypt": 420, "Modern Art": 310, "Natural History": 560, "Ceramics": 120}
PRICES = {"Egypt": 14.5, "Modern Art": 12.0, "Natural History": 11.0, "Ceramics": 8.5}


def build():
    random = Random("museum")
    rows = []
    for week in range(40):
        day = date(2024, 1, 6) + timedelta(days=7 * week + week % 2)
        holiday = day.month in (4, 8) and random.random() < 0.6
        for gallery, typical in GALLERIES.items():
            adults = int(typical * random.uniform(0.6, 1.3) * (1.5 if holiday else 1))
            children = int(adults * random.uniform(0.15, 0.6))
            closed = random.random() < 0.04
            members = round(random.uniform(4, 31), 1)
            rows.append((day, gallery, 0 if closed else adults, 0 if closed else children,
                         0.0 if closed else round(adults * PRICES[gallery] + children * PRICES[gallery] * 0.5, 2),
                         None if closed else members, holiday, random.choice(["Sunny", "Cloudy", "Rain", "Rain"])))
    return rows


ROWS = build()
SHEET = Sheet(
    name="museum",
    title="Admissions 2024",
    above=[["City Museum: weekend admissions"], ["Source: ticket desk", "", "", "all amounts in GBP"]],
    columns=[
        Column("day", "TEXT", "Visit Date", itself),
        Column("gallery", "TEXT", "Gallery"),
        Column("adults", "INTEGER", "Adults", itself),
        Column("children", "INTEGER", "Children", itself),
        Column("revenue", "REAL", "Ticket Revenue (£)", itself),
        Column("members", "REAL", "Member Share", lambda value: Percent(value / 100), null="N/A"),
        Column("holiday", "INTEGER", "Public Holiday", either("Y", "N")),
        Column("weather", "TEXT", "Weather"),
    ],
    rows=ROWS,
    below=[["Total", "", sum(r[2] for r in ROWS), sum(r[3] for r in ROWS), round(sum(r[4] for r in ROWS), 2), "", "", ""]],
)

QUESTIONS = [
    ask(1, "sum", "门票总收入是多少英镑?", "What is the total ticket revenue?", "SELECT SUM(revenue) FROM museum"),
    ask(2, "sum", "一共来了多少名儿童?", "How many children visited in total?", "SELECT SUM(children) FROM museum"),
    ask(3, "group", "每个展厅的成人观众总数", "Total adults by gallery", "SELECT gallery, SUM(adults) FROM museum GROUP BY gallery"),
    ask(4, "superlative", "门票总收入最高的展厅是哪个?", "Which gallery brings in the most ticket revenue?",
        "SELECT gallery FROM museum GROUP BY gallery ORDER BY SUM(revenue) DESC LIMIT 1"),
    ask(5, "average", "埃及展厅平均每天有多少成人观众?", "How many adults per day does the Egypt gallery get on average?",
        "SELECT AVG(adults) FROM museum WHERE gallery = 'Egypt'"),
    ask(6, "time", "2024年4月的门票收入", "How much ticket revenue did we make in April?", "SELECT SUM(revenue) FROM museum WHERE month(day) = '2024-04'"),
    ask(7, "time", "按月统计儿童人数", "Children per month", "SELECT month(day), SUM(children) FROM museum GROUP BY month(day)"),
    ask(8, "filter", "下雨天的门票收入合计多少?", "What was the combined ticket revenue when the weather was Rain?",
        "SELECT SUM(revenue) FROM museum WHERE weather = 'Rain'"),
    ask(9, "filter", "公共假日的记录有几条?", "How many rows fall on a public holiday?", "SELECT COUNT(*) FROM museum WHERE holiday = 1"),
    ask(10, "filter", "成人观众超过700人的记录有几条?", "How many records show more than 700 adults?", "SELECT COUNT(*) FROM museum WHERE adults > 700"),
    ask(11, "max", "陶瓷(Ceramics)展厅单日成人观众最多是多少?", "What was the largest number of adults in Ceramics on one day?",
        "SELECT MAX(adults) FROM museum WHERE gallery = 'Ceramics'"),
    ask(12, "time", "第三季度各展厅的门票收入", "Ticket revenue by gallery in the third quarter",
        "SELECT gallery, SUM(revenue) FROM museum WHERE quarter(day) = '2024-Q3' GROUP BY gallery"),
    ask(13, "group", "不同天气下平均有多少儿童?", "Average number of children for each kind of weather", "SELECT weather, AVG(children) FROM museum GROUP BY weather"),
    ask(14, "filter", "会员占比缺失的记录有多少条?", "How many records have no member share?", "SELECT COUNT(*) FROM museum WHERE members IS NULL"),
    ask(15, "superlative", "哪一天的门票总收入最高?", "On which date was total ticket revenue highest?",
        "SELECT day FROM museum GROUP BY day ORDER BY SUM(revenue) DESC LIMIT 1"),
    ask(16, "distinct", "有哪几个展厅?", "What galleries does the museum have?", "SELECT DISTINCT gallery FROM museum"),
    ask(17, "order", "展厅按门票总收入降序排列", "Galleries in descending order of total ticket revenue",
        "SELECT gallery, SUM(revenue) FROM museum GROUP BY gallery ORDER BY SUM(revenue) DESC", ordered=True),
    ask(18, "filter", "会员占比高于25%的记录有多少?", "How many records have a member share above 25%?", "SELECT COUNT(*) FROM museum WHERE members > 25"),
    ask(19, "ratio", "儿童人数与成人人数之比是多少?", "What is the ratio of children to adults overall?",
        "SELECT 1.0 * SUM(children) / SUM(adults) FROM museum"),
    ask(20, "time", "每个季度来了多少成人?", "How many adults came each quarter?", "SELECT quarter(day), SUM(adults) FROM museum GROUP BY quarter(day)"),
    ask(21, "growth", "6月门票收入比5月增长百分之几?", "How many percent did ticket revenue change from May to June 2024?",
        "SELECT 100.0 * (SUM(CASE WHEN month(day) = '2024-06' THEN revenue END)"
        " / SUM(CASE WHEN month(day) = '2024-05' THEN revenue END) - 1) FROM museum", percent=True),
    ask(22, "share", "每个展厅的门票收入各占百分之多少?", "What percentage of ticket revenue does each gallery account for?",
        "SELECT gallery, 100.0 * SUM(revenue) / (SELECT SUM(revenue) FROM museum) FROM museum GROUP BY gallery", percent=True),
    ask(23, "cumulative", "按月累计的门票收入", "Running total of ticket revenue by month",
        "SELECT month(day), SUM(SUM(revenue)) OVER (ORDER BY month(day)) FROM museum GROUP BY month(day)"),
    ask(24, "sum", "节假日里自然历史展厅的成人总数", "Total adults in Natural History on public holidays",
        "SELECT SUM(adults) FROM museum WHERE gallery = 'Natural History' AND holiday = 1"),
    refuse(25, "missing", "观众平均停留多长时间?", "How long do visitors stay on average?"),
    refuse(26, "missing", "纪念品商店卖了多少钱?", "How much did the gift shop sell?"),
    refuse(27, "opinion", "哪个展厅最值得一看?", "Which gallery is the most beautiful?"),
    refuse(28, "forecast", "明年复活节会有多少观众?", "How many visitors will come next Easter?"),
    refuse(29, "cause", "新广告带来了多少观众?", "How many visitors did the new poster campaign bring in?"),
    refuse(30, "contradiction", "成人少于50且多于600的记录有几条?", "How many records have fewer than 50 adults and more than 600 adults?"),
    refuse(31, "unknown-word", "各展厅的嘟嘟度是多少?", "plonkage of each gallery"),
    ask(32, "share", "阴天(Cloudy)的记录占百分之几?", "What percentage of the rows have Cloudy weather?",
        "SELECT 100.0 * SUM(weather = 'Cloudy') / COUNT(*) FROM museum", percent=True),
    ask(33, "time", "2024年2月Egypt展厅来了多少儿童?", "How many children came to the Egypt gallery in February?",
        "SELECT SUM(children) FROM museum WHERE gallery = 'Egypt' AND month(day) = '2024-02'"),
    ask(34, "filter", "门票收入低于1000英镑的记录有几条?", "In how many rows is ticket revenue under £1,000?", "SELECT COUNT(*) FROM museum WHERE revenue < 1000"),
    ask(35, "order", "把各月按门票收入从高到低排列", "Months from highest to lowest ticket revenue",
        "SELECT month(day), SUM(revenue) FROM museum GROUP BY month(day) ORDER BY SUM(revenue) DESC", ordered=True),
    ask(36, "median", "每条记录的儿童人数中位数是多少?", "median number of children", "SELECT median(children) FROM museum"),
    ask(37, "filter", "Egypt和Ceramics两个展厅的门票收入之和", "Ticket revenue of Egypt and Ceramics taken together",
        "SELECT SUM(revenue) FROM museum WHERE gallery IN ('Egypt', 'Ceramics')"),
    refuse(38, "missing", "团体票卖了多少张?", "How many group tickets were sold?"),
    refuse(39, "missing", "外国观众有多少?", "How many visitors were from abroad?"),
]

FILE = File("museum_admissions.xlsx", [SHEET], QUESTIONS)
