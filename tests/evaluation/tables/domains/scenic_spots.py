"""Scenic spots with figures of a year: units in brackets of both widths, shares in percent, months of rating, 无 and / for what is missing."""

from datetime import date
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, grouped

NAMES = [
    "云台山", "青龙峡", "玉泉寺", "白鹭湖", "古城墙", "千佛洞", "红石林", "翠屏湖", "望江楼", "天池", "黄龙洞", "明月岛", "石板古镇", "雁荡谷", "梅岭", "碧云寺", "桃花源", "沙坡头",
    "万松园", "凤凰古镇", "莲花山", "水帘洞", "锦绣谷", "海螺湾", "龙门古镇", "西岭雪山", "月牙湖", "铁佛寺", "大明园", "鹿鸣山",
]  # fmt: skip


def build():
    random = Random("scenic spots 6")
    visits = random.sample(range(35, 9800), 30)
    stars = random.sample(range(700, 999), 30)
    rows = []
    for number, name in enumerate(NAMES):
        rows.append((
            name, random.choices(["四川", "浙江", "河南", "陕西", "云南"], weights=[7, 6, 6, 4, 4])[0], random.choices(["5A", "4A", "3A"], weights=[4, 8, 5])[0],
            random.choices(["自然风光", "人文古迹", "主题公园"], weights=[8, 6, 2])[0], None if random.random() < 0.2 else random.choice([20, 35, 50, 60, 80, 90, 120, 180]),
            visits[number] / 10, round(random.uniform(-18, 42), 1), stars[number] / 10, None if random.random() < 0.15 else random.randint(60, 5200),
            date(random.randint(2003, 2021), random.randint(1, 12), 1).isoformat(), random.random() < 0.2,
        ))  # fmt: skip
    return rows


ROWS = build()

SHEET = Sheet(
    name="scenic_spots",
    columns=[
        Column("name", "TEXT", "景区名称"),
        Column("province", "TEXT", "所属省份"),
        Column("grade", "TEXT", "等级"),
        Column("kind", "TEXT", "景区类型"),
        Column("ticket", "INTEGER", "门票价格（元）", str, null="无"),
        Column("visitors", "REAL", "年接待量(万人次)", grouped),
        Column("growth", "REAL", "同比增长(%)"),
        Column("content", "REAL", "游客满意度（%）"),
        Column("parking", "INTEGER", "停车位（个）", grouped, null="/"),
        Column("rated", "TEXT", "评定时间", lambda day: f"{day[:4]}年{int(day[5:7])}月"),
        Column("heritage", "INTEGER", "是否世界遗产", either("是", "否")),
    ],
    rows=ROWS,
    above=[["2023年景区经营情况统计表", *[""] * 10]],
    below=[["总计", "", "", "", "", grouped(round(sum(row[5] for row in ROWS), 1)), "", "", "", "", ""]],
)

QUESTIONS = [
    ask(1, "count", "统计表中共有几个景区？", "How many scenic spots are there?", "SELECT COUNT(*) FROM scenic_spots"),
    ask(2, "filter", "5A级景区有哪些？", "Which scenic spots are rated 5A?", "SELECT name FROM scenic_spots WHERE grade = '5A'"),
    ask(3, "superlative", "年接待量最多的景区是哪一个？", "Which scenic spot has the most visitors a year?", "SELECT name FROM scenic_spots ORDER BY visitors DESC LIMIT 1"),
    ask(4, "sum", "四川省的景区一共接待了多少万人次？", "What is the total of the yearly visitors of the scenic spots in 四川?", "SELECT SUM(visitors) FROM scenic_spots WHERE province = '四川'"),
    ask(5, "group", "各省份分别有多少个景区？", "How many scenic spots are there in each province?", "SELECT province, COUNT(*) FROM scenic_spots GROUP BY province"),
    ask(6, "filter", "门票价格高于100元的景区有几个？", "How many scenic spots have a ticket price above 100?", "SELECT COUNT(*) FROM scenic_spots WHERE ticket > 100"),
    ask(7, "average", "自然风光类景区的平均满意度是多少？", "What is the average visitor satisfaction of the 自然风光 spots?", "SELECT AVG(content) FROM scenic_spots WHERE kind = '自然风光'"),
    ask(8, "list", "给出所有世界遗产景区的名称、省份和等级。", "Give the name, the province and the grade of all world heritage spots.", "SELECT name, province, grade FROM scenic_spots WHERE heritage = 1"),
    ask(9, "filter", "接待量同比下降的景区有多少个？", "How many scenic spots have a growth below 0?", "SELECT COUNT(*) FROM scenic_spots WHERE growth < 0"),
    ask(10, "top", "满意度最高的三个景区及其满意度是多少？", "What are the three spots with the highest visitor satisfaction, and their figures?", "SELECT name, content FROM scenic_spots ORDER BY content DESC LIMIT 3", ordered=True),
    ask(11, "time", "2010年以后评定的景区有几个？", "How many spots were rated after 2010?", "SELECT COUNT(*) FROM scenic_spots WHERE rated > '2010-12-31'"),
    ask(12, "share", "4A级景区占景区总数的比重是多少？", "What share of the scenic spots is rated 4A?", "SELECT AVG(grade = '4A') * 100.0 FROM scenic_spots", percent=True),
    ask(13, "filter", "没有停车位数据的景区是哪些？", "Which scenic spots have no figure for parking spaces?", "SELECT name FROM scenic_spots WHERE parking IS NULL"),
    ask(14, "filter", "名字里带“湖”的景区有几个？", "How many spots have “湖” in their name?", "SELECT COUNT(*) FROM scenic_spots WHERE name LIKE '%湖%'"),
    ask(15, "filter", "名称以“古镇”结尾的景区有哪些？", "Which spots have a name that ends with “古镇”?", "SELECT name FROM scenic_spots WHERE name LIKE '%古镇'"),
    ask(16, "having", "哪些省份的平均门票价格超过70元？", "Which provinces have an average ticket price above 70?", "SELECT province FROM scenic_spots GROUP BY province HAVING AVG(ticket) > 70"),
    ask(17, "measures", "景区门票价格的平均值、最高价和最低价各是多少？", "What are the average, the highest and the lowest ticket price?", "SELECT AVG(ticket), MAX(ticket), MIN(ticket) FROM scenic_spots"),
    ask(18, "filter", "浙江和云南的景区合计停车位有多少个？", "How many parking spaces do the spots in 浙江 and 云南 have together?", "SELECT SUM(parking) FROM scenic_spots WHERE province IN ('浙江', '云南')"),
    ask(19, "order", "把河南的景区按年接待量由多到少排序。", "Order the spots in 河南 by yearly visitors, most first.", "SELECT name FROM scenic_spots WHERE province = '河南' ORDER BY visitors DESC", ordered=True),
    ask(20, "filter", "既不是5A也不是4A的景区有多少？", "How many spots are neither 5A nor 4A?", "SELECT COUNT(*) FROM scenic_spots WHERE grade NOT IN ('5A', '4A')"),
    ask(21, "filter", "满意度低于平均满意度的景区有几个？", "How many spots are below the average satisfaction?", "SELECT COUNT(*) FROM scenic_spots WHERE content < (SELECT AVG(content) FROM scenic_spots)"),
    ask(22, "superlative", "陕西增长最快的景区是哪个？", "Which spot in 陕西 has the highest growth?", "SELECT name FROM scenic_spots WHERE province = '陕西' ORDER BY growth DESC LIMIT 1"),
    refuse(23, "missing", "哪个景区离市中心最近？", "Which scenic spot is closest to the city centre?"),
    refuse(24, "opinion", "带老人去哪个景区玩比较合适？", "Which spot suits a trip with elderly people?"),
    refuse(25, "contradiction", "既是3A又是5A的景区有几个？", "How many spots are both 3A and 5A?"),
]  # fmt: skip

FILE = File("景区统计.csv", [SHEET], QUESTIONS)
