#include "training/pretrain/corpus.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/rng.h"
#include "text/unicode.h"

namespace yupu::training {

// The lengths sequences are cut to.
class Lengths {
 public:
  Lengths(const Corpus::CutOptions& options, std::uint64_t seed, std::int64_t epoch)
      : options_(options), rng_(seed, kStream + (static_cast<std::uint64_t>(epoch) << 40)) {}
  std::int64_t next() {
    if (rng_.uniform() >= options_.short_share || options_.tokens_max <= kShortest) return options_.tokens_max;
    return kShortest +
           static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(options_.tokens_max - kShortest + 1)));
  }

 private:
  static constexpr std::uint64_t kStream = 0x637574;  // "cut"
  static constexpr std::int64_t kShortest = 8;
  const Corpus::CutOptions& options_;
  Rng rng_;
};

namespace {

constexpr std::string_view kEnders[] = {".", "!", "?", ";", "。", "！", "？", "；", "…"};
constexpr std::string_view kClosers[] = {"\"", "'", ")", "”", "’", "」", "』", "）", "》"};
constexpr std::uint32_t kSequenceTokensMin = 2;  // less says nothing about its neighbours

bool is_one_of(std::string_view token, std::span<const std::string_view> tokens) {
  return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
}

// From 0 to 1, evenly over lines.
double line_draw(std::string_view line) {
  const std::string digest = sha256_hex(line).substr(0, 13);  // 52 bits
  return static_cast<double>(std::stoull(digest, nullptr, 16)) * 0x1.0p-52;
}

}  // namespace

Result<bool> CorpusLines::next(std::string_view& line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  line = {};
  if (file_ == nullptr) {
    if (file_index_ == files_.size()) return false;
    YUPU_ASSIGN_OR_RETURN(MappedFile file, MappedFile::open(files_[file_index_]));
    file_ = std::make_unique<MappedFile>(std::move(file));
    rest_ = file_->bytes();
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
    number_ = 0;
  }
  if (rest_.empty()) {
    file_.reset();
    ++file_index_;
    return true;
  }
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  ++number_;
  if (const auto bad = text::validate_utf8(line)) {
    return invalid_argument(fmt::format("{}: line {}: not UTF-8 at byte {}; convert the file first (iconv)",
                                        files_[file_index_], number_, *bad + 1));
  }
  return true;
}

void Corpus::add_line(const text::Tokenizer& tokenizer, std::string_view line) {
  const text::Encoding encoding =
      tokenizer.encode(line, {.add_special_tokens = false, .special_tokens_in_text = false});
  if (encoding.ids.empty()) {
    end_document();
    return;
  }
  bool ended = false;
  for (const std::int32_t id : encoding.ids) {
    const std::string_view token = tokenizer.token(id);
    const bool ends = is_one_of(token, kEnders);
    if (ended && !ends && !is_one_of(token, kClosers)) {
      segment_ends_.push_back(static_cast<std::uint32_t>(tokens_.size()));
      ended = false;
    }
    tokens_.push_back(id);
    ended = ended || ends;
  }
  segment_ends_.push_back(static_cast<std::uint32_t>(tokens_.size()));
}

void Corpus::end_document() {
  const auto segments = static_cast<std::uint32_t>(segment_ends_.size());
  const std::uint32_t before = document_ends_.empty() ? 0 : document_ends_.back();
  if (segments > before) document_ends_.push_back(segments);
}

std::string Corpus::content_id() const {
  Sha256 hash;
  const auto field = [&hash](const auto& numbers) {
    hash.field({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(numbers[0])});
  };
  field(tokens_);
  field(segment_ends_);
  field(document_ends_);
  return hash.finish_hex();
}

std::vector<Corpus::Sequence> Corpus::cut(const CutOptions& options, std::uint64_t seed, std::int64_t epoch) const {
  Lengths draw(options, seed, epoch);
  std::vector<Sequence> sequences;
  std::size_t first = 0;
  for (const std::uint32_t end : document_ends_) {
    cut_document(first, end, options, draw, sequences);
    first = end;
  }
  return sequences;
}

void Corpus::cut_document(std::size_t first_segment, std::size_t end_segment, const CutOptions& options, Lengths& draw,
                          std::vector<Sequence>& sequences) const {
  const auto add = [&](std::uint32_t begin, std::uint32_t end) {
    if (end - begin >= kSequenceTokensMin) sequences.push_back({begin, end - begin});
  };
  std::uint32_t begin = first_segment == 0 ? 0 : segment_ends_[first_segment - 1];
  std::uint32_t end = begin;  // of the whole segments taken so far
  std::int64_t length = draw.next();
  for (std::size_t segment = first_segment; segment < end_segment; ++segment) {
    const std::uint32_t segment_end = segment_ends_[segment];
    if (end > begin && segment_end - begin > length) {
      add(begin, end);
      begin = end;
      length = draw.next();
    }
    while (segment_end - begin > options.tokens_max) {  // a sentence longer than a sequence
      add(begin, begin + static_cast<std::uint32_t>(options.tokens_max));
      begin += static_cast<std::uint32_t>(options.tokens_max);
    }
    end = segment_end;
  }
  add(begin, end);
}

Result<Corpora> read_corpora(std::span<const std::string> files, const text::Tokenizer& tokenizer, double valid_share,
                             std::int64_t valid_tokens_max) {
  constexpr std::int64_t kTokensMax = static_cast<std::int64_t>(UINT32_MAX) - (std::int64_t{1} << 24);
  Corpora corpora;
  CorpusLines lines(files);
  std::string_view line;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool more, lines.next(line));
    if (!more) break;
    if (corpora.train.token_count() > kTokensMax) {
      return Status(Code::kTooLarge, "the corpus has more than 2^32 tokens; give fewer files");
    }
    const bool held_out = !line.empty() && valid_share > 0.0 && line_draw(line) < valid_share &&
                          corpora.valid.token_count() < valid_tokens_max;
    if (held_out) {
      corpora.valid.add_line(tokenizer, line);
      corpora.valid.end_document();
      corpora.train.end_document();  // what comes after it does not follow from what was before
    } else {
      corpora.train.add_line(tokenizer, line);
    }
  }
  if (corpora.train.token_count() == 0) return invalid_argument("the corpus holds no text", "corpus");
  return corpora;
}

}  // namespace yupu::training
