"""A workbook of two sheets that share Architect_ID: architects, and the buildings they designed."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, itself

PEOPLE = [
    ("Ingrid Solheim", "Norwegian", "Female"), ("Marco Tedesco", "Italian", "Male"), ("Haruto Ishii", "Japanese", "Male"), ("Clara Whitfield", "British", "Female"),
    ("Rafael Quintero", "Spanish", "Male"), ("Naomi Fujita", "Japanese", "Female"), ("Peter Ashdown", "British", "Male"), ("Giulia Ferrante", "Italian", "Female"),
    ("Lars Nygaard", "Norwegian", "Male"), ("Daniel Brooke", "American", "Male"), ("Susan Alder", "American", "Female"), ("Kenzo Arai", "Japanese", "Male"),
    ("Helen Marsh", "American", "Female"), ("Victor Salas", "Spanish", "Male"), ("Ryan Caldwell", "American", "Male"), ("Yuki Morita", "Japanese", "Female"),
]  # fmt: skip
BUILDINGS = [
    "Fjord Tower", "Palazzo Nuovo", "Harbor Exchange", "Maple Court", "Glass Pavilion", "Civic Hall", "Meridian One", "Sakura Center", "Granary Lofts", "Opera Verde",
    "Summit House", "Riverside Library", "Torre Azul", "Station Quarter", "Lantern Museum", "Crescent Plaza", "Northlight Studios", "Pier 12", "Union Terrace",
    "Kestrel House", "Aurora Hotel", "Bridgegate", "Cedar Hall", "Domo Arena", "Elm Street Court", "Foundry Works", "Garden Spire", "Hillside Clinic", "Island Tower", "Jubilee Hall",
]  # fmt: skip


def people():
    random = Random("architects 1")
    years = random.sample(range(1938, 1986), len(PEOPLE))
    awards = random.sample(range(0, 31), len(PEOPLE))
    return [(number + 1, name, nation, years[number], sex, awards[number]) for number, (name, nation, sex) in enumerate(PEOPLE)]


def buildings():
    random = Random("buildings 1")
    heights = random.sample(range(90, 3400), len(BUILDINGS))
    costs = random.sample(range(35, 9800), len(BUILDINGS))
    rows = []
    for number, name in enumerate(BUILDINGS):
        height = heights[number] / 10
        rows.append((
            2001 + number, name, random.choices(range(1, 15), weights=[7, 2, 5, 2, 1, 3, 1, 2, 1, 4, 1, 2, 1, 1])[0],
            random.choices(["Oslo", "Milan", "Tokyo", "London", "Chicago", "Madrid"], weights=[6, 3, 6, 4, 7, 2])[0], random.randint(1978, 2022),
            max(1, int(height / random.uniform(3.4, 4.6))), height, costs[number] / 10,
            random.choices(["Office", "Residential", "Culture", "Hotel", "Mixed"], weights=[7, 6, 5, 2, 3])[0], None if random.random() < 0.25 else random.choice([1, 0]),
        ))  # fmt: skip
    return rows


ARCHITECTS = Sheet(
    name="architects",
    title="Architects",
    columns=[
        Column("id", "INTEGER", "Architect_ID", itself),
        Column("name", "TEXT", "Name"),
        Column("nation", "TEXT", "Nationality"),
        Column("born", "INTEGER", "Birth_Year", itself),
        Column("gender", "TEXT", "Gender"),
        Column("awards", "INTEGER", "Num_of_Awards", itself),
    ],
    rows=people(),
)
WORKS = Sheet(
    name="buildings",
    title="Buildings",
    columns=[
        Column("id", "INTEGER", "Building_ID", itself),
        Column("name", "TEXT", "Building_Name"),
        Column("architect", "INTEGER", "Architect_ID", itself),
        Column("city", "TEXT", "City"),
        Column("completed", "INTEGER", "Year_Completed", itself),
        Column("floors", "INTEGER", "Num_of_Floors", itself),
        Column("height", "REAL", "Height_m", itself),
        Column("cost", "REAL", "Cost_Mil", itself),
        Column("type", "TEXT", "Use_Type"),
        Column("certified", "INTEGER", "Green_Certified", itself),
    ],
    rows=buildings(),
)

QUESTIONS = [
    ask(1, "count", "有多少位建筑师？", "How many architects are there?", "SELECT COUNT(*) FROM architects"),
    ask(2, "order", "列出所有建筑师的姓名和国籍，按出生年份排序。", "List the names and nationalities of all architects, ordered by birth year.",
        "SELECT name, nation FROM architects ORDER BY born", ordered=True),
    ask(3, "superlative", "获奖最多的建筑师是谁？", "Who is the architect with the most awards?", "SELECT name FROM architects ORDER BY awards DESC LIMIT 1"),
    ask(4, "filter", "有多少位女建筑师是日本国籍？", "How many female architects have Japanese nationality?", "SELECT COUNT(*) FROM architects WHERE gender = 'Female' AND nation = 'Japanese'"),
    ask(5, "group", "每个国籍的建筑师的平均获奖数是多少？", "What is the average number of awards of the architects of each nationality?", "SELECT nation, AVG(awards) FROM architects GROUP BY nation"),
    ask(6, "count", "一共有多少栋建筑？", "How many buildings are there?", "SELECT COUNT(*) FROM buildings"),
    ask(7, "filter", "东京的建筑名称有哪些？", "What are the names of the buildings in Tokyo?", "SELECT name FROM buildings WHERE city = 'Tokyo'"),
    ask(8, "superlative", "最高的建筑的名称和所在城市是什么？", "What are the name and the city of the tallest building?", "SELECT name, city FROM buildings ORDER BY height DESC LIMIT 1"),
    ask(9, "average", "办公建筑的平均楼层数是多少？", "What is the average number of floors of the office buildings?", "SELECT AVG(floors) FROM buildings WHERE type = 'Office'"),
    ask(10, "join", "Fjord Tower的建筑师叫什么名字？", "What is the name of the architect of Fjord Tower?",
        "SELECT a.name FROM buildings b JOIN architects a ON a.id = b.architect WHERE b.name = 'Fjord Tower'"),
    ask(11, "join", "每位建筑师设计了多少栋建筑？显示姓名和数量。", "Show the name of each architect and the number of buildings he or she designed.",
        "SELECT a.name, COUNT(*) FROM buildings b JOIN architects a ON a.id = b.architect GROUP BY a.id"),
    ask(12, "join", "没有设计任何建筑的建筑师叫什么名字？", "What are the names of the architects who have not designed any building?",
        "SELECT name FROM architects WHERE id NOT IN (SELECT architect FROM buildings)"),
    ask(13, "join", "设计了至少三栋建筑的建筑师有哪些？", "Which architects designed at least three buildings?",
        "SELECT a.name FROM buildings b JOIN architects a ON a.id = b.architect GROUP BY a.id HAVING COUNT(*) >= 3"),
    ask(14, "join", "日本建筑师设计的建筑的名称是什么？", "What are the names of the buildings designed by Japanese architects?",
        "SELECT b.name FROM buildings b JOIN architects a ON a.id = b.architect WHERE a.nation = 'Japanese'"),
    ask(15, "having", "拥有五栋以上（含五栋）建筑的城市有哪些？", "Which cities have five or more buildings?", "SELECT city FROM buildings GROUP BY city HAVING COUNT(*) >= 5"),
    ask(16, "compare", "造价高于平均造价的建筑有哪些？", "Which buildings cost more than the average?", "SELECT name FROM buildings WHERE cost > (SELECT AVG(cost) FROM buildings)"),
    ask(17, "filter", "2000年到2010年间建成或高度超过200米的建筑有多少栋？", "How many buildings were completed between 2000 and 2010 or are taller than 200 meters?",
        "SELECT COUNT(*) FROM buildings WHERE completed BETWEEN 2000 AND 2010 OR height > 200"),
    ask(18, "distinct", "建筑有哪些不同的用途类型？", "What are the different use types of the buildings?", "SELECT DISTINCT type FROM buildings"),
    ask(19, "group", "每个城市中最高建筑的高度是多少？", "What is the height of the tallest building in each city?", "SELECT city, MAX(height) FROM buildings GROUP BY city"),
    ask(20, "filter", "获得绿色认证的住宅建筑有几栋？", "How many residential buildings are green certified?", "SELECT COUNT(*) FROM buildings WHERE type = 'Residential' AND certified = 1"),
    ask(21, "join", "女建筑师设计的建筑的总造价是多少？", "What is the total cost of the buildings designed by female architects?",
        "SELECT SUM(b.cost) FROM buildings b JOIN architects a ON a.id = b.architect WHERE a.gender = 'Female'"),
    ask(22, "filter", "哪些建筑师不是美国人？", "Which architects are not American?", "SELECT name FROM architects WHERE nation <> 'American'"),
    refuse(23, "missing", "哪栋建筑的租金最贵？", "Which building has the most expensive rent?"),
    refuse(24, "missing", "建筑师们毕业于哪些大学？", "Which universities did the architects graduate from?"),
    refuse(25, "opinion", "哪栋建筑最漂亮？", "Which building is the most beautiful?"),
]

FILE = File("architects.xlsx", [ARCHITECTS, WORKS], QUESTIONS)
