// Names in Chinese: a family name of one character, or of two, and one or two more; where one says so, or calls
// somebody by a title.
#include <algorithm>
#include <array>
#include <string_view>

#include "text/personal/names.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

// The commonest family names, simplified and traditional, without those that are mostly a word: 和, 时, 车, 单, 成, 连.
constexpr std::u32string_view kFamily =
    U"王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭"
    U"吕呂苏蘇"
    U"卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金石陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍"
    U"万萬段钱錢"
    U"汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶焦向柳邢路"
    U"岳齐齊梅"
    U"莫庄莊辛管祝左涂谷祁耿牟卜詹关關苗凌费費纪紀靳盛童欧歐甄项項曲游阳裴席卫衛查屈鲍鮑霍翁隋甘景薄柏宁寧柯阮桂闵閔欧"
    U"柴蒲房"
    U"饶饒佟冉刁狄";
constexpr std::array<std::u32string_view, 16> kFamilyPairs = {U"欧阳", U"歐陽", U"上官", U"司马", U"司馬", U"诸葛",
                                                              U"諸葛", U"司徒", U"令狐", U"皇甫", U"尉迟", U"慕容",
                                                              U"端木", U"夏侯", U"东方", U"南宫"};
// Of given names, where the words before do not say that a name follows.
constexpr std::u32string_view kGiven =
    U"伟偉芳娜敏静靜丽麗强強磊军軍洋勇艳艷杰傑娟涛濤明超霞平刚剛桂英华華玉兰蘭红紅建国國文志海波婷玲鹏鵬辉輝斌宇浩鑫晨"
    U"雪梅琳佳欣"
    U"雨涵梓轩軒子豪俊峰龙龍飞飛凯凱旭东東晓曉春秀珍荣榮庆慶祥福贵貴德胜勝利永健康成林森江河山川云雲岩松柏青蓝彤颖穎莹"
    U"瑩慧倩"
    U"琴瑶瑾萱怡悦悅心思梦夢诗詩琪雯菲萍莉莲蓮燕凤鳳娇嬌媛璐璇珊珂珠瑞祺琦睿博学學哲翰诚誠信义義仁礼智勤恒毅铭銘锋鋒钢"
    U"鋼钰锦錦宝"
    U"寶元达達远遠航翔宏洪泽澤润潤泓清源泉溪澜瀾淑洁潔冰霜露霏雷震霖岚嵐岳峻嵘坤培城垚堃圣聖基良才光宗耀祖兴興旺家佩依"
    U"若可爱"
    U"嘉俪楠楚晴晶朋月阳陽星辰昊昕晗灿燦炜煒焕然煜熙勋昌盛茂荷芸芝芬芮茜茹蓉蕾薇蕊莎娅妍妮姗婉嫣婧媚素红纯纹绍维維纲继"
    U"繼绮巧"
    U"三四一二五小大少";
// A name has ended before one of these; nobody's given name begins with one of the second.
constexpr std::u32string_view kAfterName =
    U"的了是在要想住有和与也吗呢吧啊呀哦来订买退请帮现今昨从就不没可这那我你您他她電电手身号預预申办查取改寄收说打";
constexpr std::u32string_view kNeverInName = U"的了是我你您他她们們吗呢吧啊个個过過不没這这那么麼怎什谁誰式";
// What begins as a name does, and is none.
constexpr auto kWords = std::to_array<std::u32string_view>(
    {U"方便", U"方案", U"方法", U"高级", U"高端", U"高铁", U"高中", U"高考", U"黄金", U"黄色", U"黄牛", U"白金",
     U"白色", U"金卡", U"金牌", U"金融", U"金额", U"安卓", U"安装", U"安排", U"安全", U"万能", U"万一", U"常用",
     U"常见", U"平台", U"马上", U"任何", U"任务", U"任意", U"于是", U"何时", U"何地", U"何处", U"江苏", U"江西",
     U"周一", U"周二", U"周三", U"周四", U"周五", U"周六", U"周日", U"周末", U"周边", U"周期", U"周年", U"石油",
     U"路上", U"路由", U"路人", U"房东", U"房子", U"房间", U"房产", U"温州", U"夏天", U"夏季", U"费用", U"程序",
     U"关于", U"关闭", U"关注", U"关机", U"毛病", U"毛衣", U"宁波", U"宁夏", U"牛奶", U"牛肉", U"钱包", U"余额",
     U"余下", U"项目", U"申请", U"申报", U"管理", U"管家", U"游客", U"游戏", U"曾经", U"查询", U"查看", U"查不",
     U"顾客", U"桂林", U"陆续", U"史上", U"向上", U"文件", U"文字", U"易碎", U"武汉", U"施工", U"严重", U"温馨",
     U"章节", U"左右", U"左边", U"祝福", U"祝愿", U"盛大", U"童装", U"童鞋", U"甘肃", U"景区", U"柏林", U"汤圆",
     U"康复", U"钟点", U"叶子", U"龙井", U"石头", U"田园", U"金条", U"金子", U"白茶", U"黄茶", U"席位", U"卫生",
     U"阳台", U"阳光", U"林业", U"兰州", U"杭州", U"方面", U"孔雀", U"梅花", U"莫名", U"庄家"});

// Behind these a name follows at once, or behind ":" or "是".
constexpr auto kSaid = std::to_array<std::u32string_view>(
    {U"我叫", U"我名叫", U"我的名字叫", U"我名字叫", U"名字是", U"名字叫", U"本人叫", U"他叫", U"她叫"});
constexpr auto kHinted = std::to_array<std::u32string_view>({U"我是", U"这里是", U"本人", U"我就是"});
// Behind these it stands behind ":" or a verb: "收件人改成李雷".
constexpr auto kFields =
    std::to_array<std::u32string_view>({U"姓名",   U"联系人", U"聯繫人", U"收件人", U"收货人", U"收貨人", U"寄件人",
                                        U"发件人", U"持卡人", U"开户人", U"户名",   U"户主",   U"投保人", U"被保险人",
                                        U"申请人", U"预订人", U"入住人", U"乘客",   U"乘机人", U"患者",   U"名字"});
constexpr auto kVerbs =
    std::to_array<std::u32string_view>({U":", U"是", U"为", U"叫", U"改成", U"改为", U"换成", U"写成", U"填", U"写"});
constexpr auto kTitles = std::to_array<std::u32string_view>(
    {U"先生", U"女士", U"小姐", U"太太", U"老师", U"老師", U"师傅", U"師傅", U"经理", U"經理", U"医生",
     U"醫生", U"大夫", U"律师", U"律師", U"主任", U"同学", U"阿姨", U"叔叔", U"教授", U"护士"});
// Before a titled name: nothing of Chinese, or one of these.
constexpr std::u32string_view kLeads = U"找是叫跟和给給请請问問让讓的位对對姓为為由被与與把到见寄好成送谢謝人系了";
// A lead and a family name that are one word: 对方, 由于, 为何, 有关, 对应.
constexpr auto kFused = std::to_array<std::u32string_view>({U"对方", U"對方", U"对于", U"由于", U"为何", U"对应"});

bool is_one_of(char32_t c, std::u32string_view characters) {
  return c != U'\0' && characters.find(c) != characters.npos;
}

bool stands_at(const FoldedText& text, std::size_t i, std::u32string_view word) {
  for (std::size_t k = 0; k < word.size(); ++k) {
    if (text.at(i + k) != word[k]) return false;
  }
  return true;
}

// The length of the one of `words` that stands at i, the longest; 0: none.
template <std::size_t N>
std::size_t word_at(const FoldedText& text, std::size_t i, const std::array<std::u32string_view, N>& words) {
  std::size_t length = 0;
  for (const std::u32string_view word : words) {
    if (word.size() > length && stands_at(text, i, word)) length = word.size();
  }
  return length;
}

// The family name at i: characters; 0: none.
std::size_t family_length(const FoldedText& text, std::size_t i) {
  if (const std::size_t pair = word_at(text, i, kFamilyPairs); pair > 0) return pair;
  return is_one_of(text.at(i), kFamily) && word_at(text, i, kWords) == 0 ? 1 : 0;
}

// "小王", "老李" behind 我叫.
std::size_t nickname_end(const FoldedText& text, std::size_t i) {
  const bool is_nickname = is_one_of(text.at(i), U"小老阿") && is_one_of(text.at(i + 1), kFamily) &&
                           (!is_cjk_ideograph(text.at(i + 2)) || is_one_of(text.at(i + 2), kNeverInName));
  return is_nickname ? i + 2 : i;
}

std::size_t skip_spaces(const FoldedText& text, std::size_t i) {
  while (text.at(i) == U' ') ++i;
  return i;
}

// A name in either script at i, behind words that say so.
void take_name(const FoldedText& text, std::size_t i, NameHint hint, std::vector<PersonalSpan>& found) {
  std::size_t end = chinese_name_end(text, i, hint);
  if (end == i && hint == NameHint::kSaid) end = nickname_end(text, i);
  if (end == i) end = latin_name_end(text, i, hint);
  if (end > i) found.push_back(text.span(PersonalKind::kName, i, end));
}

void find_said(const FoldedText& text, std::size_t i, std::vector<PersonalSpan>& found) {
  if (const std::size_t said = word_at(text, i, kSaid); said > 0) {
    std::size_t at = skip_spaces(text, i + said);
    if (text.at(at) == U':') at = skip_spaces(text, at + 1);
    take_name(text, at, NameHint::kSaid, found);
    return;
  }
  if (const std::size_t field = word_at(text, i, kFields); field > 0) {
    const std::size_t verb_at = skip_spaces(text, i + field);
    if (const std::size_t verb = word_at(text, verb_at, kVerbs); verb > 0)
      take_name(text, skip_spaces(text, verb_at + verb), NameHint::kSaid, found);
    return;
  }
  if (const std::size_t hinted = word_at(text, i, kHinted); hinted > 0)
    take_name(text, skip_spaces(text, i + hinted), NameHint::kHinted, found);
  // "我姓王", "姓欧阳的"
  if (text.at(i) != U'姓') return;
  const std::size_t end = i + 1 + family_length(text, i + 1);
  const char32_t next = text.at(end);
  if (end > i + 1 && (!is_cjk_ideograph(next) || is_one_of(next, kAfterName)))
    found.push_back(text.span(PersonalKind::kName, i + 1, end));
}

// Whether a titled name may begin at `begin`: "找张老师" and not "对方律师".
bool may_begin(const FoldedText& text, std::size_t begin) {
  const char32_t left = text.before(begin);
  if (!is_cjk_ideograph(left)) return true;
  return is_one_of(left, kLeads) && word_at(text, begin - 1, kFused) == 0;
}

// The name before a title that stands at `title`.
void find_titled(const FoldedText& text, std::size_t title, std::vector<PersonalSpan>& found) {
  const std::size_t title_length = word_at(text, title, kTitles);
  // "小姐姐" is nobody's title.
  if (title_length == 0 || (text.at(title) == U'小' && text.at(title + 2) == U'姐')) return;
  constexpr std::size_t kNameMost = 4;
  for (std::size_t length = std::min(kNameMost, title); length > 0; --length) {
    const std::size_t begin = title - length;
    const std::size_t family = family_length(text, begin);
    if (family == 0 || family > length || length - family > 2 || !may_begin(text, begin)) continue;
    bool is_name = true;
    for (std::size_t k = begin + family; k < title; ++k) is_name = is_name && is_one_of(text.at(k), kGiven);
    if (!is_name) continue;
    found.push_back(text.span(PersonalKind::kName, begin, title));
    return;
  }
}

}  // namespace

std::size_t chinese_name_end(const FoldedText& text, std::size_t i, NameHint hint) {
  const std::size_t family = family_length(text, i);
  if (family == 0) return i;
  const std::size_t given = i + family;
  std::size_t run = 0;
  while (run < 3 && is_cjk_ideograph(text.at(given + run))) ++run;
  if (run == 0 || is_one_of(text.at(given), kNeverInName)) return i;
  if (hint == NameHint::kHinted) {
    // All of what is said, or it is no name: "我是高中生", "我是金华人".
    if (run > 2 || !is_one_of(text.at(given), kGiven)) return i;
    return run == 1 || is_one_of(text.at(given + 1), kGiven) ? given + run : i;
  }
  // 先生 and the like are left to be read.
  if (word_at(text, given, kTitles) > 0) return given;
  if (run > 1 && word_at(text, given + 1, kTitles) > 0) return given + 1;
  const bool ends_early = run > 1 && is_one_of(text.at(given + 1), run > 2 ? kAfterName : kNeverInName);
  return given + (run == 1 || ends_early ? 1 : 2);
}

void find_chinese_names(const FoldedText& text, std::vector<PersonalSpan>& found) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_cjk_ideograph(text.at(i))) continue;
    find_said(text, i, found);
    find_titled(text, i, found);
  }
}

}  // namespace yupu::text
