// Whether digits can be the number of a card, a telephone, a person: no text here, only what the number itself says.
// Internal to src/text/personal.  Every `digits` holds ASCII digits only, of any count.
#pragma once

#include <string_view>

namespace yupu::text {

// 18 characters, the last a digit or 'X'.  GB 11643-1999.
bool is_id_card(std::string_view characters);
// 18 digits of which the first are a region and the next a year from 1900 to 2099: meant as an identity card.
bool resembles_id_card(std::string_view digits);
bool is_bank_card(std::string_view digits);
bool is_ssn(std::string_view digits);
bool is_mainland_mobile(std::string_view digits);
// With its area code, "0" before it.
bool is_mainland_landline(std::string_view digits);
// Length of the area code these digits begin with, 3 or 4; 0: none.
std::size_t area_code_length(std::string_view digits);
// Ten digits.
bool is_north_american(std::string_view digits);

}  // namespace yupu::text
