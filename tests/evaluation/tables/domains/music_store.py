"""Albums and their artists in a clean workbook of two sheets joined by a key."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, itself

ARTISTS = [(1, "The Copper Kites", "Ireland", 2001, "Rock"), (2, "Mara Lind", "Sweden", 1994, "Pop"), (3, "Deep Fathom", "USA", 1988, "Electronic"),
           (4, "Joaquin Prado", "Spain", 1979, "Flamenco"), (5, "Night Ferry", "USA", 2010, "Rock"), (6, "Yuki Aoba", "Japan", 2005, "Jazz"),
           (7, "Salt Choir", "Iceland", 1999, "Folk"), (8, "Baron Blue", "USA", 1968, "Jazz"), (9, "Ottoline", "France", 2014, "Pop")]
WORDS = ["Amber", "Lantern", "Harbor", "Static", "Bloom", "Mirror", "Gravity", "Velvet", "Orbit", "Cinder", "Tidal", "Paper", "Hollow", "Neon"]
NOUNS = ["Days", "Roads", "Songs", "Machines", "Letters", "Fields"]


def build():
    random = Random("music 3")
    rows, seen, sold = [], set(), set()
    while len(rows) < 70:
        title = f"{random.choice(WORDS)} {random.choice(NOUNS)}"
        copies = random.randint(9, 4100)
        if title in seen or copies in sold:
            continue
        seen.add(title)
        sold.add(copies)
        artist = random.choices(range(1, 9), weights=[4, 6, 5, 3, 7, 2, 2, 6])[0]
        rows.append((501 + len(rows), title, artist, random.randint(1990, 2023), random.choice(["CD", "Vinyl", "Digital"]), random.randint(7, 22), round(random.uniform(6, 31), 2), copies))
    return rows


ALBUMS = Sheet(
    name="albums",
    title="album",
    columns=[
        Column("album_id", "INTEGER", "album_id", itself),
        Column("title", "TEXT", "title"),
        Column("artist_id", "INTEGER", "artist_id", itself),
        Column("released", "INTEGER", "release_year", itself),
        Column("format", "TEXT", "format"),
        Column("tracks", "INTEGER", "track_count", itself),
        Column("price", "REAL", "price", itself),
        Column("sold", "INTEGER", "copies_sold", itself),
    ],
    rows=build(),
)
PEOPLE = Sheet(
    name="artists",
    title="artist",
    columns=[
        Column("artist_id", "INTEGER", "artist_id", itself),
        Column("name", "TEXT", "artist_name"),
        Column("country", "TEXT", "country"),
        Column("since", "INTEGER", "active_since", itself),
        Column("genre", "TEXT", "genre"),
    ],
    rows=ARTISTS,
)
JOINED = "albums JOIN artists ON albums.artist_id = artists.artist_id"

QUESTIONS = [
    ask(1, "join", "每位艺人有多少张专辑？", "How many albums does each artist have?", f"SELECT name, COUNT(*) FROM {JOINED} GROUP BY name"),
    ask(2, "join", "Mara Lind的专辑有哪些？", "What are the titles of the albums by Mara Lind?", f"SELECT title FROM {JOINED} WHERE name = 'Mara Lind'"),
    ask(3, "join", "美国艺人的专辑一共卖了多少张？", "How many copies were sold of albums by American artists?", f"SELECT SUM(sold) FROM {JOINED} WHERE country = 'USA'"),
    ask(4, "join", "哪位艺人的专辑总销量最高？", "Which artist sold the most copies in total?", f"SELECT name FROM {JOINED} GROUP BY name ORDER BY SUM(sold) DESC LIMIT 1"),
    ask(5, "join", "爵士乐专辑的平均价格", "average price of jazz albums", f"SELECT AVG(price) FROM {JOINED} WHERE genre = 'Jazz'"),
    ask(6, "join", "哪些艺人没有专辑？", "Which artists have no albums?", "SELECT name FROM artists WHERE artist_id NOT IN (SELECT artist_id FROM albums)"),
    ask(7, "join", "各流派专辑销量合计", "total copies sold by genre", f"SELECT genre, SUM(sold) FROM {JOINED} GROUP BY genre"),
    ask(8, "join", "Amber开头的专辑和它们的艺人", "Titles of albums starting with 'Amber' and their artist names", f"SELECT title, name FROM {JOINED} WHERE title LIKE 'Amber%'"),
    ask(9, "superlative", "卖得最好的专辑是哪张？", "Which album sold the most copies?", "SELECT title FROM albums ORDER BY sold DESC LIMIT 1"),
    ask(10, "filter", "2010年之后发行的黑胶专辑有几张？", "How many vinyl albums were released after 2010?",
        "SELECT COUNT(*) FROM albums WHERE released > 2010 AND format = 'Vinyl'"),
    ask(11, "average", "CD的平均曲目数", "average number of tracks on a CD", "SELECT AVG(tracks) FROM albums WHERE format = 'CD'"),
    ask(12, "filter", "有多少个艺人是1990年之前出道的？", "How many artists have been active since before 1990?", "SELECT COUNT(*) FROM artists WHERE since < 1990"),
    ask(13, "list", "列出所有爵士艺人的名字和国家", "List the names and countries of all jazz artists.", "SELECT name, country FROM artists WHERE genre = 'Jazz'"),
    ask(14, "group", "每个国家有多少位艺人？", "How many artists come from each country?", "SELECT country, COUNT(*) FROM artists GROUP BY country"),
    ask(15, "filter", "价格低于10的专辑有几张？", "How many albums cost less than 10?", "SELECT COUNT(*) FROM albums WHERE price < 10"),
    ask(16, "superlative", "最贵的专辑卖了多少张？", "How many copies did the most expensive album sell?", "SELECT sold FROM albums ORDER BY price DESC LIMIT 1"),
    ask(17, "join", "有多少张专辑是摇滚艺人的？", "How many albums are by rock artists?", f"SELECT COUNT(*) FROM {JOINED} WHERE genre = 'Rock'"),
    ask(18, "join", "专辑超过10张的艺人", "artists with more than 10 albums", f"SELECT name FROM {JOINED} GROUP BY name HAVING COUNT(*) > 10"),
    refuse(19, "missing", "哪张专辑的封面设计得过奖？", "Which album won an award for its cover?"),
    refuse(20, "missing", "Night Ferry的经纪公司是哪家？", "Which label is Night Ferry signed to?"),
    ask(21, "join", "各国艺人的专辑平均价格是多少？", "What is the average price of albums by artist country?", f"SELECT country, AVG(price) FROM {JOINED} GROUP BY country"),
    ask(22, "join", "哪个国家的专辑总销量最高？", "Which country has the highest total of copies sold?",
        f"SELECT country FROM {JOINED} GROUP BY country ORDER BY SUM(sold) DESC LIMIT 1"),
    ask(23, "join", "列出日本艺人的专辑标题和价格", "List the titles and prices of the albums by artists from Japan.", f"SELECT title, price FROM {JOINED} WHERE country = 'Japan'"),
    ask(24, "join", "摇滚专辑里黑胶的有几张？", "How many rock albums are on vinyl?", f"SELECT COUNT(*) FROM {JOINED} WHERE genre = 'Rock' AND format = 'Vinyl'"),
    ask(25, "join", "各流派专辑的最高价格", "highest album price by genre", f"SELECT genre, MAX(price) FROM {JOINED} GROUP BY genre"),
    refuse(26, "ambiguous", "各种格式的专辑，艺人的平均出道年份是多少？", "What is the average active-since year of artists by format?"),
    refuse(27, "missing", "各流派专辑的退货总数", "total copies returned by genre"),
    refuse(28, "missing", "日本艺人的专辑在哪些商店有售？", "Which shops sell the albums by artists from Japan?"),
]

FILE = File("music_store.xlsx", [ALBUMS, PEOPLE], QUESTIONS, open=True)
