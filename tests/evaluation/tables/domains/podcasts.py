"""Podcasts with capitals and underscores: averages and counts abbreviated, listeners in thousands, T and F."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet

TITLES = [
    "Night Shift Stories", "The Long Answer", "Bread and Butter", "Cold Cases Warm Tea", "Orbit Talk", "Small Town Secrets", "La Hora Azul", "Money for Breakfast",
    "Garten und Gabel", "The Sleepy Historian", "Code Review", "Voces del Sur", "Half Time", "Quantum Kitchen", "Letters to Nobody", "Feierabend", "Run Slow",
    "Deep Field", "The Third Act", "Mitos y Leyendas", "Deadline", "Parents Anonymous", "Le Petit Micro", "Second Language", "Zeitgeister", "Overtime Zone",
    "Bones of Empire", "The Honest Chef", "Trail Mix", "Radio Pampa", "Curious Numbers", "Nachtgedanken", "The Referee", "Wild Lines", "Cafe Debate", "Plot Holes",
]  # fmt: skip
HOSTS = ["Mia Torres", "Jonas Keller", "Grace Oduya", "Ben Whitlock", "Sofia Marin", "Theo Laurent", "Amy Chen", "Ravi Nair", "Lucy Park", "Hugo Stein"]


def build():
    random = Random("podcasts 3")
    episodes = random.sample(range(12, 640), len(TITLES))
    listeners = random.sample(range(3, 4200), len(TITLES))
    ratings = random.sample(range(250, 500), len(TITLES))
    lengths = random.sample(range(110, 980), len(TITLES))
    rows = []
    for number, title in enumerate(TITLES):
        rows.append((
            500 + number, title, random.choice(HOSTS), random.choices(["English", "Spanish", "German", "French"], weights=[14, 7, 6, 3])[0],
            random.choices(["True Crime", "History", "Sports", "Science", "Food", "Business"], weights=[8, 6, 5, 5, 4, 3])[0], episodes[number], lengths[number] / 10,
            random.randint(2008, 2023), listeners[number], random.choice("TFFF"), ratings[number] / 100, random.choice([None, "Wavelet", "Wavelet", "Audiohaus", "Parrot", "Parrot"]),
        ))  # fmt: skip
    return rows


SHEET = Sheet(
    name="podcasts",
    columns=[
        Column("id", "INTEGER", "Podcast_ID"),
        Column("title", "TEXT", "Title"),
        Column("host", "TEXT", "Host_Name"),
        Column("language", "TEXT", "Language"),
        Column("category", "TEXT", "Category"),
        Column("episodes", "INTEGER", "Num_of_Episodes"),
        Column("length", "REAL", "Ave_Length_Min"),
        Column("launched", "INTEGER", "Launch_Year"),
        Column("listeners", "INTEGER", "Monthly_Listeners_k"),
        Column("explicit", "TEXT", "Explicit"),
        Column("rating", "REAL", "Rating"),
        Column("network", "TEXT", "Network"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "list", "每个播客的标题、语言和评分是什么？", "What are the title, language and rating of each podcast?", "SELECT title, language, rating FROM podcasts"),
    ask(2, "filter", "德语播客有多少个？", "How many German podcasts are there?", "SELECT COUNT(*) FROM podcasts WHERE language = 'German'"),
    ask(3, "superlative", "集数最多的播客是哪个？", "Which podcast has the most episodes?", "SELECT title FROM podcasts ORDER BY episodes DESC LIMIT 1"),
    ask(4, "group", "显示不同的语言以及每种语言的播客数量。", "Show the different languages and the number of podcasts in each.", "SELECT language, COUNT(*) FROM podcasts GROUP BY language"),
    ask(5, "superlative", "最不常见的语言是什么？", "What is the least common language?", "SELECT language FROM podcasts GROUP BY language ORDER BY COUNT(*) LIMIT 1"),
    ask(6, "average", "历史类播客的平均集数是多少？", "What is the average number of episodes of the history podcasts?", "SELECT AVG(episodes) FROM podcasts WHERE category = 'History'"),
    ask(7, "filter", "类别为体育或美食的播客的标题和主持人姓名是什么？", "What are the titles and host names of the podcasts in the sports or food category?",
        "SELECT title, host FROM podcasts WHERE category IN ('Sports', 'Food')"),
    ask(8, "order", "按每月听众数从高到低列出英语播客的标题。", "List the titles of the English podcasts by monthly listeners, from the most to the fewest.",
        "SELECT title FROM podcasts WHERE language = 'English' ORDER BY listeners DESC", ordered=True),
    ask(9, "filter", "不含露骨内容的播客有多少个？", "How many podcasts are not explicit?", "SELECT COUNT(*) FROM podcasts WHERE explicit = 'F'"),
    ask(10, "having", "主持至少四个播客的主持人叫什么名字？", "What are the names of the hosts who host at least four podcasts?", "SELECT host FROM podcasts GROUP BY host HAVING COUNT(*) >= 4"),
    ask(11, "sum", "2015年推出的播客的总集数是多少？", "What is the total number of episodes of the podcasts launched in 2015?", "SELECT SUM(episodes) FROM podcasts WHERE launched = 2015"),
    ask(12, "compare", "评分高于所有播客平均评分的播客有哪些？", "Which podcasts have a rating higher than the average rating of all podcasts?",
        "SELECT title FROM podcasts WHERE rating > (SELECT AVG(rating) FROM podcasts)"),
    ask(13, "filter", "哪些播客不属于任何网络？", "Which podcasts do not belong to any network?", "SELECT title FROM podcasts WHERE network IS NULL"),
    ask(14, "measures", "播客的平均时长和最长时长是多少？", "What are the mean and the greatest average length of the podcasts?", "SELECT AVG(length), MAX(length) FROM podcasts"),
    ask(15, "superlative", "哪个类别的每月听众总数最多？", "Which category has the highest total number of monthly listeners?",
        "SELECT category FROM podcasts GROUP BY category ORDER BY SUM(listeners) DESC LIMIT 1"),
    ask(16, "distinct", "列出主持人的不同姓名。", "List the distinct names of the hosts.", "SELECT DISTINCT host FROM podcasts"),
    ask(17, "filter", "集数超过200且评分低于3.5的播客的ID是什么？", "What are the ids of the podcasts with more than 200 episodes and a rating below 3.5?",
        "SELECT id FROM podcasts WHERE episodes > 200 AND rating < 3.5"),
    ask(18, "filter", "推出年份在2012到2016之间的播客有多少个？", "How many podcasts were launched between 2012 and 2016?", "SELECT COUNT(*) FROM podcasts WHERE launched BETWEEN 2012 AND 2016"),
    ask(19, "superlative", "西班牙语播客中评分最低的是哪个，由谁主持？", "Which Spanish podcast has the lowest rating, and who hosts it?",
        "SELECT title, host FROM podcasts WHERE language = 'Spanish' ORDER BY rating LIMIT 1"),
    ask(20, "group", "每个网络的播客的最高评分和最低评分分别是多少？", "What are the highest and the lowest rating of the podcasts of each network?",
        "SELECT network, MAX(rating), MIN(rating) FROM podcasts WHERE network IS NOT NULL GROUP BY network"),
    ask(21, "share", "英语播客占所有播客的百分比是多少？", "What percentage of all podcasts are in English?",
        "SELECT 100.0 * SUM(language = 'English') / COUNT(*) FROM podcasts", percent=True),
    refuse(22, "missing", "哪个播客的广告收入最高？", "Which podcast has the highest advertising revenue?"),
    refuse(23, "opinion", "哪个播客最值得一听？", "Which podcast is most worth listening to?"),
    refuse(24, "missing", "主持人的平均年龄是多少？", "What is the average age of the hosts?"),
]

FILE = File("podcasts.csv", [SHEET], QUESTIONS)
