// Personal data in a text, found by rules: what must not stay in logs and training sets.
//
//   id_card    resident identity card of mainland China, GB 11643-1999: 18 characters, a region, a date that exists,
//              the check character of ISO 7064 MOD 11-2; in one piece, or in groups as 6-8-4
//   phone      mainland mobiles (1[3-9] and nine digits, 86 before them or not), landlines with their area code,
//              grouped North American numbers; any number written with + and its country code
//   bank_card  14 to 19 digits that a card organisation begins numbers with, and Luhn's check digit (ISO/IEC 7812-1)
//   ssn        United States, 3-2-4 digits, none of those that are never issued; without hyphens only behind "SSN"
//   email      local@domain, the domain with a dot
//   ip         IPv4, IPv6 (RFC 4291), but for loopback and those whose four numbers are all below ten: versions
//   address    down to the house: "浙江省杭州市西湖区文三路100号3幢201室", "12 Main Street, Springfield, IL 62704"
//   name       of a person, where the words around it say so: "我叫张伟", "李女士", "my name is Ann", "Mr. Smith"
//
// A name that stands without such words takes a model, and is not found here.  Foreign cards, passports and plates have
// no check digit, and are not looked for either. A number is whole or it is none: what a digit, an ASCII letter, "_",
// or a hyphen or point with more of them behind it touches is a part of something longer ("GH13812345678",
// "2026-13812345678") and is left alone, as is an 18-digit number with the shape of an identity card and a wrong check
// character. Full-width characters, dashes of all kinds and the space U+3000 count as their ASCII twins; invisible
// marks inside a number are read over. Cost  two passes; every rule looks at a bounded number of characters around a
// digit, "@", ":", "号", or such a word. Threads  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::text {

enum class PersonalKind : std::uint8_t { kIdCard, kPhone, kBankCard, kSsn, kEmail, kIp, kAddress, kName };
inline constexpr std::size_t kPersonalKindCount = 8;
std::string_view personal_kind_name(PersonalKind kind);  // "id_card", ... as above
std::optional<PersonalKind> find_personal_kind(std::string_view name);

// Which of them.
class PersonalKinds {
 public:
  PersonalKinds() = default;  // none
  static PersonalKinds all();
  bool contains(PersonalKind kind) const { return (bits_ >> static_cast<unsigned>(kind) & 1U) != 0; }
  PersonalKinds& add(PersonalKind kind) {
    bits_ |= 1U << static_cast<unsigned>(kind);
    return *this;
  }
  bool empty() const { return bits_ == 0; }
  std::vector<std::string> names() const;  // in the order of the kinds
  bool operator==(const PersonalKinds& other) const { return bits_ == other.bits_; }

 private:
  unsigned bits_ = 0;
};

struct PersonalSpan {
  PersonalKind kind = PersonalKind::kIdCard;
  std::size_t begin = 0;  // bytes, half-open, between characters
  std::size_t end = 0;
};

// In order, and none in another.  `text` may hold any bytes.
std::vector<PersonalSpan> find_personal_data(std::string_view text, PersonalKinds kinds = PersonalKinds::all());

}  // namespace yupu::text
