"""A workbook of two sheets: flights, and the airports they go to, joined by the code; times of day, null delays."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, itself

AIRPORTS = [
    ("PEK", "Beijing Capital", "China", 3), ("PVG", "Shanghai Pudong", "China", 2), ("NRT", "Tokyo Narita", "Japan", 3),
    ("SIN", "Singapore Changi", "Singapore", 4), ("FRA", "Frankfurt Main", "Germany", 2), ("DXB", "Dubai International", "UAE", 3),
    ("SYD", "Sydney Kingsford Smith", "Australia", 3),
]
WEIGHTS = [8, 7, 5, 6, 4, 5, 3]
AIRLINES = ["SkyBridge", "Orient Air", "EuroJet", "Kangaroo Airways"]
AIRCRAFT = {"A320": 180, "B737": 172, "A350": 315, "B787": 290}


def build():
    random = Random("flights")
    rows = []
    for number in range(240):
        aircraft = random.choice(list(AIRCRAFT))
        seats = AIRCRAFT[aircraft]
        status = random.choices(["On time", "Delayed", "Cancelled"], weights=[7, 3, 0.6])[0]
        delay = {"On time": 0, "Delayed": random.randint(16, 240), "Cancelled": None}[status]
        carried = None if status == "Cancelled" else random.randint(int(seats * 0.5), seats)
        rows.append((f"{random.choice(['SB', 'OA', 'EJ', 'KA'])}{100 + number}", date(2024, 3, 1) + timedelta(days=number // 2),
                     f"{random.randint(6, 22):02d}:{random.choice(['00', '15', '30', '45'])}", random.choice(AIRLINES),
                     random.choices([code for code, *_ in AIRPORTS], weights=WEIGHTS)[0], aircraft, seats, carried, delay, status,
                     random.choice(["A", "B", "C"]), random.random() < 0.4))
    return rows


FLIGHTS = Sheet(
    name="flights",
    title="Flights",
    columns=[
        Column("flight_no", "TEXT", "FlightNo"),
        Column("day", "TEXT", "Date", itself),
        Column("departs", "TEXT", "DepTime"),
        Column("airline", "TEXT", "Airline"),
        Column("dest", "TEXT", "Dest"),
        Column("aircraft", "TEXT", "Aircraft"),
        Column("seats", "INTEGER", "Seats", itself),
        Column("pax", "INTEGER", "Passengers", itself, null="-"),
        Column("delay", "INTEGER", "Delay (min)", itself, null="-"),
        Column("status", "TEXT", "Status"),
        Column("gate", "TEXT", "Concourse"),
        Column("meal", "INTEGER", "MealService", either("Yes", "No")),
    ],
    rows=build(),
)
PORTS = Sheet(
    name="airports",
    title="Airports",
    columns=[
        Column("code", "TEXT", "Code"),
        Column("airport", "TEXT", "AirportName"),
        Column("country", "TEXT", "Country"),
        Column("runways", "INTEGER", "Runways", itself),
    ],
    rows=AIRPORTS,
)

QUESTIONS = [
    ask(1, "count", "一共有多少个航班?", "How many flights are there?", "SELECT COUNT(*) FROM flights"),
    ask(2, "sum", "总共运送了多少旅客?", "How many passengers were carried in all?", "SELECT SUM(pax) FROM flights"),
    ask(3, "filter", "被取消的航班有几个?", "How many flights were cancelled?", "SELECT COUNT(*) FROM flights WHERE status = 'Cancelled'"),
    ask(4, "group", "每家航空公司的航班数", "Number of flights operated by each airline", "SELECT airline, COUNT(*) FROM flights GROUP BY airline"),
    ask(5, "average", "EuroJet的航班平均延误多少分钟?", "What's the average delay of EuroJet flights, in minutes?",
        "SELECT AVG(delay) FROM flights WHERE airline = 'EuroJet'"),
    ask(6, "superlative", "延误时间最长的是哪个航班?", "Which flight had the longest delay?",
        "SELECT flight_no FROM flights WHERE delay IS NOT NULL ORDER BY delay DESC LIMIT 1"),
    ask(7, "filter", "飞往新加坡(SIN)的航班有多少?", "How many flights go to SIN?", "SELECT COUNT(*) FROM flights WHERE dest = 'SIN'"),
    ask(8, "filter", "延误超过两个小时(120分钟)的航班数", "How many flights were delayed by more than 120 minutes?",
        "SELECT COUNT(*) FROM flights WHERE delay > 120"),
    ask(9, "time", "2024年4月有多少旅客?", "Number of passengers in April 2024", "SELECT SUM(pax) FROM flights WHERE month(day) = '2024-04'"),
    ask(10, "time", "每月的航班数量", "flights per month", "SELECT month(day), COUNT(*) FROM flights GROUP BY month(day)"),
    ask(11, "group", "各机型的平均旅客人数", "Average passengers by aircraft type", "SELECT aircraft, AVG(pax) FROM flights GROUP BY aircraft"),
    ask(12, "top", "旅客最多的三个目的地", "Top three destinations by total passengers",
        "SELECT dest FROM flights GROUP BY dest ORDER BY SUM(pax) DESC LIMIT 3", ordered=True),
    ask(13, "list", "哪些A350航班被取消了?列出航班号", "Give the flight numbers of the cancelled A350 flights.",
        "SELECT flight_no FROM flights WHERE aircraft = 'A350' AND status = 'Cancelled'"),
    ask(14, "filter", "提供餐食的航班有几个?", "How many flights have meal service?", "SELECT COUNT(*) FROM flights WHERE meal = 1"),
    ask(15, "distinct", "航班飞往几个不同的目的地?", "How many different destinations are served?", "SELECT COUNT(DISTINCT dest) FROM flights"),
    ask(16, "max", "一个航班最多载了多少名旅客?", "What is the most passengers on any one flight?", "SELECT MAX(pax) FROM flights"),
    ask(17, "group", "按航空公司和状态统计航班数", "Count flights by airline and status.",
        "SELECT airline, status, COUNT(*) FROM flights GROUP BY airline, status"),
    ask(18, "having", "平均延误超过40分钟的航空公司有哪些?", "Which airlines have an average delay of over 40 minutes?",
        "SELECT airline FROM flights GROUP BY airline HAVING AVG(delay) > 40"),
    ask(19, "ratio", "未取消的B787航班,旅客总数除以座位总数是多少?",
        "For B787 flights that were not cancelled, what is total passengers divided by total seats?",
        "SELECT 1.0 * SUM(pax) / SUM(seats) FROM flights WHERE aircraft = 'B787' AND status <> 'Cancelled'"),
    ask(20, "time", "2024年第二季度准点的航班有多少?", "How many flights were on time in Q2 2024?",
        "SELECT COUNT(*) FROM flights WHERE status = 'On time' AND quarter(day) = '2024-Q2'"),
    ask(21, "time", "2024年3月10日有哪几个航班?", "Which flights (numbers) left on 10 March 2024?",
        "SELECT flight_no FROM flights WHERE day = '2024-03-10'"),
    ask(22, "filter", "从A或B候机厅出发的航班共多少?", "How many flights use concourse A or B?",
        "SELECT COUNT(*) FROM flights WHERE gate IN ('A', 'B')"),
    ask(23, "list", "代码为FRA的机场叫什么名字?", "What is the name of the airport with code FRA?",
        "SELECT airport FROM airports WHERE code = 'FRA'"),
    ask(24, "superlative", "哪个机场的跑道最多?", "Which airport has the most runways?",
        "SELECT airport FROM airports ORDER BY runways DESC LIMIT 1"),
    ask(25, "join", "按目的地所在国家统计旅客总数", "Total passengers by country of the destination airport",
        "SELECT country, SUM(pax) FROM flights JOIN airports ON dest = code GROUP BY country"),
    ask(26, "join", "飞往中国机场的航班有多少个?", "How many flights go to airports in China?",
        "SELECT COUNT(*) FROM flights JOIN airports ON dest = code WHERE country = 'China'"),
    ask(27, "order", "按平均延误由低到高列出航空公司", "Airlines from the lowest average delay to the highest",
        "SELECT airline, AVG(delay) FROM flights GROUP BY airline ORDER BY AVG(delay)", ordered=True),
    refuse(28, "missing", "机票平均多少钱?", "What is the average ticket price?"),
    refuse(29, "missing", "哪位机长飞得最多?", "Which captain flew the most?"),
    refuse(30, "cause", "有多少延误是大雾造成的?", "How much of the delay was due to fog?"),
    refuse(31, "forecast", "下周会有多少航班延误?", "How many flights will be late next week?"),
    refuse(32, "opinion", "哪家航空公司的飞机餐最好吃?", "Which airline has the tastiest meals?"),
    refuse(33, "unknown-word", "各航空公司的啵啵量", "total snazzles per airline"),
    refuse(34, "contradiction", "延误少于10分钟且多于90分钟的航班有几个?", "How many flights were delayed by under 10 minutes and by over 90 minutes?"),
    ask(35, "filter", "上午8点以前起飞的航班有几个?", "How many flights depart before 08:00?", "SELECT COUNT(*) FROM flights WHERE departs < '08:00'"),
    ask(36, "filter", "Orient Air飞往SYD的航班有几个?", "Orient Air flights to SYD: how many?",
        "SELECT COUNT(*) FROM flights WHERE airline = 'Orient Air' AND dest = 'SYD'"),
    ask(37, "share", "取消的航班占百分之几?", "What percentage of flights were cancelled?",
        "SELECT 100.0 * SUM(status = 'Cancelled') / COUNT(*) FROM flights", percent=True),
    ask(38, "superlative", "运送旅客最多的航空公司是哪家?", "Which airline carried the most passengers?",
        "SELECT airline FROM flights GROUP BY airline ORDER BY SUM(pax) DESC LIMIT 1"),
    ask(39, "distinct", "座位数大于200的机型有哪些?", "Which aircraft types have more than 200 seats?", "SELECT DISTINCT aircraft FROM flights WHERE seats > 200"),
    ask(40, "conditional", "2024年5月各航空公司状态为Delayed的航班数", "Delayed flights by airline in May 2024",
        "SELECT airline, COUNT(*) FROM flights WHERE status = 'Delayed' AND month(day) = '2024-05' GROUP BY airline"),
    ask(41, "filter", "旅客不足100人的航班有几个?", "How many flights had fewer than 100 passengers?", "SELECT COUNT(*) FROM flights WHERE pax < 100"),
    ask(42, "join", "飞往日本的旅客一共多少人?", "How many passengers flew to Japan in total?",
        "SELECT SUM(pax) FROM flights JOIN airports ON dest = code WHERE country = 'Japan'"),
    refuse(43, "missing", "靠窗座位有多少个?", "How many window seats are there?"),
    refuse(44, "missing", "丢失了多少件行李?", "How many bags were lost?"),
    ask(45, "ties", "跑道最少的机场有哪些(并列的都列出来)?", "Which airports have the fewest runways? Include ties.",
        "SELECT airport FROM airports WHERE runways = (SELECT MIN(runways) FROM airports)"),
]

FILE = File("flights.xlsx", [FLIGHTS, PORTS], QUESTIONS)
