// Names in Latin letters: what "my name is" leads to, common given names behind "I'm" and "this is", and what stands
// behind Mr, Mrs, Ms and Dr. Letters with accents are letters.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "text/personal/names.h"

namespace yupu::text {
namespace {

constexpr std::size_t kWordMost = 20;  // letters

// Given names of people who write in English, and family names of Chinese in letters; lower case, in order.
constexpr auto kCommon = std::to_array<std::string_view>(
    {"aaron",     "abby",      "adam",        "adrian",    "aisha",    "alan",     "albert",   "alejandro", "alex",
     "alexander", "alexis",    "alice",       "alicia",    "alison",   "allison",  "amanda",   "amelia",    "amy",
     "ana",       "andrea",    "andrew",      "andy",      "angela",   "anita",    "ann",      "anna",      "anne",
     "annie",     "anthony",   "antonio",     "arthur",    "ashley",   "barbara",  "becky",    "ben",       "benjamin",
     "beth",      "betty",     "beverly",     "bob",       "bobby",    "brad",     "brandon",  "brenda",    "brian",
     "bruce",     "bryan",     "cameron",     "carl",      "carla",    "carlos",   "carol",    "caroline",  "catherine",
     "cathy",     "charles",   "charlie",     "charlotte", "chen",     "cheryl",   "chloe",    "chris",     "christian",
     "christina", "christine", "christopher", "cindy",     "claire",   "claudia",  "colin",    "connor",    "craig",
     "cynthia",   "dan",       "daniel",      "danielle",  "danny",    "dave",     "david",    "dean",      "deborah",
     "denise",    "dennis",    "derek",       "diana",     "diane",    "diego",    "donald",   "donna",     "dorothy",
     "doug",      "douglas",   "dylan",       "eddie",     "edward",   "elaine",   "eleanor",  "elena",     "elizabeth",
     "ella",      "ellen",     "emily",       "emma",      "eric",     "erica",    "erin",     "ethan",     "eugene",
     "eva",       "evelyn",    "fatima",      "felix",     "fiona",    "frances",  "francis",  "fred",      "gabriel",
     "gareth",    "gary",      "gavin",       "geoff",     "george",   "gerald",   "gina",     "gloria",    "gordon",
     "graham",    "greg",      "gregory",     "hannah",    "harold",   "harry",    "heather",  "hector",    "helen",
     "henry",     "holly",     "howard",      "huang",     "ian",      "isaac",    "isabel",   "isabella",  "ivan",
     "jack",      "jackie",    "jackson",     "jacob",     "jake",     "james",    "jamie",    "jane",      "janet",
     "janice",    "jason",     "javier",      "jean",      "jeff",     "jeffrey",  "jennifer", "jenny",     "jeremy",
     "jerry",     "jesse",     "jessica",     "jill",      "jim",      "jimmy",    "joan",     "joanna",    "joanne",
     "joe",       "joel",      "john",        "johnny",    "jonathan", "jordan",   "jose",     "joseph",    "josh",
     "joshua",    "joyce",     "juan",        "judith",    "judy",     "julia",    "julian",   "julie",     "justin",
     "karen",     "kate",      "katherine",   "kathleen",  "kathy",    "katie",    "keith",    "kelly",     "ken",
     "kenneth",   "kevin",     "kim",         "kyle",      "larry",    "laura",    "lauren",   "lawrence",  "lee",
     "leo",       "leon",      "leslie",      "li",        "liam",     "linda",    "lisa",     "liu",       "liz",
     "logan",     "lois",      "louis",       "louise",    "lucas",    "lucy",     "luis",     "luke",      "lydia",
     "lynn",      "madison",   "manuel",      "marcus",    "margaret", "maria",    "marie",    "marilyn",   "mario",
     "martha",    "martin",    "mary",        "mason",     "matt",     "matthew",  "max",      "megan",     "melanie",
     "melissa",   "michael",   "michelle",    "miguel",    "mike",     "mohamed",  "mohammed", "molly",     "monica",
     "muhammad",  "nancy",     "natalie",     "natasha",   "nathan",   "neil",     "nicholas", "nick",      "nicole",
     "nigel",     "nina",      "noah",        "nora",      "oliver",   "olivia",   "omar",     "oscar",     "owen",
     "pablo",     "pamela",    "patricia",    "patrick",   "paul",     "paula",    "pedro",    "peggy",     "peter",
     "phil",      "philip",    "phillip",     "phyllis",   "priya",    "rachel",   "ralph",    "raymond",   "rebecca",
     "ricardo",   "richard",   "rita",        "robert",    "roberto",  "robin",    "rodney",   "roger",     "ronald",
     "ronnie",    "rosemary",  "roy",         "russell",   "ruth",     "ryan",     "sally",    "sam",       "samantha",
     "samuel",    "sandra",    "sandy",       "sara",      "sarah",    "scott",    "sean",     "sergio",    "shannon",
     "sharon",    "shaun",     "sheila",      "shirley",   "simon",    "sofia",    "sophia",   "sophie",    "stacy",
     "stephanie", "stephen",   "steve",       "steven",    "stuart",   "sue",      "susan",    "suzanne",   "sylvia",
     "tammy",     "tara",      "ted",         "teresa",    "terry",    "theresa",  "thomas",   "tim",       "timothy",
     "tina",      "todd",      "tom",         "tommy",     "tony",     "tracy",    "trevor",   "tyler",     "valerie",
     "vanessa",   "veronica",  "victor",      "victoria",  "vincent",  "virginia", "walter",   "wang",      "wayne",
     "wendy",     "william",   "xu",          "yang",      "yusuf",    "yvonne",   "zach",     "zachary",   "zhang",
     "zhao",      "zhou",      "zoe"});
// Never (a further part of) a name.
constexpr auto kNever = std::to_array<std::string_view>(
    {"a",     "about",   "account", "also",       "am",      "an",    "and",   "are",       "at",       "but",
     "by",    "calling", "can",     "card",       "changed", "could", "do",    "for",       "from",     "good",
     "has",   "hello",   "hi",      "how",        "i",       "if",    "in",    "incorrect", "is",       "it",
     "its",   "listed",  "missing", "misspelled", "my",      "no",    "not",   "of",        "on",       "or",
     "order", "please",  "so",      "spelled",    "spelt",   "still", "thank", "thanks",    "that",     "the",
     "there", "this",    "to",      "under",      "was",     "we",    "what",  "when",      "where",    "which",
     "who",   "why",     "will",    "with",       "wrong",   "you",   "your",  "yes",       "spelling", "different",
     "being", "email",   "phone",   "number",     "mrs",     "ms",    "mr",    "miss",      "dr"});
constexpr auto kParticles = std::to_array<std::string_view>(
    {"van", "von", "de", "del", "della", "der", "den", "la", "le", "da", "dos", "bin", "al", "el"});
// Words between which and a name stands nothing; what "name" is of.
constexpr auto kSaid =
    std::to_array<std::string_view>({"name is", "name's", "surname is", "i am called", "i'm called", "call me",
                                     "in the name of", "under the name of", "under the name"});
constexpr auto kHinted =
    std::to_array<std::string_view>({"i am", "i'm", "this is", "it's", "im", "dear", "speaking with", "here is"});
constexpr auto kWhose = std::to_array<std::string_view>(
    {"my",      "his",       "her",        "their",     "the",      "full",       "first",      "last",
     "middle",  "maiden",    "legal",      "real",      "holder",   "cardholder", "customer",   "guest",
     "contact", "passenger", "recipient",  "applicant", "patient",  "family",     "given",      "husband's",
     "wife's",  "son's",     "daughter's", "mother's",  "father's", "holder's",   "customer's", "user's"});
constexpr auto kTitles = std::to_array<std::string_view>({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor"});

bool is_name_letter(char32_t c) { return is_letter(c) || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7); }
bool is_capital(char32_t c) { return is_upper(c) || (c >= 0xC0 && c <= 0xDE && c != 0xD7); }

bool begins_word(const FoldedText& text, std::size_t i) {
  return is_name_letter(text.at(i)) && !is_name_letter(text.before(i)) && text.before(i) != U'\'' &&
         text.begins_alone(i);
}

// The end of the word at i: letters, with "'", "’" or "-" between them. Looks no further than one behind the longest
// there is, so that a text of such signs alone costs no more than another.
std::size_t word_end(const FoldedText& text, std::size_t i) {
  const auto joins = [](char32_t c) { return c == U'\'' || c == U'’' || c == U'-'; };
  std::size_t end = i;
  while (end - i <= kWordMost &&
         (is_name_letter(text.at(end)) || (end > i && joins(text.at(end)) && is_name_letter(text.at(end + 1))))) {
    ++end;
  }
  return end;
}

template <std::size_t N>
bool is_one_of(const FoldedText& text, std::size_t begin, std::size_t end,
               const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return word.size() == end - begin && text.stands_at(begin, word); });
}

// Behind the longest of `phrases` that stands at i as words of their own; i: none does.
template <std::size_t N>
std::size_t phrase_end(const FoldedText& text, std::size_t i, const std::array<std::string_view, N>& phrases) {
  std::size_t end = i;
  for (const std::string_view phrase : phrases) {
    const std::size_t behind = i + phrase.size();
    if (behind > end && text.stands_at(i, phrase) && !is_alnum(text.at(behind))) end = behind;
  }
  return end;
}

std::size_t skip_spaces(const FoldedText& text, std::size_t i) {
  while (text.at(i) == U' ') ++i;
  return i;
}

// "JOHN" and "john" tell nothing by their letters' size.
bool is_capitalised(const FoldedText& text, std::size_t begin, std::size_t end) {
  return is_capital(text.at(begin)) && end - begin > 1 && !is_upper(text.at(begin + 1));
}

constexpr int kParticlesMost = 3;  // "de la", "van der": no name has more in a row

// One more part of a name that ended at `end`: where it ends; `end`: there is none.
std::size_t further_part(const FoldedText& text, std::size_t end, bool has_capitals, int particles = kParticlesMost) {
  if (text.at(end) != U' ') return end;
  const std::size_t begin = end + 1;
  const std::size_t to = word_end(text, begin);
  if (to == begin || to - begin > kWordMost || is_alnum(text.at(to)) || is_one_of(text, begin, to, kNever)) return end;
  if (is_one_of(text, begin, to, kParticles)) {
    if (particles == 0) return end;
    const std::size_t last = further_part(text, to, has_capitals, particles - 1);
    return last > to ? last : end;
  }
  if (!has_capitals) {
    // The last word of what was said, or it may be any: "my name is john smith" but not "... john need help".
    const char32_t next = text.at(to);
    return to - begin > 1 && next != U' ' ? to : end;
  }
  if (!is_capital(text.at(begin))) return end;
  return to - begin == 1 && text.at(to) == U'.' ? to + 1 : to;  // "J."
}

bool is_known_owner(const FoldedText& text, std::size_t i) {
  if (i == 0) return true;
  const char32_t left = text.before(i);
  if (left != U' ') return left == U'\n' || left == U',' || left == U'.' || left == U';' || left == U'(';
  std::size_t begin = i - 1;
  while (begin > 0 && (is_name_letter(text.before(begin)) || text.before(begin) == U'\'')) --begin;
  if (begin == i - 1) return true;  // behind a sign
  return is_one_of(text, begin, i - 1, kWhose);
}

// Behind words that say that a name follows: where it would begin, and how sure they are.
struct Lead {
  std::size_t name_at = 0;
  NameHint hint = NameHint::kSaid;
};

std::optional<Lead> lead_at(const FoldedText& text, std::size_t i) {
  if (const std::size_t end = phrase_end(text, i, kSaid); end > i) {
    const bool is_name_of = text.stands_at(i, "name");
    if (is_name_of && !is_known_owner(text, i)) return std::nullopt;
    return Lead{.name_at = skip_spaces(text, text.at(end) == U':' ? end + 1 : end), .hint = NameHint::kSaid};
  }
  if (text.stands_at(i, "name") && text.at(i + 4) == U':' && is_known_owner(text, i))
    return Lead{.name_at = skip_spaces(text, i + 5), .hint = NameHint::kSaid};
  if (const std::size_t end = phrase_end(text, i, kHinted); end > i)
    return Lead{.name_at = skip_spaces(text, end), .hint = NameHint::kHinted};
  return std::nullopt;
}

// The name behind the title that stands from i to `end`; nothing where it is none.
std::optional<PersonalSpan> titled_at(const FoldedText& text, std::size_t i, std::size_t end) {
  const bool has_point = text.at(end) == U'.';
  const std::size_t name = end + (has_point ? 1 : 0);
  if (text.at(name) != U' ') return std::nullopt;
  const std::size_t begin = skip_spaces(text, name);
  std::size_t to = word_end(text, begin);
  if (to < begin + 2 || to - begin > kWordMost || is_alnum(text.at(to)) || is_one_of(text, begin, to, kNever))
    return std::nullopt;
  const bool is_man_or_wife = text.stands_at(i, "mr") && end - i <= 3;
  if (!is_capital(text.at(begin)) && !is_man_or_wife) return std::nullopt;
  // "Evergreen Dr Springfield" is a street.
  if (text.stands_at(i, "dr") && !has_point && i > 1 && text.before(i) == U' ') {
    std::size_t word = i - 1;
    while (word > 0 && is_name_letter(text.before(word))) --word;
    if (is_capital(text.at(word)) && i - 1 - word > 1 && !text.stands_at(word, "dear ")) return std::nullopt;
  }
  if (is_capital(text.at(begin))) {
    const std::size_t further = further_part(text, to, true);
    to = std::max(to, further);
  }
  return text.span(PersonalKind::kName, begin, to);
}

}  // namespace

std::size_t latin_name_end(const FoldedText& text, std::size_t i, NameHint hint) {
  constexpr std::size_t kPartsMost = 4;
  std::size_t end = word_end(text, i);
  if (end < i + 2 || end - i > kWordMost || is_alnum(text.at(end)) || is_one_of(text, i, end, kNever)) return i;
  const bool is_common = is_one_of(text, i, end, kCommon);
  const bool has_capitals = is_capital(text.at(i));
  if (hint == NameHint::kHinted ? !is_common || !has_capitals : !is_common && !is_capitalised(text, i, end)) return i;
  for (std::size_t parts = 1; parts < kPartsMost; ++parts) {
    const std::size_t further = further_part(text, end, has_capitals);
    if (further == end) break;
    end = further;
    if (!has_capitals) break;
  }
  return end;
}

void find_latin_names(const FoldedText& text, std::vector<PersonalSpan>& found) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_letter(text.at(i)) || !begins_word(text, i)) continue;
    if (const auto lead = lead_at(text, i)) {
      std::size_t end = latin_name_end(text, lead->name_at, lead->hint);
      if (end == lead->name_at && lead->hint == NameHint::kSaid) end = chinese_name_end(text, end, lead->hint);
      if (end > lead->name_at) found.push_back(text.span(PersonalKind::kName, lead->name_at, end));
      continue;
    }
    const std::size_t end = word_end(text, i);
    if (!is_one_of(text, i, end, kTitles)) continue;
    if (const auto span = titled_at(text, i, end)) found.push_back(*span);
  }
}

}  // namespace yupu::text
