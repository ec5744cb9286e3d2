#include "tasks/generate/written_text.h"

#include <algorithm>

namespace yupu::tasks {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kCodePointBytesMax = 4;

}  // namespace

bool WrittenText::append(std::int32_t id) {
  waiting_.push_back(id);
  // Bytes that end inside a code point decode to a replacement character; the next tokens may complete it.
  const bool whole = !tokenizer_.decode(waiting_).ends_with(kReplacement);
  return (whole || waiting_.size() >= kCodePointBytesMax) && take();
}

bool WrittenText::end() {
  const bool stopped = take();
  ended_ = true;
  return stopped;
}

// Moves what was waiting into the text, and looks for a stop string in what is new.
bool WrittenText::take() {
  const std::size_t before = text_.size();
  text_ += tokenizer_.decode(waiting_);
  waiting_.clear();
  std::size_t first = std::string::npos;
  for (const std::string& stop : stops_) {
    const std::size_t from = before >= stop.size() ? before - stop.size() + 1 : 0;
    first = std::min(first, text_.find(stop, from));
  }
  if (first == std::string::npos) return false;
  text_.resize(first);
  ended_ = true;
  return true;
}

std::string_view WrittenText::news() {
  std::size_t safe = text_.size();
  for (const std::string& stop : stops_) {
    if (ended_) break;
    for (std::size_t size = std::min(stop.size() - 1, text_.size()); size > 0; --size) {
      if (!text_.ends_with(std::string_view(stop).substr(0, size))) continue;
      safe = std::min(safe, text_.size() - size);
      break;
    }
  }
  if (safe <= told_) return {};
  const std::string_view fresh = std::string_view(text_).substr(told_, safe - told_);
  told_ = safe;
  return fresh;
}

}  // namespace yupu::tasks
