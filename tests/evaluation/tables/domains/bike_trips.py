"""Trips of a bike-share scheme as clean CSV: start times to the minute, stations in two columns, members and casual riders."""

from datetime import datetime, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet

STATIONS = ["Central Station", "University Gate", "Riverside Walk", "City Hall", "Maple & 3rd", "Hospital North", "Harbor Pier", "Stadium West"]


def build():
    random = Random("bike trips 2")
    rows = []
    moment = datetime(2023, 9, 1, 6, 20)
    for number in range(360):
        moment += timedelta(minutes=int(random.expovariate(1 / 1900)))
        start = random.choices(STATIONS, weights=[9, 7, 5, 6, 3, 2, 4, 3])[0]
        end = start if random.random() < 0.09 else random.choices(STATIONS, weights=[8, 5, 7, 5, 3, 2, 6, 2])[0]
        member = random.random() < 0.64
        electric = random.random() < 0.38
        distance = round(random.lognormvariate(0.9, 0.5), 2)
        minutes = round(distance * (3.4 if electric else 4.6) * random.uniform(0.85, 1.6) * (1 if member else 1.3) + 1, 1)
        fare = round((0 if member else 1.5) + (0.19 if electric else 0.1) * max(0, minutes - (15 if member else 0)), 2)
        rows.append((700100 + number, moment.replace(hour=6 + moment.hour * 17 // 24).strftime("%Y-%m-%d %H:%M"), start, end, minutes, distance,
                     "member" if member else "casual", "electric" if electric else "classic",
                     None if random.random() < 0.1 else int(random.triangular(1950, 2007, 1994)), fare, random.choice([None, None, 3, 4, 4, 5, 5, 5, 1, 2])))
    return rows


SHEET = Sheet(
    name="bike_trips",
    columns=[
        Column("trip_id", "INTEGER", "trip_id"),
        Column("started", "TEXT", "started_at"),
        Column("start", "TEXT", "start_station"),
        Column("end_station", "TEXT", "end_station"),
        Column("minutes", "REAL", "duration_min"),
        Column("distance", "REAL", "distance_km"),
        Column("rider", "TEXT", "rider_type"),
        Column("bike", "TEXT", "bike_type"),
        Column("born", "INTEGER", "rider_birth_year"),
        Column("fare", "REAL", "fare_usd"),
        Column("stars", "INTEGER", "rider_rating"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "这份数据里一共骑了多少趟？", "How many trips are in here altogether?", "SELECT COUNT(*) FROM bike_trips"),
    ask(2, "filter", "会员骑了多少次？", "number of trips by members", "SELECT COUNT(*) FROM bike_trips WHERE rider = 'member'"),
    ask(3, "average", "大家骑一趟平均多远？", "How far do people ride on average?", "SELECT AVG(distance) FROM bike_trips"),
    ask(4, "group", "电动车和普通车各有多少趟？", "How many trips were made on each type of bike?", "SELECT bike, COUNT(*) FROM bike_trips GROUP BY bike"),
    ask(5, "superlative", "大家最常从哪个站把车骑走？", "Where do most trips start?",
        "SELECT start FROM bike_trips GROUP BY start ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(6, "compare", "起点站和终点站相同的行程有几趟？", "How many trips ended at the same station where they began?",
        "SELECT COUNT(*) FROM bike_trips WHERE start = end_station"),
    ask(7, "sum", "2024年3月的车费收入合计", "Total fares in March 2024", "SELECT SUM(fare) FROM bike_trips WHERE month(started) = '2024-03'"),
    ask(8, "time", "按月统计骑行次数", "trips per month", "SELECT month(started), COUNT(*) FROM bike_trips GROUP BY month(started)"),
    ask(9, "filter", "骑了半小时以上（超过30分钟）的散客行程有多少？", "How many casual trips lasted longer than 30 minutes?",
        "SELECT COUNT(*) FROM bike_trips WHERE rider = 'casual' AND minutes > 30"),
    ask(10, "top", "骑得最远的5趟，列出行程编号和距离", "The five longest trips by distance, with id and distance",
        "SELECT trip_id, distance FROM bike_trips ORDER BY distance DESC LIMIT 5", ordered=True),
    ask(11, "measures", "会员与散客的平均时长和平均车费", "Average duration and average fare, for members and for casual riders",
        "SELECT rider, AVG(minutes), AVG(fare) FROM bike_trips GROUP BY rider"),
    ask(12, "filter", "从火车总站（Central Station）骑到Harbor Pier的有几次？", "How many rides went from Central Station to Harbor Pier?",
        "SELECT COUNT(*) FROM bike_trips WHERE start = 'Central Station' AND end_station = 'Harbor Pier'"),
    ask(13, "filter", "没留出生年份的有多少趟？", "On how many trips is the rider's birth year missing?", "SELECT COUNT(*) FROM bike_trips WHERE born IS NULL"),
    ask(14, "share", "电动车行程占全部行程的百分之几？", "What share of trips, in percent, was on electric bikes?",
        "SELECT 100.0 * SUM(bike = 'electric') / COUNT(*) FROM bike_trips", percent=True),
    ask(15, "group", "按会员类型和车型分组数一下行程", "trips by rider type and bike type",
        "SELECT rider, bike, COUNT(*) FROM bike_trips GROUP BY rider, bike"),
    ask(16, "order", "各终点站的到达次数，从多到少排", "Sort end stations by number of arrivals, busiest first.",
        "SELECT end_station, COUNT(*) FROM bike_trips GROUP BY end_station ORDER BY COUNT(*) DESC", ordered=True),
    ask(17, "median", "骑行时长的中位数是几分钟？", "What's the median trip duration?", "SELECT median(minutes) FROM bike_trips"),
    ask(18, "having", "出发次数不到35的站有哪些？", "Which start stations had fewer than 35 trips?",
        "SELECT start FROM bike_trips GROUP BY start HAVING COUNT(*) < 35"),
    ask(19, "filter", "2000年及以后出生的人骑了多少趟？", "How many trips were made by riders born in 2000 or later?",
        "SELECT COUNT(*) FROM bike_trips WHERE born >= 2000"),
    ask(20, "compare", "车费高于平均车费的有多少趟？", "How many trips cost more than the average fare?",
        "SELECT COUNT(*) FROM bike_trips WHERE fare > (SELECT AVG(fare) FROM bike_trips)"),
    ask(21, "ratio", "总的来说，平均每公里收多少钱（总车费除以总距离）？", "Overall fare per kilometre: total fares divided by total distance",
        "SELECT SUM(fare) / SUM(distance) FROM bike_trips"),
    ask(22, "filter", "不要钱的行程（车费为0）有多少？", "How many trips were free of charge?", "SELECT COUNT(*) FROM bike_trips WHERE fare = 0"),
    ask(23, "time", "2023年第四季度骑了多少公里？", "How many kilometres were ridden in the fourth quarter of 2023?",
        "SELECT SUM(distance) FROM bike_trips WHERE quarter(started) = '2023-Q4'"),
    ask(24, "relative", "上个月有多少趟骑行？", "How many rides were there last month?",
        "SELECT COUNT(*) FROM bike_trips WHERE month(started) = '2024-11'", today="2024-12-15"),
    ask(25, "filter", "从市政厅（City Hall）或者大学门口（University Gate）出发的电动车行程数", "Electric bike trips starting at City Hall or University Gate: how many?",
        "SELECT COUNT(*) FROM bike_trips WHERE bike = 'electric' AND start IN ('City Hall', 'University Gate')"),
    ask(26, "average", "打过分的行程平均几分？", "What rating do riders give on average?", "SELECT AVG(stars) FROM bike_trips"),
    ask(27, "list", "编号700150的行程从哪儿骑到哪儿？", "Where did trip 700150 start and end?", "SELECT start, end_station FROM bike_trips WHERE trip_id = 700150"),
    ask(28, "cumulative", "2024年逐月累计的车费", "Running total of fares by month in 2024",
        "SELECT month(started), SUM(SUM(fare)) OVER (ORDER BY month(started)) FROM bike_trips WHERE year(started) = '2024' GROUP BY month(started)"),
    ask(29, "growth", "2024年4月的骑行次数比3月变化了百分之几？", "By what percentage did the number of trips change from March to April 2024?",
        "SELECT 100.0 * (1.0 * SUM(month(started) = '2024-04') / SUM(month(started) = '2024-03') - 1) FROM bike_trips", percent=True),
    refuse(30, "missing", "戴头盔的人有多少？", "How many riders wore a helmet?"),
    refuse(31, "missing", "各站有几个停车桩？", "How many docks does each station have?"),
    refuse(32, "ambiguous", "Stadium West站有多少趟？", "How many trips for Stadium West?"),
    refuse(33, "forecast", "下个月会有多少人骑车？", "How many people will ride next month?"),
    refuse(34, "contradiction", "时长不到5分钟又超过40分钟的行程有几趟？", "How many trips lasted under 5 minutes and over 40 minutes?"),
    refuse(35, "opinion", "哪条路线风景最美？", "Which route has the prettiest views?"),
    refuse(36, "cause", "周末骑车的人为什么少了？", "Why do fewer people ride at the weekend now?"),
]

FILE = File("bike_trips.csv", [SHEET], QUESTIONS)
