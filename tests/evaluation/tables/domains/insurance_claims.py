"""Claims of an insurer in snake_case: two dates, two amounts, a flag of 0 and 1, open claims without a settlement."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet

FIRST = ["Olivia", "Liam", "Emma", "Noah", "Chloe", "Mason", "Ella", "Lucas", "Nora", "Felix", "Zoe", "Adam", "Ruth", "Simon", "Vera"]
LAST = ["Barker", "Doyle", "Fischer", "Grant", "Hobbs", "Keane", "Lambert", "Mills", "Osborne", "Pratt", "Quinn", "Reeves", "Shaw", "Tate", "Winslow"]


def build():
    random = Random("insurance claims 1")
    claimed = random.sample(range(15000, 4800000, 100), 60)
    days = random.sample(range(0, 900), 60)
    rows = []
    for number in range(60):
        status = random.choices(["Approved", "Denied", "Pending", "Closed"], weights=[9, 4, 5, 6])[0]
        made = date(2021, 6, 1) + timedelta(days=days[number])
        settled = (made + timedelta(days=random.randint(6, 140))).isoformat() if status in ("Approved", "Closed") else None
        paid = round(claimed[number] / 100 * random.uniform(0.35, 1), 2) if settled else 0.0
        rows.append((
            900000 + number * 13, f"P-{random.randint(100, 999)}", f"{random.choice(FIRST)} {random.choice(LAST)}",
            random.choices(["Auto", "Home", "Travel", "Health"], weights=[9, 7, 3, 5])[0], made.isoformat(), settled, claimed[number] / 100, paid, status,
            random.choices(["North", "South", "East", "West"], weights=[7, 8, 5, 4])[0], f"A{random.randint(1, 7):02d}", int(random.random() < 0.12),
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="insurance_claims",
    columns=[
        Column("id", "INTEGER", "claim_id"),
        Column("policy", "TEXT", "policy_no"),
        Column("holder", "TEXT", "holder_name"),
        Column("type", "TEXT", "policy_type"),
        Column("made", "TEXT", "claim_date"),
        Column("settled", "TEXT", "settlement_date"),
        Column("claimed", "REAL", "amt_claimed"),
        Column("paid", "REAL", "amt_paid"),
        Column("status", "TEXT", "claim_status"),
        Column("region", "TEXT", "region"),
        Column("agent", "TEXT", "agent_id"),
        Column("fraud", "INTEGER", "fraud_flag"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "索赔的总数是多少？", "What is the total number of claims?", "SELECT COUNT(*) FROM insurance_claims"),
    ask(2, "filter", "状态为Pending的索赔有多少笔？", "How many claims have the status Pending?", "SELECT COUNT(*) FROM insurance_claims WHERE status = 'Pending'"),
    ask(3, "sum", "赔付总额是多少？", "What is the total amount paid?", "SELECT SUM(paid) FROM insurance_claims"),
    ask(4, "group", "每种保单类型的平均索赔金额是多少？", "What is the average amount claimed for each policy type?", "SELECT type, AVG(claimed) FROM insurance_claims GROUP BY type"),
    ask(5, "superlative", "索赔金额最大的投保人姓名是什么？", "What is the name of the holder who claimed the largest amount?", "SELECT holder FROM insurance_claims ORDER BY claimed DESC LIMIT 1"),
    ask(6, "filter", "列出被标记为欺诈的索赔的id和投保人姓名。", "List the claim id and the holder name of the claims flagged as fraud.", "SELECT id, holder FROM insurance_claims WHERE fraud = 1"),
    ask(7, "having", "处理了超过八笔索赔的代理人id有哪些？", "Which agent ids handle more than eight claims?", "SELECT agent FROM insurance_claims GROUP BY agent HAVING COUNT(*) > 8"),
    ask(8, "superlative", "哪个地区的索赔最多？", "Which region has the most claims?", "SELECT region FROM insurance_claims GROUP BY region ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(9, "time", "2022年提出了多少笔汽车（Auto）索赔？", "How many auto claims were made in 2022?", "SELECT COUNT(*) FROM insurance_claims WHERE type = 'Auto' AND made LIKE '2022%'"),
    ask(10, "filter", "没有结算日期的索赔有多少笔？", "How many claims have no settlement date?", "SELECT COUNT(*) FROM insurance_claims WHERE settled IS NULL"),
    ask(11, "measures", "南部地区的最高、最低和平均赔付金额是多少？", "What are the maximum, minimum and average amount paid in the South region?",
        "SELECT MAX(paid), MIN(paid), AVG(paid) FROM insurance_claims WHERE region = 'South'"),
    ask(12, "distinct", "有多少个不同的代理人处理过索赔？", "How many different agents are there?", "SELECT COUNT(DISTINCT agent) FROM insurance_claims"),
    ask(13, "order", "按索赔日期从新到旧显示被拒（Denied）索赔的id和索赔日期。", "Show the id and date of the denied claims from the newest to the oldest.",
        "SELECT id, made FROM insurance_claims WHERE status = 'Denied' ORDER BY made DESC", ordered=True),
    ask(14, "compare", "索赔金额超过平均索赔金额的住宅险索赔有几笔？", "How many home claims exceed the average amount claimed over all claims?",
        "SELECT COUNT(*) FROM insurance_claims WHERE type = 'Home' AND claimed > (SELECT AVG(claimed) FROM insurance_claims)"),
    ask(15, "filter", "索赔金额在5000到10000之间的索赔id是哪些？", "What are the ids of the claims with an amount claimed between 5000 and 10000?", "SELECT id FROM insurance_claims WHERE claimed BETWEEN 5000 AND 10000"),
    ask(16, "group", "各索赔状态的索赔数量，按数量从多到少排列。", "Show each claim status and the number of claims, from the most frequent status to the least.",
        "SELECT status, COUNT(*) FROM insurance_claims GROUP BY status ORDER BY COUNT(*) DESC", ordered=True),
    ask(17, "top", "赔付金额最高的五笔索赔的id和赔付金额是什么？", "What are the ids and amounts of the five claims with the highest amount paid?",
        "SELECT id, paid FROM insurance_claims ORDER BY paid DESC LIMIT 5", ordered=True),
    ask(18, "filter", "既不在北部也不在南部的索赔有多少笔？", "How many claims are neither in the North nor in the South?", "SELECT COUNT(*) FROM insurance_claims WHERE region NOT IN ('North', 'South')"),
    ask(19, "distinct", "显示所有不同的保单类型。", "Show all distinct policy types.", "SELECT DISTINCT type FROM insurance_claims"),
    ask(20, "share", "被拒的索赔占全部索赔的比例是多少？", "What share of all claims was denied?", "SELECT 100.0 * SUM(status = 'Denied') / COUNT(*) FROM insurance_claims", percent=True),
    ask(21, "superlative", "健康险索赔最常见的状态是什么？", "What is the most common status of the health claims?",
        "SELECT status FROM insurance_claims WHERE type = 'Health' GROUP BY status ORDER BY COUNT(*) DESC LIMIT 1"),
    refuse(22, "missing", "投保人的平均保费是多少？", "What is the average premium of the policy holders?"),
    refuse(23, "ambiguous", "哪一年的金额最高？", "Which year has the highest amount?"),
    refuse(24, "missing", "哪位代理人的工资最高？", "Which agent has the highest salary?"),
]

FILE = File("insurance_claims.csv", [SHEET], QUESTIONS)
