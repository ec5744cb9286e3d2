#include "text/personal/number_checks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace yupu::text {
namespace {

int value_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool is_between(std::string_view digits, int least, int most) {
  const int value = value_of(digits);
  return value >= least && value <= most;
}

// GB/T 2260: the first two digits name a province; the next two are never 00 for a person.
bool is_region(std::string_view six) {
  constexpr std::array kProvinces = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43,
                                     44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
  return std::binary_search(kProvinces.begin(), kProvinces.end(), value_of(six.substr(0, 2))) &&
         six.substr(2, 2) != "00";
}

bool is_year(std::string_view four) { return is_between(four, 1900, 2099); }

bool is_date(std::string_view eight) {
  if (!is_year(eight.substr(0, 4))) return false;
  const std::chrono::year_month_day date{std::chrono::year{value_of(eight.substr(0, 4))},
                                         std::chrono::month{static_cast<unsigned>(value_of(eight.substr(4, 2)))},
                                         std::chrono::day{static_cast<unsigned>(value_of(eight.substr(6, 2)))}};
  return date.ok();
}

// ISO 7064 MOD 11-2 over the first 17.
char check_character(std::string_view seventeen) {
  constexpr std::array kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kCharacters = "10X98765432";
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += (seventeen[i] - '0') * kWeights[i];
  return kCharacters[static_cast<std::size_t>(sum % 11)];
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int value = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 == 0;
}

// Whose card: by the digits it begins with, and how long theirs are.
bool is_issued_length(std::string_view digits) {
  const std::size_t length = digits.size();
  const int two = value_of(digits.substr(0, 2));
  const int three = value_of(digits.substr(0, 3));
  const int four = value_of(digits.substr(0, 4));
  if (two == 62) return length >= 16 && length <= 19;                                                    // UnionPay
  if (four == 9558) return length == 19;                                                                 // ICBC of old
  if (two / 10 == 4) return length == 16 || length == 19;                                                // Visa
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length == 16;                   // Mastercard
  if (two == 34 || two == 37) return length == 15;                                                       // Amex
  if (four >= 3528 && four <= 3589) return length >= 16;                                                 // JCB
  if (four == 6011 || (three >= 644 && three <= 649) || two == 65) return length >= 16 && length <= 19;  // Discover
  if ((three >= 300 && three <= 305) || two == 36 || two == 38 || two == 39) return length == 14;        // Diners
  return false;
}

bool is_number_of_people(std::string_view three) {  // N11 are services
  return three[0] >= '2' && !(three[1] == '1' && three[2] == '1');
}

}  // namespace

bool is_id_card(std::string_view characters) {
  return characters.size() == 18 && is_region(characters.substr(0, 6)) && is_date(characters.substr(6, 8)) &&
         check_character(characters.substr(0, 17)) == characters[17];
}

bool resembles_id_card(std::string_view digits) {
  return digits.size() == 18 && is_region(digits.substr(0, 6)) && is_year(digits.substr(6, 4));
}

bool is_bank_card(std::string_view digits) {
  return digits.size() >= 14 && digits.size() <= 19 && is_issued_length(digits) && passes_luhn(digits) &&
         !resembles_id_card(digits);
}

bool is_ssn(std::string_view digits) {
  if (digits.size() != 9) return false;
  const int area = value_of(digits.substr(0, 3));
  return area != 0 && area != 666 && area < 900 && digits.substr(3, 2) != "00" && digits.substr(5) != "0000";
}

bool is_mainland_mobile(std::string_view digits) { return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3'; }

std::size_t area_code_length(std::string_view digits) {
  if (digits.size() < 3 || digits[0] != '0') return 0;
  if (digits[1] == '2' || (digits[1] == '1' && digits[2] == '0')) return 3;
  return digits.size() > 3 && digits[1] >= '3' ? 4 : 0;
}

bool is_mainland_landline(std::string_view digits) {
  const std::size_t area = area_code_length(digits);
  if (area == 0 || digits.size() < area + 7 || digits.size() > area + 8) return false;
  return digits[area] >= '2' && digits[area] <= '8';
}

bool is_north_american(std::string_view digits) {
  return digits.size() == 10 && is_number_of_people(digits.substr(0, 3)) && is_number_of_people(digits.substr(3, 3));
}

}  // namespace yupu::text
