#include "engine/collective/collective.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"

namespace yupu::engine {
namespace {

class Single final : public Collective {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  Status begin_sum(std::span<float>) override { return ok_status(); }
  void progress() override {}
  Status finish_sums() override { return ok_status(); }
  Status sum(std::span<double>) override { return ok_status(); }
  Status broadcast(std::span<std::byte>, int) override { return ok_status(); }
  void leave(const Status&) override {}
};

Status broadcast_from(Collective& collective, std::string& text, int root) {
  auto length = static_cast<std::uint64_t>(text.size());
  YUPU_RETURN_IF_ERROR(collective.broadcast(std::as_writable_bytes(std::span(&length, 1)), root));
  text.resize(length);
  return collective.broadcast(std::as_writable_bytes(std::span(text.data(), text.size())), root);
}

}  // namespace

std::unique_ptr<Collective> single() { return std::make_unique<Single>(); }

Status barrier(Collective& collective) {
  double nothing = 0.0;
  return collective.sum(std::span(&nothing, 1));
}

Result<bool> any_rank(Collective& collective, bool mine) {
  double count = mine ? 1.0 : 0.0;
  YUPU_RETURN_IF_ERROR(collective.sum(std::span(&count, 1)));
  return count > 0.0;
}

Status broadcast(Collective& collective, const Tensor& tensor) {
  return collective.broadcast({tensor.bytes(), tensor.byte_count()}, 0);
}

Status broadcast(Collective& collective, std::string& text) { return broadcast_from(collective, text, 0); }

Result<std::vector<std::string>> all_gather(Collective& collective, std::string_view mine) {
  std::vector<std::string> texts(static_cast<std::size_t>(collective.size()));
  texts[static_cast<std::size_t>(collective.rank())] = mine;
  for (int root = 0; root < collective.size(); ++root)
    YUPU_RETURN_IF_ERROR(broadcast_from(collective, texts[static_cast<std::size_t>(root)], root));
  return texts;
}

Status require_equal(Collective& collective, const Facts& facts) {
  OrderedJson mine = OrderedJson::array();
  for (const auto& [name, value] : facts) mine.push_back({name, value});
  YUPU_ASSIGN_OR_RETURN(const auto texts, all_gather(collective, mine.dump()));
  const OrderedJson expected = OrderedJson::parse(texts.front());
  for (std::size_t rank = 1; rank < texts.size(); ++rank) {
    if (texts[rank] == texts.front()) continue;
    const OrderedJson other = OrderedJson::parse(texts[rank]);
    std::vector<std::string> differing;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (i >= other.size() || other[i] != expected[i]) differing.push_back(expected[i][0].get<std::string>());
    }
    YUPU_RETURN_IF_ERROR(barrier(collective));  // so that all ranks say this, and none that another has gone
    return conflict(
        fmt::format("rank {} of {} differs from rank 0 in: {}", rank, texts.size(), fmt::join(differing, ", ")));
  }
  return ok_status();
}

}  // namespace yupu::engine
