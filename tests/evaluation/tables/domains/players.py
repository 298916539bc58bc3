"""Football players as clean CSV: CamelCase headers, transfer fees and market values in millions, free transfers without a fee."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, iso

CLUBS = {
    "Kingsport Rovers": ("England", 2.2), "Ashbourne City": ("England", 1.4), "Deportivo Almena": ("Spain", 1.9), "CF Villarosa": ("Spain", 0.8),
    "SV Drachenfels": ("Germany", 1.6), "FC Nordheim": ("Germany", 0.7), "AC Montefiore": ("Italy", 1.3), "Stade Vernois": ("France", 1.0),
}
NATIONS = {
    "England": (["Harry", "Jack", "Lewis", "Kieran"], ["Bramwell", "Tully", "Cartwright", "Osgood", "Marsden"]),
    "Spain": (["Álvaro", "Iker", "Sergio", "Pau"], ["Quintana", "Belmonte", "Ferrer", "Arregui"]),
    "Germany": (["Lukas", "Jonas", "Felix"], ["Hartwig", "Brandl", "Köster", "Vogt"]),
    "Brazil": (["Caio", "Rafael", "Wesley", "Igor"], ["Nogueira", "Bastos", "Tavares", "Lins"]),
    "France": (["Mathis", "Yanis", "Théo"], ["Lacroix", "Diarra", "Bonnet", "Traoré"]),
    "Italy": (["Matteo", "Davide", "Nicolò"], ["Serra", "Conti", "Gallo"]),
    "Argentina": (["Tomás", "Franco"], ["Benítez", "Roldán", "Acuña"]),
    "Japan": (["Ren", "Sota"], ["Kuroda", "Hayashi", "Mori"]),
}
POSITIONS = {"Goalkeeper": (0, 0), "Defender": (0.06, 0.06), "Midfielder": (0.16, 0.2), "Forward": (0.42, 0.15)}


def build():
    random = Random("players 9")
    rows, seen = [], set()
    home = list(NATIONS)
    while len(rows) < 168:
        club = list(CLUBS)[len(rows) % 8]
        league, wealth = CLUBS[club]
        nation = league if random.random() < 0.35 else random.choice(home)
        name = " ".join(random.choice(part) for part in NATIONS[nation])
        if name in seen and len(seen) < 85:
            continue
        if name in seen:
            name = name.replace(" ", f" {random.choice('ABCDEFGHJKLMNPRSTVW')}. ")
            if name in seen:
                continue
        seen.add(name)
        position = random.choices(list(POSITIONS), weights=[2, 7, 7, 5])[0]
        scoring, passing = POSITIONS[position]
        age = int(random.triangular(17, 38, 24))
        games = random.randint(2, 38)
        value = round(wealth * random.lognormvariate(1.9, 0.8) * max(0.12, 1.25 - abs(age - 25) / 11), 1)
        fee = None if random.random() < 0.25 else round(value * random.uniform(0.35, 1.5), 1)
        rows.append((name, club, league, nation, position, age, int(random.gauss(188 if position == "Goalkeeper" else 181, 6)),
                     random.choice(["right", "right", "right", "left"]), games, int(games * scoring * random.uniform(0.2, 1.8)),
                     int(games * passing * random.uniform(0.1, 1.9)), value, fee, date(2025, 6, 30) + timedelta(days=random.choice([0, 365, 730, 1096])),
                     random.random() < 0.12))
    return rows


SHEET = Sheet(
    name="players",
    columns=[
        Column("player", "TEXT", "PlayerName"),
        Column("club", "TEXT", "Club"),
        Column("league", "TEXT", "ClubCountry"),
        Column("nation", "TEXT", "Nationality"),
        Column("position", "TEXT", "Position"),
        Column("age", "INTEGER", "Age"),
        Column("height", "INTEGER", "HeightCm"),
        Column("foot", "TEXT", "PreferredFoot"),
        Column("games", "INTEGER", "MatchesPlayed"),
        Column("goals", "INTEGER", "Goals"),
        Column("assists", "INTEGER", "Assists"),
        Column("value", "REAL", "MarketValueEurM"),
        Column("fee", "REAL", "TransferFeeEurM"),
        Column("contract", "TEXT", "ContractUntil", iso),
        Column("injured", "INTEGER", "Injured", either("Yes", "No")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "superlative", "买谁花的转会费最高？", "Who was bought for the highest transfer fee?", "SELECT player FROM players ORDER BY fee DESC LIMIT 1"),
    ask(2, "filter", "巴西球员有多少名？", "how many Brazilians", "SELECT COUNT(*) FROM players WHERE nation = 'Brazil'"),
    ask(3, "group", "各俱乐部总身价", "total market value by club", "SELECT club, SUM(value) FROM players GROUP BY club"),
    ask(4, "top", "进球最多的三名球员和进球数", "Name the three players with the most goals, and how many each scored.",
        "SELECT player, goals FROM players ORDER BY goals DESC LIMIT 3", ordered=True),
    ask(5, "average", "守门员平均多高？", "How tall are the goalkeepers on average?", "SELECT AVG(height) FROM players WHERE position = 'Goalkeeper'"),
    ask(6, "filter", "23岁以下（不含23）的前锋有几个？", "How many forwards are under 23?",
        "SELECT COUNT(*) FROM players WHERE age < 23 AND position = 'Forward'"),
    ask(7, "filter", "左脚球员有多少？", "How many left-footed players?", "SELECT COUNT(*) FROM players WHERE foot = 'left'"),
    ask(8, "sum", "Kingsport Rovers全队一共进了多少球？", "How many goals have the players of Kingsport Rovers scored between them?",
        "SELECT SUM(goals) FROM players WHERE club = 'Kingsport Rovers'"),
    ask(9, "compare", "助攻比进球多的球员有几名？", "How many players have more assists than goals?", "SELECT COUNT(*) FROM players WHERE assists > goals"),
    ask(10, "having", "哪些国籍的球员至少有25名？", "nationalities with at least 25 players",
        "SELECT nation FROM players GROUP BY nation HAVING COUNT(*) >= 25"),
    ask(11, "filter", "合同到2026年底以前（含2026年）到期的受伤球员有多少？", "How many injured players have a contract that ends in 2026 or earlier?",
        "SELECT COUNT(*) FROM players WHERE injured = 1 AND year(contract) <= '2026'"),
    ask(12, "time", "每年各有多少份合同到期？", "How many contracts run out each year?", "SELECT year(contract), COUNT(*) FROM players GROUP BY year(contract)"),
    ask(13, "group", "按俱乐部和位置统计人数", "Players per club and position", "SELECT club, position, COUNT(*) FROM players GROUP BY club, position"),
    ask(14, "list", "SV Drachenfels的法国球员有谁，踢什么位置？", "French players at SV Drachenfels, with their positions",
        "SELECT player, position FROM players WHERE club = 'SV Drachenfels' AND nation = 'France'"),
    ask(15, "filter", "没有转会费的球员有多少？", "How many players have no transfer fee?", "SELECT COUNT(*) FROM players WHERE fee IS NULL"),
    ask(16, "measures", "年龄最小和最大的球员各几岁？", "How old are the youngest and the oldest player?", "SELECT MIN(age), MAX(age) FROM players"),
    ask(17, "median", "中场球员身价的中位数是多少？", "median market value of midfielders", "SELECT median(value) FROM players WHERE position = 'Midfielder'"),
    ask(18, "order", "各位置平均进球数，从高到低", "average goals by position, in descending order",
        "SELECT position, AVG(goals) FROM players GROUP BY position ORDER BY AVG(goals) DESC", ordered=True),
    ask(19, "compare", "身价比平均值高的球员有多少？", "How many players are worth more than average (market value)?",
        "SELECT COUNT(*) FROM players WHERE value > (SELECT AVG(value) FROM players)"),
    ask(20, "compare", "转会费高于身价的球员有几个？", "For how many players is the transfer fee higher than the market value?",
        "SELECT COUNT(*) FROM players WHERE fee > value"),
    ask(21, "share", "目前受伤的球员占百分之几？", "what percent of players are injured", "SELECT 100.0 * SUM(injured) / COUNT(*) FROM players", percent=True),
    ask(22, "ratio", "全体前锋平均每场比赛进几个球（总进球数除以总出场数）？", "Goals per match for the forwards: total goals over total matches played",
        "SELECT 1.0 * SUM(goals) / SUM(games) FROM players WHERE position = 'Forward'"),
    ask(23, "filter", "身高1米80到1米90之间的后卫有几名？", "How many defenders are between 180 and 190 cm tall?",
        "SELECT COUNT(*) FROM players WHERE position = 'Defender' AND height BETWEEN 180 AND 190"),
    ask(24, "superlative", "平均年龄最大的俱乐部是哪家？", "Which club has the oldest squad by average age?",
        "SELECT club FROM players GROUP BY club ORDER BY AVG(age) DESC LIMIT 1"),
    ask(25, "filter", "既不是英格兰人也不是西班牙人的守门员有几个？", "How many goalkeepers are neither English nor Spanish?",
        "SELECT COUNT(*) FROM players WHERE position = 'Goalkeeper' AND nation NOT IN ('England', 'Spain')"),
    ask(26, "distinct", "AC Montefiore的球员来自哪些国家？", "What nationalities are represented at AC Montefiore?",
        "SELECT DISTINCT nation FROM players WHERE club = 'AC Montefiore'"),
    ask(27, "derived", "进球加助攻，Deportivo Almena全队合计多少？", "Goals plus assists for the whole of Deportivo Almena",
        "SELECT SUM(goals + assists) FROM players WHERE club = 'Deportivo Almena'"),
    ask(28, "filter", "出场30次以上（含30次）却没有进球的球员有几位？", "How many players have played 30 or more matches without scoring a goal?",
        "SELECT COUNT(*) FROM players WHERE games >= 30 AND goals = 0"),
    refuse(29, "missing", "谁的周薪最高？", "Who has the highest weekly wage?"),
    refuse(30, "missing", "吃到红牌的球员有几个？", "How many players got a red card?"),
    refuse(31, "missing", "哪支球队的主教练年纪最大？", "Which team has the oldest head coach?"),
    refuse(32, "opinion", "史上最伟大的球员是谁？", "Who is the greatest player of all time?"),
    refuse(33, "forecast", "Kingsport Rovers明年会进多少球？", "How many goals will Kingsport Rovers score next year?"),
    refuse(34, "contradiction", "既是门将又是前锋的球员有几名？", "How many players are listed as Goalkeeper and as Forward at once?"),
    refuse(35, "ambiguous", "英格兰的球员有几个？", "How many England players are there?"),
]

FILE = File("football_players.csv", [SHEET], QUESTIONS)
