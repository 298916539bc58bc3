"""A zoo with headers like FullName and WeightKg: two sheets joined by the keeper's id."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, itself

KEEPERS = ["Amara Lindqvist", "Boris Tanaka", "Celia Ortega", "Dmitri Okafor", "Elena Marsh", "Farid Noble", "Greta Sandoval", "Hugo Whitfield", "Ines Kowalski", "Jasper Romero", "Kiri Valdez", "Leo Brandt", "Mona Castellan", "Nils Abbott", "Oona Farrell"]  # fmt: skip
SPECIES = {"African Lion": "Carnivore", "Giraffe": "Herbivore", "Grizzly Bear": "Omnivore", "Zebra": "Herbivore", "Snow Leopard": "Carnivore", "Red Panda": "Omnivore", "Tapir": "Herbivore", "Meerkat": "Carnivore"}
ENDANGERED = {"Snow Leopard", "Red Panda", "Tapir"}
ANIMALS = ["Simba", "Nala", "Twiga", "Bruno", "Stripes", "Misha", "Rusty", "Coco", "Timon", "Zuri", "Koda", "Sasha", "Pepper", "Duma", "Olive", "Bamboo", "Ginger", "Tara", "Rocky", "Willow", "Jabari", "Kibo", "Luna", "Max", "Nia", "Otto", "Pip", "Queenie", "Rafiki", "Sable", "Tembo", "Umber", "Vesta", "Winnie", "Xena", "Yoshi", "Zane", "Ziggy"]  # fmt: skip


def keepers():
    random = Random("keepers 4")
    wages = random.sample(range(1550, 3400), 15)
    days = random.sample(range(0, 5600), 15)
    sections = ["Savanna", "Forest", "Mountain", "Night House"]
    return [
        (number * 4 + 101, name, random.choices(sections, weights=[6, 4, 3, 2])[0], (date(2008, 3, 3) + timedelta(days=days[number])).isoformat(), wages[number] / 100, random.randint(1, 28))
        for number, name in enumerate(KEEPERS)
    ]


def animals(staff):
    random = Random("animals 8")
    weights = random.sample(range(9, 9500), 38)
    rows = []
    for number, name in enumerate(ANIMALS):
        species = random.choice(list(SPECIES))
        rows.append((
            f"A{number + 1:03d}", name, species, SPECIES[species], random.randint(1999, 2022), weights[number] / 10, random.choice(staff[:11])[0] if random.random() < 0.92 else None,
            random.choice(["Born in zoo", "Wild", "Transferred"]), species in ENDANGERED,
        ))  # fmt: skip
    return rows


STAFF = keepers()
KEPT = animals(STAFF)
STAFF_SHEET = Sheet(
    name="keepers",
    title="Keepers",
    columns=[
        Column("keeper_id", "INTEGER", "KeeperId", itself),
        Column("name", "TEXT", "FullName"),
        Column("section", "TEXT", "Section"),
        Column("hired", "TEXT", "HireDate", date.fromisoformat),
        Column("wage", "REAL", "HourlyWage", itself),
        Column("experience", "INTEGER", "YearsExperience", itself),
    ],
    rows=STAFF,
)
ANIMAL_SHEET = Sheet(
    name="animals",
    title="Animals",
    columns=[
        Column("animal_id", "TEXT", "AnimalId"),
        Column("name", "TEXT", "AnimalName"),
        Column("species", "TEXT", "Species"),
        Column("diet", "TEXT", "Diet"),
        Column("born", "INTEGER", "BirthYear", itself),
        Column("weight", "REAL", "WeightKg", itself),
        Column("keeper_id", "INTEGER", "KeeperId", itself),
        Column("origin", "TEXT", "Origin"),
        Column("endangered", "INTEGER", "Endangered", either("Yes", "No")),
    ],
    rows=KEPT,
)
JOINED = "animals a JOIN keepers k ON a.keeper_id = k.keeper_id"

QUESTIONS = [
    ask(1, "count", "动物园里一共有多少只动物？", "How many animals are there?", "SELECT COUNT(*) FROM animals"),
    ask(2, "list", "所有饲养员的姓名和雇用日期分别是什么？", "What are the names and hire dates of all keepers?", "SELECT name, hired FROM keepers"),
    ask(3, "join", "哪些饲养员没有照顾任何动物？", "Which keepers have no animals?", "SELECT name FROM keepers WHERE keeper_id NOT IN (SELECT keeper_id FROM animals WHERE keeper_id IS NOT NULL)"),
    ask(4, "superlative", "体重最重的动物叫什么名字？", "What is the name of the heaviest animal?", "SELECT name FROM animals ORDER BY weight DESC LIMIT 1"),
    ask(5, "group", "每个物种各有多少只？", "How many animals are there of each species?", "SELECT species, COUNT(*) FROM animals GROUP BY species"),
    ask(6, "filter", "有多少只食肉动物？", "How many animals are carnivores?", "SELECT COUNT(*) FROM animals WHERE diet = 'Carnivore'"),
    ask(7, "join", "每位饲养员照顾多少只动物？给出姓名和数量。", "How many animals does each keeper look after? Give the name and the number.", f"SELECT k.name, COUNT(*) FROM {JOINED} GROUP BY k.name"),
    ask(8, "join", "至少照顾五只动物的饲养员的姓名是什么？", "What are the names of the keepers with at least five animals?", f"SELECT k.name FROM {JOINED} GROUP BY k.name HAVING COUNT(*) >= 5"),
    ask(9, "average", "濒危动物的平均体重是多少？", "What is the average weight of the endangered animals?", "SELECT AVG(weight) FROM animals WHERE endangered = 1"),
    ask(10, "filter", "2010年之后出生的动物有哪些？", "Which animals were born after 2010?", "SELECT name FROM animals WHERE born > 2010"),
    ask(11, "superlative", "时薪最高的饲养员是谁，在哪个区工作？", "Who is the keeper with the highest hourly wage, and in which section?", "SELECT name, section FROM keepers ORDER BY wage DESC LIMIT 1"),
    ask(12, "filter", "工作经验少于10年的饲养员有几位？", "How many keepers have less than 10 years of experience?", "SELECT COUNT(*) FROM keepers WHERE experience < 10"),
    ask(13, "group", "每种饮食类型的最大体重和最小体重是多少？", "What are the maximum and the minimum weight for each diet?", "SELECT diet, MAX(weight), MIN(weight) FROM animals GROUP BY diet"),
    ask(14, "join", "照顾 Koda 的饲养员叫什么？", "What is the name of the keeper of Koda?", f"SELECT k.name FROM {JOINED} WHERE a.name = 'Koda'"),
    ask(15, "distinct", "有多少个不同的物种？", "How many different species are there?", "SELECT COUNT(DISTINCT species) FROM animals"),
    ask(16, "order", "按时薪从低到高列出饲养员的姓名。", "List the names of the keepers in ascending order of hourly wage.", "SELECT name FROM keepers ORDER BY wage", ordered=True),
    ask(17, "filter", "来源不是野生（Wild）的长颈鹿有几只？", "How many giraffes are not from the wild?", "SELECT COUNT(*) FROM animals WHERE species = 'Giraffe' AND origin <> 'Wild'"),
    ask(18, "filter", "体重超过平均体重的动物有多少只？", "How many animals weigh more than the average?", "SELECT COUNT(*) FROM animals WHERE weight > (SELECT AVG(weight) FROM animals)"),
    ask(19, "join", "Savanna 区的饲养员照顾的动物平均体重是多少？", "What is the average weight of the animals whose keepers work in the Savanna section?", f"SELECT AVG(weight) FROM {JOINED} WHERE section = 'Savanna'"),
    ask(20, "filter", "没有饲养员的动物有哪些？", "Which animals have no keeper?", "SELECT name FROM animals WHERE keeper_id IS NULL"),
    ask(21, "filter", "名字中包含字母“ie”的动物有哪些？", "Which animals have “ie” in their name?", "SELECT name FROM animals WHERE name LIKE '%ie%'"),
    ask(22, "time", "2015年到2020年之间雇用了多少名饲养员？", "How many keepers were hired between 2015 and 2020?", "SELECT COUNT(*) FROM keepers WHERE year(hired) BETWEEN '2015' AND '2020'"),
    refuse(23, "missing", "哪只动物吃得最多？", "Which animal eats the most food?"),
    refuse(24, "opinion", "最可爱的动物是哪一只？", "Which animal is the cutest?"),
    refuse(25, "missing", "周一值班的饲养员有谁？", "Which keepers are on duty on Mondays?"),
]  # fmt: skip

FILE = File("zoo.xlsx", [STAFF_SHEET, ANIMAL_SHEET], QUESTIONS)
