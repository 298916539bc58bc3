"""Mountains as an encyclopedia lists them: heights in two units, first ascents, some never climbed."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet

RANGES = {"Kestrel Range": ["Nepal", "China"], "Iron Alps": ["Switzerland", "Italy", "Austria"], "Sierra Baja": ["Mexico"], "Andean Spur": ["Peru", "Chile"],
          "Storm Mountains": ["New Zealand"]}
HEADS = ["Mount Arden", "Pic Blanc", "Cerro Alto", "Monte Cinder", "Black Tooth", "The Anvil", "Eagle Horn", "White Needle", "Cold Peak", "Saddle Top",
         "Grey Tower", "Twin Sisters", "Lone Spire", "Mount Veil", "Broken Crown", "Sun Dome", "Wolf Fang", "Ice Throne", "Red Ridge", "Old Sentinel",
         "Mount Hollow", "High Gate", "Silver Cone", "Dragon Back", "Blue Shoulder", "Mount Ember", "Long Wall", "Frost Head", "Raven Crag", "Stone Sail"]


def build():
    random = Random("mountains 1")
    rows = []
    for name in HEADS:
        chain = random.choice(list(RANGES))
        high = random.randint(2310, 7920)
        climbed = None if random.random() < 0.12 else random.randint(1811, 1999)
        rows.append((name, chain, random.choice(RANGES[chain]), high, round(high * 3.28084), random.randint(210, 2900), climbed,
                     random.randint(0, 40) if climbed else 0, random.choice(["easy", "moderate", "hard", "extreme"])))
    return rows


SHEET = Sheet(
    name="mountains",
    columns=[
        Column("mountain", "TEXT", "Mountain"),
        Column("chain", "TEXT", "Range"),
        Column("country", "TEXT", "Country"),
        Column("metres", "INTEGER", "Height (m)"),
        Column("feet", "INTEGER", "Height (ft)"),
        Column("prominence", "INTEGER", "Prominence (m)"),
        Column("climbed", "INTEGER", "First ascent"),
        Column("deaths", "INTEGER", "Deaths"),
        Column("difficulty", "TEXT", "Difficulty"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "superlative", "最高的山叫什么？", "What is the highest mountain?", "SELECT mountain FROM mountains ORDER BY metres DESC LIMIT 1"),
    ask(2, "filter", "海拔超过6000米的山有几座？", "How many mountains are higher than 6000 m?", "SELECT COUNT(*) FROM mountains WHERE metres > 6000"),
    ask(3, "superlative", "第二高的山峰是哪座？", "What is the second highest mountain?", "SELECT mountain FROM mountains ORDER BY metres DESC LIMIT 1 OFFSET 1"),
    ask(4, "filter", "还没有人登顶的山有哪些？", "Which mountains have no first ascent?", "SELECT mountain FROM mountains WHERE climbed IS NULL"),
    ask(5, "superlative", "哪条山脉的山最多？", "Which range has the most mountains?", "SELECT chain FROM mountains GROUP BY chain ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(6, "lookup", "Cold Peak在哪个国家？", "In which country is Cold Peak?", "SELECT country FROM mountains WHERE mountain = 'Cold Peak'"),
    ask(7, "lookup", "Grey Tower的首登年份是哪年？", "In which year was the first ascent of Grey Tower?", "SELECT climbed FROM mountains WHERE mountain = 'Grey Tower'"),
    ask(8, "filter", "1900年以前首登的山有几座？", "How many mountains had their first ascent before 1900?", "SELECT COUNT(*) FROM mountains WHERE climbed < 1900"),
    ask(9, "list", "列出秘鲁所有山的名字和高度（米）", "List the name and height in metres of all mountains in Peru.",
        "SELECT mountain, metres FROM mountains WHERE country = 'Peru'"),
    ask(10, "sum", "Iron Alps总共有多少人遇难？", "How many deaths have there been in the Iron Alps in total?", "SELECT SUM(deaths) FROM mountains WHERE chain = 'Iron Alps'"),
    ask(11, "filter", "难度不是easy的山有多少座？", "How many mountains are not easy?", "SELECT COUNT(*) FROM mountains WHERE difficulty <> 'easy'"),
    ask(12, "group", "每种难度的平均遇难人数", "average deaths for each difficulty", "SELECT difficulty, AVG(deaths) FROM mountains GROUP BY difficulty"),
    ask(13, "compare", "Ice Throne比Red Ridge高多少米？", "How many metres higher is Ice Throne than Red Ridge?",
        "SELECT (SELECT metres FROM mountains WHERE mountain = 'Ice Throne') - (SELECT metres FROM mountains WHERE mountain = 'Red Ridge')"),
    ask(14, "compare", "Ice Throne和Wolf Fang哪个遇难人数多？", "Which has had more deaths, Ice Throne or Wolf Fang?",
        "SELECT mountain FROM mountains WHERE mountain IN ('Ice Throne', 'Wolf Fang') ORDER BY deaths DESC LIMIT 1"),
    ask(15, "superlative", "最矮的山属于哪个国家？", "Which country is the lowest mountain in?", "SELECT country FROM mountains ORDER BY metres LIMIT 1"),
    ask(16, "superlative", "最早被登顶的是哪座山？", "Which mountain was climbed first?", "SELECT mountain FROM mountains WHERE climbed IS NOT NULL ORDER BY climbed LIMIT 1"),
    ask(17, "having", "哪些国家有3座以上（不含3座）的山？", "Which countries have more than 3 mountains?",
        "SELECT country FROM mountains GROUP BY country HAVING COUNT(*) > 3"),
    ask(18, "average", "瑞士山峰的平均海拔（英尺）", "average height in feet of the Swiss mountains", "SELECT AVG(feet) FROM mountains WHERE country = 'Switzerland'"),
    ask(19, "filter", "hard或extreme难度并且高于5000米的山", "Mountains above 5000 m that are hard or extreme",
        "SELECT mountain FROM mountains WHERE metres > 5000 AND difficulty IN ('hard', 'extreme')"),
    ask(20, "distinct", "涉及几条不同的山脉？", "How many different ranges are there?", "SELECT COUNT(DISTINCT chain) FROM mountains"),
    refuse(21, "missing", "谁第一个登上Black Tooth？", "Who was the first person to climb Black Tooth?"),
    refuse(22, "opinion", "哪座山的风景最美？", "Which mountain has the most beautiful view?"),
]

FILE = File("mountains.csv", [SHEET], QUESTIONS, open=True)
