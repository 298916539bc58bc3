"""Homes for sale in a workbook: units in the headers, a title row, a second sheet of notes, ids like 0030012."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, itself

DISTRICTS = {
    "朝阳": (6.9, ["望京花园", "团结湖小区"]), "海淀": (8.8, ["学院里", "万柳书院"]),
    "丰台": (5.1, ["方庄家园", "丽泽苑"]), "通州": (3.9, ["运河湾", "梨园新村"]),
}
LAYOUTS = {"一室一厅": 48, "两室一厅": 74, "三室两厅": 118, "四室两厅": 165}


def build():
    random = Random("homes")
    rows = []
    for number in range(130):
        district = random.choice(list(DISTRICTS))
        price, estates = DISTRICTS[district]
        layout = random.choices(list(LAYOUTS), weights=[3, 6, 5, 2])[0]
        area = round(LAYOUTS[layout] * random.uniform(0.85, 1.2), 1)
        total = round(area * price * random.uniform(0.8, 1.25), 1)
        listed = date(2024, 2, 1) + timedelta(days=random.randint(0, 160))
        status = random.choices(["在售", "已成交", "已下架"], weights=[6, 4, 1])[0]
        rows.append((f"003{number + 12:04d}", district, random.choice(estates), layout, area, total, round(total * 10000 / area),
                     random.randint(1, 32), random.choice([1996, 2003, 2008, 2015, 2019, None]), listed, status,
                     random.random() < 0.55))
    return rows


SHEET = Sheet(
    name="homes",
    title="房源",
    above=[["二手房房源登记表"]],
    columns=[
        Column("home_id", "TEXT", "房源编号"),
        Column("district", "TEXT", "城区"),
        Column("estate", "TEXT", "小区"),
        Column("layout", "TEXT", "户型"),
        Column("area", "REAL", "面积(㎡)", itself),
        Column("total", "REAL", "总价(万元)", itself),
        Column("per_metre", "INTEGER", "单价(元/㎡)", itself),
        Column("floor", "INTEGER", "楼层", itself),
        Column("built", "INTEGER", "建成年份", itself, null="不详"),
        Column("listed", "TEXT", "挂牌日期", itself),
        Column("status", "TEXT", "状态"),
        Column("lift", "INTEGER", "有无电梯", either("有", "无")),
    ],
    rows=build(),
)
NOTES = Sheet(name="notes", title="说明", columns=[Column("note", "TEXT", "填表说明")],
              rows=[("总价以万元计,保留一位小数",), ("建成年份查不到的填“不详”",), ("每周五更新状态",)])

QUESTIONS = [
    ask(1, "count", "在售房源有多少套?", "How many homes are still for sale (在售)?", "SELECT COUNT(*) FROM homes WHERE status = '在售'"),
    ask(2, "average", "海淀的平均单价是多少?", "What's the average price per square metre (单价) in Haidian?",
        "SELECT AVG(per_metre) FROM homes WHERE district = '海淀'"),
    ask(3, "group", "各城区房源数量", "Number of listings in each district", "SELECT district, COUNT(*) FROM homes GROUP BY district"),
    ask(4, "superlative", "总价最高的房子在哪个小区?", "In which estate (小区) is the home with the highest total price?",
        "SELECT estate FROM homes ORDER BY total DESC LIMIT 1"),
    ask(5, "filter", "面积在80到120平米之间的房子有几套?", "How many homes have an area between 80 and 120 m²?",
        "SELECT COUNT(*) FROM homes WHERE area BETWEEN 80 AND 120"),
    ask(6, "filter", "总价500万以内的两室一厅有多少套?", "How many 两室一厅 homes have a total price of no more than 500万元?",
        "SELECT COUNT(*) FROM homes WHERE total <= 500 AND layout = '两室一厅'"),
    ask(7, "top", "最大的3套房子的房源编号和面积", "ID and area of the 3 largest homes",
        "SELECT home_id, area FROM homes ORDER BY area DESC LIMIT 3", ordered=True),
    ask(8, "group", "按户型看平均面积", "average area by layout (户型)", "SELECT layout, AVG(area) FROM homes GROUP BY layout"),
    ask(9, "time", "5月份新挂牌了多少套?", "How many homes were listed in May 2024?",
        "SELECT COUNT(*) FROM homes WHERE month(listed) = '2024-05'"),
    ask(10, "filter", "有电梯的房子有多少?", "How many homes have a lift (有无电梯 = 有)?", "SELECT COUNT(*) FROM homes WHERE lift = 1"),
    ask(11, "median", "总价中位数是多少万?", "What is the median total price in 万元?", "SELECT median(total) FROM homes"),
    ask(12, "sum", "已成交房源的总价合计多少万元?", "What do the total prices of the sold homes (已成交) sum to?",
        "SELECT SUM(total) FROM homes WHERE status = '已成交'"),
    ask(13, "list", "房源0030050是什么户型?", "What layout does home 0030050 have?", "SELECT layout FROM homes WHERE home_id = '0030050'"),
    ask(14, "filter", "10层以上(不含10层)的朝阳房源有几套?", "How many Chaoyang (朝阳) homes are above the 10th floor?",
        "SELECT COUNT(*) FROM homes WHERE floor > 10 AND district = '朝阳'"),
    ask(15, "group", "按城区和状态统计房源套数", "Listings by district and status",
        "SELECT district, status, COUNT(*) FROM homes GROUP BY district, status"),
    ask(16, "order", "各小区平均单价排名,从贵到便宜", "Estates ranked by average price per ㎡, dearest first",
        "SELECT estate, AVG(per_metre) FROM homes GROUP BY estate ORDER BY AVG(per_metre) DESC", ordered=True),
    ask(17, "filter", "建成年份不详的房子有几套?", "How many homes have no known year of construction?", "SELECT COUNT(*) FROM homes WHERE built IS NULL"),
    ask(18, "distinct", "通州有哪些小区?", "Which estates are there in Tongzhou (通州)?", "SELECT DISTINCT estate FROM homes WHERE district = '通州'"),
    ask(19, "min", "最便宜的一套总价多少?", "What is the lowest total price?", "SELECT MIN(total) FROM homes"),
    ask(20, "filter", "2015年及以后建成的房子有多少套?", "How many homes were built in 2015 or later?", "SELECT COUNT(*) FROM homes WHERE built >= 2015"),
    ask(21, "superlative", "平均总价最低的是哪个区?", "Which district is cheapest by average total price?",
        "SELECT district FROM homes GROUP BY district ORDER BY AVG(total) LIMIT 1"),
    ask(22, "time", "每个月挂牌多少套?", "How many homes were listed each month?", "SELECT month(listed), COUNT(*) FROM homes GROUP BY month(listed)"),
    ask(23, "filter", "既不在朝阳也不在海淀的房源有多少?", "How many listings are neither in 朝阳 nor in 海淀?",
        "SELECT COUNT(*) FROM homes WHERE district NOT IN ('朝阳', '海淀')"),
    ask(24, "having", "平均面积大于100平米的户型是哪些?", "Which layouts average more than 100 m²?",
        "SELECT layout FROM homes GROUP BY layout HAVING AVG(area) > 100"),
    ask(25, "conditional", "各区已成交的套数", "Sold homes (已成交) per district",
        "SELECT district, COUNT(*) FROM homes WHERE status = '已成交' GROUP BY district"),
    ask(26, "share", "丰台的房源占全部房源的百分比是多少?", "What percentage of all listings are in 丰台?",
        "SELECT 100.0 * SUM(district = '丰台') / COUNT(*) FROM homes", percent=True),
    refuse(27, "ambiguous", "丰台的平均价格是多少?", "What is the average price in 丰台?"),
    refuse(28, "missing", "物业费每平米多少钱?", "How high are the management fees?"),
    refuse(29, "missing", "离地铁站最近的是哪一套?", "Which home is closest to a metro station?"),
    refuse(30, "forecast", "明年房价会跌吗?", "Will house prices fall next year?"),
    refuse(31, "opinion", "哪个小区住着最舒服?", "Which estate is the nicest to live in?"),
    refuse(32, "contradiction", "总价高于900万又低于300万的房子有几套?", "How many homes cost more than 900万 and less than 300万 in total?"),
    refuse(33, "unknown-word", "各区的咣当价合计", "total gribble by district"),
    ask(34, "filter", "望京花园在售的房源有几套?", "How many homes are for sale (在售) in 望京花园?",
        "SELECT COUNT(*) FROM homes WHERE estate = '望京花园' AND status = '在售'"),
    ask(35, "filter", "单价低于4万的房源有几套?", "How many listings have a 单价 under 40,000?", "SELECT COUNT(*) FROM homes WHERE per_metre < 40000"),
    ask(36, "filter", "6月10日之后挂牌、目前还在售的有几套?", "How many of the homes listed after 10 June 2024 are still 在售?",
        "SELECT COUNT(*) FROM homes WHERE listed > '2024-06-10' AND status = '在售'"),
    ask(37, "group", "各城区总价最高的是多少万元?", "highest total price in each district", "SELECT district, MAX(total) FROM homes GROUP BY district"),
    ask(38, "average", "有电梯的两室一厅平均总价多少?", "Average total price of a 两室一厅 with a lift (有无电梯 = 有)",
        "SELECT AVG(total) FROM homes WHERE lift = 1 AND layout = '两室一厅'"),
    ask(39, "max", "最高的房子在几楼?", "What is the highest floor number?", "SELECT MAX(floor) FROM homes"),
    ask(40, "top", "面积最小的两套房的房源编号", "IDs of the two homes with the smallest area",
        "SELECT home_id FROM homes ORDER BY area LIMIT 2", ordered=True),
    refuse(41, "missing", "朝南的房子有几套?", "How many homes face south?"),
    refuse(43, "missing", "学区房的平均总价是多少?", "What is the average total price of homes in a good school district?"),
    ask(44, "ties", "楼层最高的房源编号是哪些?有并列的都列出", "IDs of all homes on the highest floor",
        "SELECT home_id FROM homes WHERE floor = (SELECT MAX(floor) FROM homes)"),
]

FILE = File("二手房房源.xlsx", [SHEET, NOTES], QUESTIONS)
