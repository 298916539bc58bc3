"""Web orders: English headers, ISO dates, prices with a dollar sign, discounts in percent, missing ship dates."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, iso, money, percent

PRODUCTS = {
    "Trail Backpack": ("Outdoor", 89.9),
    "Camping Stove": ("Outdoor", 54.5),
    "Espresso Machine": ("Kitchen", 429.0),
    "Chef Knife": ("Kitchen", 72.25),
    "Desk Lamp": ("Office", 38.4),
    "Standing Desk": ("Office", 1249.0),
    "Yoga Mat": ("Fitness", 31.75),
    "Dumbbell Set": ("Fitness", 156.0),
}
CITIES = ["Shanghai", "Shanghai", "Beijing", "Beijing", "Shenzhen", "Chengdu", "Hangzhou"]
CUSTOMERS = ["Lena Park", "Omar Haddad", "Julia Novak", "Wei Zhang", "Priya Nair", "Tom Becker", "Mei Lin", "Carlos Ruiz",
             "Anna Schmidt", "Yuki Tanaka", "David Cohen", "Sara Ali"]
STATUSES = ["Delivered"] * 6 + ["Shipped"] * 2 + ["Pending", "Cancelled"]


def build():
    random = Random("orders")
    rows = []
    day = date(2023, 7, 3)
    for number in range(210):
        product = random.choice(list(PRODUCTS))
        category, price = PRODUCTS[product]
        status = random.choice(STATUSES)
        shipped = day + timedelta(days=random.randint(1, 6)) if status in ("Delivered", "Shipped") else None
        discount = random.choice([0, 0, 0, 5, 10, 12.5, 20])
        refunded = status == "Delivered" and random.random() < 0.15
        quantity = random.choice([1, 1, 1, 2, 2, 3, 5])
        rows.append((f"SO-{20100 + number}", day, shipped, random.choice(CUSTOMERS), random.choice(CITIES), category, product,
                     quantity, round(price * random.uniform(0.92, 1.06), 2), discount, status, refunded))
        day += timedelta(days=random.choice([1, 1, 2, 2, 3, 3]))
    return rows


SHEET = Sheet(
    name="orders",
    columns=[
        Column("order_id", "TEXT", "OrderID"),
        Column("order_date", "TEXT", "Order Date", iso),
        Column("ship_date", "TEXT", "Ship Date", iso, null="N/A"),
        Column("customer", "TEXT", "Customer Name"),
        Column("city", "TEXT", "City"),
        Column("category", "TEXT", "Category"),
        Column("product", "TEXT", "Product"),
        Column("qty", "INTEGER", "Qty"),
        Column("unit_price", "REAL", "Unit Price", money("$")),
        Column("discount", "REAL", "Discount", percent),
        Column("status", "TEXT", "Status"),
        Column("refunded", "INTEGER", "Refunded", either("Y", "N")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "订单总数是多少?", "How many orders do we have?", "SELECT COUNT(*) FROM orders"),
    ask(2, "count", "有多少个订单被取消了?", "How many orders were cancelled?",
        "SELECT COUNT(*) FROM orders WHERE status = 'Cancelled'"),
    ask(3, "sum", "上海的订单一共卖了多少件?", "Total quantity ordered from Shanghai",
        "SELECT SUM(qty) FROM orders WHERE city = 'Shanghai'"),
    ask(4, "average", "平均折扣是多少?", "What's the average discount?", "SELECT AVG(discount) FROM orders"),
    ask(5, "group", "按类别统计订单数", "Number of orders by category", "SELECT category, COUNT(*) FROM orders GROUP BY category"),
    ask(6, "max", "单价最高是多少?", "What is the highest unit price?", "SELECT MAX(unit_price) FROM orders"),
    ask(7, "superlative", "单价最高的那张订单的订单号是什么?", "Which order ID has the highest unit price?",
        "SELECT order_id FROM orders ORDER BY unit_price DESC LIMIT 1"),
    ask(8, "distinct", "我们有多少个不同的客户?", "How many distinct customers placed orders?",
        "SELECT COUNT(DISTINCT customer) FROM orders"),
    ask(9, "time", "2024年1月下了多少单?", "How many orders were placed in January 2024?",
        "SELECT COUNT(*) FROM orders WHERE month(order_date) = '2024-01'"),
    ask(10, "time", "2023年每个月的下单量", "Orders per month in 2023, by order date",
        "SELECT month(order_date), COUNT(*) FROM orders WHERE year(order_date) = '2023' GROUP BY month(order_date)"),
    ask(11, "filter", "数量大于等于3的订单有几个?", "How many orders have a quantity of at least 3?",
        "SELECT COUNT(*) FROM orders WHERE qty >= 3"),
    ask(12, "list", "列出已退款订单的订单号", "List the order IDs that were refunded.",
        "SELECT order_id FROM orders WHERE refunded = 1"),
    ask(13, "group", "每个城市的平均单价是多少?", "Average unit price per city", "SELECT city, AVG(unit_price) FROM orders GROUP BY city"),
    ask(14, "top", "下单次数最多的前3名客户是谁?", "Who are the top 3 customers by number of orders?",
        "SELECT customer FROM orders GROUP BY customer ORDER BY COUNT(*) DESC LIMIT 3", ordered=True),
    ask(15, "filter", "还没有发货日期的订单有多少?", "How many orders have no ship date?",
        "SELECT COUNT(*) FROM orders WHERE ship_date IS NULL"),
    ask(16, "filter", "北京的厨房用品订单有几笔?", "How many Kitchen orders came from Beijing?",
        "SELECT COUNT(*) FROM orders WHERE city = 'Beijing' AND category = 'Kitchen'"),
    ask(17, "filter", "单价在50到100美元之间的订单有多少?", "Count the orders with a unit price between $50 and $100.",
        "SELECT COUNT(*) FROM orders WHERE unit_price BETWEEN 50 AND 100"),
    ask(18, "median", "单价的中位数", "median unit price", "SELECT median(unit_price) FROM orders"),
    ask(19, "group", "各状态分别有多少订单?", "How many orders are in each status?",
        "SELECT status, COUNT(*) FROM orders GROUP BY status"),
    ask(20, "filter", "产品名称里带有“Desk”的订单有多少?", "How many orders are for a product whose name contains 'Desk'?",
        "SELECT COUNT(*) FROM orders WHERE product LIKE '%Desk%'"),
    ask(21, "list", "订单SO-20150是谁买的?", "Who placed order SO-20150?", "SELECT customer FROM orders WHERE order_id = 'SO-20150'"),
    ask(22, "having", "订单数不少于52的类别有哪些?", "Which categories have at least 52 orders?",
        "SELECT category FROM orders GROUP BY category HAVING COUNT(*) >= 52"),
    ask(23, "min", "最早的订单日期是哪天?", "When was the first order placed?", "SELECT MIN(order_date) FROM orders"),
    ask(24, "time", "2024年6月1日之后下的订单有多少?", "How many orders were made after June 1, 2024?",
        "SELECT COUNT(*) FROM orders WHERE order_date > '2024-06-01'"),
    ask(25, "superlative", "哪种产品卖出的件数最多?", "Which product sold the most units?",
        "SELECT product FROM orders GROUP BY product ORDER BY SUM(qty) DESC LIMIT 1"),
    ask(26, "sum", "全部订单的总金额是多少(数量×单价,不考虑折扣)?", "What is quantity times unit price, summed over all orders?",
        "SELECT SUM(qty * unit_price) FROM orders"),
    ask(27, "distinct", "健身类有哪些产品?", "What products are in the Fitness category?",
        "SELECT DISTINCT product FROM orders WHERE category = 'Fitness'"),
    ask(28, "relative", "今年以来下了多少订单?", "How many orders have been placed so far this year?",
        "SELECT COUNT(*) FROM orders WHERE order_date BETWEEN '2024-01-01' AND '2024-07-15'", today="2024-07-15"),
    refuse(29, "ambiguous", "最大的订单是哪一张?", "Which order is the biggest?"),
    refuse(30, "missing", "客户的平均年龄是多少?", "What is the average age of the customers?"),
    refuse(31, "cause", "是不是天气原因导致订单取消?", "Did the weather cause the cancellations?"),
    refuse(32, "contradiction", "既是已取消又是已送达的订单有几个?",
           "How many orders have the status Cancelled and also the status Delivered?"),
    refuse(33, "missing", "各仓库发出的订单数是多少?", "How many orders did each warehouse ship?"),
    refuse(34, "misspelt", "按客产统计订单数", "number of orders by Catity"),
    refuse(35, "unknown-word", "有多少订单是嘟噜的?", "How many orders are frobnicated?"),
    ask(36, "time", "每个季度下了多少订单?", "How many orders were placed each quarter?",
        "SELECT quarter(order_date), COUNT(*) FROM orders GROUP BY quarter(order_date)"),
    ask(37, "distinct", "Wei Zhang买过哪些产品?", "What products has Wei Zhang bought?",
        "SELECT DISTINCT product FROM orders WHERE customer = 'Wei Zhang'"),
    ask(38, "filter", "折扣为0的订单有多少?", "How many orders had a discount of 0%?", "SELECT COUNT(*) FROM orders WHERE discount = 0"),
    ask(39, "filter", "折扣在10%及以上的订单数", "Orders with a discount of 10% or more - how many?", "SELECT COUNT(*) FROM orders WHERE discount >= 10"),
    ask(40, "filter", "深圳或成都的已送达订单有几个", "Delivered orders from Shenzhen or Chengdu: how many are there?",
        "SELECT COUNT(*) FROM orders WHERE status = 'Delivered' AND city IN ('Shenzhen', 'Chengdu')"),
    ask(41, "average", "平均每单买几件?", "What's the average quantity per order?", "SELECT AVG(qty) FROM orders"),
    ask(42, "superlative", "退款订单最多的类别是哪个?", "Which category has the most refunded orders?",
        "SELECT category FROM orders WHERE refunded = 1 GROUP BY category ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(43, "filter", "客户名以“M”开头的订单有多少?", "How many orders come from customers whose name starts with M?",
        "SELECT COUNT(*) FROM orders WHERE customer LIKE 'M%'"),
    ask(44, "max", "Standing Desk最近一次下单是什么时候?", "When was a Standing Desk last ordered?",
        "SELECT MAX(order_date) FROM orders WHERE product = 'Standing Desk'"),
    ask(45, "relative", "去年第四季度下了多少单?", "How many orders were placed in the fourth quarter of last year?",
        "SELECT COUNT(*) FROM orders WHERE quarter(order_date) = '2023-Q4'", today="2024-07-15"),
    ask(46, "order", "各产品的销量(件数)排行,从多到少", "Units sold by product, sorted from most to least",
        "SELECT product, SUM(qty) FROM orders GROUP BY product ORDER BY SUM(qty) DESC", ordered=True),
    refuse(47, "missing", "用礼品卡付款的订单有多少?", "How many orders were paid with a gift card?"),
    refuse(48, "missing", "红色背包卖了几个?", "How many red backpacks were sold?"),
    refuse(49, "ambiguous", "哪个客户排第一?", "Which customer comes first?"),
    ask(50, "relative", "上个月一共下了多少单?", "How many orders were placed last month?",
        "SELECT COUNT(*) FROM orders WHERE month(order_date) = '2024-06'", today="2024-07-15"),
]

FILE = File("orders.csv", [SHEET], QUESTIONS)
