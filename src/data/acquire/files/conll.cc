#include "data/acquire/files/conll.h"

#include <algorithm>

#include <fmt/format.h>

#include "data/clean/clean.h"

namespace yupu::data {
namespace {

constexpr std::string_view kDocument = "-DOCSTART-";
constexpr std::string_view kBlank = " \t\r\v\f";

bool is_blank(std::string_view line) { return line.find_first_not_of(kBlank) == std::string_view::npos; }

void spoil(ConllSentence& sentence, std::int64_t line, std::string_view reason, std::string detail,
           std::string_view field) {
  if (sentence.problem) return;
  sentence.problem = Problem{reason, std::move(detail), field};
  sentence.problem_line = line;
}

}  // namespace

std::vector<std::string_view> ConllReader::columns_of(std::string_view line) const {
  const std::string_view separators = options_.tabs_only ? "\t" : " \t";
  std::vector<std::string_view> columns;
  while (true) {
    if (!options_.tabs_only) line.remove_prefix(std::min(line.find_first_not_of(separators), line.size()));
    if (line.empty() && !options_.tabs_only) return columns;
    const std::size_t end = std::min(line.find_first_of(separators), line.size());
    columns.push_back(line.substr(0, end));
    if (end == line.size()) return columns;
    line.remove_prefix(end + 1);
  }
}

void ConllReader::take_token(const Line& line, ConllSentence& sentence) {
  if (sentence.problem) return;  // the sentence is lost anyway
  if (line.too_long) {
    return spoil(sentence, line.number, "record_too_long",
                 fmt::format("the line is longer than {} bytes", kRecordBytesMax), {});
  }
  if (sentence.tokens.size() >= options_.sentence_tokens_max) {
    return spoil(sentence, line.number, "record_too_long",
                 fmt::format("the sentence has more than {} tokens: is the blank line between sentences missing?",
                             options_.sentence_tokens_max),
                 {});
  }
  const auto columns = columns_of(line.text);
  const bool first = !column_count_;
  if (first) column_count_ = columns.size();
  const std::size_t tag_column = options_.tag_column.value_or(*column_count_ - 1);
  const std::size_t needed = std::max(tag_column, options_.token_column) + 1;
  if (columns.size() < needed || (!first && columns.size() != *column_count_)) {
    return spoil(sentence, line.number, "ragged",
                 fmt::format("{} columns, {}", columns.size(),
                             columns.size() < needed ? fmt::format("column {} is asked for", needed)
                                                     : fmt::format("the file's first line has {}", *column_count_)),
                 {});
  }
  if (tag_column == options_.token_column)
    return spoil(sentence, line.number, "ragged", "one column: token and tag need one each", {});
  sentence.tokens.emplace_back(columns[options_.token_column]);
  sentence.tags.emplace_back(columns[tag_column]);
  sentence.lines.push_back(line.number);
  if (sentence.tokens.back().empty() || sentence.tags.back().empty())
    spoil(sentence, line.number, "ragged", "an empty column", sentence.tokens.back().empty() ? "text" : "label");
}

Result<bool> ConllReader::next(ConllSentence& sentence) {
  sentence = {};
  Line line;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, lines_.next(line));
    if (!any) break;
    const bool blank = is_blank(line.text) && !line.too_long;
    const bool document = line.text.starts_with(kDocument);
    if (document) ++document_;
    if (blank || document) {
      if (sentence.line > 0) return true;
      continue;
    }
    if (options_.hash_comments && line.text.starts_with("# ")) continue;
    if (sentence.line == 0) {
      sentence.line = line.number;
      sentence.document = document_;
    }
    take_token(line, sentence);
  }
  return sentence.line > 0;
}

namespace {

// The tags of a sentence, checked and made right.
Result<TaggedSentence> tagged(ConllSentence& raw, const ConllSource& source, ConllFile& file) {
  const auto at = [&](std::int64_t line) { return fmt::format("{}: line {}", source.path, line); };
  if (raw.problem)
    return invalid_argument(fmt::format("{}: {}", at(raw.problem_line), raw.problem->detail),
                            std::string(raw.problem->field));
  TaggedSentence out{.line = raw.line, .document = raw.document, .tokens = {}, .tags = {}, .lines = {}};
  for (std::size_t i = 0; i < raw.tokens.size(); ++i) {
    const std::int64_t line = raw.lines[i];
    auto tag = tasks::parse_tag(raw.tags[i], source.scheme);
    if (!tag.ok()) return tag.status().with_context(at(line));
    out.tags.push_back(std::move(*tag));
    if (const auto problem = clean_text(raw.tokens[i]))
      return invalid_argument(fmt::format("{}: token: {}", at(line), problem->detail), "text");
  }
  const auto broken = tasks::first_broken(out.tags, source.scheme);
  if (broken && source.strict) {
    return invalid_argument(
        fmt::format("{}: tag {} after {} is not right in {}", at(raw.lines[*broken]), raw.tags[*broken],
                    *broken == 0 ? "the sentence's start" : raw.tags[*broken - 1], tasks::scheme_name(source.scheme)),
        "label");
  }
  if (broken) {
    file.repaired_tags += tasks::repair(out.tags, source.scheme);
    file.repaired_sentences += 1;
    if (file.first_repaired_line == 0) file.first_repaired_line = raw.lines[*broken];
  }
  out.tokens = std::move(raw.tokens);
  out.lines = std::move(raw.lines);
  return out;
}

}  // namespace

Result<ConllFile> read_conll_file(const ConllSource& source) {
  YUPU_ASSIGN_OR_RETURN(auto blocks, FileBlocks::open(source.path, source.path));
  ConllReader reader([&blocks] { return blocks->next(); }, source.options);
  ConllFile file;
  ConllSentence raw;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader.next(raw));
    if (!any) break;
    YUPU_ASSIGN_OR_RETURN(TaggedSentence sentence, tagged(raw, source, file));
    file.token_count += static_cast<std::int64_t>(sentence.tokens.size());
    file.document_count = std::max(file.document_count, sentence.document);
    file.sentences.push_back(std::move(sentence));
  }
  if (file.sentences.empty()) return invalid_argument(fmt::format("{}: no sentence in it", source.path));
  file.sha256 = blocks->sha256();
  return file;
}

}  // namespace yupu::data
