#!/usr/bin/env python3
"""Items and events of a small bookshop whose readers' tastes are known: items.jsonl, events.jsonl, tastes.json.
make_data.py [FOLDER]   the same files every time

A book's text tells its topic; a reader has two topics, and reads of them nine times in ten, more of the first. Of what a reader
looks at, half is clicked, and some of that talked about, shared or bought. The last books of every topic come late."""
import json
import pathlib
import random
import sys

SEED = 20261127
BEGIN, DAY, DAYS = 1_756_684_800, 86_400, 84  # from 2025-09-01, twelve weeks
READERS, LATE_BOOKS = 40, 2

# topic -> (tag, a sentence in Chinese, a sentence in English, titles)
TOPICS = {
    "tea": ("茶", "从采茶到冲泡，讲清每一步的道理。", "From leaf to cup, with the reasons for every step.", [
        ("山中采茶记", "Notes from a Tea Mountain"), ("一壶水的温度", "The Heat of a Kettle"), ("绿茶十二讲", "Twelve Talks on Green Tea"),
        ("茶碗与手", "The Bowl and the Hand"), ("雨前", "Before the Rain"), ("老茶馆的早晨", "Mornings in an Old Teahouse"),
        ("乌龙茶入门", "Oolong for Beginners"), ("茶路上的马", "Horses of the Tea Road"), ("家里的茶席", "A Tea Table at Home"), ("红茶与点心", "Black Tea and Cakes")]),
    "bread": ("烘焙", "面粉、水和时间，附四十个家常方子。", "Flour, water and time, with forty recipes for the home.", [
        ("酸面团日记", "A Sourdough Diary"), ("四点钟的面包房", "The Bakery at Four"), ("黑麦", "Rye"), ("面包为什么会发", "Why Bread Rises"),
        ("一个烤箱就够", "One Oven Is Enough"), ("周末做面包", "Weekend Loaves"), ("面粉的脾气", "The Temper of Flour"), ("祖母的蒸笼", "Grandmother's Steamer"),
        ("盐、油、酵母", "Salt, Oil, Yeast"), ("街角的面包师", "The Baker on the Corner")]),
    "stars": ("天文", "不用望远镜也能看懂的夜空。", "The night sky, explained for bare eyes.", [
        ("今晚看什么星", "Which Star Tonight"), ("月亮的背面", "The Far Side of the Moon"), ("望远镜小史", "A Short History of Telescopes"), ("彗星回来了", "The Comet Returns"),
        ("住在银河边上", "Living at the Edge of the Galaxy"), ("给孩子的行星", "Planets for Children"), ("黑洞问答", "Questions about Black Holes"),
        ("观星者的冬天", "A Stargazer's Winter"), ("日食三分钟", "Three Minutes of Eclipse"), ("宇宙有多安静", "How Quiet Is the Universe")]),
    "garden": ("园艺", "阳台和小院都用得上的种植手册。", "A planting guide for balconies and small yards.", [
        ("阳台上的番茄", "Tomatoes on the Balcony"), ("修枝的手艺", "The Craft of Pruning"), ("四季小院", "A Yard in Four Seasons"), ("和蚯蚓做朋友", "Friends with Earthworms"),
        ("玫瑰不难种", "Roses Are Not Hard"), ("种子的耐心", "The Patience of Seeds"), ("苔藓园", "A Garden of Moss"), ("一盆薄荷", "A Pot of Mint"),
        ("土壤手册", "The Soil Handbook"), ("会爬墙的花", "Flowers That Climb")]),
    "detective": ("推理", "线索都在书里，真相在最后一页。", "Every clue is in the book, the truth on its last page.", [
        ("雾码头案件", "The Fog Wharf Case"), ("第七个抽屉", "The Seventh Drawer"), ("钟表匠失踪了", "The Clockmaker Is Missing"), ("雪地没有脚印", "No Footprints in the Snow"),
        ("最后一班渡船", "The Last Ferry"), ("邻居的钥匙", "The Neighbour's Key"), ("图书馆里的枪声", "A Shot in the Library"), ("假画", "The False Painting"),
        ("夜班侦探", "The Night-Shift Detective"), ("沉默的证人", "A Witness Who Kept Silent")]),
    "sea": ("航海", "一艘船、一张海图和一群不睡觉的人。", "A ship, a chart, and people who do not sleep.", [
        ("向南三千里", "A Thousand Miles South"), ("灯塔看守人", "The Lighthouse Keeper"), ("海图上的空白", "Blank on the Chart"), ("绳结一百种", "A Hundred Knots"),
        ("风暴里的厨房", "A Galley in the Storm"), ("小帆船环岛", "Round the Island under Sail"), ("捕鲸船的信", "Letters from a Whaler"), ("潮汐表", "The Tide Table"),
        ("船长的女儿", "The Captain's Daughter"), ("冰海", "The Frozen Sea")]),
    "code": ("编程", "边写边讲的小程序，每章一个。", "Small programs, written and explained, one a chapter.", [
        ("从零写一个编译器", "A Compiler from Nothing"), ("读得懂的代码", "Code That Can Be Read"), ("数据结构漫画", "Data Structures in Pictures"), ("慢程序变快", "Making Slow Programs Fast"),
        ("调试的艺术", "The Art of Finding Bugs"), ("并发不可怕", "Concurrency without Fear"), ("给父母的编程书", "Programming for Parents"), ("数据库的内脏", "Inside a Database"),
        ("算法与早餐", "Algorithms at Breakfast"), ("机器怎样学习", "How Machines Learn")]),
    "history": ("历史", "用普通人的信件和账本讲过去的事。", "The past, told by letters and account books of plain people.", [
        ("账本里的王朝", "A Dynasty in Account Books"), ("城墙拆掉以后", "After the Walls Came Down"), ("驿站", "The Post Station"), ("一条运河的一生", "The Life of a Canal"),
        ("纸的旅行", "The Journey of Paper"), ("丝绸商人的儿子", "The Silk Merchant's Son"), ("铁路来的那年", "The Year the Railway Came"), ("旧地图", "Old Maps"),
        ("饥荒与集市", "Famine and Market"), ("古城十日", "Ten Days in an Old City")]),
    "music": ("音乐", "不需要识谱，跟着耳朵走。", "No scores to read, only ears to follow.", [
        ("第一把吉他", "A First Guitar"), ("听懂古典乐", "Hearing the Classics"), ("鼓手坐在后面", "Drummers Sit at the Back"), ("二胡两根弦", "Two Strings of the Erhu"),
        ("合唱团的星期三", "Choir on Wednesdays"), ("走调的人", "Out of Tune"), ("唱片店老板", "The Record Shop"), ("钢琴调音师", "The Piano Tuner"),
        ("爵士之夜", "A Night of Jazz"), ("民歌从哪里来", "Where Folk Songs Come From")]),
    "bicycle": ("骑行", "路线、修车和风景，放进口袋就能走。", "Routes, repairs and views, to put in a pocket and go.", [
        ("骑车过高原", "Across the Plateau by Bicycle"), ("自己修链条", "Mend Your Own Chain"), ("两个轮子的通勤", "Commuting on Two Wheels"), ("上坡哲学", "A Philosophy of Climbing"),
        ("沿江八百公里", "Eight Hundred Kilometres of River"), ("童车改造", "Rebuilding a Child's Bicycle"), ("夜骑", "Night Rides"), ("车筐里的狗", "The Dog in the Basket"),
        ("轮子的历史", "A History of the Wheel"), ("雨天骑行指南", "Riding in the Rain")]),
    "children": ("童书", "睡前十分钟，一页一幅画。", "Ten minutes before sleep, a picture on every page.", [
        ("小狐狸找帽子", "The Little Fox's Hat"), ("云朵邮局", "The Cloud Post Office"), ("大象不会跳绳", "Elephants Do Not Skip Rope"), ("会说话的雨伞", "The Talking Umbrella"),
        ("月亮借给我", "Lend Me the Moon"), ("蜗牛的生日", "The Snail's Birthday"), ("一百双袜子", "A Hundred Socks"), ("树上的学校", "The School in the Tree"),
        ("怕黑的猫头鹰", "The Owl Who Feared the Dark"), ("冬天在哪里睡觉", "Where Winter Sleeps")]),
    "money": ("理财", "算清楚家里的账，不赌。", "The sums of a household, without gambling.", [
        ("家庭记账本", "The Household Ledger"), ("利息是什么", "What Interest Is"), ("买房之前", "Before Buying a House"), ("慢慢变富", "Rich Slowly"),
        ("保险小词典", "A Little Dictionary of Insurance"), ("孩子的零花钱", "Pocket Money"), ("退休那天", "The Day of Retirement"), ("看懂工资条", "Reading a Payslip"),
        ("借钱给朋友", "Lending to Friends"), ("一年不买新衣", "A Year without New Clothes")]),
}


def books():
    items = []
    for topic, (tag, zh, en, titles) in TOPICS.items():
        for number, (title_zh, title_en) in enumerate(titles):
            item = {"id": f"{topic}-{number + 1}", "title": f"{title_zh} · {title_en}", "description": f"{zh} {en}", "tags": [tag, topic]}
            if number >= len(titles) - LATE_BOOKS:
                item["created"] = BEGIN + (DAYS - 14 * (number - len(titles) + LATE_BOOKS + 1) + 3) * DAY
            items.append(item)
    return items


def kind_of(chance):
    if chance.random() < 0.5:
        return "view"
    return chance.choices(["click", "comment", "share", "buy"], [70, 8, 7, 15])[0]


def main(folder):
    chance = random.Random(SEED)
    items = books()
    of_topic = {topic: [item for item in items if item["tags"][1] == topic] for topic in TOPICS}
    tastes, events = {}, []
    for number in range(READERS):
        reader = f"reader-{number + 1:02}"
        first, second = list(TOPICS)[number % len(TOPICS)], chance.choice(list(TOPICS))
        tastes[reader] = sorted({first, second})
        for _ in range(chance.randrange(28, 48)):
            topic = chance.choices([first, second, chance.choice(list(TOPICS))], [60, 30, 10])[0]
            time = BEGIN + chance.randrange(DAYS * DAY)
            there = [item for item in of_topic[topic] if item.get("created", BEGIN) <= time]
            # The earlier a book stands in its topic, the more people look at it.
            item = chance.choices(there, [1 / (1 + 0.3 * place) for place in range(len(there))])[0]
            events.append({"user": reader, "item": item["id"], "kind": kind_of(chance), "time": time})
    events.sort(key=lambda event: (event["time"], event["user"]))
    for number, event in enumerate(events):
        event["id"] = f"e{number + 1}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in {"items.jsonl": items, "events.jsonl": events}.items():
        (folder / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    (folder / "tastes.json").write_text(json.dumps(tastes, indent=1) + "\n", encoding="utf-8")
    print(f"{len(items)} books, {READERS} readers, {len(events)} events")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "data")
