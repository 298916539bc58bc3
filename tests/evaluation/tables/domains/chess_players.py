"""Chess players: names in two columns, federations and titles by their codes, M and F, dates of birth."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet

MEN = ["Anders", "Boris", "Carlo", "Daniel", "Emil", "Farid", "Goran", "Henrik", "Ivan", "Jorge", "Kenji", "Luka", "Marek", "Nils", "Omar", "Pavel"]
WOMEN = ["Alma", "Bianca", "Clara", "Diana", "Elena", "Freya", "Greta", "Hana", "Irina", "Julia"]
LAST = [
    "Aalto", "Bergman", "Castillo", "Dvorak", "Eriksen", "Ferrari", "Gupta", "Haugen", "Ivanov", "Jansen", "Kovacs", "Lindqvist", "Moretti", "Novak", "Olsen", "Petrov",
    "Quiroga", "Rossi", "Sato", "Tanaka", "Ulrich", "Vogel", "Weiss", "Yilmaz", "Zeman", "Amsel", "Brandt", "Cohen", "Duarte", "Engel", "Fonseca", "Grieg", "Hoffman", "Ibsen",
    "Kruger", "Lopez", "Madsen", "Nilsen", "Orlov", "Popov",
]  # fmt: skip


def build():
    random = Random("chess players 1")
    ratings = random.sample(range(2180, 2790), len(LAST))
    games = random.sample(range(60, 1900), len(LAST))
    births = random.sample(range(0, 14000), len(LAST))
    rows = []
    for number, last in enumerate(LAST):
        man = random.random() < 0.62
        rating = ratings[number]
        title = "GM" if rating > 2600 else random.choice(["GM", "IM", "IM"]) if rating > 2450 else random.choice(["IM", "FM", None])
        rows.append((
            number + 1, random.choice(MEN if man else WOMEN), last, random.choices(["NOR", "GER", "RUS", "IND", "ITA", "ESP"], weights=[9, 7, 6, 5, 5, 4])[0],
            "M" if man else "F", (date(1966, 2, 1) + timedelta(days=births[number])).isoformat(), title, rating,
            None if random.random() < 0.2 else rating + random.randint(-90, 60), games[number], int(games[number] * random.uniform(0.25, 0.6)),
            random.choice("RRRRRL"), random.choice([None, "V. Sokolov", "M. Bianchi", "T. Lund", "R. Menon"]),
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="chess_players",
    columns=[
        Column("id", "INTEGER", "Player_ID"),
        Column("first", "TEXT", "First_Name"),
        Column("last", "TEXT", "Last_Name"),
        Column("federation", "TEXT", "Federation"),
        Column("sex", "TEXT", "Sex"),
        Column("born", "TEXT", "Birth_Date"),
        Column("title", "TEXT", "Title"),
        Column("elo", "INTEGER", "Elo_Std"),
        Column("rapid", "INTEGER", "Elo_Rapid"),
        Column("games", "INTEGER", "Games_Played"),
        Column("won", "INTEGER", "Games_Won"),
        Column("hand", "TEXT", "Hand"),
        Column("coach", "TEXT", "Coach"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "有多少名棋手？", "How many players are there?", "SELECT COUNT(*) FROM chess_players"),
    ask(2, "filter", "有多少名女棋手？", "How many female players are there?", "SELECT COUNT(*) FROM chess_players WHERE sex = 'F'"),
    ask(3, "list", "列出所有来自NOR的棋手的名字和姓氏。", "List the first and last names of all players from NOR.", "SELECT first, last FROM chess_players WHERE federation = 'NOR'"),
    ask(4, "superlative", "标准等级分（Elo_Std）最高的棋手的姓氏和头衔是什么？", "What are the last name and the title of the player with the highest standard Elo?",
        "SELECT last, title FROM chess_players ORDER BY elo DESC LIMIT 1"),
    ask(5, "group", "每个头衔有多少名棋手？", "How many players hold each title?", "SELECT title, COUNT(*) FROM chess_players WHERE title IS NOT NULL GROUP BY title"),
    ask(6, "average", "GM棋手的平均对局数是多少？", "What is the average number of games played by GMs?", "SELECT AVG(games) FROM chess_players WHERE title = 'GM'"),
    ask(7, "superlative", "最年轻的棋手的名字、姓氏和出生日期是什么？", "What are the first name, last name and birth date of the youngest player?",
        "SELECT first, last, born FROM chess_players ORDER BY born DESC LIMIT 1"),
    ask(8, "order", "按赢棋数降序显示德国（GER）棋手的姓氏和赢棋数。", "Show the last names and games won of the German (GER) players in descending order of games won.",
        "SELECT last, won FROM chess_players WHERE federation = 'GER' ORDER BY won DESC", ordered=True),
    ask(9, "filter", "没有头衔的棋手有多少名？", "How many players have no title?", "SELECT COUNT(*) FROM chess_players WHERE title IS NULL"),
    ask(10, "having", "棋手人数不少于6人的棋协是哪些？", "Which federations have at least 6 players?", "SELECT federation FROM chess_players GROUP BY federation HAVING COUNT(*) >= 6"),
    ask(11, "filter", "头衔为IM或FM的女棋手的姓氏是什么？", "What are the last names of the women whose title is IM or FM?",
        "SELECT last FROM chess_players WHERE sex = 'F' AND title IN ('IM', 'FM')"),
    ask(12, "time", "1990年以前出生的棋手有哪些？显示他们的姓氏和棋协。", "Show the last name and federation of the players born before 1990.",
        "SELECT last, federation FROM chess_players WHERE born < '1990-01-01'"),
    ask(13, "group", "各棋协的平均标准等级分和最高标准等级分是多少？", "What are the average and the highest standard Elo for each federation?",
        "SELECT federation, AVG(elo), MAX(elo) FROM chess_players GROUP BY federation"),
    ask(14, "distinct", "棋手来自几个不同的棋协？", "From how many different federations do the players come?", "SELECT COUNT(DISTINCT federation) FROM chess_players"),
    ask(15, "compare", "对局数高于平均数的棋手的姓氏是什么？", "Find the last names of players who have played more games than the average.",
        "SELECT last FROM chess_players WHERE games > (SELECT AVG(games) FROM chess_players)"),
    ask(16, "superlative", "哪位教练指导的棋手最多？", "Which coach trains the most players?",
        "SELECT coach FROM chess_players WHERE coach IS NOT NULL GROUP BY coach ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(17, "filter", "标准等级分在2400到2500之间的棋手的数量是多少？", "What is the number of players with a standard Elo between 2400 and 2500?",
        "SELECT COUNT(*) FROM chess_players WHERE elo BETWEEN 2400 AND 2500"),
    ask(18, "top", "对局数最多的四名棋手的姓氏分别是什么？", "What are the last names of the 4 players with the most games played?",
        "SELECT last FROM chess_players ORDER BY games DESC LIMIT 4"),
    ask(19, "lookup", "姓Tanaka的棋手的快棋等级分和教练是什么？", "What are the rapid Elo and the coach of the player whose last name is Tanaka?",
        "SELECT rapid, coach FROM chess_players WHERE last = 'Tanaka'"),
    ask(20, "max", "男棋手赢过的最多局数是多少？", "What is the maximum number of games won by a male player?", "SELECT MAX(won) FROM chess_players WHERE sex = 'M'"),
    refuse(21, "missing", "身高最高的棋手是谁？", "Who is the tallest player?"),
    refuse(22, "ambiguous", "棋手的平均等级分是多少？", "What is the average Elo of the players?"),
    refuse(23, "missing", "每位棋手拿过多少次世界冠军？", "How many times has each player been world champion?"),
]

FILE = File("chess_players.csv", [SHEET], QUESTIONS)
