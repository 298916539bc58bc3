"""Power plants as clean CSV: capacity in MW, output of two years in separate columns, CO2, plants that are retired or being built."""

from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

FUELS = {"Coal": (820, 0.55, 0.95), "Gas": (460, 0.42, 0.41), "Hydro": (310, 0.4, 0), "Nuclear": (1400, 0.86, 0), "Wind": (110, 0.31, 0),
         "Solar": (65, 0.17, 0), "Biomass": (45, 0.6, 0.08)}
COUNTRIES = {"Germany": 8, "Spain": 6, "France": 5, "Poland": 5, "Norway": 4, "Italy": 4, "Turkey": 3, "Netherlands": 3}
OWNERS = ["Helios Power", "Nordstrom Energi", "Voltara", "Cascade Utilities", "EuroGrid", "Blackwater Energy"]
PLACES = ["Aldermoor", "Bergsee", "Castell", "Drava", "Eikdal", "Fontana", "Grimsby Flats", "Halden", "Isola", "Jastrow", "Kestrel Ridge", "Lagona",
          "Montblau", "Nieuwland", "Ortega", "Pinewood", "Quarry Hill", "Rocamar", "Steinau", "Tarsus", "Ulm Valley", "Valdoro", "Westerkamp", "Zielona"]


def build():
    random = Random("plants 4")
    rows = []
    for number in range(152):
        fuel = random.choices(list(FUELS), weights=[4, 6, 5, 1.4, 7, 6, 2])[0]
        typical, load, carbon = FUELS[fuel]
        capacity = round(typical * random.lognormvariate(0, 0.55), 1)
        built = random.randint(1958, 1998) if fuel in ("Coal", "Hydro", "Nuclear") else random.randint(1994, 2022)
        state = random.choices(["operating", "retired", "under construction"], weights=[12, 2 if built < 1990 else 0.3, 1])[0]
        early = late = None
        if state == "operating":
            early = round(capacity * 8.76 * load * random.uniform(0.75, 1.15), 1)
            late = round(early * random.gauss(0.86 if fuel == "Coal" else 1.05, 0.09), 1)
        rows.append((f"{PLACES[number % 24]} {['I', 'II', 'III', 'IV', 'V', 'VI', 'VII'][number // 24]}",
                     random.choices(list(COUNTRIES), weights=list(COUNTRIES.values()))[0], fuel, capacity,
                     None if state == "under construction" else built, random.choice(OWNERS), state, early, late,
                     round(late * carbon * random.uniform(0.92, 1.08), 1) if late is not None else None, int(4 + capacity * random.uniform(0.15, 0.6)),
                     fuel in ("Hydro", "Wind", "Solar", "Biomass")))
    return rows


SHEET = Sheet(
    name="power_plants",
    columns=[
        Column("plant", "TEXT", "plant_name"),
        Column("country", "TEXT", "country"),
        Column("fuel", "TEXT", "primary_fuel"),
        Column("capacity", "REAL", "capacity_mw"),
        Column("commissioned", "INTEGER", "commissioning_year"),
        Column("owner", "TEXT", "owner"),
        Column("status", "TEXT", "status"),
        Column("gen_2021", "REAL", "generation_gwh_2021"),
        Column("gen_2022", "REAL", "generation_gwh_2022"),
        Column("co2", "REAL", "co2_kt_2022"),
        Column("staff", "INTEGER", "employees"),
        Column("renewable", "INTEGER", "renewable", either("TRUE", "FALSE")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "group", "各国有多少座电厂？", "How many power plants does each country have?", "SELECT country, COUNT(*) FROM power_plants GROUP BY country"),
    ask(2, "superlative", "装机容量最大的电厂叫什么？", "Name of the plant with the largest capacity",
        "SELECT plant FROM power_plants ORDER BY capacity DESC LIMIT 1"),
    ask(3, "sum", "风电加起来装机多少兆瓦？", "total wind capacity in MW", "SELECT SUM(capacity) FROM power_plants WHERE fuel = 'Wind'"),
    ask(4, "filter", "关停了（退役）的燃煤电厂有几座？", "How many coal-fired plants have been retired?",
        "SELECT COUNT(*) FROM power_plants WHERE fuel = 'Coal' AND status = 'retired'"),
    ask(5, "average", "核电站平均雇多少人？", "How many people does a nuclear plant employ on average?", "SELECT AVG(staff) FROM power_plants WHERE fuel = 'Nuclear'"),
    ask(6, "list", "还在建的电厂，给我名字和国家", "Name and country of the plants still under construction",
        "SELECT plant, country FROM power_plants WHERE status = 'under construction'"),
    ask(7, "top", "2022年发电量最高的5座电厂", "top 5 plants by generation in 2022",
        "SELECT plant FROM power_plants ORDER BY gen_2022 DESC LIMIT 5", ordered=True),
    ask(8, "compare", "2022年发电比2021年多的电厂有多少座？", "How many plants generated more in 2022 than in 2021?",
        "SELECT COUNT(*) FROM power_plants WHERE gen_2022 > gen_2021"),
    ask(9, "growth", "从2021到2022年，德国电厂的总发电量变化了百分之几？",
        "By how many percent did total generation of the German plants change from 2021 to 2022?",
        "SELECT 100.0 * (SUM(gen_2022) / SUM(gen_2021) - 1) FROM power_plants WHERE country = 'Germany'", percent=True),
    ask(10, "group", "2022年各类燃料的发电量合计", "2022 generation summed by fuel", "SELECT fuel, SUM(gen_2022) FROM power_plants GROUP BY fuel"),
    ask(11, "filter", "1980年之前投产的水电站有几座？", "How many hydro plants were commissioned before 1980?",
        "SELECT COUNT(*) FROM power_plants WHERE fuel = 'Hydro' AND commissioned < 1980"),
    ask(12, "share", "可再生能源占总装机容量的百分之几？", "What percentage of total capacity is renewable?",
        "SELECT 100.0 * SUM(CASE WHEN renewable = 1 THEN capacity END) / SUM(capacity) FROM power_plants", percent=True),
    ask(13, "having", "平均装机超过400兆瓦的燃料类型有哪些？", "Which fuels have an average capacity above 400 MW?",
        "SELECT fuel FROM power_plants GROUP BY fuel HAVING AVG(capacity) > 400"),
    ask(14, "order", "按业主的总装机从大到小排序", "owners from largest to smallest total capacity",
        "SELECT owner, SUM(capacity) FROM power_plants GROUP BY owner ORDER BY SUM(capacity) DESC", ordered=True),
    ask(15, "superlative", "最老的、还在运行的电厂是哪座？", "Which operating plant was commissioned first?",
        "SELECT plant FROM power_plants WHERE status = 'operating' AND commissioned IS NOT NULL ORDER BY commissioned LIMIT 1"),
    ask(16, "filter", "装机100到300兆瓦之间的燃气电厂数", "Gas plants between 100 and 300 MW: how many?",
        "SELECT COUNT(*) FROM power_plants WHERE fuel = 'Gas' AND capacity BETWEEN 100 AND 300"),
    ask(17, "filter", "波兰和土耳其一共有几座电厂？", "How many plants are there in Poland and Turkey combined?",
        "SELECT COUNT(*) FROM power_plants WHERE country IN ('Poland', 'Turkey')"),
    ask(18, "group", "国家和燃料两个维度看电厂数量", "plant count by country and fuel", "SELECT country, fuel, COUNT(*) FROM power_plants GROUP BY country, fuel"),
    ask(19, "sum", "请问这些电厂2022年一共排了多少千吨二氧化碳？",
        "Could you tell me how many kilotonnes of CO2 all these plants put out in 2022?", "SELECT SUM(co2) FROM power_plants"),
    ask(20, "ratio", "2022年燃煤电厂每发一吉瓦时排多少千吨二氧化碳（总排放除以总发电量）？",
        "For coal in 2022, what is total CO2 divided by total generation?",
        "SELECT SUM(co2) / SUM(gen_2022) FROM power_plants WHERE fuel = 'Coal'"),
    ask(21, "median", "太阳能电站装机容量的中位数", "median capacity of solar plants", "SELECT median(capacity) FROM power_plants WHERE fuel = 'Solar'"),
    ask(22, "distinct", "Voltara在几个国家有电厂？", "In how many countries does Voltara own plants?",
        "SELECT COUNT(DISTINCT country) FROM power_plants WHERE owner = 'Voltara'"),
    ask(23, "measures", "法国电厂装机容量的最小值、最大值、平均值", "min, max and mean capacity of French plants",
        "SELECT MIN(capacity), MAX(capacity), AVG(capacity) FROM power_plants WHERE country = 'France'"),
    ask(24, "filter", "非可再生、且员工不到100人的电厂有多少座？", "How many non-renewable plants have fewer than 100 employees?",
        "SELECT COUNT(*) FROM power_plants WHERE renewable = 0 AND staff < 100"),
    ask(25, "filter", "没有投产年份的电厂有几座？", "How many plants have no commissioning year?", "SELECT COUNT(*) FROM power_plants WHERE commissioned IS NULL"),
    ask(26, "conditional", "每个国家正在运行的风电场有几个？", "How many wind plants are operating in each country?",
        "SELECT country, COUNT(*) FROM power_plants WHERE fuel = 'Wind' AND status = 'operating' GROUP BY country"),
    ask(27, "compare", "比挪威平均装机还大的挪威电厂有哪些？", "Which Norwegian plants have more capacity than the average Norwegian plant?",
        "SELECT plant FROM power_plants WHERE country = 'Norway' AND capacity > (SELECT AVG(capacity) FROM power_plants WHERE country = 'Norway')"),
    ask(28, "time", "2010到2020年间每年投产了几座电厂？", "Plants commissioned in each year from 2010 to 2020",
        "SELECT commissioned, COUNT(*) FROM power_plants WHERE commissioned BETWEEN 2010 AND 2020 GROUP BY commissioned"),
    refuse(29, "ambiguous", "Helios Power的总发电量是多少？", "What is the total generation of Helios Power?"),
    refuse(30, "missing", "建这些电厂花了多少钱？", "How much did it cost to build the plants?"),
    refuse(31, "missing", "2018年的总发电量是多少？", "What was total generation in 2018?"),
    refuse(32, "forecast", "2030年太阳能会发多少电？", "How much electricity will solar produce in 2030?"),
    refuse(33, "opinion", "西班牙该不该关掉燃煤电厂？", "Should Spain shut its coal plants?"),
    refuse(34, "contradiction", "装机低于20兆瓦又高于1000兆瓦的电厂有几座？", "How many plants have a capacity under 20 MW and over 1,000 MW?"),
    refuse(35, "cause", "煤电发电量下降是因为什么？", "Why did coal generation fall?"),
]

FILE = File("power_plants.csv", [SHEET], QUESTIONS)
