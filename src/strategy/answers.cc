#include "strategy/answers.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "products/service/conversation/civil_date.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kNsPerDay = 86'400'000'000'000;

std::optional<products::Instant> read_instant(TomlReader& reader, std::string_view key, std::int64_t offset_minutes) {
  std::string text;
  reader.time(key, text);
  if (!reader.has(key)) return std::nullopt;
  auto instant = products::parse_instant(text, offset_minutes);
  if (!instant)
    reader.fail(key,
                fmt::format("must be a date, or a time with its offset as in 2026-12-31T18:00:00+08:00, not {}", text));
  return instant;
}

void read_patterns(TomlReader& reader, products::Slot& slot) {
  std::vector<std::string> patterns;
  reader.texts("patterns", patterns);
  for (const std::string& text : patterns) {
    auto pattern = products::Pattern::parse(text);
    if (!pattern.ok()) return reader.fail("patterns", fmt::format("\"{}\": {}", text, pattern.status().message()));
    slot.patterns.push_back(*std::move(pattern));
  }
  const bool written_so = slot.kind == products::SlotKind::kOrderNumber || slot.kind == products::SlotKind::kText;
  if (!patterns.empty() && !written_so) reader.fail("patterns", "are only for the kinds order_number and text");
}

// "dark red|maroon|酒红": the first name is what the answer says.
void read_choices(TomlReader& reader, products::Slot& slot) {
  std::vector<std::string> rows;
  reader.texts("choices", rows);
  const bool is_choice = slot.kind == products::SlotKind::kChoice;
  if (is_choice && rows.empty()) return reader.fail("choices", "must hold at least one, as in \"red|红色\"");
  if (!is_choice && !rows.empty()) return reader.fail("choices", "are only for the kind choice");
  std::set<std::string> known;
  for (const std::string& row : rows) {
    products::Choice choice;
    for (std::size_t begin = 0; begin <= row.size();) {
      const std::size_t end = std::min(row.find('|', begin), row.size());
      std::string name = products::slot_text(row.substr(begin, end - begin));
      if (name.empty()) return reader.fail("choices", fmt::format("\"{}\" holds an empty name", row));
      if (!known.insert(products::ascii_lower(name)).second)
        return reader.fail("choices", fmt::format("\"{}\" stands there twice", name));
      choice.names.push_back(std::move(name));
      begin = end + 1;
    }
    choice.value = choice.names.front();
    slot.choices.push_back(std::move(choice));
  }
}

Status read_slot(const toml::table& table, const std::string& file, products::AnswerBook& book) {
  products::Slot slot;
  TomlReader reader(table, file, fmt::format("slot[{}]", book.slots.size()));
  reader.text("name", slot.name, true);
  std::string kind = "text";
  reader.text("kind", kind, true);
  if (const auto found = products::find_slot_kind(kind)) {
    slot.kind = *found;
  } else {
    reader.fail(
        "kind",
        fmt::format("must be one of order_number, phone, date, amount, text, choice, entity, not \"{}\"", kind));
  }
  reader.text("prompt_zh", slot.prompt_zh, true);
  reader.text("prompt_en", slot.prompt_en, true);
  reader.text("confirm_zh", slot.confirm_zh);
  reader.text("confirm_en", slot.confirm_en);
  read_patterns(reader, slot);
  read_choices(reader, slot);
  const bool is_entity = slot.kind == products::SlotKind::kEntity;
  reader.text("entity", slot.entity, is_entity);
  if (!is_entity && reader.has("entity")) reader.fail("entity", "is only for the kind entity");
  for (const auto& [key, bound] : {std::pair("least", &slot.least), std::pair("most", &slot.most)}) {
    double value = 0;
    reader.number(key, value, 0, 1e12);
    if (!reader.has(key)) continue;
    *bound = value;
    if (slot.kind != products::SlotKind::kAmount) reader.fail(key, "is only for the kind amount");
  }
  if (slot.least && slot.most && *slot.most < *slot.least) reader.fail("most", "is below least");
  if (!slot.name.empty() && !products::is_slot_name(slot.name))
    reader.fail("name", fmt::format("must be of a-z, 0-9 and _ and begin with a letter, not \"{}\"", slot.name));
  YUPU_RETURN_IF_ERROR(reader.finish());
  book.slots.push_back(std::move(slot));
  return ok_status();
}

Status read_answer(const toml::table& table, const std::string& file, std::int64_t offset_minutes,
                   products::AnswerBook& book) {
  products::Answer answer;
  TomlReader row(table, file, fmt::format("answer[{}]", book.answers.size()));
  row.text("intent", answer.intent, true);
  row.text("title_zh", answer.title_zh, true);
  row.text("title_en", answer.title_en, true);
  row.text("text_zh", answer.text_zh, true);
  row.text("text_en", answer.text_en, true);
  row.text("source", answer.source, true);
  row.texts("channels", answer.channels);
  if (const auto from = read_instant(row, "valid_from", offset_minutes)) answer.valid_from_ns = from->utc_ns;
  if (const auto until = read_instant(row, "valid_until", offset_minutes))
    answer.valid_until_ns = until->utc_ns + (until->whole_day ? kNsPerDay : 0);
  if (answer.valid_from_ns && answer.valid_until_ns && *answer.valid_until_ns <= *answer.valid_from_ns)
    row.fail("valid_until", "is before valid_from");
  const auto known = [&book](std::string_view name) {
    return std::any_of(book.slots.begin(), book.slots.end(), [&](const auto& slot) { return slot.name == name; });
  };
  for (const auto& [key, text] : {std::pair("text_zh", &answer.text_zh), std::pair("text_en", &answer.text_en)}) {
    const auto parsed = products::AnswerText::parse(*text, known);
    if (!parsed.ok()) row.fail(key, parsed.status().message());
  }
  YUPU_RETURN_IF_ERROR(row.finish());
  book.answers.push_back(std::move(answer));
  return ok_status();
}

}  // namespace

Result<products::AnswerBook> load_answers(const std::string& path, std::int64_t utc_offset_minutes) {
  YUPU_ASSIGN_OR_RETURN(const toml::table root, parse_toml_file(path));
  TomlReader reader(root, path, "");
  const auto answers = reader.tables("answer", true);
  const auto slots = reader.tables("slot");
  YUPU_RETURN_IF_ERROR(reader.finish());
  products::AnswerBook book;
  for (const toml::table* slot : slots) YUPU_RETURN_IF_ERROR(read_slot(*slot, path, book));
  for (const toml::table* answer : answers) YUPU_RETURN_IF_ERROR(read_answer(*answer, path, utc_offset_minutes, book));
  YUPU_RETURN_IF_ERROR(products::ApprovedAnswers::create(book).status().with_context(path));
  return book;
}

}  // namespace yupu::strategy
