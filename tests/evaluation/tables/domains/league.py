"""A football season as tab-separated values: attendance with separators, one team in two columns, missing referees."""

from datetime import date, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, grouped, iso

TEAMS = {"Harbour City": "Dock Arena", "Northfield": "Mill Park", "Redhill United": "Redhill Stadium",
         "Lakeside": "Lake Ground", "Old Town": "Castle Field", "Westbridge": "Bridge Road"}
SIZE = {"Harbour City": 41000, "Northfield": 18500, "Redhill United": 33000, "Lakeside": 12000, "Old Town": 22500, "Westbridge": 15500}
REFEREES = ["A. Vogel", "M. Castro", "J. Okoro", "L. Bianchi", None]


def build():
    random = Random("league 1")
    pairs = [(home, away) for home in TEAMS for away in TEAMS if home != away] * 3
    random.shuffle(pairs)
    rows = []
    for number, (home, away) in enumerate(pairs):
        rows.append((number + 1, number // 3 + 1, date(2023, 8, 12) + timedelta(days=7 * (number // 3) + number % 2), home, away,
                     random.choice([0, 0, 1, 1, 2, 2, 3, 4]), random.choice([0, 0, 1, 1, 1, 2, 3]),
                     int(SIZE[home] * random.uniform(0.6, 1)), TEAMS[home], random.choice(REFEREES),
                     random.choice([0, 1, 2, 2, 3, 4, 5, 6]), random.choice([0, 0, 0, 0, 1])))
    return rows


SHEET = Sheet(
    name="league",
    columns=[
        Column("match_no", "INTEGER", "Match"),
        Column("round", "INTEGER", "Round"),
        Column("day", "TEXT", "Date", iso),
        Column("home", "TEXT", "HomeTeam"),
        Column("away", "TEXT", "AwayTeam"),
        Column("home_goals", "INTEGER", "HomeGoals"),
        Column("away_goals", "INTEGER", "AwayGoals"),
        Column("attendance", "INTEGER", "Attendance", grouped),
        Column("stadium", "TEXT", "Stadium"),
        Column("referee", "TEXT", "Referee", null="N/A"),
        Column("yellow", "INTEGER", "YellowCards"),
        Column("red", "INTEGER", "RedCards"),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "赛季一共踢了多少场比赛?", "How many matches were played?", "SELECT COUNT(*) FROM league"),
    ask(2, "average", "场均上座人数是多少?", "What was the average attendance?", "SELECT AVG(attendance) FROM league"),
    ask(3, "superlative", "上座人数最多的是第几场比赛(Match编号)?", "Which match number drew the biggest crowd?",
        "SELECT match_no FROM league ORDER BY attendance DESC LIMIT 1"),
    ask(4, "sum", "Lakeside在主场一共进了多少球?", "How many goals did Lakeside score as the home team?",
        "SELECT SUM(home_goals) FROM league WHERE home = 'Lakeside'"),
    ask(5, "group", "每支主队的平均上座人数", "Average attendance for each home team", "SELECT home, AVG(attendance) FROM league GROUP BY home"),
    ask(6, "sum", "全赛季一共出示了多少张黄牌?", "Total yellow cards over the season", "SELECT SUM(yellow) FROM league"),
    ask(7, "filter", "有红牌的比赛有几场?", "How many matches saw at least one red card?", "SELECT COUNT(*) FROM league WHERE red >= 1"),
    ask(8, "filter", "主队进了3球以上(含3球)的比赛有多少场?", "In how many matches did the home team score three or more goals?",
        "SELECT COUNT(*) FROM league WHERE home_goals >= 3"),
    ask(9, "filter", "主队没进球的比赛场数", "Number of matches in which the home side scored no goals",
        "SELECT COUNT(*) FROM league WHERE home_goals = 0"),
    ask(10, "group", "每位裁判出示的黄牌总数(不含没有裁判记录的比赛)", "Total yellow cards by referee, ignoring matches with no referee on record",
        "SELECT referee, SUM(yellow) FROM league WHERE referee IS NOT NULL GROUP BY referee"),
    ask(11, "time", "2023年10月有几场比赛?", "How many matches took place in October 2023?", "SELECT COUNT(*) FROM league WHERE month(day) = '2023-10'"),
    ask(12, "filter", "现场观众超过三万人的比赛有多少场?", "How many matches had an attendance of over 30,000?",
        "SELECT COUNT(*) FROM league WHERE attendance > 30000"),
    ask(13, "filter", "没有裁判记录的比赛有几场?", "How many matches have no referee listed?", "SELECT COUNT(*) FROM league WHERE referee IS NULL"),
    ask(14, "distinct", "比赛用了哪些球场?", "Which stadiums were used?", "SELECT DISTINCT stadium FROM league"),
    ask(15, "list", "第40场比赛的主队和客队是谁?", "Who were the home and away teams in match 40?",
        "SELECT home, away FROM league WHERE match_no = 40"),
    ask(16, "max", "Mill Park球场上座人数最多是多少?", "What's the record attendance at Mill Park?",
        "SELECT MAX(attendance) FROM league WHERE stadium = 'Mill Park'"),
    ask(17, "order", "按主场进球总数从多到少排列主队", "List home teams by total home goals, most first",
        "SELECT home, SUM(home_goals) FROM league GROUP BY home ORDER BY SUM(home_goals) DESC", ordered=True),
    ask(18, "time", "各月比赛场数", "Matches by month", "SELECT month(day), COUNT(*) FROM league GROUP BY month(day)"),
    ask(19, "compare", "主队进球多于客队的比赛有多少场?", "In how many matches were HomeGoals greater than AwayGoals?",
        "SELECT COUNT(*) FROM league WHERE home_goals > away_goals"),
    ask(20, "filter", "Old Town主场对Northfield的比赛有几场?", "How many times did Old Town host Northfield?",
        "SELECT COUNT(*) FROM league WHERE home = 'Old Town' AND away = 'Northfield'"),
    ask(21, "median", "上座人数的中位数", "median attendance", "SELECT median(attendance) FROM league"),
    ask(22, "time", "2024年1月1日之后踢了多少场比赛?", "How many matches were played after 1 January 2024?",
        "SELECT COUNT(*) FROM league WHERE day > '2024-01-01'"),
    ask(23, "top", "上座总人数最多的两个球场", "Two stadiums with the largest total attendance",
        "SELECT stadium FROM league GROUP BY stadium ORDER BY SUM(attendance) DESC LIMIT 2", ordered=True),
    ask(24, "having", "平均上座人数低于两万的主队有哪些?", "Which home teams average fewer than 20,000 spectators?",
        "SELECT home FROM league GROUP BY home HAVING AVG(attendance) < 20000"),
    refuse(25, "missing", "谁是本赛季最佳射手?", "Who was the top scorer of the season?"),
    refuse(26, "missing", "门票收入是多少?", "What was the ticket revenue?"),
    refuse(27, "forecast", "下赛季谁会夺冠?", "Who will win the league next season?"),
    refuse(28, "ambiguous", "Lakeside的比赛平均进球数是多少?", "What is the average number of goals in Lakeside games?"),
    refuse(29, "opinion", "哪场比赛最精彩?", "Which match was the most exciting?"),
    refuse(30, "contradiction", "上座人数少于5000且多于40000的比赛有几场?", "How many matches had fewer than 5,000 and more than 40,000 spectators?"),
    refuse(31, "unknown-word", "各队哐嚓次数", "number of doinks per home team"),
    ask(32, "sum", "全赛季总进球数(主队进球加客队进球)是多少?", "What do HomeGoals plus AwayGoals come to over the whole season?",
        "SELECT SUM(home_goals + away_goals) FROM league"),
    ask(33, "compare", "主队和客队进球数相同的比赛有几场?", "How many draws were there (home goals equal to away goals)?",
        "SELECT COUNT(*) FROM league WHERE home_goals = away_goals"),
    ask(34, "list", "第10轮是哪几场比赛(Match编号)?", "Which match numbers belong to round 10?", "SELECT match_no FROM league WHERE round = 10"),
    ask(35, "sum", "Westbridge作为客队一共进了几个球?", "How many goals did Westbridge score as the away team?",
        "SELECT SUM(away_goals) FROM league WHERE away = 'Westbridge'"),
    ask(36, "average", "A. Vogel吹罚的比赛平均几张黄牌?", "Average yellow cards in matches refereed by A. Vogel",
        "SELECT AVG(yellow) FROM league WHERE referee = 'A. Vogel'"),
    ask(37, "filter", "一张黄牌都没有的比赛有几场?", "How many matches had no yellow card at all?", "SELECT COUNT(*) FROM league WHERE yellow = 0"),
    ask(38, "time", "2024年2月的总上座人数", "Total attendance in February 2024", "SELECT SUM(attendance) FROM league WHERE month(day) = '2024-02'"),
    refuse(39, "missing", "踢加时赛的比赛有几场?", "How many matches went to extra time?"),
    refuse(40, "missing", "有多少个点球?", "How many penalties were there?"),
    ask(41, "ties", "黄牌最多的比赛是哪几场?并列的都给出编号", "Match numbers with the most yellow cards, ties included",
        "SELECT match_no FROM league WHERE yellow = (SELECT MAX(yellow) FROM league)"),
    ask(42, "relative", "去年12月踢了几场比赛?", "How many matches were played last December?",
        "SELECT COUNT(*) FROM league WHERE month(day) = '2023-12'", today="2024-07-15"),
]

FILE = File("league.tsv", [SHEET], QUESTIONS, delimiter="\t")
