#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "text/personal/mask.h"
#include "text/personal/personal_data.h"

namespace yupu::text {
namespace {

// Texts as visitors write them, and how they are kept.
struct Kept {
  std::string_view said, kept;
};

std::string masked(std::string_view text) {
  PersonalKinds names;
  names.add(PersonalKind::kName);
  return mask_personal_data(text, names);
}

void expect_kept(const std::vector<Kept>& all) {
  for (const Kept& one : all) EXPECT_EQ(masked(one.said), one.kept) << one.said;
}

TEST(Names, SaidInChinese) {
  expect_kept({
      {"我叫张伟", "我叫[name]"},
      {"你好，我叫王建国，想查一下订单", "你好，我叫[name]，想查一下订单"},
      {"我叫周敏，住在新港。", "我叫[name]，住在新港。"},
      {"我叫欧阳娜娜的订单", "我叫[name]的订单"},
      {"我叫李雷想退款", "我叫[name]想退款"},
      {"我叫李想退款", "我叫[name]退款"},
      {"我的名字叫诸葛亮", "我的名字叫[name]"},
      {"我叫 Tom Smith，订单没到", "我叫 [name]，订单没到"},
      {"我叫小王", "我叫[name]"},
      {"姓名：陈小红 电话13812345678", "姓名：[name] 电话13812345678"},
      {"姓名: 赵六", "姓名: [name]"},
      {"请把收货人改成李女士", "请把收货人改成[name]女士"},
      {"收件人是韩梅梅", "收件人是[name]"},
      {"联系人：张三丰，下午在家", "联系人：[name]，下午在家"},
      {"免贵姓李", "免贵姓[name]"},
      {"我姓司马的", "我姓[name]的"},
  });
}

TEST(Names, HintedInChineseOnlyWhatIsHardlyAnythingElse) {
  expect_kept({
      {"我是王建国", "我是[name]"},
      {"您好，我是李娟，昨天下的单", "您好，我是[name]，昨天下的单"},
      {"我是新手", "我是新手"},
      {"我是高级会员", "我是高级会员"},
      {"我是高中生", "我是高中生"},
      {"我是黄金会员", "我是黄金会员"},
      {"我是金华人", "我是金华人"},
      {"我是开餐馆的", "我是开餐馆的"},
      {"我是安卓手机", "我是安卓手机"},
      {"我是要整个账户都删掉", "我是要整个账户都删掉"},
      {"我是万达的", "我是万达的"},
  });
}

// A megabyte of what only looks like parts of a name: neither a stack nor minutes.
TEST(Names, HostileTextCostsNoMoreThanAnother) {
  std::string particles = "my name is Ann";
  std::string joined;
  for (int i = 0; i < 250'000; ++i) {
    particles += " de";
    joined += "a\u2019";
  }
  EXPECT_EQ(masked(particles).substr(0, 17), "my name is [name]");
  EXPECT_EQ(masked(joined), joined);
}

TEST(Names, TitledInChinese) {
  expect_kept({
      {"王先生", "[name]先生"},
      {"找张伟经理", "找[name]经理"},
      {"谢谢王师傅", "谢谢[name]师傅"},
      {"转接欧阳老师", "转接欧阳老师"},  // 接 leads to no name
      {"请欧阳老师回电", "请[name]老师回电"},
      {"我是王先生", "我是[name]先生"},
      {"客服小姐姐在不在", "客服小姐姐在不在"},
      {"我和先生共用一个账户", "我和先生共用一个账户"},
      {"我先生更喜欢那个竹节款", "我先生更喜欢那个竹节款"},
      {"对方律师", "对方律师"},
      {"我方经理", "我方经理"},
      {"由于老师不在", "由于老师不在"},
      {"关于老师的优惠", "关于老师的优惠"},
      {"为何老师不回", "为何老师不回"},
      {"客户经理和项目经理", "客户经理和项目经理"},
      {"平台经理", "平台经理"},
  });
}

TEST(Names, WhatSoundsLikeOneInChineseIsNone) {
  expect_kept({
      {"我叫外卖", "我叫外卖"},
      {"我叫了车", "我叫了车"},
      {"我叫方便面", "我叫方便面"},
      {"他叫我付款", "他叫我付款"},
      {"姓名和电话都要填吗", "姓名和电话都要填吗"},
      {"收件姓名打错字了", "收件姓名打错字了"},
      {"联系人方式", "联系人方式"},
      {"收货人是谁", "收货人是谁"},
      {"老百姓高兴", "老百姓高兴"},
      {"您贵姓", "您贵姓"},
  });
}

TEST(Names, SaidInEnglish) {
  expect_kept({
      {"my name is Ann", "my name is [name]"},
      {"Good afternoon, my name is Tom, nice to meet you", "Good afternoon, my name is [name], nice to meet you"},
      {"My name's Mary-Ann O'Neil.", "My name's [name]."},
      {"my full name is John J. Smith and I moved", "my full name is [name] and I moved"},
      {"my name is john smith", "my name is [name]"},
      {"my name is john and i need help", "my name is [name] and i need help"},
      {"MY NAME IS JOHN SMITH", "MY NAME IS [name]"},
      {"my name is José García", "my name is [name]"},
      {"my name is Ludwig van Beethoven", "my name is [name]"},
      {"My name is Li Lei I ordered tea", "My name is [name] I ordered tea"},
      {"Name: Ann Smith, phone 5", "Name: [name], phone 5"},
      {"Cardholder name: 张伟", "Cardholder name: [name]"},
      {"book it in the name of Brown", "book it in the name of [name]"},
      {"call me Ishmael", "call me [name]"},
  });
}

TEST(Names, HintedAndTitledInEnglish) {
  expect_kept({
      {"Hi, I'm Tom from Leeds", "Hi, I'm [name] from Leeds"},
      {"this is Anna Karenina speaking", "this is [name] speaking"},
      {"Kindly alter the addressee to Mr Wang Lei", "Kindly alter the addressee to Mr [name]"},
      {"ask Mrs. Smith", "ask Mrs. [name]"},
      {"mr smith is my neighbour", "mr [name] is my neighbour"},
      {"Dear Dr. Watson, hello", "Dear Dr. [name], hello"},
      {"I'm Happy with it", "I'm Happy with it"},
      {"I am not tom", "I am not tom"},
      {"this is Amazing", "this is Amazing"},
      {"the ms office files", "the ms office files"},
      {"Evergreen Dr Springfield", "Evergreen Dr Springfield"},
  });
}

TEST(Names, WhatSoundsLikeOneInEnglishIsNone) {
  expect_kept({
      {"my name is wrong on the card", "my name is wrong on the card"},
      {"My name is Misspelled", "My name is Misspelled"},
      {"my name is on the order", "my name is on the order"},
      {"My company name is missing", "My company name is missing"},
      {"Our product name is Blue Tea", "Our product name is Blue Tea"},
      {"put my name on it", "put my name on it"},
      {"the username is TeaLover", "the username is TeaLover"},
      {"call me back", "call me back"},
      {"file name: Report", "file name: Report"},
  });
}

TEST(Names, AmongOtherPersonalDataAndOnceOnly) {
  EXPECT_EQ(mask_personal_data("我叫张伟，电话13812345678"), "我叫[name]，电话[phone]");
  EXPECT_EQ(mask_personal_data("my name is Ann, ann@example.com"), "my name is [name], [email]");
  const std::string once = mask_personal_data("我叫张伟, Mr. Smith");
  EXPECT_EQ(mask_personal_data(once), once);
  PersonalKinds phones;
  phones.add(PersonalKind::kPhone);
  EXPECT_EQ(mask_personal_data("我叫张伟，电话13812345678", phones), "我叫张伟，电话[phone]");
  PersonalMasker masker;
  EXPECT_EQ(masker.mask("我叫张伟；张伟经理；my name is Ann"), "我叫[name 1]；[name 1]经理；my name is [name 2]");
  EXPECT_EQ(mask_personal_data("\xFF 我叫张伟\xE4\xB8"), "\xFF 我叫[name]\xE4\xB8");
}

}  // namespace
}  // namespace yupu::text
