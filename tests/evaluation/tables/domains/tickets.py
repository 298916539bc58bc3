"""A help desk's tickets: moments with a time of day, hours to close, agents, tickets still open without a score."""

from datetime import datetime, timedelta
from random import Random

from question import ask, refuse
from table import Column, File, Sheet, either

AGENTS = ["Dana", "Felix", "Iris", "Kofi", "Maya", "Ravi"]
TOPICS = ["Password", "Billing", "Delivery", "Bug", "Account", "Billing"]
PRIORITY = {"Low": 60, "Medium": 30, "High": 12, "Urgent": 4}


def build():
    random = Random("tickets")
    rows = []
    moment = datetime(2024, 2, 1, 8, 12)
    for number in range(260):
        priority = random.choices(list(PRIORITY), weights=[5, 8, 5, 2])[0]
        state = "Open" if number > 225 and random.random() < 0.6 else random.choice(["Closed", "Closed", "Closed", "Escalated"])
        hours = None if state == "Open" else round(PRIORITY[priority] * random.uniform(0.2, 2.4), 1)
        score = None if state == "Open" or random.random() < 0.35 else random.choice([1, 2, 3, 4, 4, 5, 5])
        rows.append((41000 + number, moment.isoformat(" ", "minutes"), random.choices(AGENTS, weights=[3, 5, 4, 2, 6, 3])[0],
                     random.choice(TOPICS), priority, random.choice(["Email", "Chat", "Chat", "Phone"]), state, hours,
                     random.choice([0, 0, 0, 1, 1, 2, 3]), score, random.random() < 0.3))
        moment += timedelta(minutes=random.randint(60, 1750))
    return rows


SHEET = Sheet(
    name="tickets",
    columns=[
        Column("ticket", "INTEGER", "Ticket #"),
        Column("created", "TEXT", "Created At"),
        Column("agent", "TEXT", "Agent"),
        Column("topic", "TEXT", "Topic"),
        Column("priority", "TEXT", "Priority"),
        Column("channel", "TEXT", "Channel"),
        Column("state", "TEXT", "State"),
        Column("hours", "REAL", "Hours to Close", null=""),
        Column("reopened", "INTEGER", "Times Reopened"),
        Column("score", "INTEGER", "CSAT", null=""),
        Column("vip", "INTEGER", "VIP", either("TRUE", "FALSE")),
    ],
    rows=build(),
)

QUESTIONS = [
    ask(1, "count", "现在还有多少张工单处于打开(Open)状态?", "How many tickets are still open?", "SELECT COUNT(*) FROM tickets WHERE state = 'Open'"),
    ask(2, "group", "每个客服处理了多少张工单?", "Tickets handled per agent", "SELECT agent, COUNT(*) FROM tickets GROUP BY agent"),
    ask(3, "average", "紧急工单平均要几个小时才能关闭?", "How long does it take on average to close an urgent ticket, in hours?",
        "SELECT AVG(hours) FROM tickets WHERE priority = 'Urgent'"),
    ask(4, "filter", "Maya手上的账单(Billing)类工单有几张?", "How many Billing tickets went to Maya?",
        "SELECT COUNT(*) FROM tickets WHERE agent = 'Maya' AND topic = 'Billing'"),
    ask(5, "group", "帮我看一下各渠道的平均满意度(CSAT)", "Please give me the average CSAT per channel.", "SELECT channel, AVG(score) FROM tickets GROUP BY channel"),
    ask(6, "time", "麻烦统计一下2024年5月新建的工单数", "I'd like to know how many tickets were created in May 2024.",
        "SELECT COUNT(*) FROM tickets WHERE month(created) = '2024-05'"),
    ask(7, "filter", "VIP客户提了多少张工单?", "How many tickets are from VIPs?", "SELECT COUNT(*) FROM tickets WHERE vip = 1"),
    ask(8, "superlative", "关闭耗时最久的是哪张工单?", "Which ticket took the longest to close?",
        "SELECT ticket FROM tickets WHERE hours IS NOT NULL ORDER BY hours DESC LIMIT 1"),
    ask(9, "top", "工单最多的两个主题", "What are the two most common topics?", "SELECT topic FROM tickets GROUP BY topic ORDER BY COUNT(*) DESC LIMIT 2", ordered=True),
    ask(10, "filter", "被重新打开过至少一次的工单有几张?", "How many tickets were reopened at least once?", "SELECT COUNT(*) FROM tickets WHERE reopened >= 1"),
    ask(11, "filter", "没有CSAT评分的工单数", "number of tickets without a CSAT score", "SELECT COUNT(*) FROM tickets WHERE score IS NULL"),
    ask(12, "list", "41050号工单是谁负责的?", "Who was the agent on ticket 41050?", "SELECT agent FROM tickets WHERE ticket = '41050'"),
    ask(13, "median", "关闭时长的中位数是几小时?", "median hours to close", "SELECT median(hours) FROM tickets"),
    ask(14, "time", "按月看工单量", "How many tickets came in each month?", "SELECT month(created), COUNT(*) FROM tickets GROUP BY month(created)"),
    ask(15, "filter", "电话渠道的高优先级工单有多少?", "How many high-priority tickets arrived by phone?",
        "SELECT COUNT(*) FROM tickets WHERE channel = 'Phone' AND priority = 'High'"),
    ask(16, "filter", "不是通过聊天(Chat)来的工单有多少张?", "How many tickets did not come through chat?", "SELECT COUNT(*) FROM tickets WHERE channel <> 'Chat'"),
    ask(17, "relative", "本月到目前为止新建了多少张工单?", "How many tickets have been created so far this month?",
        "SELECT COUNT(*) FROM tickets WHERE month(created) = '2024-07' AND created < '2024-07-16'", today="2024-07-15"),
    ask(18, "relative", "今天是7月15日,上周(周一到周日)新建了多少张工单?", "How many tickets were created last week, Monday to Sunday?",
        "SELECT COUNT(*) FROM tickets WHERE created >= '2024-07-08' AND created < '2024-07-15'", today="2024-07-15"),
    ask(19, "order", "客服按平均满意度由高到低排", "Agents ordered by average CSAT, best first",
        "SELECT agent, AVG(score) FROM tickets GROUP BY agent ORDER BY AVG(score) DESC", ordered=True),
    ask(20, "having", "哪些客服的工单超过50张?", "Which agents have more than 50 tickets?", "SELECT agent FROM tickets GROUP BY agent HAVING COUNT(*) > 50"),
    ask(21, "group", "优先级和状态交叉统计工单数", "Ticket counts by priority and state", "SELECT priority, state, COUNT(*) FROM tickets GROUP BY priority, state"),
    ask(22, "conditional", "各客服升级(Escalated)的工单各有几张?", "For each agent, count the escalated tickets.",
        "SELECT agent, COUNT(*) FROM tickets WHERE state = 'Escalated' GROUP BY agent"),
    ask(23, "share", "升级工单占全部工单的百分比是多少?", "What percentage of all tickets were escalated?",
        "SELECT 100.0 * SUM(state = 'Escalated') / COUNT(*) FROM tickets", percent=True),
    ask(24, "compare", "关闭时间比平均时间还长的工单有几张?", "How many tickets took longer to close than average?",
        "SELECT COUNT(*) FROM tickets WHERE hours > (SELECT AVG(hours) FROM tickets)"),
    ask(25, "max", "一张工单最多被重新打开过几次?", "What's the most times a ticket was reopened?", "SELECT MAX(reopened) FROM tickets"),
    ask(26, "filter", "满意度打1分或2分的工单有多少?", "How many tickets got a CSAT of 1 or 2?", "SELECT COUNT(*) FROM tickets WHERE score IN (1, 2)"),
    ask(27, "time", "2024年4月15日之前创建的工单有多少?", "How many tickets were created before 15 April 2024?",
        "SELECT COUNT(*) FROM tickets WHERE created < '2024-04-15'"),
    ask(28, "time", "2024年6月各主题的工单数", "Tickets by topic in June 2024", "SELECT topic, COUNT(*) FROM tickets WHERE month(created) = '2024-06' GROUP BY topic"),
    refuse(29, "missing", "客户的公司规模分布如何?", "What is the company size of the customers?"),
    refuse(30, "missing", "第一次回复平均用了多久?", "What is the average time to first reply?"),
    refuse(31, "opinion", "哪位客服最友善?", "Who is the friendliest agent?"),
    refuse(32, "forecast", "下个季度会有多少工单?", "How many tickets will come in next quarter?"),
    refuse(33, "cause", "新版本发布造成了多少工单?", "How many tickets were caused by the new release?"),
    refuse(34, "contradiction", "既是打开状态又已关闭的工单有几张?", "How many tickets are both Open and Closed?"),
    refuse(35, "unknown-word", "有多少工单被哗咔了?", "How many tickets were grumbified?"),
    ask(36, "time", "2024年6月每周新建多少工单(按ISO周)?", "Tickets created per ISO week in June 2024",
        "SELECT week(substr(created, 1, 10)), COUNT(*) FROM tickets WHERE month(created) = '2024-06' GROUP BY week(substr(created, 1, 10))"),
    ask(37, "min", "Ravi关闭工单最快用了几小时?", "What is Ravi's shortest time to close, in hours?", "SELECT MIN(hours) FROM tickets WHERE agent = 'Ravi'"),
    ask(38, "list", "VIP的紧急工单编号有哪些?", "Ticket numbers of urgent VIP tickets",
        "SELECT ticket FROM tickets WHERE vip = 1 AND priority = 'Urgent'"),
    ask(39, "average", "Bug类工单平均被重新打开几次?", "How often is a Bug ticket reopened on average?", "SELECT AVG(reopened) FROM tickets WHERE topic = 'Bug'"),
    ask(40, "filter", "低优先级或中优先级的邮件工单有多少张?", "How many Email tickets have Low or Medium priority?",
        "SELECT COUNT(*) FROM tickets WHERE channel = 'Email' AND priority IN ('Low', 'Medium')"),
    ask(41, "superlative", "2024年4月处理工单最多的客服是谁?", "Who had the most tickets in April 2024?",
        "SELECT agent FROM tickets WHERE month(created) = '2024-04' GROUP BY agent ORDER BY COUNT(*) DESC LIMIT 1"),
    refuse(42, "missing", "用德语写的工单有几张?", "How many tickets were written in German?"),
    refuse(43, "missing", "付费客户的工单有多少?", "How many tickets come from paying customers?"),
    refuse(44, "misspelt", "各Proannel的工单数", "ticket count by Proannel"),
]

FILE = File("support_tickets.csv", [SHEET], QUESTIONS)
