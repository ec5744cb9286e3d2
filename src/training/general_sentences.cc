#include "training/general_sentences.h"

#include <array>

namespace yupu::training {
namespace {

// clang-format off
constexpr auto kSentences = std::to_array<std::string_view>({
    // Chinese
    "今天外面冷不冷", "这周末会下雪吗", "上海明天的气温", "台风什么时候登陆", "为什么天空是蓝色的", "月亮离地球有多远",
    "太阳系有几颗行星", "恐龙是怎么灭绝的", "长城有多长", "唐朝是哪一年建立的", "谁发明了电灯", "世界上最高的山是哪座",
    "澳大利亚的首都在哪里", "光速是多少", "水的化学式怎么写", "一百二十三乘四十五是多少", "怎么求三角形的面积",
    "帮我解一道微积分题", "圆周率后面的数字是什么", "质数有无穷多个吗", "给我写一首关于秋天的诗", "帮我写一篇作文",
    "用一句话总结红楼梦", "推荐几本好看的小说", "最近有什么好看的电影", "昨晚的球赛谁赢了", "世界杯什么时候开始",
    "怎么练出腹肌", "跑步膝盖疼怎么办", "感冒了要吃什么药", "我最近总是失眠", "孩子发烧三十九度怎么办", "怎么减肥最快",
    "西红柿炒鸡蛋先放什么", "面包为什么发不起来", "附近有什么好吃的火锅店", "帮我订一张去广州的机票", "高铁票几点开售",
    "开车去拉萨要几天", "出国签证需要什么材料", "护照过期了怎么换", "地铁二号线末班车几点", "堵车了走哪条路",
    "怎么学好英语", "这句话翻译成日语", "法语里你好怎么说", "考研要准备多久", "论文查重率太高怎么改", "写一个快速排序",
    "这段代码为什么编译不过", "数据库索引是什么", "怎么用手机连电视", "电脑蓝屏了怎么修", "无线网络连不上",
    "手机屏幕碎了去哪儿修", "推荐一款笔记本电脑", "哪个牌子的相机好", "新能源车能跑多远", "房价还会跌吗",
    "现在买基金合适吗", "今天的股市怎么样", "美元兑人民币是多少", "个人所得税怎么算", "养老金能领多少",
    "面试要怎么自我介绍", "老板不给涨工资怎么办", "同事总是抢功劳", "怎么写辞职报告", "女朋友生气了怎么哄",
    "我喜欢上一个人", "怎么跟父母沟通", "结婚纪念日送什么好", "小狗不吃东西了", "猫咪一直叫是怎么了",
    "养金鱼要注意什么", "阳台种什么花好", "仙人掌多久浇一次水", "讲一个鬼故事", "给我出个谜语", "唱一段京剧",
    "你会跳舞吗", "你是男生还是女生", "你的爸爸是谁", "你会不会觉得无聊", "人工智能会取代人类吗", "外星人真的存在吗",
    "人死了会去哪里", "人生的意义是什么", "我感到很孤独", "我想哭", "随便聊聊吧", "你吃过饭了没有", "你最喜欢什么颜色",
    "我们来玩成语接龙", "猜猜我在想什么", "现在是几点钟", "今天是星期几", "下一个闰年是哪一年", "离春节还有多少天",
    "给我定个七点的闹钟", "提醒我下午开会", "把灯打开", "放一首周杰伦的歌", "声音调大一点", "帮我打个电话给妈妈",
    "明星结婚的新闻是真的吗", "总统选举结果出来了吗", "联合国有多少个成员", "今天有什么新闻", "彩票中奖号码是多少",
    "帮我算一卦", "双子座今年运势如何", "做梦掉牙是什么意思", "属龙的今年多大", "怎么折纸飞机", "魔方怎么还原",
    "象棋怎么开局", "吉他怎么调弦", "学钢琴晚不晚", "水彩画怎么入门", "毛衣起球怎么处理", "衣服上的油渍怎么洗",
    "马桶堵了怎么通", "墙面返潮怎么解决", "热水器不出热水", "搬家找哪家公司", "租房合同要注意什么",
    "小区物业电话是多少", "附近哪里有公共厕所", "最近的加油站在哪里", "医院几点开门挂号", "打疫苗疼不疼",
    "近视能治好吗", "牙齿矫正要多久", "血压高不能吃什么", "怎么戒烟", "喝酒脸红是为什么", "交通违章怎么处理",
    "驾照考试科目二怎么过", "酒驾怎么判", "离婚财产怎么分", "被公司辞退有赔偿吗", "身份证丢了怎么补办", "火星上有水吗",
    "黑洞是什么", "相对论讲了什么", "为什么会有四季", "鲸鱼是鱼吗", "蚊子为什么咬人", "乌龟能活多少年", "啊啊啊啊啊",
    "哈哈哈哈笑死我了", "哦哦好吧随便", "一二三四五六七", "阿巴阿巴",
    // English
    "is it cold outside today", "will it snow this weekend", "what is the temperature in Paris",
    "when does the storm arrive", "why is the sky blue", "how far away is the moon", "how many planets are there",
    "what killed the dinosaurs", "how long is the great wall", "who invented the light bulb",
    "what is the tallest mountain in the world", "capital of Australia", "how fast does light travel",
    "what is the square root of 144", "how do I find the area of a circle", "help me with my calculus homework",
    "are there infinitely many primes", "write a poem about autumn", "write an essay about friendship",
    "summarise war and peace in a sentence", "recommend a good novel", "which movie should I watch tonight",
    "who won the game last night", "when does the world cup start", "how do I get a six pack",
    "my knee hurts after running", "what can I take for a cold", "I cannot sleep at night", "my child has a high fever",
    "what is the fastest way to lose weight", "how do you make lasagna", "why does my bread not rise",
    "find me a good pizza place nearby", "book me a flight to Tokyo", "is the train on time",
    "how long is the drive to Chicago", "do I need a visa for Brazil", "how do I renew my passport",
    "when is the last subway", "which way avoids the traffic jam", "how can I learn Spanish quickly",
    "translate good morning into Japanese", "how do you say cheese in French", "which university should I apply to",
    "how do I cite a website in my thesis", "write a quicksort in python", "why does my code not compile",
    "what is a database index", "how do I connect my phone to the tv", "my computer shows a blue screen",
    "the wifi keeps dropping", "where can I get my screen fixed", "recommend a laptop for students",
    "which camera takes the best pictures", "how far can an electric car drive", "will house prices fall",
    "should I invest in gold", "how is the stock market today", "what is the exchange rate of the euro",
    "how do I file my income tax", "how much pension will I get", "how do I introduce myself in an interview",
    "my boss will not give me a raise", "how do I write a resignation letter", "my girlfriend is angry with me",
    "I think I am in love", "how do I talk to my parents", "what should I give my wife for our anniversary",
    "my dog will not eat", "why does my cat meow all night", "how often do goldfish need feeding",
    "which flowers grow in the shade", "how often should I water a cactus", "tell me a ghost story", "give me a riddle",
    "sing something for me", "can you dance", "are you a man or a woman", "who is your father", "do you get bored",
    "will robots take over the world", "are aliens real", "what happens after we die", "what is the meaning of life",
    "I feel lonely", "I want to cry", "let us just chat", "have you had lunch yet", "what is your favourite colour",
    "let us play twenty questions", "guess what I am thinking", "what day is it today", "what time is it in London",
    "when is the next leap year", "how many days until christmas", "set an alarm for seven", "remind me of the meeting",
    "turn on the lights", "play some jazz", "turn the volume up", "call my mother", "did that actor really get married",
    "who won the election", "how many countries are in the united nations", "what is in the news today",
    "what are the lottery numbers", "read my horoscope", "what does it mean to dream of falling",
    "how do I fold a paper plane", "how do I solve a rubik's cube", "what is a good chess opening",
    "how do I tune a guitar", "am I too old to learn the piano", "how do I start painting with watercolours",
    "how do I get oil out of a shirt", "the toilet is blocked", "there is mould on my wall",
    "there is no hot water in my flat", "which company should I move house with", "what should a rental contract say",
    "where is the nearest petrol station", "is there a toilet around here", "when does the hospital open",
    "do vaccines hurt", "can short sight be cured", "how long do braces take",
    "what should I not eat with high blood pressure", "how can I quit smoking", "why do I turn red when I drink",
    "I got a parking ticket", "how do I pass my driving test", "who gets the house in a divorce",
    "can they fire me for being sick", "I lost my identity card", "is there water on mars", "what is a black hole",
    "explain relativity", "why do we have seasons", "is a whale a fish", "why do mosquitoes bite",
    "how old can a turtle get", "asdf jkl qwerty", "lol that is so funny", "whatever, never mind then",
    "one two three four five six",
});
// clang-format on

}  // namespace

const std::span<const std::string_view> kGeneralSentences = kSentences;

}  // namespace yupu::training
