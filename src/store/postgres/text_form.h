// Bytes in a column of type TEXT.  SQLite's TEXT takes any bytes; PostgreSQL's takes UTF-8 without the byte zero.
//
// A text that PostgreSQL would refuse is written with a mark, and read back without it.  The mark is U+10FFFF, a code
// point that Unicode keeps free for a program's own use:
//
//   a byte b that is not part of UTF-8, or is zero   ->  U+10FFFF, then the code point U+0100 + b
//   U+10FFFF itself                                  ->  U+10FFFF U+10FFFF
//   everything else                                  ->  as it is
//
// One text has one form, so equal texts stay equal, also for unique keys.  Order and LIKE see the form.
#pragma once

#include <string>
#include <string_view>

namespace yupu::store {

// Whether PostgreSQL takes it as it is and reads it back as it is.
bool is_plain_text(std::string_view bytes);
std::string to_text_form(std::string_view bytes);
std::string from_text_form(std::string_view form);

}  // namespace yupu::store
