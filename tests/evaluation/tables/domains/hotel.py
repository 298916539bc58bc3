"""Hotel bookings: English CamelCase headers, English dates, euro amounts, Y/N, ratings that were not given as N/A."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, english, money

ROOMS = {"Single": 84, "Double": 118, "Family": 165, "Suite": 289}
CHANNELS = ["Website", "Website", "Booking Agent", "Phone", "Walk-in"]
COUNTRIES = ["Germany", "Germany", "France", "China", "Japan", "Spain", "USA"]
FIRST = ["Emma", "Noah", "Hiro", "Li Na", "Pablo", "Clara", "Jonas", "Sophie", "Marc", "Grace", "Akira", "Ines"]
LAST = ["Weber", "Moreau", "Sato", "Chen", "Garcia", "Miller", "Fischer", "Dubois", "Kim", "Lopez", "Brown", "Rossi"]


def build():
    random = Random("hotel")
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    random.shuffle(names)
    rows = []
    for number in range(140):
        room = random.choices(list(ROOMS), weights=[3, 6, 3, 1.5])[0]
        checkin = date(2023, 11, 4) + timedelta(days=random.randint(0, 300))
        cancelled = random.random() < 0.14
        rating = None if cancelled or random.random() < 0.3 else random.choice([2, 3, 4, 4, 5, 5])
        rows.append((f"HB{3001 + number}", names[number], room, checkin, random.choice([1, 1, 2, 2, 3, 4, 5, 7]),
                     round(ROOMS[room] * random.uniform(0.85, 1.3), 2), random.randint(1, 2 if room != "Family" else 5),
                     random.choice(CHANNELS), random.choice(COUNTRIES), cancelled, rating))
    return rows


SHEET = Sheet(
    name="hotel",
    columns=[
        Column("ref", "TEXT", "BookingRef"),
        Column("guest", "TEXT", "GuestName"),
        Column("room_type", "TEXT", "RoomType"),
        Column("check_in", "TEXT", "CheckIn", english),
        Column("nights", "INTEGER", "Nights"),
        Column("rate", "REAL", "RatePerNight", money("€")),
        Column("guests", "INTEGER", "NumGuests"),
        Column("channel", "TEXT", "Channel"),
        Column("country", "TEXT", "Country"),
        Column("cancelled", "INTEGER", "Cancelled", either("Y", "N")),
        Column("rating", "INTEGER", "Rating", null="N/A"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "共有多少笔预订?", "How many bookings are in the file?", "SELECT COUNT(*) FROM hotel"),
    ask(2, "sum", "所有预订加起来一共多少晚?", "How many nights were booked altogether?", "SELECT SUM(nights) FROM hotel"),
    ask(3, "average", "套房每晚的平均房价是多少?", "What's the average nightly rate for a suite?",
        "SELECT AVG(rate) FROM hotel WHERE room_type = 'Suite'"),
    ask(4, "group", "按渠道统计预订数量", "bookings per channel", "SELECT channel, COUNT(*) FROM hotel GROUP BY channel"),
    ask(5, "count", "取消的预订有几笔?", "How many bookings got cancelled?", "SELECT COUNT(*) FROM hotel WHERE cancelled = 1"),
    ask(6, "filter", "来自德国的客人订了多少笔?", "How many bookings came from Germany?",
        "SELECT COUNT(*) FROM hotel WHERE country = 'Germany'"),
    ask(7, "group", "各房型平均入住晚数", "For every room type, what is the average number of nights?",
        "SELECT room_type, AVG(nights) FROM hotel GROUP BY room_type"),
    ask(8, "superlative", "预订最多的国家是哪个?", "Which country do most bookings come from?",
        "SELECT country FROM hotel GROUP BY country ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(9, "filter", "没有评分的预订有多少?", "How many bookings have no rating?", "SELECT COUNT(*) FROM hotel WHERE rating IS NULL"),
    ask(10, "average", "网站渠道的平均评分", "average rating of bookings made through the website",
        "SELECT AVG(rating) FROM hotel WHERE channel = 'Website'"),
    ask(11, "time", "入住日期在2024年2月的预订有几笔?", "How many bookings have a check-in date in February 2024?",
        "SELECT COUNT(*) FROM hotel WHERE month(check_in) = '2024-02'"),
    ask(12, "time", "2024年每个季度的预订数(按入住日期)", "Number of bookings for each quarter of 2024, by check-in date",
        "SELECT quarter(check_in), COUNT(*) FROM hotel WHERE year(check_in) = '2024' GROUP BY quarter(check_in)"),
    ask(13, "superlative", "每晚房价最高的客人叫什么名字?", "Whose booking has the highest rate per night?",
        "SELECT guest FROM hotel ORDER BY rate DESC LIMIT 1"),
    ask(14, "list", "预订号HB3040住的是什么房型?", "What room type is booking HB3040?",
        "SELECT room_type FROM hotel WHERE ref = 'HB3040'"),
    ask(15, "filter", "订了5晚及以上的预订有多少?", "How many bookings were for 5 nights or longer?",
        "SELECT COUNT(*) FROM hotel WHERE nights >= 5"),
    ask(16, "filter", "中国或日本客人的预订数", "How many bookings are from China or Japan?",
        "SELECT COUNT(*) FROM hotel WHERE country IN ('China', 'Japan')"),
    ask(17, "sum", "房费总收入是多少(晚数乘以每晚房价,不含已取消的)?",
        "Leaving out cancelled bookings, what is the sum of nights times rate per night?",
        "SELECT SUM(nights * rate) FROM hotel WHERE cancelled = 0"),
    ask(18, "top", "房价最高的4笔预订,列出预订号和每晚房价", "Top 4 bookings by rate per night, with reference and rate",
        "SELECT ref, rate FROM hotel ORDER BY rate DESC LIMIT 4", ordered=True),
    ask(19, "min", "最便宜的双人间一晚多少钱?", "What does the cheapest double room cost per night?",
        "SELECT MIN(rate) FROM hotel WHERE room_type = 'Double'"),
    ask(20, "filter", "不是通过电话预订的有多少笔?", "How many bookings were not made by phone?",
        "SELECT COUNT(*) FROM hotel WHERE channel <> 'Phone'"),
    ask(21, "time", "入住日期在2024年5月10日到6月20日之间的预订有多少?", "How many bookings have a check-in date between 10 May 2024 and 20 June 2024?",
        "SELECT COUNT(*) FROM hotel WHERE check_in BETWEEN '2024-05-10' AND '2024-06-20'"),
    ask(22, "group", "各国客人的取消笔数", "Cancelled bookings by country",
        "SELECT country, COUNT(*) FROM hotel WHERE cancelled = 1 GROUP BY country"),
    ask(23, "list", "评分为2的客人有哪些?", "Which guests gave a rating of 2?", "SELECT guest FROM hotel WHERE rating = 2"),
    ask(24, "distinct", "客人来自几个国家?", "From how many different countries do guests come?",
        "SELECT COUNT(DISTINCT country) FROM hotel"),
    ask(25, "having", "哪些房型的平均评分低于4?", "Which room types have an average rating under 4?",
        "SELECT room_type FROM hotel GROUP BY room_type HAVING AVG(rating) < 4"),
    ask(26, "relative", "入住日期在上个月的预订有多少笔?", "How many bookings had a check-in date last month?",
        "SELECT COUNT(*) FROM hotel WHERE month(check_in) = '2024-06'", today="2024-07-15"),
    refuse(27, "missing", "酒店一共有多少间客房?", "How many rooms does the hotel have?"),
    refuse(28, "missing", "早餐收入是多少?", "What was the breakfast revenue?"),
    refuse(29, "opinion", "哪种房型性价比最好?", "Which room type is the nicest?"),
    refuse(30, "forecast", "圣诞节期间会有多少预订?", "How many bookings will we get this coming Christmas?"),
    refuse(31, "unknown-word", "有多少笔预订是咕嘟型的?", "How many bookings were wibbled?"),
    refuse(32, "ambiguous", "三月有多少?", "How much in March?"),
    ask(33, "group", "各国客人的平均每晚房价", "Mean nightly rate by country", "SELECT country, AVG(rate) FROM hotel GROUP BY country"),
    ask(34, "max", "一笔预订最多住几晚?", "What is the largest number of nights in one booking?", "SELECT MAX(nights) FROM hotel"),
    ask(35, "filter", "电话预订里没取消的有多少笔?", "Phone bookings that weren't cancelled: how many?",
        "SELECT COUNT(*) FROM hotel WHERE channel = 'Phone' AND cancelled = 0"),
    ask(36, "filter", "入住人数超过2人的家庭房预订有几笔", "How many Family bookings are for more than 2 guests?",
        "SELECT COUNT(*) FROM hotel WHERE room_type = 'Family' AND guests > 2"),
    ask(37, "filter", "德国客人通过网站订的双人间有几笔?", "Double rooms booked through the website by guests from Germany - how many?",
        "SELECT COUNT(*) FROM hotel WHERE country = 'Germany' AND channel = 'Website' AND room_type = 'Double'"),
    ask(38, "relative", "入住日期在下个月的预订有多少笔?", "How many bookings have a check-in date next month?",
        "SELECT COUNT(*) FROM hotel WHERE month(check_in) = '2024-08'", today="2024-07-15"),
    ask(39, "list", "姓Weber的客人有哪些?", "List the guests whose name ends with Weber.", "SELECT guest FROM hotel WHERE guest LIKE '%Weber'"),
    ask(40, "order", "按平均每晚房价把各渠道从高到低排个序", "Channels ranked by average rate per night, highest first",
        "SELECT channel, AVG(rate) FROM hotel GROUP BY channel ORDER BY AVG(rate) DESC", ordered=True),
    refuse(41, "missing", "带宠物的客人有多少?", "How many guests travelled with a pet?"),
    refuse(42, "missing", "海景房订出去几间?", "How many sea-view rooms were booked?"),
    refuse(43, "ambiguous", "德国客人的平均值是多少?", "What is the average for guests from Germany?"),
]

FILE = File("hotel_bookings.csv", [SHEET], QUESTIONS)
