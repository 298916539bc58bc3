"""Films as clean CSV: Title Case headers with units, some budgets unknown, languages apart from countries."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, iso

HEADS = ["The Last", "Silent", "Beyond the", "A Thousand", "Midnight", "The Glass", "Return to", "Paper", "Northern", "Under the", "Broken",
         "Seven", "The Long", "Summer of", "Counting", "Salt and", "House of", "The Quiet"]
TAILS = ["Harbour", "Orchard", "Signal", "Winters", "Cartographer", "River", "Lanterns", "Empire", "Sparrows", "Tide", "Alphabet", "Ashes",
         "Meridian", "Garden", "Echo", "Machine"]
DIRECTORS = {
    "Elena Marchetti": ("Italy", "Italian"), "Jonah Pryce": ("United Kingdom", "English"), "Kenji Morita": ("Japan", "Japanese"),
    "Sofia Lindahl": ("Sweden", "Swedish"), "Marcus Oyelaran": ("USA", "English"), "Claire Fontenay": ("France", "French"),
    "Daniel Reyes": ("USA", "English"), "Ruth Kessler": ("Germany", "German"), "Park Ji-won": ("South Korea", "Korean"),
    "Amara Diallo": ("France", "French"), "Tom Hargreave": ("United Kingdom", "English"), "Lucy Chambers": ("USA", "English"),
}
GENRES = {"Drama": (14, 6), "Comedy": (22, 5), "Thriller": (35, 4), "Science Fiction": (95, 3), "Animation": (70, 2), "Documentary": (2.5, 2),
          "Horror": (8, 3)}


def build():
    random = Random("films 3")
    rows, seen = [], set()
    while len(rows) < 140:
        title = f"{random.choice(HEADS)} {random.choice(TAILS)}"
        if title in seen:
            continue
        seen.add(title)
        director = random.choices(list(DIRECTORS), weights=[3, 6, 4, 2, 8, 4, 9, 3, 4, 2, 5, 7])[0]
        country, language = DIRECTORS[director]
        genre = random.choices(list(GENRES), weights=[weight for _, weight in GENRES.values()])[0]
        budget = round(GENRES[genre][0] * random.lognormvariate(0, 0.5) * (1.4 if country == "USA" else 0.8), 1)
        rating = round(min(9.4, random.gauss(6.6, 1.0)), 1)
        gross = round(budget * random.lognormvariate(0.5, 0.9) * rating / 6.5, 1)
        rows.append((title, director, country, language, genre, date(2015, 1, 9) + timedelta(days=7 * random.randint(0, 500)),
                     int(min(192, max(71, random.gauss(113, 21)))), None if random.random() < 0.1 else budget, gross, rating, int(random.lognormvariate(9.6, 1.2)),
                     random.choice([0] * 9 + [1, 1, 2, 4])))
    return rows


SHEET = Sheet(
    name="films",
    columns=[
        Column("title", "TEXT", "Film Title"),
        Column("director", "TEXT", "Director"),
        Column("country", "TEXT", "Country"),
        Column("language", "TEXT", "Language"),
        Column("genre", "TEXT", "Genre"),
        Column("released", "TEXT", "Release Date", iso),
        Column("runtime", "INTEGER", "Runtime (min)"),
        Column("budget", "REAL", "Budget (USD m)"),
        Column("gross", "REAL", "Box Office (USD m)"),
        Column("rating", "REAL", "User Rating"),
        Column("votes", "INTEGER", "Number of Votes"),
        Column("awards", "INTEGER", "Awards Won"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "superlative", "哪部片子最卖座（票房最高）？", "Which film took the most money at the box office?", "SELECT title FROM films ORDER BY gross DESC LIMIT 1"),
    ask(2, "filter", "2019年上映了几部电影？", "How many films came out in 2019?", "SELECT COUNT(*) FROM films WHERE year(released) = '2019'"),
    ask(3, "group", "各类型影片的平均评分", "average rating by genre", "SELECT genre, AVG(rating) FROM films GROUP BY genre"),
    ask(4, "list", "Kenji Morita导演过哪些电影？", "What films has Kenji Morita directed?", "SELECT title FROM films WHERE director = 'Kenji Morita'"),
    ask(5, "filter", "片长超过两个半小时的有几部？", "How many films run longer than two and a half hours?", "SELECT COUNT(*) FROM films WHERE runtime > 150"),
    ask(6, "compare", "票房没收回预算的片子有多少部？", "How many films took less at the box office than their budget?",
        "SELECT COUNT(*) FROM films WHERE gross < budget"),
    ask(7, "top", "投票人数最多的4部电影及票数", "The 4 films with the most votes, along with the number of votes",
        "SELECT title, votes FROM films ORDER BY votes DESC LIMIT 4", ordered=True),
    ask(8, "filter", "评分8分以上（含8分）的英语片有几部？", "How many English-language films are rated 8 or higher?",
        "SELECT COUNT(*) FROM films WHERE language = 'English' AND rating >= 8"),
    ask(9, "sum", "法国片总共拿了多少票房（百万美元）？", "How much did the French films take at the box office in total?",
        "SELECT SUM(gross) FROM films WHERE country = 'France'"),
    ask(10, "distinct", "电影一共用了几种语言？", "How many languages are the films in?", "SELECT COUNT(DISTINCT language) FROM films"),
    ask(11, "filter", "得过奖的纪录片有几部？", "How many documentaries have won at least one award?",
        "SELECT COUNT(*) FROM films WHERE genre = 'Documentary' AND awards >= 1"),
    ask(12, "having", "拍过15部以上（含15部）电影的导演有哪些？", "directors with 15 or more films",
        "SELECT director FROM films GROUP BY director HAVING COUNT(*) >= 15"),
    ask(13, "average", "喜剧片平均片长多少分钟？", "How long is a comedy on average?", "SELECT AVG(runtime) FROM films WHERE genre = 'Comedy'"),
    ask(14, "time", "每年各上映了多少部电影？", "Number of films released per year", "SELECT year(released), COUNT(*) FROM films GROUP BY year(released)"),
    ask(15, "order", "按总票房从高到低给导演排个序", "Rank directors by total box office, highest to lowest.",
        "SELECT director, SUM(gross) FROM films GROUP BY director ORDER BY SUM(gross) DESC", ordered=True),
    ask(16, "superlative", "哪部恐怖片的预算最高？", "Which horror film had the biggest budget?",
        "SELECT title FROM films WHERE genre = 'Horror' ORDER BY budget DESC LIMIT 1"),
    ask(17, "filter", "不是美国的电影有多少部？", "How many films are not American?", "SELECT COUNT(*) FROM films WHERE country <> 'USA'"),
    ask(18, "median", "片长中位数是多少？", "What's the median running time?", "SELECT median(runtime) FROM films"),
    ask(19, "measures", "动画片的平均预算和平均票房", "Average budget and average box office of the animated films",
        "SELECT AVG(budget), AVG(gross) FROM films WHERE genre = 'Animation'"),
    ask(20, "ratio", "科幻片的总票房除以总预算是多少（只算有预算数据的）？",
        "For science fiction films with a known budget, what is total box office divided by total budget?",
        "SELECT 1.0 * SUM(gross) / SUM(budget) FROM films WHERE genre = 'Science Fiction' AND budget IS NOT NULL"),
    ask(21, "filter", "不知道预算的电影有几部？", "For how many films is the budget unknown?", "SELECT COUNT(*) FROM films WHERE budget IS NULL"),
    ask(22, "time", "2021年上半年上映了哪些电影？", "Which films were released in the first half of 2021?",
        "SELECT title FROM films WHERE released BETWEEN '2021-01-01' AND '2021-06-30'"),
    ask(23, "group", "按国家和类型统计电影数量", "Count of films by country and genre", "SELECT country, genre, COUNT(*) FROM films GROUP BY country, genre"),
    ask(24, "share", "剧情片（Drama）占多少百分比？", "What percentage of the films are dramas?",
        "SELECT 100.0 * SUM(genre = 'Drama') / COUNT(*) FROM films", percent=True),
    ask(25, "sum", "Lucy Chambers的片子一共拿了多少个奖？", "How many awards have Lucy Chambers's films picked up altogether?",
        "SELECT SUM(awards) FROM films WHERE director = 'Lucy Chambers'"),
    ask(26, "list", "片名里带River的电影和它的导演", "Title and director of films with 'River' in the title",
        "SELECT title, director FROM films WHERE title LIKE '%River%'"),
    ask(27, "relative", "去年上映了多少部日语片？", "How many Japanese-language films came out last year?",
        "SELECT COUNT(*) FROM films WHERE language = 'Japanese' AND year(released) = '2023'", today="2024-11-30"),
    ask(28, "ties", "得奖最多的电影有哪些，并列的都列出来", "Which films have won the most awards? List all if tied.",
        "SELECT title FROM films WHERE awards = (SELECT MAX(awards) FROM films)"),
    refuse(29, "missing", "女主角是谁演的？", "Who played the lead role in each film?"),
    refuse(30, "missing", "流媒体播放量最高的是哪部？", "Which film has the most streaming views?"),
    refuse(31, "opinion", "哪部电影的结局最感人？", "Which film has the most moving ending?"),
    refuse(32, "forecast", "下一部Daniel Reyes的电影票房会有多少？", "How much will the next Daniel Reyes film gross?"),
    refuse(33, "contradiction", "片长不到90分钟又超过150分钟的电影有几部？", "How many films are shorter than 90 minutes and longer than 150 minutes?"),
    refuse(34, "cause", "恐怖片票房下滑是什么原因？", "What caused the drop in horror film takings?"),
    refuse(35, "missing", "哪些电影是根据小说改编的？", "Which of the films are based on a novel?"),
]

FILE = File("films.csv", [SHEET], QUESTIONS)
