// The tree lives in an arena with a limit and is given back at once, because gumbo's own clearing goes as deep as the
// elements do; and nesting is bounded beforehand, because its search for open elements takes time that grows with the
// depth.
#include "text/html/html_tree.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "text/unicode.h"

namespace yupu::text {
namespace {

constexpr std::size_t kArenaBytesMax = std::size_t{512} << 20;
constexpr std::size_t kDepthMax = 2000;

// Memory that is given out piece by piece and given back at once.
class Arena {
 public:
  explicit Arena(std::jmp_buf& full) : full_(full) {}

  static void* allocate(void* arena, std::size_t bytes) { return static_cast<Arena*>(arena)->take(bytes); }
  static void keep(void*, void*) {}

 private:
  static constexpr std::size_t kChunkBytes = 256 << 10;
  static constexpr std::size_t kAlignment = alignof(std::max_align_t);

  void* take(std::size_t bytes) {
    bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    if (left_ < bytes) {
      const std::size_t size = std::max(bytes, kChunkBytes);
      std::byte* chunk = used_ + size > kArenaBytesMax ? nullptr : new (std::nothrow) std::byte[size];
      // gumbo does not look at what its allocator returns: it is left from here.  Nothing between here and setjmp has
      // a destructor.
      if (chunk == nullptr) std::longjmp(full_, 1);  // NOLINT(cert-err52-cpp)
      chunks_.emplace_back(chunk);
      used_ += size;
      next_ = chunk;
      left_ = size;
    }
    std::byte* out = next_;
    next_ += bytes;
    left_ -= bytes;
    return out;
  }

  std::jmp_buf& full_;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0, used_ = 0;
};

// Null when the arena is full.  Not inlined: what longjmp returns to holds nothing that changes.
[[gnu::noinline]] const GumboOutput* parse(const GumboOptions& options, std::string_view html, std::jmp_buf& full) {
  if (setjmp(full) != 0) return nullptr;  // NOLINT(cert-err52-cpp)
  return gumbo_parse_with_options(&options, html.data(), html.size());
}

// How deep elements could be nested: start tags without their end tags.
std::size_t depth_of(std::string_view html) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  // Those that have no end tag, or whose next one ends them.
  constexpr std::array<std::string_view, 21> kFlat = {"br",   "img",   "hr",    "input", "meta", "link", "col",
                                                      "area", "embed", "wbr",   "p",     "li",   "td",   "th",
                                                      "tr",   "tbody", "thead", "tfoot", "dt",   "dd",   "option"};
  std::unordered_map<std::string, std::size_t> open;
  std::size_t depth = 0, deepest = 0;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const bool is_end = at + 1 < html.size() && html[at + 1] == '/';
    const std::size_t begin = at + (is_end ? 2 : 1);
    if (begin >= html.size() || !is_letter(html[begin])) continue;
    std::size_t end = begin;
    while (end < html.size() && end - begin < 32 && html[end] != '>' && html[end] != ' ' && html[end] != '/' &&
           html[end] != '\n' && html[end] != '\t' && html[end] != '\r' && html[end] != '\f')
      ++end;
    const std::string name = lower(html.substr(begin, end - begin));
    if (std::find(kFlat.begin(), kFlat.end(), name) != kFlat.end()) continue;
    std::size_t& count = open[name];
    if (!is_end) {
      ++count;
      deepest = std::max(deepest, ++depth);
    } else if (count > 0) {
      --count;
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Status with_html_tree(std::string_view html, const std::function<void(const GumboNode& root)>& use) {
  if (const std::size_t depth = depth_of(html); depth > kDepthMax)
    return invalid_argument(fmt::format("elements are nested {} deep; at most {} are read", depth, kDepthMax), "file");
  std::jmp_buf full;
  Arena arena(full);
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = Arena::allocate;
  options.deallocator = Arena::keep;
  options.userdata = &arena;
  options.max_errors = 0;
  const GumboOutput* output = parse(options, html, full);
  if (output == nullptr || output->root == nullptr)
    return Status(Code::kTooLarge, fmt::format("its tags need more than {} MiB", kArenaBytesMax >> 20), "file");
  use(*output->root);
  return ok_status();
}

}  // namespace yupu::text
