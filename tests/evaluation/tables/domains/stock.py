"""Stock of shops in Hong Kong: traditional Chinese headers and values, HK$ amounts, a two-row header, counts of zero."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, itself, money

SHOPS = ["銅鑼灣店", "旺角店", "沙田店", "機場店"]
GOODS = {
    "護膚品": [("保濕面霜", 268), ("防曬乳", 138), ("潔面乳", 98)],
    "零食": [("杏仁餅", 65), ("蛋捲", 88), ("魷魚絲", 42)],
    "電器": [("電熱水壺", 329), ("風筒", 459)],
    "文具": [("鋼筆", 188), ("筆記簿", 36)],
}


def build():
    random = Random("stock")
    rows = []
    number = 0
    for shop in SHOPS:
        for category, goods in GOODS.items():
            for good, price in goods:
                for size in ("標準裝", "優惠裝"):
                    number += 1
                    rows.append((f"00{4100 + number * 7}", shop, category, good, size, random.choice([0, random.randint(3, 60), random.randint(20, 340)]),
                                 20 if category != "電器" else 8, round(price * (1.75 if size == "優惠裝" else 1) * random.uniform(0.95, 1.05), 1),
                                 date(2024, 4, 1) + timedelta(days=random.randint(0, 90)), random.random() < 0.2))
    return rows


SHEET = Sheet(
    name="stock",
    title="庫存",
    above=[["門市庫存盤點表"]],
    bands=[("貨品", 5), ("數量", 2), ("其他", 3)],
    columns=[
        Column("code", "TEXT", "貨號"),
        Column("shop", "TEXT", "門市"),
        Column("category", "TEXT", "類別"),
        Column("good", "TEXT", "品名"),
        Column("size", "TEXT", "規格"),
        Column("quantity", "INTEGER", "庫存數量", itself),
        Column("minimum", "INTEGER", "安全庫存", itself),
        Column("price", "REAL", "售價", money("HK$")),
        Column("counted", "TEXT", "盤點日期", itself),
        Column("discontinued", "INTEGER", "停售", either("是", "否")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "sum", "现在一共有多少件库存?", "How many units are in stock altogether?", "SELECT SUM(quantity) FROM stock"),
    ask(2, "group", "各门市的库存数量合计", "Total stock quantity by shop (門市)", "SELECT shop, SUM(quantity) FROM stock GROUP BY shop"),
    ask(3, "filter", "零食类的库存有多少?", "How many units of snacks (零食) do we hold?", "SELECT SUM(quantity) FROM stock WHERE category = '零食'"),
    ask(4, "filter", "库存数量为零的有几行?", "How many rows have a stock quantity of zero?", "SELECT COUNT(*) FROM stock WHERE quantity = 0"),
    ask(5, "filter", "旺角店里库存低于10件的货号有哪些?", "Which item codes at 旺角店 have fewer than 10 units in stock?",
        "SELECT code FROM stock WHERE shop = '旺角店' AND quantity < 10"),
    ask(6, "superlative", "售价最贵的货品叫什么?", "What is the name (品名) of the most expensive item?", "SELECT good FROM stock ORDER BY price DESC LIMIT 1"),
    ask(7, "average", "护肤品的平均售价", "average selling price of skincare (護膚品)", "SELECT AVG(price) FROM stock WHERE category = '護膚品'"),
    ask(8, "compare", "库存数量低于安全库存的货品有几条?", "How many rows have 庫存數量 lower than 安全庫存?",
        "SELECT COUNT(*) FROM stock WHERE quantity < minimum"),
    ask(9, "sum", "全部库存按售价计算值多少钱(库存数量×售价)?", "What is stock quantity times selling price, summed over all items?",
        "SELECT SUM(quantity * price) FROM stock"),
    ask(10, "count", "停售的货品有几条记录?", "How many rows are discontinued (停售 = 是)?", "SELECT COUNT(*) FROM stock WHERE discontinued = 1"),
    ask(11, "distinct", "电器类有哪些品名?", "Which product names are in category 電器?", "SELECT DISTINCT good FROM stock WHERE category = '電器'"),
    ask(12, "time", "2024年5月盘点了多少条?", "How many rows were counted in May 2024 (盤點日期)?", "SELECT COUNT(*) FROM stock WHERE month(counted) = '2024-05'"),
    ask(13, "group", "门市和类别两个维度的库存合计", "Stock quantity by shop and category", "SELECT shop, category, SUM(quantity) FROM stock GROUP BY shop, category"),
    ask(14, "order", "类别按库存总量从多到少", "Categories by total stock, largest first",
        "SELECT category, SUM(quantity) FROM stock GROUP BY category ORDER BY SUM(quantity) DESC", ordered=True),
    ask(15, "filter", "机场店和沙田店的蛋卷还有多少?", "How many units of 蛋捲 are left at 機場店 and 沙田店 together?",
        "SELECT SUM(quantity) FROM stock WHERE shop IN ('機場店', '沙田店') AND good = '蛋捲'"),
    ask(16, "list", "货号004149是什么货品?", "What product is item code 004149?", "SELECT good FROM stock WHERE code = '004149'"),
    ask(17, "max", "单条记录最大库存是多少件?", "What's the largest stock quantity in a single row?", "SELECT MAX(quantity) FROM stock"),
    ask(18, "share", "铜锣湾店的库存占总库存的百分之几?", "What percentage of all stock is at 銅鑼灣店?",
        "SELECT 100.0 * SUM(CASE WHEN shop = '銅鑼灣店' THEN quantity END) / SUM(quantity) FROM stock", percent=True),
    ask(19, "top", "库存总量最多的三个品名", "Three products with the largest total stock",
        "SELECT good FROM stock GROUP BY good ORDER BY SUM(quantity) DESC LIMIT 3", ordered=True),
    refuse(20, "missing", "供应商是哪几家?", "Who are the suppliers?"),
    refuse(21, "missing", "货品的保质期到哪天?", "When do the goods expire?"),
    refuse(22, "forecast", "下个月旺角店要补多少货?", "How much will 旺角店 need to reorder next month?"),
    refuse(23, "opinion", "哪款零食最好吃?", "Which snack tastes best?"),
    refuse(24, "contradiction", "库存少于5件且多于300件的有几条?", "How many rows have under 5 and over 300 units?"),
    refuse(25, "unknown-word", "各门市的嘎吱量", "wazzock total by shop"),
    ask(26, "average", "优惠装的平均售价是多少?", "average selling price of 優惠裝", "SELECT AVG(price) FROM stock WHERE size = '優惠裝'"),
    ask(27, "superlative", "文具库存最多的是哪家门市?", "Which shop has the most 文具 in stock?",
        "SELECT shop FROM stock WHERE category = '文具' GROUP BY shop ORDER BY SUM(quantity) DESC LIMIT 1"),
    ask(28, "list", "已停售但库存还超过50件的货号有哪些?", "Codes of discontinued (停售) items with more than 50 units in stock",
        "SELECT code FROM stock WHERE discontinued = 1 AND quantity > 50"),
    ask(29, "time", "2024年6月15日以后(不含当天)盘点的有几条?", "How many rows were counted after 15 June 2024?",
        "SELECT COUNT(*) FROM stock WHERE counted > '2024-06-15'"),
    ask(30, "median", "售价中位数", "median selling price", "SELECT median(price) FROM stock"),
    refuse(31, "missing", "日本进口的货品有多少件?", "How many units were imported from Japan?"),
]

FILE = File("門市庫存.xlsx", [SHEET], QUESTIONS)
