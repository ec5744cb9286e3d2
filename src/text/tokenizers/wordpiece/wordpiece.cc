#include "text/tokenizers/wordpiece/wordpiece.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "base/hash.h"
#include "text/tokenizers/encodings.h"
#include "text/tokenizers/wordpiece/piece_trie.h"
#include "text/tokenizers/wordpiece/save.h"
#include "text/tokenizers/wordpiece/words.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

constexpr std::array<std::string_view, 5> kSpecialTokens{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
constexpr std::size_t kPieceBytesMax = 1024;  // bounds the recursion that builds the trie

struct SpecialToken {
  std::string_view text;
  std::int32_t id;
};

class WordPiece final : public Tokenizer {
 public:
  WordPiece(std::vector<std::string> vocabulary, const WordPieceOptions& options)
      : vocabulary_(std::move(vocabulary)), options_(options), trie_(vocabulary_) {
    const auto present = [this](std::string_view token) -> std::optional<std::int32_t> {
      const std::int32_t found = trie_.find(token);
      return found < 0 ? std::nullopt : std::optional(found);
    };
    special_ids_ = {.unk = trie_.find("[UNK]"),
                    .cls = trie_.find("[CLS]"),
                    .sep = trie_.find("[SEP]"),
                    .pad = present("[PAD]"),
                    .mask = present("[MASK]")};
    for (const std::string_view token : kSpecialTokens) {
      if (const auto found = present(token)) special_tokens_.push_back({token, *found});
    }
    content_id_ = compute_content_id();
  }

  Encoding encode(std::string_view text, const EncodeOptions& options) const override {
    CHECK(text.size() < std::numeric_limits<std::int32_t>::max(), "a text of 2 GiB or more: limit it at the edge");
    const std::int32_t specials = options.add_special_tokens ? 2 : 0;
    const std::size_t budget = options.max_length > 0
                                   ? static_cast<std::size_t>(std::max(0, options.max_length - specials))
                                   : std::numeric_limits<std::size_t>::max();
    Encoding encoding;
    encoding.ids.reserve(text.size() / 3 + 2);
    encoding.offsets.reserve(text.size() / 3 + 2);
    if (options.add_special_tokens) append_special(encoding, special_ids_.cls);
    const std::size_t before = encoding.ids.size();
    // One token more than fits proves that something is left out; the rest need not be looked at.
    append_text(encoding, text, options,
                budget == std::numeric_limits<std::size_t>::max() ? budget : before + budget + 1);
    encoding.truncated = encoding.ids.size() - before > budget;
    if (encoding.truncated) cut_encoding(encoding, before + budget);
    if (options.add_special_tokens) append_special(encoding, special_ids_.sep);
    encoding.type_ids.assign(encoding.ids.size(), 0);
    return encoding;
  }

  Encoding encode_pair(std::string_view first, std::string_view second, const EncodeOptions& options) const override {
    EncodeOptions plain = options;
    plain.max_length = 0;
    plain.add_special_tokens = false;
    Encoding a = encode(first, plain);
    Encoding b = encode(second, plain);
    if (options.max_length > 0) {
      const std::int32_t specials = options.add_special_tokens ? 3 : 0;
      truncate_longest_first(a, b, static_cast<std::size_t>(std::max(0, options.max_length - specials)));
    }
    Encoding pair;
    pair.truncated = a.truncated || b.truncated;
    if (options.add_special_tokens) append_special(pair, special_ids_.cls);
    append_encoding(pair, a);
    if (options.add_special_tokens) append_special(pair, special_ids_.sep);
    pair.type_ids.assign(pair.ids.size(), 0);
    append_encoding(pair, b);
    if (options.add_special_tokens) append_special(pair, special_ids_.sep);
    pair.type_ids.resize(pair.ids.size(), 1);
    return pair;
  }

  std::string decode(std::span<const std::int32_t> ids) const override {
    // What the reference's clean-up closes up: a piece that begins so follows without a space.
    static constexpr std::array<std::string_view, 9> kCloseUp{".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"};
    std::string text;
    bool at_start = true;
    for (const std::int32_t id : ids) {
      if (std::ranges::any_of(special_tokens_, [id](const SpecialToken& special) { return special.id == id; }))
        continue;
      std::string_view piece = token(id >= 0 && id < vocab_size() ? id : special_ids_.unk);
      const bool continues = piece.starts_with("##");
      if (!at_start && continues) piece.remove_prefix(2);
      const bool closes_up =
          std::ranges::any_of(kCloseUp, [piece](std::string_view prefix) { return piece.starts_with(prefix); });
      if (!at_start && !continues && !closes_up) text.push_back(' ');
      text += piece;
      at_start = false;
    }
    return text;
  }

  std::int32_t vocab_size() const override { return static_cast<std::int32_t>(vocabulary_.size()); }
  std::string_view token(std::int32_t id) const override {
    CHECK(id >= 0 && id < vocab_size(),
          "token id " + std::to_string(id) + " of a vocabulary of " + std::to_string(vocabulary_.size()));
    return vocabulary_[static_cast<std::size_t>(id)];
  }
  std::optional<std::int32_t> id(std::string_view token) const override {
    const std::int32_t found = trie_.find(token);
    return found < 0 || token.empty() ? std::nullopt : std::optional(found);
  }
  const SpecialIds& special_ids() const override { return special_ids_; }
  std::string_view kind() const override { return "wordpiece"; }
  std::string_view content_id() const override { return content_id_; }
  Status save(const std::string& directory) const override { return save_wordpiece(directory, vocabulary_, options_); }

 private:
  struct Found {
    std::size_t position = std::string_view::npos;
    SpecialToken token{};
  };

  // The first special token written in the text. None of them is the beginning of another, so first is longest.
  Found find_special(std::string_view text, std::size_t from) const {
    for (std::size_t at = text.find('[', from); at != std::string_view::npos; at = text.find('[', at + 1)) {
      for (const SpecialToken& special : special_tokens_) {
        if (text.substr(at).starts_with(special.text)) return {.position = at, .token = special};
      }
    }
    return {};
  }

  // Appends the tokens of `text`; stops early once the encoding has `tokens_max`.
  void append_text(Encoding& out, std::string_view text, const EncodeOptions& options, std::size_t tokens_max) const {
    std::int32_t index = 0;
    std::size_t position = 0;
    Word word;
    std::vector<PieceTrie::Piece> pieces;
    while (out.ids.size() < tokens_max) {
      const Found found = options.special_tokens_in_text ? find_special(text, position) : Found{};
      const std::size_t end = std::min(found.position, text.size());
      WordReader reader(text, position, end, index, options.offset_unit, options_);
      while (out.ids.size() < tokens_max && reader.next(word))
        append_word(out, word, text, options.offset_unit, pieces);
      if (found.position == std::string_view::npos || out.ids.size() >= tokens_max) return;
      index = reader.index();
      const auto length = static_cast<std::int32_t>(found.token.text.size());
      out.ids.push_back(found.token.id);
      out.offsets.push_back({index, index + length});
      index += length;
      position = end + found.token.text.size();
    }
  }

  void append_word(Encoding& out, const Word& word, std::string_view text, OffsetUnit unit,
                   std::vector<PieceTrie::Piece>& pieces) const {
    const auto span = [&](std::size_t begin, std::size_t end) -> Offset {
      const std::int32_t last = word.origins[end - 1];
      const std::int32_t width =
          unit == OffsetUnit::kBytes ? decode_code_point(text, static_cast<std::size_t>(last)).bytes : 1;
      return {word.origins[begin], last + width};
    };
    pieces.clear();
    if (word.char_count > options_.word_chars_max || !trie_.split(word.bytes, pieces)) {
      out.ids.push_back(special_ids_.unk);
      out.offsets.push_back(span(0, word.bytes.size()));
      return;
    }
    std::size_t begin = 0;
    for (const PieceTrie::Piece& piece : pieces) {
      const std::size_t end = begin + static_cast<std::size_t>(piece.bytes);
      out.ids.push_back(piece.id);
      out.offsets.push_back(span(begin, end));
      begin = end;
    }
  }

  static void append_special(Encoding& out, std::int32_t id) {
    out.ids.push_back(id);
    out.offsets.push_back({0, 0});
  }

  std::string compute_content_id() const {
    Sha256 hash;
    hash.field("wordpiece");
    hash.field(options_.clean_text ? "clean" : "");
    hash.field(options_.tokenize_chinese_chars ? "ideographs" : "");
    hash.field(options_.lower_case ? "lower" : "");
    hash.field(options_.strip_accents.value_or(options_.lower_case) ? "strip" : "");
    hash.field(std::to_string(options_.word_chars_max));
    for (const std::string& token : vocabulary_) hash.field(token);
    return hash.finish_hex();
  }

  std::vector<std::string> vocabulary_;
  WordPieceOptions options_;
  PieceTrie trie_;
  SpecialIds special_ids_;
  std::vector<SpecialToken> special_tokens_;
  std::string content_id_;
};

}  // namespace

Result<std::unique_ptr<Tokenizer>> make_wordpiece(std::vector<std::string> vocabulary,
                                                  const WordPieceOptions& options) {
  if (vocabulary.empty()) return invalid_argument("the vocabulary is empty");
  if (vocabulary.size() > (std::size_t{1} << 24)) return invalid_argument("the vocabulary has more than 2^24 tokens");
  if (options.word_chars_max < 1) return invalid_argument("word_chars_max must be 1 or more", "word_chars_max");
  std::unordered_map<std::string_view, std::size_t> seen;
  seen.reserve(vocabulary.size());
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    const std::string& token = vocabulary[id];
    const auto which = [id] { return "token " + std::to_string(id); };
    if (token.empty()) return invalid_argument(which() + " is empty");
    if (token.size() > kPieceBytesMax) return invalid_argument(which() + " is longer than 1024 bytes");
    if (validate_utf8(token)) return invalid_argument(which() + " is not valid UTF-8");
    const auto [first, fresh] = seen.emplace(token, id);
    if (!fresh)
      return invalid_argument(which() + " '" + token + "' stands at " + std::to_string(first->second) + " already");
  }
  for (const std::string_view required : {"[UNK]", "[CLS]", "[SEP]"}) {
    if (!seen.contains(required)) return invalid_argument("the vocabulary has no " + std::string(required));
  }
  return std::unique_ptr<Tokenizer>(std::make_unique<WordPiece>(std::move(vocabulary), options));
}

}  // namespace yupu::text
