"""Departures of one airport as its operations desk keeps them: English headers, a status, delays in minutes."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, iso

AIRLINES = {"Northwind Air": "NW", "Skylark": "SK", "Pacific Jet": "PJ", "Alpine Express": "AX", "Coral Airways": "CW"}
PLACES = {"Oslo": "International", "Madrid": "International", "Dubai": "International", "Singapore": "International", "Leeds": "Domestic",
          "Bristol": "Domestic", "Aberdeen": "Domestic", "Toronto": "International"}


def build():
    random = Random("departures 1")
    rows = []
    for number in range(150):
        airline = random.choices(list(AIRLINES), weights=[6, 5, 3, 4, 2])[0]
        place = random.choices(list(PLACES), weights=[4, 5, 3, 2, 5, 4, 3, 2])[0]
        status = random.choices(["On Time", "Delayed", "Cancelled"], weights=[60, 30, 8])[0]
        delay = {"On Time": 0, "Cancelled": None}.get(status, random.randint(6, 190))
        terminal = random.choice(["T1", "T2", "T2", "T3"])
        rows.append((f"{AIRLINES[airline]}{201 + number}", date(2024, 1, 3) + timedelta(days=random.randint(0, 200)), airline, terminal,
                     f"{'ABCD'[int(terminal[1])]}{random.randint(1, 24)}", place, PLACES[place],
                     random.choice(["A320", "A320", "B737", "B787", "A350"]), delay, None if status == "Cancelled" else random.randint(61, 318), status))
    return rows


SHEET = Sheet(
    name="departures",
    columns=[
        Column("flight", "TEXT", "Flight No"),
        Column("day", "TEXT", "Date", iso),
        Column("airline", "TEXT", "Airline"),
        Column("terminal", "TEXT", "Terminal"),
        Column("gate", "TEXT", "Gate"),
        Column("destination", "TEXT", "Destination"),
        Column("kind", "TEXT", "Route Type"),
        Column("aircraft", "TEXT", "Aircraft Type"),
        Column("delay", "INTEGER", "Delay (min)"),
        Column("passengers", "INTEGER", "Passengers"),
        Column("status", "TEXT", "Status"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "share", "有百分之多少的航班被取消了？", "What percentage of flights were cancelled?",
        "SELECT 100.0 * SUM(status = 'Cancelled') / COUNT(*) FROM departures", percent=True),
    ask(2, "superlative", "哪个航空公司的平均延误时间最长？", "Which airline has the longest average delay?",
        "SELECT airline FROM departures GROUP BY airline ORDER BY AVG(delay) DESC LIMIT 1"),
    ask(3, "filter", "T2有多少个航班延误超过一小时？", "How many flights from T2 were delayed by more than an hour?",
        "SELECT COUNT(*) FROM departures WHERE terminal = 'T2' AND delay > 60"),
    ask(4, "distinct", "一共飞往多少个不同的目的地？", "How many different destinations are served?", "SELECT COUNT(DISTINCT destination) FROM departures"),
    ask(5, "filter", "不是国内航线的航班有几个？", "How many flights are not domestic?", "SELECT COUNT(*) FROM departures WHERE kind <> 'Domestic'"),
    ask(6, "sum", "飞往Madrid的旅客一共多少人？", "How many passengers flew to Madrid in total?",
        "SELECT SUM(passengers) FROM departures WHERE destination = 'Madrid'"),
    ask(7, "compare", "T1和T3相比，哪个航站楼的旅客更多？", "Which had more passengers, T1 or T3?",
        "SELECT terminal FROM departures WHERE terminal IN ('T1', 'T3') GROUP BY terminal ORDER BY SUM(passengers) DESC LIMIT 1"),
    ask(8, "compare", "T2比T1多运了多少旅客？", "How many more passengers did T2 handle than T1?",
        "SELECT SUM(CASE WHEN terminal = 'T2' THEN passengers END) - SUM(CASE WHEN terminal = 'T1' THEN passengers END) FROM departures"),
    ask(9, "superlative", "延误第二久的是哪个航班？", "Which flight had the second longest delay?",
        "SELECT flight FROM departures WHERE delay = (SELECT DISTINCT delay FROM departures WHERE delay IS NOT NULL ORDER BY delay DESC LIMIT 1 OFFSET 1)"),
    ask(10, "group", "每家航空公司取消了多少个航班？", "number of cancelled flights per airline",
        "SELECT airline, COUNT(*) FROM departures WHERE status = 'Cancelled' GROUP BY airline"),
    ask(11, "list", "列出NW203的登机口和目的地", "Show the gate and destination of flight NW203.",
        "SELECT gate, destination FROM departures WHERE flight = 'NW203'"),
    ask(12, "time", "2024年3月一共起飞了多少班？", "How many flights were there in March 2024?",
        "SELECT COUNT(*) FROM departures WHERE month(day) = '2024-03'"),
    ask(13, "having", "哪些航空公司的航班数超过30？", "Which airlines operate more than 30 flights?",
        "SELECT airline FROM departures GROUP BY airline HAVING COUNT(*) > 30"),
    ask(14, "filter", "Skylark用A320执飞的航班有多少个？", "How many Skylark flights are flown with an A320?",
        "SELECT COUNT(*) FROM departures WHERE airline = 'Skylark' AND aircraft = 'A320'"),
    ask(15, "average", "国际航班平均每班多少旅客？", "What is the average number of passengers on international flights?",
        "SELECT AVG(passengers) FROM departures WHERE kind = 'International'"),
    ask(16, "share", "各航站楼的旅客占比", "share of passengers by terminal",
        "SELECT terminal, 100.0 * SUM(passengers) / (SELECT SUM(passengers) FROM departures) FROM departures GROUP BY terminal", percent=True),
    ask(17, "compare", "准点航班和延误航班相差多少个？", "What is the difference between the number of on-time and delayed flights?",
        "SELECT SUM(status = 'On Time') - SUM(status = 'Delayed') FROM departures"),
    ask(18, "superlative", "航班最多的目的地是哪里？", "What is the most common destination?",
        "SELECT destination FROM departures GROUP BY destination ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(19, "top", "旅客最多的三个航班号", "Give me the flight numbers of the three flights with the most passengers.",
        "SELECT flight FROM departures ORDER BY passengers DESC LIMIT 3"),
    ask(20, "filter", "哪些航班去新加坡而且被取消了？", "Which flights to Singapore were cancelled?",
        "SELECT flight FROM departures WHERE destination = 'Singapore' AND status = 'Cancelled'"),
    refuse(21, "missing", "机长是谁？", "Who was the captain?"),
    refuse(22, "missing", "行李丢失最多的航空公司是哪家？", "Which airline lost the most luggage?"),
    refuse(23, "cause", "Skylark为什么老是延误？", "Why is Skylark always late?"),
]

FILE = File("departures.csv", [SHEET], QUESTIONS, open=True)
