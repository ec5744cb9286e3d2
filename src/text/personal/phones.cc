#include "text/personal/phones.h"

#include <array>
#include <string>

#include "text/personal/number_checks.h"

namespace yupu::text {
namespace {

constexpr std::u32string_view kJoints = U" -";

class PhoneReader {
 public:
  PhoneReader(const FoldedText& text, const DigitGroups& groups, std::size_t g) : text_(text), groups_(groups), g_(g) {}

  std::optional<NumberMatch> read() const {
    for (auto rule :
         {&PhoneReader::international, &PhoneReader::mobile, &PhoneReader::landline, &PhoneReader::north_american}) {
      if (auto match = (this->*rule)()) return match;
    }
    return std::nullopt;
  }

 private:
  std::size_t begin() const { return groups_[g_].begin; }
  std::size_t end_of(std::size_t count) const { return groups_[g_ + count - 1].end; }

  std::optional<NumberMatch> match(std::size_t begin, std::size_t end, std::size_t count) const {
    if (!text_.begins_alone(begin) || !text_.ends_alone(end) || is_among_fours(begin, count)) return std::nullopt;
    return NumberMatch{.begin = begin, .end = end, .group_count = count};
  }

  // Whether the groups go on with one of four, as the groups of a card do: "6212 0571 8888 6666" calls nobody.
  bool is_among_fours(std::size_t begin, std::size_t count) const {
    if (count == 1) return false;
    const bool before =
        begin == groups_[g_].begin && g_ > 0 && groups_[g_ - 1].size() == 4 && groups_.joint(g_ - 1) == U' ';
    const std::size_t last = g_ + count - 1;
    return before || (groups_.joint(last) == U' ' && groups_[last + 1].size() == 4);
  }

  // Where the number begins when a country code stands before `begin`: "+86 ", "0086-", "(+86)", "86 "; else `begin`.
  std::size_t with_country(std::size_t begin, std::u32string_view code, bool plus_needed) const {
    std::size_t k = begin;
    bool closed = false;
    while (begin - k < 2 && (text_.before(k) == U' ' || text_.before(k) == U'-' || text_.before(k) == U')')) {
      closed = closed || text_.before(k) == U')';
      --k;
    }
    if (k == begin || k < code.size()) return begin;
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (text_.at(k - code.size() + i) != code[i]) return begin;
    }
    k -= code.size();
    if (text_.before(k) == U'0' && k > 1 && text_.at(k - 2) == U'0') k -= 2;
    if (is_alnum(text_.before(k))) return begin;
    const bool plus = text_.before(k) == U'+';
    if (plus_needed && !plus) return begin;
    if (plus) --k;
    return closed && text_.before(k) == U'(' ? k - 1 : k;
  }

  // "+44 20 7946 0958": all groups that single spaces, hyphens or points join, as far as a number can be long.
  std::optional<NumberMatch> international() const {
    constexpr std::size_t kDigitsLeast = 8;
    if (text_.before(begin()) != U'+' || text_.at(begin()) == U'0') return std::nullopt;
    const std::size_t plus = begin() - 1;
    if (text_.before(plus) == U'+' || is_alnum(text_.before(plus))) return std::nullopt;
    // E.164: 15 at most; in North America 1 and ten, in mainland China 86 and eleven.
    const std::size_t most = text_.at(begin()) == U'1' ? 11 : text_.stands_at(begin(), "86") ? 13 : 15;
    std::size_t count = 1;
    std::size_t digits = groups_[g_].size();
    while (true) {
      const char32_t joint = groups_.joint(g_ + count - 1);
      if (joint != U' ' && joint != U'-' && joint != U'.') break;
      const std::size_t next = groups_[g_ + count].size();
      if (digits + next > most) break;
      digits += next;
      ++count;
    }
    if (digits < kDigitsLeast || digits > most) return std::nullopt;
    const std::size_t end = end_of(count);
    if (!text_.ends_alone(end)) return std::nullopt;
    return NumberMatch{.begin = plus, .end = end, .group_count = count};
  }

  std::optional<NumberMatch> mobile() const {
    constexpr std::array<std::size_t, 3> kWhole = {11}, kGrouped = {3, 4, 4};
    for (const auto& shape : {kWhole, kGrouped}) {
      const std::size_t count = DigitGroups::shape_length(shape);
      if (groups_.shaped(g_, shape, kJoints) && is_mainland_mobile(groups_.digits(g_, count)))
        return match(with_country(begin(), U"86", false), end_of(count), count);
    }
    // The country code in one piece with it.
    std::string digits = groups_.digits(g_, 1);
    if (digits.size() == 15 && digits.starts_with("00")) digits.erase(0, 2);
    if (digits.size() != 13 || !digits.starts_with("86") || !is_mainland_mobile(digits.substr(2))) return std::nullopt;
    return match(text_.before(begin()) == U'+' ? begin() - 1 : begin(), end_of(1), 1);
  }

  std::optional<NumberMatch> landline() const {
    const std::string first = groups_.digits(g_, 1);
    const std::size_t area = area_code_length(first);
    if (area == 0) return std::nullopt;
    if (first.size() > area) {  // in one piece: eight digits behind the short codes, lest a counter be taken for one
      if (!is_mainland_landline(first) || (area == 3 && first.size() != 11)) return std::nullopt;
      return with_extension(begin(), 1);
    }
    const DigitGroup& group = groups_[g_];
    const bool closed = text_.before(group.begin) == U'(' && text_.at(group.end) == U')';
    if (g_ + 1 >= groups_.size() || groups_[g_ + 1].begin - group.end > 2) return std::nullopt;
    const char32_t last = text_.before(groups_[g_ + 1].begin);
    const bool joined =
        closed ? last == U')' || last == U' ' || last == U'-' : groups_.joint(g_) == U'-' || groups_.joint(g_) == U' ';
    if (!joined) return std::nullopt;
    constexpr std::array<std::size_t, 2> kLocals[] = {{8}, {7}, {4, 4}, {3, 4}};
    for (const auto& local : kLocals) {
      const std::size_t count = 1 + DigitGroups::shape_length(local);
      if (!groups_.shaped(g_ + 1, local, kJoints) || !is_mainland_landline(groups_.digits(g_, count))) continue;
      return with_extension(closed ? group.begin - 1 : group.begin, count);
    }
    return std::nullopt;
  }

  // "010-12345678-801".
  std::optional<NumberMatch> with_extension(std::size_t begin, std::size_t count) const {
    constexpr std::size_t kExtensionMost = 6;
    if (groups_.joint(g_ + count - 1) == U'-' && groups_[g_ + count].size() <= kExtensionMost) {
      if (auto longer = match(begin, end_of(count + 1), count + 1)) return longer;
    }
    return match(begin, end_of(count), count);
  }

  std::optional<NumberMatch> north_american() const {
    constexpr std::array<std::size_t, 4> kGrouped = {3, 3, 4}, kWithOne = {1, 3, 3, 4};
    if (groups_.shaped(g_, kWithOne, U" -.") && groups_.digits(g_, 1) == "1" &&
        is_north_american(groups_.digits(g_ + 1, 3)))
      return match(begin(), end_of(4), 4);
    if (groups_.shaped(g_, kGrouped, U" -.") && is_north_american(groups_.digits(g_, 3)))
      return match(with_country(begin(), U"1", true), end_of(3), 3);
    // "(415) 555-2671"
    if (g_ + 2 >= groups_.size() || groups_[g_].size() != 3) return std::nullopt;
    constexpr std::array<std::size_t, 2> kBehind = {3, 4};
    const std::size_t close = groups_[g_].end;
    const std::size_t next = groups_[g_ + 1].begin;
    const bool closed = text_.before(begin()) == U'(' && text_.at(close) == U')' &&
                        (next == close + 1 || (next == close + 2 && text_.at(close + 1) == U' '));
    if (!closed || !groups_.shaped(g_ + 1, kBehind, U" -.") || !is_north_american(groups_.digits(g_, 3)))
      return std::nullopt;
    return match(with_country(begin() - 1, U"1", true), end_of(3), 3);
  }

  const FoldedText& text_;
  const DigitGroups& groups_;
  const std::size_t g_;
};

}  // namespace

std::optional<NumberMatch> phone_at(const FoldedText& text, const DigitGroups& groups, std::size_t g) {
  return PhoneReader(text, groups, g).read();
}

}  // namespace yupu::text
