"""Pets at a vet's and their owners in a clean workbook: CamelCase headers, two sheets joined by OwnerID, missing breeds."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either, itself

SPECIES = {
    "Dog": (14.0, ["Beagle", "Labrador", "Poodle", "Corgi", None]), "Cat": (4.3, ["Siamese", "Ragdoll", "Maine Coon", None, None]),
    "Rabbit": (1.9, ["Lop", "Dutch", None]), "Parrot": (0.4, ["Cockatiel", "Macaw"]), "Hamster": (0.12, [None]),
}
NAMES = ["Biscuit", "Luna", "Coco", "Ziggy", "Pepper", "Mochi", "Rex", "Daisy", "Oscar", "Nala", "Toby", "Willow", "Simba", "Hazel",
         "Gus", "Olive", "Milo", "Ruby", "Bruno", "Kiwi", "Maple", "Archie", "Poppy", "Ink", "Pretzel", "Juniper", "Tank", "Sushi"]
OWNERS = [
    ("Grace Holloway", "Portland"), ("Ben Adeyemi", "Salem"), ("Nina Castellano", "Portland"), ("Oliver Stroud", "Eugene"), ("Mei Tan", "Portland"),
    ("Hector Vidal", "Salem"), ("Ruth Abernathy", "Bend"), ("Jonas Falk", "Eugene"), ("Priya Raman", "Portland"), ("Kyle Osborne", "Bend"),
    ("Alicia Moreau", "Salem"), ("Derek Winters", "Portland"), ("Fatima Noor", "Eugene"), ("Sean Gallagher", "Portland"), ("Tara Jennings", "Medford"),
    ("Igor Petrenko", "Salem"), ("Yuki Arai", "Portland"), ("Claudia Ferro", "Eugene"), ("Marcus Bell", "Medford"), ("Hannah Lindgren", "Bend"),
    ("Dev Kapoor", "Portland"), ("Rosa Pinto", "Salem"), ("Walter Kinsey", "Eugene"), ("Leah Brody", "Portland"), ("Amos Tremblay", "Medford"),
]


def owners():
    random = Random("owners")
    return [(501 + at, name, city, random.randint(21, 78), date(2016, 1, 10) + timedelta(days=random.randint(0, 2900)))
            for at, (name, city) in enumerate(OWNERS)]


def pets():
    random = Random("pets 1")
    rows = []
    for number in range(90):
        kind = random.choices(list(SPECIES), weights=[11, 10, 4, 2, 2])[0]
        typical, breeds = SPECIES[kind]
        born = date(2010, 2, 1) + timedelta(days=int(5000 * random.random() ** 0.7))
        visit = None if random.random() < 0.07 else date(2023, 1, 9) + timedelta(days=random.randint(0, 640))
        rows.append((f"P-{number + 1:03d}", NAMES[number % 28] + ("" if number < 28 else " II" if number < 56 else " III" if number < 84 else " IV"),
                     kind, random.choice(breeds), random.choice(["F", "M"]), born, round(typical * random.uniform(0.5, 1.9), 2),
                     min(525, 501 + int(random.expovariate(0.09))), random.random() < 0.74, visit, random.choice([0, 0, 45, 60, 85, 110, 140, 220, 310.5])))
    return rows


PETS = Sheet(
    name="pets",
    title="Pets",
    columns=[
        Column("pet_id", "TEXT", "PetID"),
        Column("pet_name", "TEXT", "PetName"),
        Column("species", "TEXT", "Species"),
        Column("breed", "TEXT", "Breed"),
        Column("sex", "TEXT", "Sex"),
        Column("born", "TEXT", "BirthDate", itself),
        Column("weight", "REAL", "WeightKg", itself),
        Column("owner_id", "INTEGER", "OwnerID", itself),
        Column("vaccinated", "INTEGER", "Vaccinated", either("TRUE", "FALSE")),
        Column("last_visit", "TEXT", "LastVisit", itself),
        Column("bill", "REAL", "OutstandingBill", itself),
    ],
    rows=pets(),
)
PEOPLE = Sheet(
    name="owners",
    title="Owners",
    columns=[
        Column("owner_id", "INTEGER", "OwnerID", itself),
        Column("owner_name", "TEXT", "OwnerName"),
        Column("city", "TEXT", "City"),
        Column("age", "INTEGER", "OwnerAge", itself),
        Column("since", "TEXT", "ClientSince", itself),
    ],
    rows=owners(),
)

QUESTIONS = [
    ask(1, "filter", "有多少只猫？", "How many cats are there?", "SELECT COUNT(*) FROM pets WHERE species = 'Cat'"),
    ask(2, "group", "各种动物各有几只？", "How many pets are there of each species?", "SELECT species, COUNT(*) FROM pets GROUP BY species"),
    ask(3, "superlative", "最重的宠物叫什么名字？", "What's the heaviest pet called?", "SELECT pet_name FROM pets ORDER BY weight DESC LIMIT 1"),
    ask(4, "average", "狗的平均体重是多少公斤？", "How heavy is a dog on average?", "SELECT AVG(weight) FROM pets WHERE species = 'Dog'"),
    ask(5, "filter", "还没打疫苗的狗有几只？", "How many dogs haven't been vaccinated?",
        "SELECT COUNT(*) FROM pets WHERE species = 'Dog' AND vaccinated = 0"),
    ask(6, "measures", "猫里面最轻和最重的各有多重？", "Smallest and largest weight among the cats",
        "SELECT MIN(weight), MAX(weight) FROM pets WHERE species = 'Cat'"),
    ask(7, "superlative", "年龄最小的宠物叫什么？", "What is the name of the youngest pet?", "SELECT pet_name FROM pets ORDER BY born DESC LIMIT 1"),
    ask(8, "list", "兔子的名字和体重，麻烦列一下", "Could you list the rabbits with their names and weights?",
        "SELECT pet_name, weight FROM pets WHERE species = 'Rabbit'"),
    ask(9, "filter", "品种不明的宠物有多少只？", "How many pets have no breed on record?", "SELECT COUNT(*) FROM pets WHERE breed IS NULL"),
    ask(10, "time", "2020年出生的宠物有几只？", "How many of the pets were born in 2020?", "SELECT COUNT(*) FROM pets WHERE year(born) = '2020'"),
    ask(11, "time", "2024年第一季度最后一次就诊的宠物有几只？", "How many pets had their last visit in the first quarter of 2024?",
        "SELECT COUNT(*) FROM pets WHERE quarter(last_visit) = '2024-Q1'"),
    ask(12, "sum", "未付账单一共多少钱？", "How much money is outstanding in total?", "SELECT SUM(bill) FROM pets"),
    ask(13, "share", "打过疫苗的占百分之几？", "what % of pets are vaccinated", "SELECT 100.0 * SUM(vaccinated) / COUNT(*) FROM pets", percent=True),
    ask(14, "group", "按物种和性别数一下有多少只", "Pets by species and sex", "SELECT species, sex, COUNT(*) FROM pets GROUP BY species, sex"),
    ask(15, "filter", "母猫有几只？", "How many female cats?", "SELECT COUNT(*) FROM pets WHERE species = 'Cat' AND sex = 'F'"),
    ask(16, "distinct", "诊所里的狗有哪些品种？", "What dog breeds are there?",
        "SELECT DISTINCT breed FROM pets WHERE species = 'Dog' AND breed IS NOT NULL"),
    ask(17, "compare", "比平均体重还重的狗有几只？（和狗的平均体重比）", "How many dogs weigh more than the average dog?",
        "SELECT COUNT(*) FROM pets WHERE species = 'Dog' AND weight > (SELECT AVG(weight) FROM pets WHERE species = 'Dog')"),
    ask(18, "join", "住在波特兰的主人一共养了多少只宠物？", "How many pets belong to owners who live in Portland?",
        "SELECT COUNT(*) FROM pets JOIN owners USING (owner_id) WHERE city = 'Portland'"),
    ask(19, "join", "谁养的宠物最多？", "Which owner has the most pets?",
        "SELECT owner_name FROM pets JOIN owners USING (owner_id) GROUP BY owner_id ORDER BY COUNT(*) DESC LIMIT 1"),
    ask(20, "join", "各城市主人的未付账单合计", "Total outstanding bill by the owner's city",
        "SELECT city, SUM(bill) FROM pets JOIN owners USING (owner_id) GROUP BY city"),
    ask(21, "join", "Grace Holloway养了哪些宠物？给出名字", "Names of Grace Holloway's pets",
        "SELECT pet_name FROM pets JOIN owners USING (owner_id) WHERE owner_name = 'Grace Holloway'"),
    ask(22, "average", "主人平均多大年纪？", "How old are the owners on average?", "SELECT AVG(age) FROM owners"),
    ask(23, "filter", "三十岁以下（不含30岁）的主人有几位？", "How many owners are younger than 30?", "SELECT COUNT(*) FROM owners WHERE age < 30"),
    ask(24, "order", "按成为客户的时间先后列出尤金（Eugene）的主人姓名", "Owners in Eugene, from the longest-standing client to the newest",
        "SELECT owner_name FROM owners WHERE city = 'Eugene' ORDER BY since", ordered=True),
    ask(25, "having", "哪些品种至少有5只？", "Which breeds occur at least 5 times?",
        "SELECT breed FROM pets WHERE breed IS NOT NULL GROUP BY breed HAVING COUNT(*) >= 5"),
    ask(26, "filter", "体重10到20公斤的比格犬有几只？", "How many beagles weigh between 10 and 20 kg?",
        "SELECT COUNT(*) FROM pets WHERE breed = 'Beagle' AND weight BETWEEN 10 AND 20"),
    ask(27, "relative", "上个月来看过诊（最后一次就诊）的宠物有几只？", "How many pets had their last visit last month?",
        "SELECT COUNT(*) FROM pets WHERE month(last_visit) = '2024-09'", today="2024-10-18"),
    ask(34, "list", "还欠着200块以上（超过200）账单的宠物叫什么，是什么动物？", "Name and species of every pet that owes more than 200",
        "SELECT pet_name, species FROM pets WHERE bill > 200"),
    refuse(28, "missing", "哪些宠物做过绝育手术？", "Which pets have been neutered?"),
    refuse(29, "missing", "黑色的猫有几只？", "How many black cats are there?"),
    refuse(30, "missing", "宠物每天平均吃多少粮？", "How much food does a pet eat per day on average?"),
    refuse(31, "opinion", "哪只宠物最可爱？", "Which pet is the cutest?"),
    refuse(32, "contradiction", "既是狗又是猫的宠物有几只？", "How many pets are both a dog and a cat?"),
    refuse(33, "cause", "狗为什么比以前胖了？", "Why have the dogs put on weight?"),
]

FILE = File("PetClinic.xlsx", [PETS, PEOPLE], QUESTIONS)
