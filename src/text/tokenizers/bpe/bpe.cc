#include "text/tokenizers/bpe/bpe.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "base/hash.h"
#include "text/tokenizers/bpe/merge_table.h"
#include "text/tokenizers/bpe/pretokens.h"
#include "text/tokenizers/bpe/save.h"
#include "text/tokenizers/encodings.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

class Bpe final : public Tokenizer {
 public:
  Bpe(BpeParts parts, std::unordered_map<std::string, std::int32_t> ids, MergeTable table)
      : parts_(std::move(parts)), ids_(std::move(ids)), table_(std::move(table)) {
    const std::int32_t end = ids_.at(parts_.end_of_text);
    special_ids_ = {.unk = end, .cls = end, .sep = end, .pad = {}, .mask = {}, .end_of_text = end};
    skipped_.resize(parts_.vocabulary.size(), false);
    for (const AddedToken& added : parts_.added) {
      const std::int32_t id = ids_.at(added.text);
      added_.push_back({.text = added.text, .id = id});
      skipped_[static_cast<std::size_t>(id)] = added.special;
    }
    // Of two that begin at one place the longer is meant.
    std::ranges::stable_sort(added_, std::ranges::greater{}, [](const Added& added) { return added.text.size(); });
    content_id_ = compute_content_id();
  }

  Encoding encode(std::string_view text, const EncodeOptions& options) const override {
    CHECK(text.size() < std::numeric_limits<std::int32_t>::max(), "a text of 2 GiB or more: limit it at the edge");
    const std::size_t budget =
        options.max_length > 0 ? static_cast<std::size_t>(options.max_length) : std::numeric_limits<std::size_t>::max();
    Encoding encoding;
    encoding.ids.reserve(text.size() / 3 + 2);
    encoding.offsets.reserve(text.size() / 3 + 2);
    append_text(encoding, text, options, budget);
    encoding.truncated = encoding.ids.size() > budget;
    if (encoding.truncated) cut_encoding(encoding, budget);
    encoding.type_ids.assign(encoding.ids.size(), 0);
    return encoding;
  }

  Encoding encode_pair(std::string_view first, std::string_view second, const EncodeOptions& options) const override {
    EncodeOptions plain = options;
    plain.max_length = 0;
    Encoding a = encode(first, plain);
    Encoding b = encode(second, plain);
    if (options.max_length > 0) truncate_longest_first(a, b, static_cast<std::size_t>(options.max_length));
    Encoding pair;
    pair.truncated = a.truncated || b.truncated;
    append_encoding(pair, a);
    pair.type_ids.assign(pair.ids.size(), 0);
    append_encoding(pair, b);
    pair.type_ids.resize(pair.ids.size(), 1);
    return pair;
  }

  std::string decode(std::span<const std::int32_t> ids) const override {
    std::string bytes;
    for (const std::int32_t id : ids) {
      if (id < 0 || id >= vocab_size() || skipped_[static_cast<std::size_t>(id)]) continue;
      const std::string& token = parts_.vocabulary[static_cast<std::size_t>(id)];
      bytes += bytes_of_characters(token).value_or(token);
    }
    return replace_invalid_utf8(bytes).text;
  }

  std::int32_t vocab_size() const override { return static_cast<std::int32_t>(parts_.vocabulary.size()); }
  std::string_view token(std::int32_t id) const override {
    CHECK(id >= 0 && id < vocab_size(),
          "token id " + std::to_string(id) + " of a vocabulary of " + std::to_string(vocab_size()));
    return parts_.vocabulary[static_cast<std::size_t>(id)];
  }
  std::optional<std::int32_t> id(std::string_view token) const override {
    const auto found = ids_.find(std::string(token));
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
  }
  const SpecialIds& special_ids() const override { return special_ids_; }
  std::string_view kind() const override { return "bpe"; }
  std::string_view content_id() const override { return content_id_; }
  Status save(const std::string& directory) const override { return save_bpe(directory, parts_); }

 private:
  struct Added {
    std::string text;
    std::int32_t id;
  };
  struct Found {
    std::size_t position = std::string_view::npos;
    const Added* added = nullptr;
  };

  // Where each added token stands next: looked for again only once it is passed, so a text is read once for each.
  class AddedSearch {
   public:
    AddedSearch(std::string_view text, std::span<const Added> added) : text_(text), added_(added) {
      for (const Added& token : added) next_.push_back(text.find(token.text));
    }
    Found from(std::size_t position) {
      Found found;
      for (std::size_t i = 0; i < added_.size(); ++i) {
        if (next_[i] != std::string_view::npos && next_[i] < position) next_[i] = text_.find(added_[i].text, position);
        if (next_[i] < found.position) found = {.position = next_[i], .added = &added_[i]};
      }
      return found;
    }

   private:
    std::string_view text_;
    std::span<const Added> added_;
    std::vector<std::size_t> next_;
  };

  // Appends the tokens of `text`; stops once there are more than `budget`.
  void append_text(Encoding& out, std::string_view text, const EncodeOptions& options, std::size_t budget) const {
    AddedSearch search(text,
                       options.special_tokens_in_text ? std::span<const Added>(added_) : std::span<const Added>());
    Pretoken pretoken;
    for (std::size_t position = 0; out.ids.size() <= budget;) {
      const Found found = search.from(position);
      const std::size_t end = std::min(found.position, text.size());
      PretokenReader reader(text, position, end);
      while (out.ids.size() <= budget) {
        const auto span = reader.next();
        if (!span) break;
        append_pretoken(out, text.substr(span->begin, span->end - span->begin), options.offset_unit, pretoken);
      }
      if (found.added == nullptr) return;
      const auto length = static_cast<std::int32_t>(
          options.offset_unit == OffsetUnit::kBytes ? found.added->text.size() : count_code_points(found.added->text));
      out.ids.push_back(found.added->id);
      out.offsets.push_back({pretoken.index, pretoken.index + length});
      pretoken.index += length;
      position = end + found.added->text.size();
    }
  }

  // What is worked out of one pre-token, and where the next begins in the caller's unit.
  struct Pretoken {
    std::int32_t index = 0;
    std::string bytes;
    std::vector<Offset> origins;  // of each byte: its code point
    MergeTable::Scratch scratch;
    std::vector<MergeTable::Piece> pieces;
  };

  void append_pretoken(Encoding& out, std::string_view text, OffsetUnit unit, Pretoken& work) const {
    work.bytes.clear();
    work.origins.clear();
    work.pieces.clear();
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint point = decode_code_point(text, at);
      const auto width = unit == OffsetUnit::kBytes ? point.bytes : 1;
      append_utf8(work.bytes, point.value);
      work.origins.resize(work.bytes.size(), {work.index, work.index + width});
      work.index += width;
      at += static_cast<std::size_t>(point.bytes);
    }
    table_.split(work.bytes, work.scratch, work.pieces);
    std::size_t begin = 0;
    for (const MergeTable::Piece& piece : work.pieces) {
      const std::size_t end = begin + static_cast<std::size_t>(piece.bytes);
      out.ids.push_back(piece.id);
      out.offsets.push_back({work.origins[begin].begin, work.origins[end - 1].end});
      begin = end;
    }
  }

  std::string compute_content_id() const {
    Sha256 hash;
    hash.field("bpe").field(parts_.end_of_text);
    for (const std::string& token : parts_.vocabulary) hash.field(token);
    hash.field(std::to_string(parts_.merges.size()));
    for (const auto& [left, right] : parts_.merges) hash.field(left).field(right);
    for (const AddedToken& added : parts_.added) hash.field(added.text).field(added.special ? "special" : "");
    return hash.finish_hex();
  }

  BpeParts parts_;
  std::unordered_map<std::string, std::int32_t> ids_;
  MergeTable table_;
  std::vector<Added> added_;  // longer ones first
  std::vector<bool> skipped_;
  SpecialIds special_ids_;
  std::string content_id_;
};

using Ids = std::unordered_map<std::string, std::int32_t>;

Result<Ids> ids_of(const std::vector<std::string>& vocabulary) {
  if (vocabulary.empty()) return invalid_argument("the vocabulary is empty");
  if (vocabulary.size() > (std::size_t{1} << 24)) return invalid_argument("the vocabulary has more than 2^24 tokens");
  Ids ids;
  ids.reserve(vocabulary.size());
  for (const std::string& token : vocabulary) {
    const auto id = static_cast<std::int32_t>(ids.size());
    if (token.empty()) return invalid_argument("token " + std::to_string(id) + " is empty");
    const auto [first, fresh] = ids.emplace(token, id);
    if (!fresh) {
      return invalid_argument("token " + std::to_string(id) + " '" + token + "' stands at " +
                              std::to_string(first->second) + " already");
    }
  }
  return ids;
}

Result<MergeTable> table_of(const BpeParts& parts, const Ids& ids) {
  MergeTable table;
  const auto& characters = byte_characters();
  for (std::size_t byte = 0; byte < characters.size(); ++byte) {
    const auto found = ids.find(characters.at(byte));
    if (found != ids.end()) table.set_byte(static_cast<unsigned char>(byte), found->second);
  }
  for (std::size_t rank = 0; rank < parts.merges.size(); ++rank) {
    const std::string& left = parts.merges[rank].first;
    const std::string& right = parts.merges[rank].second;
    const auto which = [&] { return "merge " + std::to_string(rank + 1) + " '" + left + " " + right + "'"; };
    std::int32_t found[3] = {};
    const std::string tokens[3] = {left, right, left + right};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto entry = ids.find(tokens[i]);
      if (entry == ids.end()) return invalid_argument(which() + ": '" + tokens[i] + "' is not in the vocabulary");
      found[i] = entry->second;
    }
    if (!table.add(found[0], found[1], found[2])) return invalid_argument(which() + " stands there twice");
  }
  return table;
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> make_bpe(BpeParts parts) {
  YUPU_ASSIGN_OR_RETURN(Ids ids, ids_of(parts.vocabulary));
  const bool end_added =
      std::ranges::any_of(parts.added, [&](const AddedToken& added) { return added.text == parts.end_of_text; });
  if (!end_added) parts.added.push_back({.text = parts.end_of_text, .special = true});
  for (const AddedToken& added : parts.added) {
    if (added.text.empty() || !ids.contains(added.text))
      return invalid_argument("the vocabulary has no '" + added.text + "'");
  }
  YUPU_ASSIGN_OR_RETURN(MergeTable table, table_of(parts, ids));
  return std::unique_ptr<Tokenizer>(std::make_unique<Bpe>(std::move(parts), std::move(ids), std::move(table)));
}

}  // namespace yupu::text
