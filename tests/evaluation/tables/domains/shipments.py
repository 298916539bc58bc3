"""Freight: English snake_case headers, units in brackets, US weights with separators, deliveries still open as "-"."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, grouped, iso

PORTS = ["Rotterdam", "Hamburg", "Singapore", "Shanghai", "Busan", "Los Angeles"]
BY_LAND = {"Road": ["Rotterdam", "Hamburg"], "Rail": ["Rotterdam", "Hamburg", "Shanghai"]}
CARRIERS = ["BlueWave", "NordCargo", "Pacific Star", "Silk Line"]
MODES = {"Sea": (28, 0.9, 18000), "Air": (4, 5.2, 900), "Rail": (16, 1.6, 9000), "Road": (6, 1.9, 4200)}


def build():
    random = Random("shipments")
    rows = []
    for number in range(150):
        mode = random.choices(list(MODES), weights=[6, 4, 2, 3])[0]
        origin, destination = random.sample(BY_LAND.get(mode, PORTS), 2)
        days, rate, typical = MODES[mode]
        weight = round(typical * random.uniform(0.2, 1.9), 1)
        shipped = date(2024, 1, 3) + timedelta(days=random.randint(0, 250))
        delayed = random.random() < 0.27
        arrived = shipped + timedelta(days=days + random.randint(0, 3) + (random.randint(3, 9) if delayed else 0))
        rows.append((f"{7200 + number:06d}", origin, destination, random.choice(CARRIERS), mode, shipped,
                     arrived if arrived < date(2024, 9, 15) else None, weight, round(weight * rate + random.uniform(80, 400), 2),
                     random.choice([1, 2, 4, 6, 8, 12]), delayed))
    return rows


SHEET = Sheet(
    name="shipments",
    columns=[
        Column("shipment_id", "TEXT", "shipment_id"),
        Column("origin", "TEXT", "origin"),
        Column("destination", "TEXT", "destination"),
        Column("carrier", "TEXT", "carrier"),
        Column("mode", "TEXT", "transport_mode"),
        Column("ship_date", "TEXT", "ship_date", iso),
        Column("delivery_date", "TEXT", "delivery_date", iso, null="-"),
        Column("weight", "REAL", "weight [kg]", grouped),
        Column("cost", "REAL", "freight_cost (USD)", grouped),
        Column("pallets", "INTEGER", "pallets"),
        Column("delayed", "INTEGER", "delayed", either("Yes", "No")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "sum", "货物总重量是多少公斤?", "What is the combined weight of all shipments?", "SELECT SUM(weight) FROM shipments"),
    ask(2, "count", "延误的货运有多少票?", "How many shipments were delayed?", "SELECT COUNT(*) FROM shipments WHERE delayed = 1"),
    ask(3, "group", "各承运商的运费总额", "Total freight cost by carrier",
        "SELECT carrier, SUM(cost) FROM shipments GROUP BY carrier"),
    ask(4, "average", "空运的平均运费是多少?", "On average, how much does an air shipment cost?",
        "SELECT AVG(cost) FROM shipments WHERE mode = 'Air'"),
    ask(5, "filter", "从上海发往汉堡的货有几票?", "How many shipments went from Shanghai to Hamburg?",
        "SELECT COUNT(*) FROM shipments WHERE origin = 'Shanghai' AND destination = 'Hamburg'"),
    ask(6, "filter", "还没有送达日期的货运有多少票?", "How many shipments have no delivery date yet?",
        "SELECT COUNT(*) FROM shipments WHERE delivery_date IS NULL"),
    ask(7, "superlative", "最重的一票货是哪一票(给出编号)?", "What is the ID of the heaviest shipment?",
        "SELECT shipment_id FROM shipments ORDER BY weight DESC LIMIT 1"),
    ask(8, "top", "运费最贵的5票货的编号和运费", "Show the five most expensive shipments with their id and freight cost.",
        "SELECT shipment_id, cost FROM shipments ORDER BY cost DESC LIMIT 5", ordered=True),
    ask(9, "time", "2024年5月发货多少票?", "How many shipments left in May 2024 (by ship date)?",
        "SELECT COUNT(*) FROM shipments WHERE month(ship_date) = '2024-05'"),
    ask(10, "time", "按发货月份统计总重量", "Total weight for each ship month",
        "SELECT month(ship_date), SUM(weight) FROM shipments GROUP BY month(ship_date)"),
    ask(11, "filter", "重量超过20吨(20000公斤)的有多少票?", "Number of shipments weighing more than 20,000 kg",
        "SELECT COUNT(*) FROM shipments WHERE weight > 20000"),
    ask(12, "group", "每种运输方式各有多少票货?", "How many shipments are there for each transport mode?",
        "SELECT mode, COUNT(*) FROM shipments GROUP BY mode"),
    ask(13, "superlative", "哪家承运商运的货最多(按票数)?", "Which carrier handled the most shipments?",
        "SELECT carrier FROM shipments GROUP BY carrier ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(14, "max", "海运单票运费最高是多少美元?", "What's the maximum freight cost for a sea shipment?",
        "SELECT MAX(cost) FROM shipments WHERE mode = 'Sea'"),
    ask(15, "distinct", "货物发往几个不同的目的地?", "How many different destinations are there?",
        "SELECT COUNT(DISTINCT destination) FROM shipments"),
    ask(16, "filter", "除了公路运输以外的货运总票数", "How many shipments did not travel by road?",
        "SELECT COUNT(*) FROM shipments WHERE mode <> 'Road'"),
    ask(17, "filter", "NordCargo延误了几次?", "How many of NordCargo's shipments were delayed?",
        "SELECT COUNT(*) FROM shipments WHERE carrier = 'NordCargo' AND delayed = 1"),
    ask(18, "time", "4月到6月的运费合计是多少?(按发货日期)", "Total freight cost for shipments shipped from April to June 2024",
        "SELECT SUM(cost) FROM shipments WHERE month(ship_date) BETWEEN '2024-04' AND '2024-06'"),
    ask(19, "list", "编号007250的货运走的是哪个承运商?", "Which carrier transported shipment 007250?",
        "SELECT carrier FROM shipments WHERE shipment_id = '007250'"),
    ask(20, "median", "托盘数的中位数是多少?", "What is the median number of pallets?", "SELECT median(pallets) FROM shipments"),
    ask(21, "group", "按起运地和运输方式统计货运票数", "Count shipments by origin and transport mode.",
        "SELECT origin, mode, COUNT(*) FROM shipments GROUP BY origin, mode"),
    ask(22, "order", "按总运费由高到低列出目的地", "Order the destinations by total freight cost, descending.",
        "SELECT destination, SUM(cost) FROM shipments GROUP BY destination ORDER BY SUM(cost) DESC", ordered=True),
    ask(23, "having", "平均运费超过1万美元的运输方式有哪些?", "Which transport modes have an average freight cost above 10,000 dollars?",
        "SELECT mode FROM shipments GROUP BY mode HAVING AVG(cost) > 10000"),
    ask(24, "share", "延误的票数占百分之几?", "What percent of shipments were delayed?",
        "SELECT 100.0 * SUM(delayed) / COUNT(*) FROM shipments", percent=True),
    ask(25, "conditional", "每家承运商延误了多少票?", "For each carrier, how many shipments were delayed?",
        "SELECT carrier, COUNT(*) FROM shipments WHERE delayed = 1 GROUP BY carrier"),
    ask(26, "filter", "发往新加坡或釜山的货一共多少个托盘?", "How many pallets were sent to Singapore or Busan?",
        "SELECT SUM(pallets) FROM shipments WHERE destination IN ('Singapore', 'Busan')"),
    refuse(27, "missing", "每票货的保险费是多少?", "What was the insurance premium for each shipment?"),
    refuse(28, "cause", "罢工对延误有多大影响?", "How far were port strikes to blame for the delays?"),
    refuse(29, "ambiguous", "Rotterdam有多少票货?", "How many shipments for Rotterdam?"),
    refuse(30, "missing", "司机最多的是哪家承运商?", "Which carrier has the most drivers?"),
    refuse(31, "forecast", "十月份的运费会涨到多少?", "How high will freight costs rise in October?"),
    refuse(32, "contradiction", "重量低于100公斤同时高于5000公斤的货有几票?",
           "How many shipments weigh less than 100 kg and more than 5,000 kg?"),
    ask(33, "sum", "Pacific Star从釜山运出的货总共多重?", "Total weight Pacific Star carried out of Busan",
        "SELECT SUM(weight) FROM shipments WHERE carrier = 'Pacific Star' AND origin = 'Busan'"),
    ask(34, "average", "平均每票货有多少个托盘", "average pallets per shipment", "SELECT AVG(pallets) FROM shipments"),
    ask(35, "superlative", "从哪个起运地出发的货延误票数最多?", "Which origin has the most delayed shipments?",
        "SELECT origin FROM shipments WHERE delayed = 1 GROUP BY origin ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(36, "derived", "从发货到送达平均要几天?", "How many days lie between ship date and delivery date on average?",
        "SELECT AVG(julianday(delivery_date) - julianday(ship_date)) FROM shipments"),
    ask(37, "time", "按发货日期算,2024年第二季度海运了多少公斤?", "Kilograms shipped by sea in Q2 2024 (ship date)",
        "SELECT SUM(weight) FROM shipments WHERE mode = 'Sea' AND quarter(ship_date) = '2024-Q2'"),
    ask(38, "filter", "Silk Line没有延误的货运有几票?", "How many Silk Line shipments were not delayed?",
        "SELECT COUNT(*) FROM shipments WHERE carrier = 'Silk Line' AND delayed = 0"),
    ask(39, "superlative", "运费最便宜的那票海运,编号是多少?", "ID of the cheapest sea shipment, please",
        "SELECT shipment_id FROM shipments WHERE mode = 'Sea' ORDER BY cost LIMIT 1"),
    ask(40, "group", "请给出各运输方式的最高单票重量", "What is the heaviest weight for each transport mode?",
        "SELECT mode, MAX(weight) FROM shipments GROUP BY mode"),
    refuse(41, "missing", "冷藏货有几票?", "How many refrigerated shipments were there?"),
    refuse(42, "missing", "危险品的运费一共多少?", "What was the freight cost of dangerous goods?"),
    ask(43, "ties", "延误票数最多的承运商有哪些(并列都算)?", "Which carriers have the most delayed shipments, counting ties?",
        "SELECT carrier FROM shipments WHERE delayed = 1 GROUP BY carrier HAVING COUNT(*) = (SELECT MAX(n) FROM"
        " (SELECT COUNT(*) AS n FROM shipments WHERE delayed = 1 GROUP BY carrier))"),
    ask(44, "relative", "今年上半年发了多少票货(按发货日期)?", "How many shipments have a ship date in the first half of this year?",
        "SELECT COUNT(*) FROM shipments WHERE ship_date BETWEEN '2024-01-01' AND '2024-06-30'", today="2024-07-15"),
]

FILE = File("shipments.csv", [SHEET], QUESTIONS)
