// Reverse-mode differentiation: ops record how to take their gradient back, `backward` plays the recording in reverse.
//
//   ExecutionContext context(2);
//   Tape tape(context, Tape::Mode::kTraining);
//   Var hidden = linear(tape.constant(features), tape.leaf(weight), tape.leaf(bias), {});
//   Var loss = cross_entropy(hidden, labels);
//   tape.backward(loss);      // weight.grad, bias.grad += d loss
//   tape.clear();             // ready for the next step; memory is kept
//
// Invariants
//  1. A Var has a node exactly when a gradient of it is needed: the tape is in training mode and it depends on
//  something
//     trainable.  Ops skip the backward of inputs without a node, so frozen parameters cost nothing.
//  2. In inference mode nothing is recorded and nothing kept: a value dies with its last Var.
//  3. Gradients accumulate.  The first contribution to a node may overwrite (GradSlot::fresh), later ones add.
//  4. A closure is destroyed as soon as it has run, and the gradient of its output with it: memory falls during
//  backward.
// Threads: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/execution_context.h"
#include "engine/tensor.h"

namespace yupu::engine {

class PackedWeight;
class PackedBf16Weight;
class PackedInt8Weight;

// Which product of a linear layer a weight W (O,I) is packed for: y = x W^T or d_x = d_y W.
enum class WeightUse : std::uint8_t { kForward, kBackward };

// Rows [begin, end) of a matrix.
struct RowRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool operator==(const RowRange&) const = default;
};

// Rows of a parameter whose updates wait until the row is read: the optimiser keeps them so for tables of which a step
// touches few rows (engine/optim/row_updates.h).  Threads: the parameter's owner.
class LateRows {
 public:
  virtual ~LateRows() = default;
  virtual void bring_up(ThreadTeam& team, std::span<const std::int32_t> rows) = 0;
  virtual void bring_up_all(ThreadTeam& team) = 0;
};

// A trainable tensor with a name, owned by the model.  It must not move while a tape refers to it (keep it in a deque,
// in a unique_ptr or as a member). Threads: training has one owner.  In inference several contexts may read one
// Parameter at the same time.
struct Parameter {
  Parameter();
  Parameter(std::string parameter_name, Tensor initial, bool decays);
  ~Parameter();
  Parameter(const Parameter&) = delete;
  Parameter& operator=(const Parameter&) = delete;

  std::string name;
  Tensor value;           // f32; i8 in a model quantised for inference, which no tape can train
  Tensor scale;           // with an i8 value: element (r,c) stands for scale[r] * value[r,c], f32 (rows)
  Tensor grad;            // as value, made by the first backward; meaningless while has_grad is false
  bool has_grad = false;  // false stands for a gradient of zero (nothing is zeroed in memory)
  // Instead of grad while only looked-up rows have one: row i of row_grad is the gradient of row grad_rows[i]
  // (ascending), that of all others is zero.  Undefined: there is none.
  Tensor row_grad;
  std::vector<std::int32_t> grad_rows;
  // Set while `value` is behind in some rows.  Tape::leaf brings all of them up; who reads `value` elsewhere does so
  // after AdamW::settle.
  LateRows* late = nullptr;
  bool trainable = true;
  bool decay = true;                 // weight decay applies (matrices yes; biases and layer norms no)
  float learning_rate_scale = 1.0f;  // layer-wise learning rates

  // Call after writing `value` in place, so that cached packings of it are made anew (the optimiser does).
  void value_changed() { ++version_; }
  std::uint64_t version() const { return version_; }
  void drop_grad();
  void make_grad_dense();  // turns row_grad, if there is one, into grad

  // The weight, or these rows of it, packed for the matrix kernels, made when first asked for and again after
  // value_changed.  Used in inference and, where it is frozen, in training in bf16.  REQUIRES: rank 2.
  const PackedWeight& packed(ExecutionContext& context, std::optional<RowRange> rows = std::nullopt,
                             WeightUse use = WeightUse::kForward) const;
  // The same, but null where the weight is better multiplied as it lies: the first time it is asked for, unless the
  // context packs at once (ExecutionContext::set_packs_at_once).  Both ways give the same bits.
  const PackedWeight* packed_if_reused(ExecutionContext& context, std::optional<RowRange> rows = std::nullopt,
                                       WeightUse use = WeightUse::kForward) const;
  // The weight packed and rounded to bf16.
  const PackedBf16Weight& packed_bf16(ExecutionContext& context, std::optional<RowRange> rows = std::nullopt,
                                      WeightUse use = WeightUse::kForward) const;
  // The same for an i8 value with its scale.
  const PackedInt8Weight& packed_int8(ExecutionContext& context, std::optional<RowRange> rows = std::nullopt) const;

 private:
  struct PackCache;
  RowRange rows_to_pack(std::optional<RowRange> rows) const;
  std::uint64_t version_ = 1;
  std::unique_ptr<PackCache> pack_cache_;
};

class Tape;

// One value of the recording whose gradient is wanted.  Belongs to the Tape.
struct Node {
  Shape shape;
  Tensor grad;                     // undefined until the first contribution
  Parameter* parameter = nullptr;  // leaf: the gradient goes to the parameter instead
};

// Where a backward writes.  fresh: nothing is there yet, write with `=`; otherwise add with `+=`.
struct GradSlot {
  Tensor tensor;
  bool fresh;
};

// A value on a tape: a cheap handle.  The default Var stands for "absent" (an optional bias).
class Var {
 public:
  Var() = default;
  bool defined() const { return tape_ != nullptr; }
  const Tensor& value() const { return value_; }
  const Shape& shape() const { return value_.shape(); }
  std::int64_t size(int axis) const { return value_.size(axis); }
  bool requires_grad() const { return node_ != nullptr; }
  // The gradient after backward, for leaves made by Tape::input and Tape::leaf.  Undefined Tensor when none arrived.
  Tensor grad() const;
  Tape& tape() const;
  Node* node() const { return node_; }
  const Parameter* parameter() const { return parameter_; }  // set when this is a leaf over a Parameter

 private:
  friend class Tape;
  Tensor value_;
  Tape* tape_ = nullptr;
  Node* node_ = nullptr;
  const Parameter* parameter_ = nullptr;
};

// Watches a backward pass, on the thread that runs it: what data-parallel training needs to send gradients off early
// (engine/collective/gradient_buckets.h).
class BackwardObserver {
 public:
  virtual ~BackwardObserver() = default;
  // The pass adds nothing more to this parameter's gradient.  Told once a pass for each parameter on the tape.
  virtual void gradient_complete(Parameter& parameter) = 0;
  virtual void op_done() = 0;  // after each recorded op
};

class Tape {
 public:
  enum class Mode { kTraining, kInference };

  Tape(ExecutionContext& context, Mode mode);
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  ExecutionContext& context() const { return context_; }
  ThreadTeam& team() const { return context_.team(); }
  bool training() const { return mode_ == Mode::kTraining; }

  // A parameter.  It has a node when it is trainable.  In inference mode a const Parameter will do.
  Var leaf(Parameter& parameter);
  Var leaf(const Parameter& parameter);
  // The same for a matrix whose rows an op looks up by index: rows that are late stay so until that op brings up the
  // ones it reads.
  Var table(Parameter& parameter);
  Var table(const Parameter& parameter);
  Var constant(Tensor value);  // no gradient
  Var input(Tensor value);     // with gradient, when training

  // Runs the recording backwards from `loss` (one element) with d loss = scale, then forgets the recording.  A loss
  // that depends on nothing trainable is allowed and does nothing.  Nodes and their gradients stay until clear().
  void backward(const Var& loss, float scale = 1.0f, BackwardObserver* observer = nullptr);
  // The same from any value, with its gradient given.
  void backward_from(const Var& value, const Tensor& gradient, BackwardObserver* observer = nullptr);
  // Forgets everything recorded; Vars of this tape that have a node are dead afterwards.
  void clear();

  // ---- for ops ----
  // The result of an op.  `needs_grad`: one of its inputs has a node.
  Var result(Tensor value, bool needs_grad);
  // Registers backward(d_output), called when d_output exists.  REQUIRES: output has a node.
  // Keep what backward needs in the closure by value: Tensors and Node pointers.
  template <class Backward>
  void record(const Var& output, Backward&& backward) {
    using Closure = std::decay_t<Backward>;
    void* place = allocate(sizeof(Closure), alignof(Closure));
    auto* closure = new (place) Closure(std::forward<Backward>(backward));
    records_.push_back({output.node(), closure,
                        [](void* c, const Tensor& d_output) { (*static_cast<Closure*>(c))(d_output); },
                        [](void* c) { static_cast<Closure*>(c)->~Closure(); }});
  }
  // The place to write or add a contribution to the gradient of `node`.
  GradSlot grad_slot(Node* node);
  // Adds `contribution`, which the caller will not write again: without a gradient yet it becomes the gradient (no
  // copy).
  void accumulate(Node* node, const Tensor& contribution);
  Tensor empty(const Shape& shape, DType dtype = DType::kF32) { return context_.empty(shape, dtype); }

 private:
  struct Record {
    Node* output;
    void* closure;
    void (*run)(void* closure, const Tensor& d_output);
    void (*destroy)(void* closure);
  };

  // A parameter's way onto the tape.  Ops that use it were recorded after it, so its gradient is complete when backward
  // has come down to `records_before`.
  struct Leaf {
    std::size_t records_before;
    Parameter* parameter;
  };

  void tell(BackwardObserver& observer);
  void* allocate(std::size_t bytes, std::size_t alignment);
  Node* make_node(const Shape& shape, Parameter* parameter);

  ExecutionContext& context_;
  Mode mode_;
  std::vector<Record> records_;
  std::vector<Leaf> leaves_;
  std::deque<Node> nodes_;  // addresses stay; the first nodes_used_ are live
  std::size_t nodes_used_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;  // memory of the closures, kept between steps
  std::size_t chunk_index_ = 0;
  std::size_t chunk_used_ = 0;
};

}  // namespace yupu::engine
