// Postal addresses down to the house: in Chinese from the largest place to "号" and the room, in English from the house
// number to the kind of street. A street without a house is nobody's address.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "text/personal/folded_text.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

constexpr std::u32string_view kStreetEnds = U"路街道巷弄村同";
constexpr std::u32string_view kUnits = U"号號楼樓栋幢座单單层層室户";
constexpr std::u32string_view kAreaEnds = U"省市区區县縣镇鎮乡鄉州";
// What stands before an address in a sentence, and hardly ever in one.
constexpr std::u32string_view kLeads = U"在到至是址寄送往给給住";

constexpr std::array<std::u32string_view, 36> kProvinces = {
    U"北京", U"天津", U"上海", U"重庆", U"重慶", U"河北", U"山西", U"辽宁", U"吉林", U"黑龙江", U"江苏", U"浙江",
    U"安徽", U"福建", U"江西", U"山东", U"河南", U"湖北", U"湖南", U"广东", U"海南", U"四川",   U"贵州", U"云南",
    U"陕西", U"甘肃", U"青海", U"台湾", U"臺灣", U"内蒙", U"广西", U"西藏", U"宁夏", U"新疆",   U"香港", U"澳门"};

bool is_one_of(char32_t c, std::u32string_view characters) { return characters.find(c) != std::u32string_view::npos; }

bool stands_at(const FoldedText& text, std::size_t i, std::u32string_view word) {
  for (std::size_t k = 0; k < word.size(); ++k) {
    if (text.at(i + k) != word[k]) return false;
  }
  return true;
}

// Whether a street can end there: not "知道5号", "线路12号", "合同88号".
bool is_street_end(const FoldedText& text, std::size_t i) {
  const char32_t c = text.at(i);
  const char32_t left = text.before(i);
  if (c == U'同') return left == U'胡';
  if (c == U'道') return !is_one_of(left, U"知通渠频頻味报報难難打");
  if (c == U'路') return !is_one_of(left, U"线線走半跑迷");
  return is_one_of(c, kStreetEnds);
}

// "3幢", "A座", "2单元", "5号楼".
bool is_unit(const FoldedText& text, std::size_t i) {
  const char32_t c = text.at(i);
  const char32_t left = text.before(i);
  if (c == U'元') return left == U'单' || left == U'單';
  if ((c == U'楼' || c == U'樓') && (left == U'号' || left == U'號')) return true;
  return is_one_of(c, kUnits) && is_alnum(left);
}

// Where an address begins whose street ends at `street` ("23弄" too): a run of ideographs, from the last word that
// leads to it on; from a province if it names one, else a little before the first "市", "区", ..., else with the street
// alone.
std::size_t chinese_begin(const FoldedText& text, std::size_t street) {
  constexpr std::size_t kRunMost = 40, kAreaName = 3, kStreetName = 4, kLaneDigits = 4;
  std::size_t begin = street;
  while (street - begin < kLaneDigits && is_digit(text.before(begin))) --begin;
  const std::size_t name_end = begin;
  while (street - begin < kRunMost && is_cjk_ideograph(text.before(begin))) --begin;
  if (begin == name_end) return street;  // no name
  for (std::size_t i = street; i-- > begin;) {
    if (!is_one_of(text.at(i), kLeads)) continue;
    begin = i + 1;
    break;
  }
  for (std::size_t i = begin; i < street; ++i) {
    if (std::any_of(kProvinces.begin(), kProvinces.end(),
                    [&](std::u32string_view name) { return stands_at(text, i, name); }))
      return i;
  }
  for (std::size_t i = begin; i < street; ++i) {
    if (i > begin && is_one_of(text.at(i), kAreaEnds)) return std::max(begin, i - std::min(i, kAreaName));
  }
  return std::max(begin, name_end - std::min(name_end, kStreetName));
}

// What follows the house number: "3幢2单元201室", "浙大科技园A座1203".
std::size_t chinese_end(const FoldedText& text, std::size_t house_end) {
  constexpr std::size_t kLookMost = 24, kRoomMost = 5;
  const auto is_part = [&](char32_t c) { return is_alnum(c) || is_cjk_ideograph(c) || c == U'-'; };
  std::size_t end = house_end;
  for (std::size_t i = house_end; i < house_end + kLookMost && is_part(text.at(i)); ++i) {
    if (is_unit(text, i)) end = i + 1;
  }
  if (end == house_end && text.at(end) != U'-') return end;
  std::size_t room = end;
  while (room - end < kRoomMost && (is_digit(text.at(room)) || text.at(room) == U'-')) ++room;
  return is_digit(text.before(room)) ? room : end;
}

// The span up to "号" at `mark`.
std::optional<PersonalSpan> chinese_address(const FoldedText& text, std::size_t mark) {
  constexpr std::size_t kHouseMost = 8;
  std::size_t house = mark;
  if (text.before(house) == U' ') --house;
  const std::size_t last = house;
  while (last - house < kHouseMost && (is_alnum(text.before(house)) || text.before(house) == U'-')) --house;
  if (house == last || !is_alnum(text.at(house))) return std::nullopt;
  bool digit = false;
  for (std::size_t i = house; i < last; ++i) digit = digit || is_digit(text.at(i));
  std::size_t street = house;
  if (text.before(street) == U' ') --street;
  if (!digit || street == 0) return std::nullopt;
  --street;  // at the street's last character
  if (!is_street_end(text, street) || text.at(mark + 1) == U'线' || text.at(mark + 1) == U'線') return std::nullopt;
  const std::size_t begin = chinese_begin(text, street);
  if (begin == street) return std::nullopt;
  return text.span(PersonalKind::kAddress, begin, chinese_end(text, mark + 1));
}

// The word that begins at i: letters, and a point behind them.
std::size_t word_end(const FoldedText& text, std::size_t i) {
  while (is_letter(text.at(i))) ++i;
  return i;
}

bool is_street_word(const FoldedText& text, std::size_t begin, std::size_t end) {
  constexpr std::array<std::string_view, 22> kWords = {
      "street", "st",    "avenue", "ave", "road", "rd",    "boulevard", "blvd", "lane",    "ln",   "drive",
      "dr",     "court", "ct",     "way", "pl",   "place", "terrace",   "ter",  "parkway", "pkwy", "highway"};
  return is_upper(text.at(begin)) && std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
           return word.size() == end - begin && text.stands_at(begin, word);
         });
}

// ", Springfield, IL 62704" and "62704-1234".
std::size_t with_town(const FoldedText& text, std::size_t end) {
  constexpr std::size_t kWordsMost = 3;
  if (text.at(end) != U',' || text.at(end + 1) != U' ') return end;
  std::size_t i = end + 2;
  for (std::size_t words = 0; words < kWordsMost && is_upper(text.at(i)); ++words) {
    i = word_end(text, i);
    if (text.at(i) != U' ') break;
    ++i;
  }
  if (text.at(i) != U',' || text.at(i + 1) != U' ' || !is_upper(text.at(i + 2)) || !is_upper(text.at(i + 3)) ||
      text.at(i + 4) != U' ')
    return end;
  std::size_t zip = i + 5;
  while (is_digit(text.at(zip)) && zip - i < 10) ++zip;
  if (zip - i != 10) return end;
  if (text.at(zip) == U'-') {
    std::size_t more = zip + 1;
    while (is_digit(text.at(more)) && more - zip <= 4) ++more;
    if (more - zip == 5) zip = more;
  }
  return text.ends_alone(zip) ? zip : end;
}

// ", Apt 4B", " Suite 200".
std::size_t with_flat(const FoldedText& text, std::size_t end) {
  std::size_t i = end;
  if (text.at(i) == U',') ++i;
  if (text.at(i) != U' ') return end;
  const std::size_t word = ++i;
  if (text.at(i) == U'#') {
    ++i;
  } else {
    i = word_end(text, i);
    const bool flat = (i == word + 3 && text.stands_at(word, "apt")) ||
                      (i == word + 4 && text.stands_at(word, "unit")) ||
                      (i == word + 5 && text.stands_at(word, "suite"));
    if (!flat) return end;
    if (text.at(i) == U'.') ++i;
    if (text.at(i) != U' ') return end;
    ++i;
  }
  const std::size_t number = i;
  while (is_alnum(text.at(i)) && i - number < 6) ++i;
  return i > number && is_digit(text.at(number)) && text.ends_alone(i) ? i : end;
}

// A house number at i, one to four words, the last a kind of street, all with a capital or an ordinal: "12 East 5th
// St.".
std::optional<std::size_t> english_end(const FoldedText& text, std::size_t begin) {
  constexpr std::size_t kHouseMost = 5, kWordsMost = 5, kWordMost = 20;
  std::size_t i = begin;
  while (is_digit(text.at(i))) {
    if (++i - begin > kHouseMost) return std::nullopt;
  }
  for (std::size_t words = 0; words < kWordsMost && text.at(i) == U' '; ++words) {
    const std::size_t word = ++i;
    bool ordinal = false;
    if (is_digit(text.at(i))) {
      while (is_digit(text.at(i)) && i - word < 4) ++i;
      ordinal = true;
    }
    if (!ordinal && !is_upper(text.at(word))) return std::nullopt;
    i = word_end(text, i);
    if (i == word || i - word > kWordMost) return std::nullopt;
    if (words > 0 && is_street_word(text, word, i)) {
      if (text.at(i) == U'.' && !is_alnum(text.at(i + 1))) ++i;
      if (!text.ends_alone(i)) return std::nullopt;
      return with_town(text, with_flat(text, i));
    }
  }
  return std::nullopt;
}

}  // namespace

void find_addresses(const FoldedText& text, std::vector<PersonalSpan>& found) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text.at(i);
    if (c == U'号' || c == U'號') {
      if (const auto span = chinese_address(text, i)) found.push_back(*span);
      continue;
    }
    if (!is_digit(c) || is_digit(text.before(i)) || !text.begins_alone(i)) continue;
    const auto end = english_end(text, i);
    if (!end) continue;
    found.push_back(text.span(PersonalKind::kAddress, i, *end));
    i = *end - 1;
  }
}

}  // namespace yupu::text
