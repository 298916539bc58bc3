"""Answers derived a second time: from the files as read back, with pandas, from the words of the question alone."""


def rows(thing) -> list[list]:
    """One number, a column or a grouped column as the rows of an answer."""
    if hasattr(thing, "reset_index"):
        grouped = thing.index.name is not None or thing.index.nlevels > 1
        frame = thing.reset_index() if grouped else thing.to_frame() if thing.ndim == 1 else thing
        return frame.values.tolist()
    if isinstance(thing, list):
        return [entry if isinstance(entry, list) else [entry] for entry in thing]
    return [[thing]]


def best(series, count=1, least=False):
    return list(series.astype(float).sort_values(ascending=least).head(count).index)


def largest(frame, key, count, columns):
    return frame.assign(**{key: frame[key].astype(float)}).nlargest(count, key)[columns].values.tolist()


def per(frame, keys, column, how):
    return frame.assign(**{column: frame[column].astype(float)}).groupby(keys)[column].agg(how)


DERIVATIONS = {
    "air_quality-3": lambda t: best(per(t, "station", "pm10", "mean")),
    "air_quality-9": lambda t: int(((t.rain == 1) & (t.humidity > 90)).sum()),
    "air_quality-12": lambda t: t[(t.station == "Dockside") & t.day.str[:7].isin(["2024-01", "2024-02", "2024-03"])].pm25.dropna().mean(),
    "air_quality-22": lambda t: (t[t.day.str[:4] == "2024"].no2.mean() / t[t.day.str[:4] == "2023"].no2.mean() - 1) * 100,
    "airport_shops-2": lambda t: t.amount.sum(),
    "airport_shops-15": lambda t: t[t.slip == "0001090"].shop.tolist(),
    "bike_trips-6": lambda t: int((t.start == t.end_station).sum()),
    "bike_trips-9": lambda t: len(t[(t.rider == "casual") & (t.minutes > 30)]),
    "bike_trips-10": lambda t: largest(t, "distance", 5, ["trip_id", "distance"]),
    "bike_trips-21": lambda t: t.fare.sum() / t.distance.sum(),
    "branches-16": lambda t: t.income.max(),
    "branches-17": lambda t: best(per(t[t.quarter.str.startswith("2024")], "branch", "contracts", "sum"), 3),
    "branches-18": lambda t: [k for k, v in per(t, "branch", "contracts", "sum").items() if v > 180],
    "cars-1": lambda t: best(t.set_index("model").consumption.dropna(), least=True),
    "cars-4": lambda t: per(t, "make", "price_usd", "mean"),
    "cars-14": lambda t: int((t.price_usd.astype(float) > t.price_usd.astype(float).mean()).sum()),
    "cars-26": lambda t: len(t[(t.body_style == "Wagon") & t.origin.isin(["France", "Sweden"])]),
    "countries-1": lambda t: t[t.pop_2020 > 1e8].country.tolist(),
    "countries-16": lambda t: t[t.continent == "Europe"].pop_2020.sum() / t[t.continent == "Europe"].area.sum(),
    "countries-27": lambda t: best((t.pop_2020 - t.pop_2010).set_axis(t.country)),
    "courses-5": lambda t: int((t.enrolled > t.places).sum()),
    "courses-10": lambda t: [k for k, v in per(t, "dept", "enrolled", "mean").items() if v > 50],
    "courses-15": lambda t: t.assign(passed=t.passed.astype(float)).nsmallest(3, "passed")[["crs_no", "passed"]].values.tolist(),
    "courses-17": lambda t: t[t.dept == "Physics"].enrolled.sum() / t.enrolled.sum() * 100,
    "employees-2": lambda t: t[t.department == "研发部"].salary.mean(),
    "employees-6": lambda t: len(t[(t.education == "硕士") & (t.city == "上海")]),
    "employees-9": lambda t: t[t.department == "财务部"].name.tolist(),
    "employees-12": lambda t: t.salary.astype(float).median(),
    "employees-16": lambda t: t.city.nunique(),
    "employees-18": lambda t: int(t.grade.isna().sum()),
    "employees-20": lambda t: [k for k, v in t.department.value_counts().items() if v > 20],
    "farms-4": lambda t: best(per(t[t.harvested.str[:4] == "2023"], "farm", "kilos", "sum")),
    "farms-18": lambda t: best(per(t, "farm", "kilos", "sum"), 3),
    "farms-23": lambda t: t[t.crop == "玉米"].kilos.sum() / t.kilos.sum() * 100,
    "films-6": lambda t: int((t.gross.astype(float) < t.budget.astype(float)).sum()),
    "films-12": lambda t: [k for k, v in t.director.value_counts().items() if v >= 15],
    "films-28": lambda t: t[t.awards == t.awards.max()].title.tolist(),
    "flights-4": lambda t: t.groupby("airline").size(),
    "flights-5": lambda t: t[t.airline == "EuroJet"].delay.dropna().mean(),
    "flights-8": lambda t: int((t.delay.dropna() > 120).sum()),
    "flights-9": lambda t: t[t.day.str.startswith("2024-04")].pax.dropna().sum(),
    "flights-11": lambda t: per(t, "aircraft", "pax", "mean"),
    "flights-15": lambda t: t.dest.nunique(),
    "flights-22": lambda t: int(t.gate.isin(["A", "B"]).sum()),
    "grades-1": lambda t: t.maths.dropna().mean(),
    "grades-3": lambda t: int((t.maths.dropna() < 60).sum()),
    "grades-9": lambda t: t.groupby(["class", "sex"]).size(),
    "grades-13": lambda t: len(t[(t.boarder == 1) & (t.sex == "女")]),
    "grades-19": lambda t: list(t.club.unique()),
    "homes-1": lambda t: int((t.status == "在售").sum()),
    "homes-7": lambda t: largest(t, "area", 3, ["home_id", "area"]),
    "homes-22": lambda t: t.groupby(t.listed.str[:7]).size(),
    "homes-24": lambda t: [k for k, v in per(t, "layout", "area", "mean").items() if v > 100],
    "homes-26": lambda t: (t.district == "丰台").mean() * 100,
    "hospital-1": len,
    "hotel-5": lambda t: t.cancelled.sum(),
    "inspections-13": lambda t: [k for k, v in per(t, "restaurant", "violations", "mean").items() if v > 4],
    "inspections-22": lambda t: len(t[(t.result == "Fail") & t.fine.isna()]),
    "inspections-27": lambda t: t[t.result == "Fail"].groupby("inspector").size(),
    "league-5": lambda t: per(t, "home", "attendance", "mean"),
    "league-8": lambda t: int((t.home_goals >= 3).sum()),
    "league-17": lambda t: per(t, "home", "home_goals", "sum").sort_values(ascending=False),
    "league-21": lambda t: t.attendance.astype(float).median(),
    "league-24": lambda t: [k for k, v in per(t, "home", "attendance", "mean").items() if v < 20000],
    "library-11": lambda t: int((t.borrowed.str[:7] == "2024-04").sum()),
    "library-13": lambda t: t[t.loan_id == "000900"].title.tolist(),
    "library-16": lambda t: list(t.genre.value_counts().head(3).index),
    "loans-9": lambda t: len(t[(t.score < 600) & (t.cosigned == 0)]),
    "loans-13": lambda t: per(t, "kind", "amount", "sum") / t.amount.sum() * 100,
    "loans-19": lambda t: int((t.amount.astype(float) > t.income.astype(float)).sum()),
    "loans-24": lambda t: best(t[t.status == "default"].branch.value_counts()),
    "meters-5": lambda t: best(per(t, "building", "fee", "sum")),
    "meters-7": lambda t: t[t.use == "空调"].kwh.sum(),
    "meters-14": lambda t: t[t.read_on.str[:7].isin(["2024-04", "2024-05", "2024-06"])].fee.sum(),
    "meters-16": lambda t: int((t.kwh < 1500).sum()),
    "meters-17": lambda t: (t[t.read_on.str[:7] == "2024-05"].kwh.sum() / t[t.read_on.str[:7] == "2023-05"].kwh.sum() - 1) * 100,
    "meters-18": lambda t: best(per(t, "building", "fee", "sum"), 2),
    "museum-6": lambda t: t[t.day.str[5:7] == "04"].revenue.sum(),
    "museum-15": lambda t: best(per(t, "day", "revenue", "sum")),
    "museum-24": lambda t: t[(t.holiday == 1) & (t.gallery == "Natural History")].adults.sum(),
    "orders-8": lambda t: t.customer.nunique(),
    "orders-9": lambda t: int((t.order_date.str[:7] == "2024-01").sum()),
    "orders-25": lambda t: best(per(t, "product", "qty", "sum")),
    "pets-5": lambda t: len(t[(t.species == "Dog") & (t.vaccinated == 0)]),
    "pets-17": lambda t: int((t[t.species == "Dog"].weight > t[t.species == "Dog"].weight.mean()).sum()),
    "pets-25": lambda t: [k for k, v in t.breed.value_counts().items() if v >= 5],
    "players-4": lambda t: largest(t, "goals", 3, ["player", "goals"]),
    "players-9": lambda t: int((t.assists > t.goals).sum()),
    "players-20": lambda t: int((t.fee.astype(float) > t.value.astype(float)).sum()),
    "players-22": lambda t: t[t.position == "Forward"].goals.sum() / t[t.position == "Forward"].games.sum(),
    "power_plants-8": lambda t: int((t.gen_2022.astype(float) > t.gen_2021.astype(float)).sum()),
    "power_plants-12": lambda t: t[t.renewable == 1].capacity.sum() / t.capacity.sum() * 100,
    "power_plants-26": lambda t: t[(t.fuel == "Wind") & (t.status == "operating")].groupby("country").size(),
    "restaurants-15": lambda t: largest(t, "reviews", 5, ["name", "reviews"]),
    "restaurants-19": lambda t: int(t.cuisine.isin(["川菜", "烧烤"]).sum()),
    "restaurants-21": lambda t: int(t.name.str.contains("福").sum()),
    "sales-13": lambda t: per(t, ["region", "department"], "gross", "sum"),
    "shipments-4": lambda t: t[t["mode"] == "Air"].cost.mean(),
    "shipments-5": lambda t: len(t[(t.origin == "Shanghai") & (t.destination == "Hamburg")]),
    "shipments-7": lambda t: largest(t, "weight", 1, ["shipment_id"]),
    "shipments-8": lambda t: largest(t, "cost", 5, ["shipment_id", "cost"]),
    "shipments-12": lambda t: t.groupby("mode").size(),
    "shipments-16": lambda t: int((t["mode"] != "Road").sum()),
    "shipments-17": lambda t: t[t.carrier == "NordCargo"].delayed.sum(),
    "shipments-23": lambda t: [k for k, v in per(t, "mode", "cost", "mean").items() if v > 10000],
    "singers-6": lambda t: [k for k, v in t.country.value_counts().items() if v >= 8],
    "singers-14": lambda t: t[t.albums > t.albums.mean()].name.tolist(),
    "singers-34": lambda t: int(t.birth_year.between(1980, 1989).sum()),
    "stock-2": lambda t: per(t, "shop", "quantity", "sum"),
    "stock-4": lambda t: int((t.quantity == 0).sum()),
    "stock-8": lambda t: int((t.quantity < t.minimum).sum()),
    "stock-10": lambda t: t.discontinued.sum(),
    "stock-13": lambda t: per(t, ["shop", "category"], "quantity", "sum"),
    "stock-16": lambda t: t[t.code == "004149"].good.tolist(),
    "tickets-23": lambda t: (t.state == "Escalated").mean() * 100,
}


def differences(frames, questions):
    """What the derivations answer otherwise than the gold."""
    golds = {question["id"]: question for question in questions}
    for name, derive in DERIVATIONS.items():
        question = golds[f"own-{name}"]
        answer = [[plain(cell) for cell in row] for row in rows(derive(frames[name.rpartition("-")[0]]))]
        if not equal(answer, question["rows"], question["ordered"]):
            yield f"own-{name}: derived {answer}, gold {question['rows']}"


def plain(cell):
    return cell if isinstance(cell, str) else float(cell)


def equal(left, right, ordered) -> bool:
    if not ordered:
        left, right = sorted(left, key=words), sorted(right, key=words)
    flat = [cell for row in left for cell in row], [cell for row in right for cell in row]
    return len(flat[0]) == len(flat[1]) and all(close(a, b) for a, b in zip(*flat))


def words(row):
    """The text of a row; in the answers compared here it tells rows apart."""
    return [cell for cell in row if isinstance(cell, str)]


def close(a, b) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return abs(a - b) <= 1e-8 * max(1, abs(b))
