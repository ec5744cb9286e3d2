#include "engine/autograd/tape.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/mutex.h"
#include "engine/device/cpu/bf16_gemm.h"
#include "engine/device/cpu/elementwise.h"
#include "engine/device/cpu/gemm.h"
#include "engine/device/cpu/int8_gemm.h"

namespace yupu::engine {
namespace {
constexpr std::size_t kChunkBytes = std::size_t{64} << 10;

struct ClosureEnd {
  void* closure;
  void (*destroy)(void*);
  ClosureEnd(void* owned, void (*destroy_owned)(void*)) : closure(owned), destroy(destroy_owned) {}
  ClosureEnd(const ClosureEnd&) = delete;
  ClosureEnd& operator=(const ClosureEnd&) = delete;
  ~ClosureEnd() { destroy(closure); }
};
}  // namespace

// The packings of all rows and of the ranges asked for, each with the version of the value it was made from.
struct Parameter::PackCache {
  template <class Weight>
  struct Packing {
    std::unique_ptr<Weight> weight;
    std::uint64_t version = 0;

    bool is_for(std::uint64_t current) const { return weight != nullptr && version == current; }

    // Made by `pack` unless it is there for `current`.
    template <class Pack>
    const Weight& at(std::uint64_t current, const Pack& pack) {
      if (!is_for(current)) {
        weight = pack();
        version = current;
      }
      return *weight;
    }
  };
  struct Packings {
    RowRange rows;
    WeightUse use = WeightUse::kForward;
    Packing<PackedWeight> f32 = {};
    std::uint64_t multiplied_version = 0;  // of the value last multiplied without packing
    Packing<PackedBf16Weight> bf16 = {};
    Packing<PackedInt8Weight> int8 = {};
  };

  // All rows, or two ranges that divide them, for one or both products: few.
  Packings& of(RowRange rows, WeightUse use) YUPU_REQUIRES(mutex) {
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const Packings& one) { return one.rows == rows && one.use == use; });
    if (it != all.end()) return *it;
    all.push_back({.rows = rows, .use = use});
    return all.back();
  }

  Mutex mutex;
  std::vector<Packings> all YUPU_GUARDED_BY(mutex);
};

Parameter::Parameter() : pack_cache_(std::make_unique<PackCache>()) {}
Parameter::Parameter(std::string parameter_name, Tensor initial, bool decays)
    : name(std::move(parameter_name)),
      value(std::move(initial)),
      decay(decays),
      pack_cache_(std::make_unique<PackCache>()) {}
Parameter::~Parameter() = default;

void Parameter::drop_grad() {
  has_grad = false;
  row_grad = Tensor();
  grad_rows.clear();
}

void Parameter::make_grad_dense() {
  if (!row_grad.defined()) return;
  CHECK(!has_grad, name + " has two gradients");
  if (!grad.defined()) grad = Tensor::empty(value.shape());
  grad.zero();
  std::int64_t at = 0;
  for (const std::int32_t row : grad_rows) {
    grad.rows(row, row + 1).copy_from(row_grad.rows(at, at + 1));
    ++at;
  }
  drop_grad();
  has_grad = true;
}

RowRange Parameter::rows_to_pack(std::optional<RowRange> rows) const {
  CHECK(value.defined() && value.rank() == 2, fmt::format("{} cannot be packed: not a matrix", name));
  return rows.value_or(RowRange{0, value.size(0)});
}

const PackedWeight* Parameter::packed_if_reused(ExecutionContext& context, std::optional<RowRange> rows,
                                                WeightUse use) const {
  {
    MutexLock lock(pack_cache_->mutex);
    PackCache::Packings& packings = pack_cache_->of(rows_to_pack(rows), use);
    const bool again = std::exchange(packings.multiplied_version, version_) == version_;
    if (!again && !context.packs_at_once() && !packings.f32.is_for(version_)) return nullptr;
  }
  return &packed(context, rows, use);
}

namespace {

// Rows of the matrix `value` as the right operand of one of the two products.
template <class Weight>
std::unique_ptr<Weight> pack(ExecutionContext& context, const Tensor& value, RowRange rows, WeightUse use) {
  const std::int64_t in = value.size(1);
  const std::int64_t out = rows.end - rows.begin;
  const bool forward = use != WeightUse::kBackward;
  const MatrixView b{.data = value.f32() + rows.begin * in, .stride = in, .transposed = forward};
  const std::int64_t columns = forward ? out : in, depth = forward ? in : out;
  return std::make_unique<Weight>(context, b, columns, depth);
}

}  // namespace

const PackedWeight& Parameter::packed(ExecutionContext& context, std::optional<RowRange> rows, WeightUse use) const {
  const RowRange range = rows_to_pack(rows);
  MutexLock lock(pack_cache_->mutex);
  return pack_cache_->of(range, use).f32.at(version_, [&] { return pack<PackedWeight>(context, value, range, use); });
}

const PackedBf16Weight& Parameter::packed_bf16(ExecutionContext& context, std::optional<RowRange> rows,
                                               WeightUse use) const {
  const RowRange range = rows_to_pack(rows);
  MutexLock lock(pack_cache_->mutex);
  return pack_cache_->of(range, use).bf16.at(version_, [&] {
    return pack<PackedBf16Weight>(context, value, range, use);
  });
}

const PackedInt8Weight& Parameter::packed_int8(ExecutionContext& context, std::optional<RowRange> rows) const {
  const RowRange range = rows_to_pack(rows);
  MutexLock lock(pack_cache_->mutex);
  return pack_cache_->of(range, WeightUse::kForward).int8.at(version_, [&] {
    CHECK(value.dtype() == DType::kI8 && scale.defined(), fmt::format("{} is not a quantised matrix", name));
    return std::make_unique<PackedInt8Weight>(context, value.rows(range.begin, range.end),
                                              scale.rows(range.begin, range.end));
  });
}

Tensor Var::grad() const {
  if (node_ == nullptr) return {};
  if (node_->parameter != nullptr) {
    node_->parameter->make_grad_dense();
    return node_->parameter->has_grad ? node_->parameter->grad : Tensor();
  }
  return node_->grad;
}

Tape& Var::tape() const {
  CHECK(tape_ != nullptr, "an absent Var (Var{}) has no tape");
  return *tape_;
}

Tape::Tape(ExecutionContext& context, Mode mode) : context_(context), mode_(mode) {}
Tape::~Tape() { clear(); }

Var Tape::leaf(Parameter& parameter) {
  if (parameter.late != nullptr) parameter.late->bring_up_all(team());
  return table(parameter);
}

Var Tape::leaf(const Parameter& parameter) {
  if (parameter.late != nullptr) parameter.late->bring_up_all(team());
  return table(parameter);
}

Var Tape::table(Parameter& parameter) {
  CHECK(!training() || parameter.value.dtype() == DType::kF32,
        fmt::format("parameter {} is {}: a quantised model cannot be trained", parameter.name,
                    dtype_name(parameter.value.dtype())));
  Var var = table(static_cast<const Parameter&>(parameter));
  if (training() && parameter.trainable) {
    var.node_ = make_node(parameter.value.shape(), &parameter);
    leaves_.push_back({records_.size(), &parameter});
  }
  return var;
}

Var Tape::table(const Parameter& parameter) {
  CHECK(parameter.value.defined(), fmt::format("parameter {} has no value", parameter.name));
  Var var = constant(parameter.value);
  var.parameter_ = &parameter;
  return var;
}

Var Tape::constant(Tensor value) {
  CHECK(value.defined(), "a Var of an empty tensor");
  Var var;
  var.value_ = std::move(value);
  var.tape_ = this;
  return var;
}

Var Tape::input(Tensor value) { return result(std::move(value), true); }

Var Tape::result(Tensor value, bool needs_grad) {
  Var var = constant(std::move(value));
  if (training() && needs_grad) var.node_ = make_node(var.value_.shape(), nullptr);
  return var;
}

Node* Tape::make_node(const Shape& shape, Parameter* parameter) {
  if (nodes_used_ == nodes_.size()) nodes_.emplace_back();
  Node& node = nodes_[nodes_used_++];
  node.shape = shape;
  node.grad = Tensor();
  node.parameter = parameter;
  return &node;
}

void Tape::backward(const Var& loss, float scale, BackwardObserver* observer) {
  CHECK(loss.value().element_count() == 1, "backward from a loss of shape " + loss.shape().to_text());
  if (!loss.requires_grad()) return;
  backward_from(loss, Tensor::full(loss.shape(), scale, &context_.pool()), observer);
}

void Tape::backward_from(const Var& value, const Tensor& gradient, BackwardObserver* observer) {
  CHECK(&value.tape() == this, "backward of a Var of another tape");
  CHECK(value.requires_grad(), "backward of a value that depends on nothing trainable");
  accumulate(value.node(), gradient);
  while (!records_.empty()) {
    const Record record = records_.back();
    records_.pop_back();
    Tensor d_output = std::move(record.output->grad);
    const ClosureEnd end(record.closure, record.destroy);  // also when memory runs out half-way
    // An output nobody used has no gradient, and its inputs get none from here.
    if (d_output.defined()) record.run(record.closure, d_output);
    if (observer != nullptr) tell(*observer);
  }
  chunk_index_ = 0;
  chunk_used_ = 0;
}

void Tape::tell(BackwardObserver& observer) {
  while (!leaves_.empty() && leaves_.back().records_before >= records_.size()) {
    Parameter* const parameter = leaves_.back().parameter;
    leaves_.pop_back();
    // A parameter that came onto the tape twice (tied weights) is complete at the earlier place.
    const bool again = std::any_of(leaves_.begin(), leaves_.end(),
                                   [parameter](const Leaf& leaf) { return leaf.parameter == parameter; });
    if (!again) observer.gradient_complete(*parameter);
  }
  observer.op_done();
}

void Tape::clear() {
  leaves_.clear();
  while (!records_.empty()) {
    records_.back().destroy(records_.back().closure);
    records_.pop_back();
  }
  for (std::size_t i = 0; i < nodes_used_; ++i) nodes_[i].grad = Tensor();
  nodes_used_ = 0;
  chunk_index_ = 0;
  chunk_used_ = 0;
}

GradSlot Tape::grad_slot(Node* node) {
  if (node->parameter != nullptr) {
    Parameter& parameter = *node->parameter;
    parameter.make_grad_dense();
    const bool fresh = !parameter.has_grad;
    if (!parameter.grad.defined()) parameter.grad = Tensor::empty(parameter.value.shape());
    parameter.has_grad = true;
    return {parameter.grad, fresh};
  }
  const bool fresh = !node->grad.defined();
  if (fresh) node->grad = context_.empty(node->shape);
  return {node->grad, fresh};
}

void Tape::accumulate(Node* node, const Tensor& contribution) {
  CHECK(contribution.shape() == node->shape, fmt::format("gradient of shape {} for a value of shape {}",
                                                         contribution.shape().to_text(), node->shape.to_text()));
  if (node->parameter == nullptr && !node->grad.defined()) {
    node->grad = contribution;
    return;
  }
  const GradSlot slot = grad_slot(node);
  if (slot.fresh) {
    slot.tensor.copy_from(contribution);
  } else {
    add_into(team(), slot.tensor.f32(), contribution.f32(), contribution.element_count());
  }
}

void* Tape::allocate(std::size_t bytes, std::size_t alignment) {
  CHECK(bytes + alignment <= kChunkBytes, "a closure larger than a chunk");
  std::size_t begin = (chunk_used_ + alignment - 1) / alignment * alignment;
  if (chunk_index_ < chunks_.size() && begin + bytes > kChunkBytes) {
    ++chunk_index_;
    begin = 0;
  }
  if (chunk_index_ == chunks_.size()) chunks_.push_back(std::make_unique<std::byte[]>(kChunkBytes));
  chunk_used_ = begin + bytes;
  return chunks_[chunk_index_].get() + begin;
}

}  // namespace yupu::engine
