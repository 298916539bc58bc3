"""Daily air quality of stations as clean CSV: pollutants in µg/m³, headers like pm25_ugm3, gaps where an instrument was down."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, iso

STATIONS = {
    "ST01": ("Market Square", "Brenfield", "traffic", 31), "ST02": ("River Park", "Brenfield", "urban", 20),
    "ST03": ("Hilltop", "Brenfield", "rural", 9), "ST04": ("Dockside", "Calder Bay", "industrial", 36),
    "ST05": ("Old Library", "Calder Bay", "urban", 22), "ST06": ("Airport Road", "Wexmoor", "traffic", 28),
    "ST07": ("Meadow Lane", "Wexmoor", "rural", 11), "ST08": ("Steelworks", "Ironbridge", "industrial", 44),
}
LEVELS = [(12, "Good"), (35, "Moderate"), (55, "Unhealthy"), (999, "Hazardous")]


def build():
    random = Random("air 1")
    rows = []
    for step in range(48):
        day = date(2023, 1, 4) + timedelta(days=15 * step)
        season = 1.35 if day.month in (11, 12, 1, 2) else 0.8 if day.month in (6, 7, 8) else 1
        warmth = 11 - 9 * (1 if day.month in (12, 1, 2) else 0) + 9 * (1 if day.month in (6, 7, 8) else 0)
        rainy = random.random() < 0.35
        for code, (name, city, kind, typical) in STATIONS.items():
            fine = round(typical * season * random.lognormvariate(0, 0.3) * (0.7 if rainy else 1), 1)
            coarse = round(fine * random.uniform(1.2, 2.1), 1)
            down = random.random() < 0.04
            rows.append((code, name, city, kind, day, None if down else fine, None if random.random() < 0.03 else coarse,
                         round(typical * season * random.uniform(0.6, 1.5), 1), None if kind == "traffic" else round(random.gauss(52, 14) / season, 1),
                         round(warmth + random.gauss(0, 3), 1), random.randint(38, 97), None if down else next(w for top, w in LEVELS if fine <= top), rainy))
    return rows


SHEET = Sheet(
    name="air_quality",
    columns=[
        Column("station_id", "TEXT", "station_id"),
        Column("station", "TEXT", "station_name"),
        Column("city", "TEXT", "city"),
        Column("kind", "TEXT", "station_type"),
        Column("day", "TEXT", "date", iso),
        Column("pm25", "REAL", "pm25_ugm3"),
        Column("pm10", "REAL", "pm10_ugm3"),
        Column("no2", "REAL", "no2_ugm3"),
        Column("o3", "REAL", "o3_ugm3"),
        Column("temp", "REAL", "temp_c"),
        Column("humidity", "INTEGER", "humidity_pct"),
        Column("category", "TEXT", "aqi_category"),
        Column("rain", "INTEGER", "rain", either("Y", "N")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "average", "平均PM2.5浓度是多少？", "What's the mean PM2.5 concentration?", "SELECT AVG(pm25) FROM air_quality"),
    ask(2, "group", "各城市PM2.5均值", "avg pm2.5 by city", "SELECT city, AVG(pm25) FROM air_quality GROUP BY city"),
    ask(3, "superlative", "PM10平均下来，哪个监测站最脏？要站名", "On average PM10, which station is the worst? I need its name.",
        "SELECT station FROM air_quality GROUP BY station ORDER BY AVG(pm10) DESC LIMIT 1"),
    ask(4, "filter", "空气质量为Good的记录有多少条？", "How many readings are in the Good category?", "SELECT COUNT(*) FROM air_quality WHERE category = 'Good'"),
    ask(5, "max", "Steelworks站测到的最高二氧化氮是多少？", "What's the highest NO2 value ever measured at Steelworks?",
        "SELECT MAX(no2) FROM air_quality WHERE station = 'Steelworks'"),
    ask(6, "distinct", "Brenfield有哪些监测站？", "Which stations are there in Brenfield?", "SELECT DISTINCT station FROM air_quality WHERE city = 'Brenfield'"),
    ask(7, "time", "2023年每个月的平均臭氧浓度", "Monthly average ozone in 2023",
        "SELECT month(day), AVG(o3) FROM air_quality WHERE year(day) = '2023' GROUP BY month(day)"),
    ask(8, "filter", "PM2.5没有数据的记录有几条？", "How many rows have no PM2.5 reading?", "SELECT COUNT(*) FROM air_quality WHERE pm25 IS NULL"),
    ask(9, "filter", "下雨而且湿度超过90%的记录有多少？", "How many records have rain and humidity over 90%?",
        "SELECT COUNT(*) FROM air_quality WHERE rain = 1 AND humidity > 90"),
    ask(10, "group", "按监测站类型和空气质量等级统计记录数（没有等级的不算）", "Number of readings by station type and AQI category (only where a category was given)",
        "SELECT kind, category, COUNT(*) FROM air_quality WHERE category IS NOT NULL GROUP BY kind, category"),
    ask(11, "order", "各监测站按平均PM2.5由高到低", "Stations sorted by mean PM2.5 from dirtiest to cleanest",
        "SELECT station, AVG(pm25) FROM air_quality GROUP BY station ORDER BY AVG(pm25) DESC", ordered=True),
    ask(12, "time", "2024年第一季度Dockside的平均PM2.5", "Average PM2.5 at Dockside in Q1 2024",
        "SELECT AVG(pm25) FROM air_quality WHERE station = 'Dockside' AND quarter(day) = '2024-Q1'"),
    ask(13, "filter", "气温低于零度的记录有几条？", "How many readings were taken at below zero degrees?", "SELECT COUNT(*) FROM air_quality WHERE temp < 0"),
    ask(14, "measures", "乡村（rural）站点PM2.5的最小值、最大值", "Minimum and maximum PM2.5 at rural stations",
        "SELECT MIN(pm25), MAX(pm25) FROM air_quality WHERE kind = 'rural'"),
    ask(15, "share", "Unhealthy的记录占全部记录的百分比", "What percentage of all records are Unhealthy?",
        "SELECT 100.0 * SUM(category = 'Unhealthy') / COUNT(*) FROM air_quality", percent=True),
    ask(16, "superlative", "PM2.5最高的那条记录是哪天、在哪个站？", "On which date and at which station was the highest PM2.5 recorded?",
        "SELECT day, station FROM air_quality ORDER BY pm25 DESC LIMIT 1"),
    ask(17, "compare", "NO2比PM2.5高的记录有几条？", "In how many rows is NO2 greater than PM2.5?", "SELECT COUNT(*) FROM air_quality WHERE no2 > pm25"),
    ask(18, "having", "平均PM2.5超过25的城市有哪些？", "cities where PM2.5 averages above 25",
        "SELECT city FROM air_quality GROUP BY city HAVING AVG(pm25) > 25"),
    ask(19, "median", "Wexmoor的PM10中位数", "median PM10 in Wexmoor", "SELECT median(pm10) FROM air_quality WHERE city = 'Wexmoor'"),
    ask(20, "average", "不下雨的时候平均PM10是多少？", "What is the average PM10 when there is no rain?", "SELECT AVG(pm10) FROM air_quality WHERE rain = 0"),
    ask(21, "filter", "交通站或工业站里PM2.5超过50的记录数", "Readings above 50 for PM2.5 at traffic or industrial stations: how many?",
        "SELECT COUNT(*) FROM air_quality WHERE kind IN ('traffic', 'industrial') AND pm25 > 50"),
    ask(22, "growth", "2024年的平均NO2比2023年变化了百分之几？", "Percentage change in average NO2 from 2023 to 2024",
        "SELECT 100.0 * (AVG(CASE WHEN year(day) = '2024' THEN no2 END)"
        " / AVG(CASE WHEN year(day) = '2023' THEN no2 END) - 1) FROM air_quality", percent=True),
    ask(23, "top", "平均湿度最大的三个站", "three most humid stations on average",
        "SELECT station FROM air_quality GROUP BY station ORDER BY AVG(humidity) DESC LIMIT 3", ordered=True),
    ask(24, "relative", "去年12月各站的平均PM2.5", "Average PM2.5 by station in December last year",
        "SELECT station, AVG(pm25) FROM air_quality WHERE month(day) = '2023-12' GROUP BY station", today="2024-12-30"),
    ask(25, "distinct", "一共在几个城市设了监测站？", "How many cities have a station?", "SELECT COUNT(DISTINCT city) FROM air_quality"),
    ask(26, "conditional", "每个城市有多少条Hazardous记录？", "Hazardous readings by city",
        "SELECT city, COUNT(*) FROM air_quality WHERE category = 'Hazardous' GROUP BY city"),
    ask(27, "list", "2023年2月3日各站的PM2.5读数", "PM2.5 at each station on 3 February 2023",
        "SELECT station, pm25 FROM air_quality WHERE day = '2023-02-03'"),
    ask(28, "derived", "最热和最冷的记录相差多少度？", "What's the temperature difference between the hottest and the coldest reading?",
        "SELECT MAX(temp) - MIN(temp) FROM air_quality"),
    refuse(29, "missing", "二氧化硫的平均浓度是多少？", "What is the average sulphur dioxide level?"),
    refuse(30, "missing", "哪个站的风速最大？", "Which station has the strongest wind?"),
    refuse(31, "missing", "有多少人因为空气污染住院？", "How many people were hospitalised because of air pollution?"),
    refuse(32, "cause", "2023年冬天空气为什么那么差？", "Why was the air so bad in winter 2023?"),
    refuse(33, "forecast", "下周三Dockside的PM2.5会是多少？", "What will PM2.5 be at Dockside next Wednesday?"),
    refuse(34, "contradiction", "PM10低于10同时又高于80的记录有几条？", "How many readings have a PM10 below 10 and above 80?"),
    refuse(35, "opinion", "哪个城市住着最舒服？", "Which city is the most pleasant to live in?"),
]

FILE = File("air_quality.csv", [SHEET], QUESTIONS)
