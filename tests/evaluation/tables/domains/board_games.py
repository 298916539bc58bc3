"""Board games in snake_case: least and most players, counts of ratings, a flag of 0 and 1."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet

TITLES = [
    "Harvest of Kings", "Moonlit Market", "Rails & Rivers", "The Silent Vault", "Orchard Feud", "Cloud Pirates", "Stonebound", "Ten Lanterns", "Emperor's Tea",
    "Deep Cartography", "Beetle Parade", "Northern Lights", "Forge and Flame", "Little Harbors", "Spice Caravan", "Clockwork Heist", "Paper Dragons", "Wolf Winter",
    "Glass Gardens", "Salt Roads", "Quiet Stars", "Mason's Guild", "Jungle Relay", "Tiny Parliament", "Echo Station", "Canal Barons", "Hex Appeal", "Last Trolley",
    "Painted Tigers", "Signal Fire", "Herb Witch", "Grand Bazaar", "Mirror Maze", "Sunken Choir",
]  # fmt: skip
DESIGNERS = ["Anna Rourke", "Tomas Vial", "Keiko Mori", "Uwe Brandt", "Lena Fisk", "Paul Adeyemi", "Rita Sousa"]
PUBLISHERS = ["Goblin Gate", "Blue Meeple", "Table & Co", "Hearth Games"]


def build():
    random = Random("board games 1")
    ratings = random.sample(range(520, 900), len(TITLES))
    votes = random.sample(range(40, 52000), len(TITLES))
    prices = random.sample(range(1200, 9900, 25), len(TITLES))
    rows = []
    for number, title in enumerate(TITLES):
        least = random.choices([1, 2, 3], weights=[4, 8, 2])[0]
        rows.append((
            number + 1, title, random.choices(DESIGNERS, weights=[9, 6, 5, 4, 4, 3, 3])[0], random.choices(PUBLISHERS, weights=[9, 6, 5, 4])[0],
            random.randint(1998, 2023), least, least + random.randint(1, 4), random.choice([20, 30, 45, 60, 60, 90, 120, 180]),
            None if random.random() < 0.15 else random.choice([6, 8, 8, 10, 12, 14]), ratings[number] / 100, votes[number], prices[number] / 100,
            int(random.random() < 0.3),
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="board_games",
    columns=[
        Column("id", "INTEGER", "game_id"),
        Column("title", "TEXT", "title"),
        Column("designer", "TEXT", "designer"),
        Column("publisher", "TEXT", "publisher"),
        Column("published", "INTEGER", "year_published"),
        Column("least", "INTEGER", "min_players"),
        Column("most", "INTEGER", "max_players"),
        Column("minutes", "INTEGER", "play_time_min"),
        Column("age", "INTEGER", "min_age"),
        Column("rating", "REAL", "avg_rating"),
        Column("votes", "INTEGER", "num_ratings"),
        Column("price", "REAL", "price_usd"),
        Column("coop", "INTEGER", "is_coop"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "list", "所有桌游的标题和设计师是什么？", "What are the title and designer of all board games?", "SELECT title, designer FROM board_games"),
    ask(2, "filter", "Keiko Mori设计了多少款桌游？", "How many games did Keiko Mori design?", "SELECT COUNT(*) FROM board_games WHERE designer = 'Keiko Mori'"),
    ask(3, "superlative", "评分最高的桌游叫什么？", "What is the title of the game with the highest rating?", "SELECT title FROM board_games ORDER BY rating DESC LIMIT 1"),
    ask(4, "superlative", "哪位设计师设计的桌游最多？", "Which designer has designed the most games?", "SELECT designer FROM board_games GROUP BY designer ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(5, "average", "合作类桌游的平均价格是多少？", "What is the average price of the cooperative games?", "SELECT AVG(price) FROM board_games WHERE coop = 1"),
    ask(6, "group", "每个出版商出版的桌游的数量和平均评分是多少？", "What are the number of games and the average rating for each publisher?",
        "SELECT publisher, COUNT(*), AVG(rating) FROM board_games GROUP BY publisher"),
    ask(7, "filter", "显示2010年以后（不含2010年）出版且价格低于30美元的桌游的标题。", "Show the titles of games published after 2010 that cost less than 30 dollars.",
        "SELECT title FROM board_games WHERE published > 2010 AND price < 30"),
    ask(8, "order", "按评分人数降序列出所有桌游的标题。", "List the titles of all games in descending order of the number of ratings.", "SELECT title FROM board_games ORDER BY votes DESC", ordered=True),
    ask(9, "distinct", "列出所有不同的出版商。", "List all the different publishers.", "SELECT DISTINCT publisher FROM board_games"),
    ask(10, "having", "哪些设计师设计了至少五款桌游？", "Which designers have designed at least five games?", "SELECT designer FROM board_games GROUP BY designer HAVING COUNT(*) >= 5"),
    ask(11, "compare", "找出价格高于平均价格的桌游的标题和价格。", "Find the title and price of the games that are more expensive than the average.",
        "SELECT title, price FROM board_games WHERE price > (SELECT AVG(price) FROM board_games)"),
    ask(12, "filter", "一个人就能玩的桌游有哪些，也就是最少玩家数为1的？", "Which games can be played alone, i.e. have a minimum of 1 player?", "SELECT title FROM board_games WHERE least = 1"),
    ask(13, "filter", "有多少款桌游的游戏时间超过60分钟？", "How many games have a play time of more than 60 minutes?", "SELECT COUNT(*) FROM board_games WHERE minutes > 60"),
    ask(14, "measures", "桌游的最高价格和最低价格分别是多少？", "What are the highest and the lowest price of the games?", "SELECT MAX(price), MIN(price) FROM board_games"),
    ask(15, "lookup", "Spice Caravan是哪一年由哪家出版商出版的？", "In which year and by which publisher was Spice Caravan published?",
        "SELECT published, publisher FROM board_games WHERE title = 'Spice Caravan'"),
    ask(16, "superlative", "Blue Meeple出版的最贵的桌游是哪款？", "What is the most expensive game published by Blue Meeple?",
        "SELECT title FROM board_games WHERE publisher = 'Blue Meeple' ORDER BY price DESC LIMIT 1"),
    ask(17, "distinct", "有多少位不同的设计师？", "How many different designers are there?", "SELECT COUNT(DISTINCT designer) FROM board_games"),
    ask(18, "filter", "不是由Goblin Gate出版的桌游有几款？", "How many games are not published by Goblin Gate?", "SELECT COUNT(*) FROM board_games WHERE publisher <> 'Goblin Gate'"),
    ask(19, "filter", "哪些桌游没有给出最小年龄？", "Which games do not give a minimum age?", "SELECT title FROM board_games WHERE age IS NULL"),
    ask(20, "group", "每位设计师的桌游的最高评分是多少？", "Show each designer and the highest rating among his or her games.", "SELECT designer, MAX(rating) FROM board_games GROUP BY designer"),
    ask(21, "superlative", "评分人数最多的合作类桌游是由谁设计的？", "Who designed the cooperative game with the most ratings?",
        "SELECT designer FROM board_games WHERE coop = 1 ORDER BY votes DESC LIMIT 1"),
    refuse(22, "missing", "哪款桌游的销量最高？", "Which game sold the most copies?"),
    refuse(23, "ambiguous", "平均玩家人数是多少？", "What is the average number of players?"),
    refuse(24, "missing", "哪些桌游有中文版？", "Which games are available in Chinese?"),
]

FILE = File("board_games.csv", [SHEET], QUESTIONS)
