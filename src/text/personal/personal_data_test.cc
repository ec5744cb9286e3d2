#include "text/personal/personal_data.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "text/personal/mask.h"

namespace yupu::text {
namespace {

using Strings = std::vector<std::string>;

// "phone:13812345678", in order.
Strings found(std::string_view text, PersonalKinds kinds = PersonalKinds::all()) {
  Strings all;
  for (const PersonalSpan& span : find_personal_data(text, kinds)) {
    all.push_back(std::string(personal_kind_name(span.kind)) + ":" +
                  std::string(text.substr(span.begin, span.end - span.begin)));
  }
  return all;
}

// Texts as people write them, and what of them is personal.
struct Planted {
  std::string_view text;
  Strings personal;
};
const std::vector<Planted> kPlanted = {
    {"我的身份证号是11010519491231002X，麻烦查一下", {"id_card:11010519491231002X"}},
    {"身份证：330102198506151238。", {"id_card:330102198506151238"}},
    {"id 11010519491231002x please", {"id_card:11010519491231002x"}},
    {"440301 19920229 4568", {"id_card:440301 19920229 4568"}},
    {"６２０１０２１９８８０８０８００１６", {"id_card:６２０１０２１９８８０８０８００１６"}},
    {"手机13812345678", {"phone:13812345678"}},
    {"打 138 1234 5678 找我", {"phone:138 1234 5678"}},
    {"打138-1234-5678找我", {"phone:138-1234-5678"}},
    {"１３８１２３４５６７８", {"phone:１３８１２３４５６７８"}},
    {"+86 138 1234 5678", {"phone:+86 138 1234 5678"}},
    {"+8613812345678", {"phone:+8613812345678"}},
    {"(+86)13812345678", {"phone:(+86)13812345678"}},
    {"0086-13812345678", {"phone:0086-13812345678"}},
    {"8613812345678", {"phone:8613812345678"}},
    {"13812345678/13912345678 都行", {"phone:13812345678", "phone:13912345678"}},
    {"13812345678 13912345678", {"phone:13812345678", "phone:13912345678"}},
    {"订单20231105，电话13812345678。", {"phone:13812345678"}},
    {"固话010-62345678", {"phone:010-62345678"}},
    {"固话 0571 88886666", {"phone:0571 88886666"}},
    {"(021)5888 6666", {"phone:(021)5888 6666"}},
    {"（０２１）５８８８６６６６", {"phone:（０２１）５８８８６６６６"}},
    {"0755-8888666-801 转人工", {"phone:0755-8888666-801"}},
    {"057188886666", {"phone:057188886666"}},
    {"call me at (415) 555-2671", {"phone:(415) 555-2671"}},
    {"call 415-555-2671 or 415.555.2672", {"phone:415-555-2671", "phone:415.555.2672"}},
    {"+1 (415) 555-2671", {"phone:+1 (415) 555-2671"}},
    {"1-415-555-2671", {"phone:1-415-555-2671"}},
    {"+14155552671", {"phone:+14155552671"}},
    {"London +44 20 7946 0958.", {"phone:+44 20 7946 0958"}},
    {"卡号6222020212345678909", {"bank_card:6222020212345678909"}},
    {"卡 6222 0202 1234 5678 909", {"bank_card:6222 0202 1234 5678 909"}},
    {"visa 4111 1111 1111 1111 exp 12/27", {"bank_card:4111 1111 1111 1111"}},
    {"5555-5555-5555-4444", {"bank_card:5555-5555-5555-4444"}},
    {"amex 3782 822463 10005", {"bank_card:3782 822463 10005"}},
    {"6011111111111117", {"bank_card:6011111111111117"}},
    {"ssn 219-09-9999", {"ssn:219-09-9999"}},
    {"my social security number is 219099999", {"ssn:219099999"}},
    {"SSN: 219 09 9999", {"ssn:219 09 9999"}},
    {"写到zhang.san+tea@mail.example.com.cn谢谢", {"email:zhang.san+tea@mail.example.com.cn"}},
    {"13812345678@163.com", {"email:13812345678@163.com"}},
    {"a_b＠example．com", {"email:a_b＠example．com"}},
    {"write to Bob@Example.COM.", {"email:Bob@Example.COM"}},
    {"from 203.0.113.42:8080", {"ip:203.0.113.42"}},
    {"ping 2001:db8:85a3::8a2e:370:7334", {"ip:2001:db8:85a3::8a2e:370:7334"}},
    {"fe80::1ff:fe23:4567:890a%eth0", {"ip:fe80::1ff:fe23:4567:890a"}},
    {"请寄到浙江省杭州市西湖区文三路100号3幢201室，谢谢", {"address:浙江省杭州市西湖区文三路100号3幢201室"}},
    {"地址：上海市徐汇区漕溪北路18号", {"address:上海市徐汇区漕溪北路18号"}},
    {"我住在北京市朝阳区建国路88号院2单元1203", {"address:北京市朝阳区建国路88号院2单元1203"}},
    {"上海江宁路23弄5号502室", {"address:上海江宁路23弄5号502室"}},
    {"ship to 742 Evergreen Terrace, Springfield, IL 62704 please",
     {"address:742 Evergreen Terrace, Springfield, IL 62704"}},
    {"I live at 12 East 5th St., Apt 4B", {"address:12 East 5th St., Apt 4B"}},
    {"张三 13812345678 浙江省杭州市西湖区文三路100号", {"phone:13812345678", "address:浙江省杭州市西湖区文三路100号"}},
    {"电话13812345678身份证330102198506151238", {"phone:13812345678", "id_card:330102198506151238"}},
    {"138\u200B1234\u200B5678", {"phone:138\u200B1234\u200B5678"}},
    // Nothing of these is.
    {"订单号 GH13812345678 到哪了", {}},
    {"订单 202311051234567890", {}},
    {"order SO-13812345678", {}},
    {"2023-13812345678-01", {}},
    {"order_13812345678", {}},
    {"身份证330102198506151239", {}},
    {"11010519490231002X", {}},
    {"000102198506151238", {}},
    {"1234567890123456", {}},
    {"4111 1111 1111 1112", {}},
    {"1234 4111 1111 1111 1111", {}},
    {"6212 0571 8888 6666", {}},
    {"tracking 41111111111111111111", {}},
    {"一共12345678901元", {}},
    {"¥13812345678", {}},
    {"12345678", {}},
    {"2023-11-05 12:30:45", {}},
    {"20231105123000", {}},
    {"1700000000123", {}},
    {"000-12-3456 and 666-12-3456 and 912-34-5678", {}},
    {"219 09 9999", {}},
    {"911-555-2671", {}},
    {"version 1.2.3.4, or v10.0.0.1", {}},
    {"10.0.0.256 and 1.2.3", {}},
    {"127.0.0.1 and ::1", {}},
    {"std::dead::beef a::b 12:30:45 00:1a:2b:3c:4d:5e", {}},
    {"@everyone, a@b, user@localhost", {}},
    {"知道5号到货，合同12号，地铁2号线，文三路12号线", {}},
    {"3 green boxes, 5 Star Hotel, 12 months", {}},
    {"3.13812345678", {}},
    {"圆周率3.14159265358979", {}},
    {"[phone] [id_card] [phone 12]", {}},
    {"", {}},
    {"没有数字", {}},
};

TEST(PersonalData, WhatIsPlantedIsFoundAndNothingElse) {
  for (const Planted& planted : kPlanted) EXPECT_EQ(found(planted.text), planted.personal) << planted.text;
}

// What the specification of the shop promises, over the same texts put behind one another.
TEST(PersonalData, RecallAndPrecision) {
  std::string text;
  std::vector<PersonalSpan> expected;
  for (const Planted& planted : kPlanted) {
    std::size_t from = 0;
    for (const std::string& personal : planted.personal) {
      const std::size_t colon = personal.find(':');
      const std::string value = personal.substr(colon + 1);
      const std::size_t at = planted.text.find(value, from);
      ASSERT_NE(at, std::string_view::npos) << planted.text;
      from = at + value.size();
      expected.push_back({.kind = *find_personal_kind(personal.substr(0, colon)),
                          .begin = text.size() + at,
                          .end = text.size() + from});
    }
    text += std::string(planted.text) + "\n";
  }
  std::size_t right = 0;
  const auto spans = find_personal_data(text);
  for (const PersonalSpan& span : spans) {
    for (const PersonalSpan& planted : expected) {
      right += span.kind == planted.kind && span.begin == planted.begin && span.end == planted.end ? 1U : 0U;
    }
  }
  ASSERT_GT(expected.size(), 50U);
  EXPECT_GE(static_cast<double>(right), 0.98 * static_cast<double>(expected.size()));
  EXPECT_GE(static_cast<double>(right), 0.95 * static_cast<double>(spans.size()));
}

char check_character(const std::string& seventeen) {
  // The other way round than the code: the character that makes the whole congruent to 1 (ISO 7064).
  for (const char c : std::string("0123456789X")) {
    int remainder = 0;
    for (const char digit : seventeen) remainder = (remainder + (digit - '0')) * 2 % 11;
    if ((remainder + (c == 'X' ? 10 : c - '0')) % 11 == 1) return c;
  }
  return '?';
}

std::string random_id_card(Rng& random) {
  constexpr std::string_view kRegions[] = {"110105", "330102", "440301", "620102", "310115", "510107", "650103"};
  std::string id(kRegions[random.below(std::size(kRegions))]);
  const auto two = [](std::uint64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  id += std::to_string(1930 + random.below(90)) + two(1 + random.below(12)) + two(1 + random.below(28));
  for (int i = 0; i < 3; ++i) id += static_cast<char>('0' + random.below(10));
  return id + check_character(id);
}

TEST(PersonalData, ValidIdentityCardsAreFoundAndOnesWithAnotherCheckCharacterAreNot) {
  Rng random(22);
  for (int i = 0; i < 2000; ++i) {
    const std::string id = random_id_card(random);
    EXPECT_EQ(found("号码" + id + "。"), Strings{"id_card:" + id});
    for (const char c : std::string("0123456789X")) {
      if (c == id.back()) continue;
      EXPECT_EQ(found("号码" + id.substr(0, 17) + c + "。"), Strings{}) << id << ' ' << c;
    }
    EXPECT_EQ(found("号码7" + id), Strings{}) << id;
  }
}

TEST(PersonalData, CardsAreFoundByLuhnAndMutatedOnesAreNot) {
  Rng random(23);
  for (int i = 0; i < 2000; ++i) {
    std::string card = i % 2 == 0 ? "62" : "4";
    while (card.size() < 15) card += static_cast<char>('0' + random.below(10));
    int sum = 0;  // from the right, the check digit's neighbour doubled
    for (std::size_t k = 0; k < card.size(); ++k) {
      const int value = (card[card.size() - 1 - k] - '0') * (k % 2 == 0 ? 2 : 1);
      sum += value / 10 + value % 10;
    }
    const int check = (10 - sum % 10) % 10;
    for (int digit = 0; digit < 10; ++digit) {
      const std::string number = card + static_cast<char>('0' + digit);
      const bool right = digit == check;
      EXPECT_EQ(found("card " + number), right ? Strings{"bank_card:" + number} : Strings{});
      std::string grouped = number;
      for (const std::size_t at : {std::size_t{12}, std::size_t{8}, std::size_t{4}}) grouped.insert(at, " ");
      EXPECT_EQ(found("card " + grouped), right ? Strings{"bank_card:" + grouped} : Strings{});
    }
  }
}

TEST(PersonalData, MobilesAreFoundAloneAndNotInsideLongerNumbers) {
  Rng random(24);
  for (int i = 0; i < 2000; ++i) {
    std::string number = "1" + std::string(1, static_cast<char>('3' + random.below(7)));
    while (number.size() < 11) number += static_cast<char>('0' + random.below(10));
    EXPECT_EQ(found("电话" + number + "找我"), Strings{"phone:" + number});
    EXPECT_EQ(found(number.substr(0, 10)), Strings{});
    EXPECT_EQ(found("X" + number), Strings{});
    EXPECT_EQ(found(number + "b"), Strings{});
  }
}

TEST(PersonalData, OnlyTheKindsAskedFor) {
  PersonalKinds phones;
  phones.add(PersonalKind::kPhone);
  EXPECT_EQ(found("13812345678, a@b.com", phones), Strings{"phone:13812345678"});
  EXPECT_EQ(found("13812345678, a@b.com", {}), Strings{});
  EXPECT_EQ(phones.names(), Strings{"phone"});
  EXPECT_EQ(PersonalKinds::all().names().size(), kPersonalKindCount);
  for (const std::string& name : PersonalKinds::all().names())
    EXPECT_EQ(personal_kind_name(*find_personal_kind(name)), name);
  EXPECT_FALSE(find_personal_kind("nickname"));
}

TEST(PersonalData, AnyBytes) {
  EXPECT_EQ(found("\xFF\xFE 13812345678 \xE4\xB8"), Strings{"phone:13812345678"});
  EXPECT_EQ(mask_personal_data("\xFF 13812345678 \xE4\xB8"), "\xFF [phone] \xE4\xB8");
  const std::string digits(1 << 16, '1');
  EXPECT_EQ(found(digits), Strings{});
  const std::string signs(1 << 16, '@');
  EXPECT_EQ(found(signs), Strings{});
}

TEST(Mask, TheKindStaysTheValueDoesNot) {
  EXPECT_EQ(mask_personal_data("电话13812345678，邮箱a@example.com"), "电话[phone]，邮箱[email]");
  EXPECT_EQ(mask_personal_data("卡6222020212345678909"), "卡[bank_card]");
  EXPECT_EQ(mask_personal_data("nothing of it 330102198506151239"), "nothing of it 330102198506151239");
  const std::string once = mask_personal_data("219-09-9999 and 203.0.113.42");
  EXPECT_EQ(once, "[ssn] and [ip]");
  EXPECT_EQ(mask_personal_data(once), once);
}

TEST(Mask, OneMaskerKnowsAValueAgain) {
  PersonalMasker masker;
  EXPECT_EQ(masker.mask("call 13812345678, not 13912345678"), "call [phone 1], not [phone 2]");
  EXPECT_EQ(masker.mask("138-1234-5678 or １３８１２３４５６７８"), "[phone 1] or [phone 1]");
  EXPECT_EQ(masker.mask("A@Example.com a@example.com"), "[email 1] [email 1]");
  ASSERT_EQ(masker.entries().size(), 3U);
  EXPECT_EQ(masker.entries()[1].placeholder, "[phone 2]");
  EXPECT_EQ(masker.entries()[1].text, "13912345678");
  std::map<std::string, std::string, std::less<>> back;
  for (const auto& entry : masker.entries()) back[entry.placeholder] = entry.text;
  EXPECT_EQ(unmask_personal_data("call [phone 1], not [phone 2] [phone 3] [", back),
            "call 13812345678, not 13912345678 [phone 3] [");
}

}  // namespace
}  // namespace yupu::text
