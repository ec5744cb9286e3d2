#include "training/state.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/file.h"
#include "base/json.h"
#include "model/checkpoint/safetensors.h"

namespace yupu::training {
namespace {

constexpr std::int64_t kFormat = 1;
using NamedTensors = std::vector<NamedTensor>;

NamedTensors weights_of(const engine::AdamW& optimizer) {
  NamedTensors tensors;
  for (const engine::Parameter* parameter : optimizer.parameters()) {
    CHECK(parameter->late == nullptr, parameter->name + " is written with rows behind their updates");
    if (parameter->trainable) tensors.emplace_back(parameter->name, parameter->value);
  }
  return tensors;
}

Status copy_into(const model::Safetensors& file, const std::string& name, const engine::Tensor& target) {
  const model::TensorEntry* entry = file.find(name);
  if (entry == nullptr || entry->element_count() != target.element_count()) {
    return invalid_argument(fmt::format(
        "{}: tensor \"{}\" is missing or of another size; remove the folder to begin anew", file.where(), name));
  }
  return model::copy_to_f32(*entry, target.values(), file.where());
}

Status restore_weights(const model::Safetensors& file, const engine::AdamW& optimizer) {
  for (engine::Parameter* parameter : optimizer.parameters()) {
    if (!parameter->trainable) continue;
    CHECK(parameter->late == nullptr, parameter->name + " is read with rows behind their updates");
    YUPU_RETURN_IF_ERROR(copy_into(file, parameter->name, parameter->value));
    parameter->value_changed();
  }
  return ok_status();
}

}  // namespace

Json json_of(const Position& position) {
  Json history = Json::array();
  for (const EpochFigures& epoch : position.history) {
    history.push_back({{"epoch", epoch.epoch}, {"train_loss", epoch.train_loss}, {"valid_figure", epoch.valid_figure}});
  }
  return {{"step", position.step},
          {"epoch", position.epoch},
          {"update_in_epoch", position.update_in_epoch},
          {"loss_sum", position.loss_sum},
          {"loss_count", position.loss_count},
          {"best_figure", position.best_figure ? Json(*position.best_figure) : Json()},
          {"best_epoch", position.best_epoch},
          {"best_step", position.best_step},
          {"without_gain", position.without_gain},
          {"seconds", position.seconds},
          {"tokens", position.tokens},
          {"decay_from", position.decay_from ? Json(*position.decay_from) : Json()},
          {"history", std::move(history)}};
}

Result<Position> position_of(const Json& json, const std::string& where) {
  Position position;
  YUPU_ASSIGN_OR_RETURN(position.step, json_int(json, "step", where));
  YUPU_ASSIGN_OR_RETURN(position.epoch, json_int(json, "epoch", where));
  YUPU_ASSIGN_OR_RETURN(position.update_in_epoch, json_int(json, "update_in_epoch", where));
  YUPU_ASSIGN_OR_RETURN(position.loss_sum, json_number(json, "loss_sum", where));
  YUPU_ASSIGN_OR_RETURN(position.loss_count, json_int(json, "loss_count", where));
  if (json.contains("best_figure") && !json["best_figure"].is_null()) {
    YUPU_ASSIGN_OR_RETURN(position.best_figure, json_number(json, "best_figure", where));
  }
  YUPU_ASSIGN_OR_RETURN(position.best_epoch, json_int(json, "best_epoch", where));
  YUPU_ASSIGN_OR_RETURN(position.best_step, json_int(json, "best_step", where));
  YUPU_ASSIGN_OR_RETURN(position.without_gain, json_int(json, "without_gain", where));
  YUPU_ASSIGN_OR_RETURN(position.seconds, json_number(json, "seconds", where));
  if (json.contains("tokens")) {
    YUPU_ASSIGN_OR_RETURN(position.tokens, json_int(json, "tokens", where));
  }
  if (json.contains("decay_from") && !json["decay_from"].is_null()) {
    YUPU_ASSIGN_OR_RETURN(position.decay_from, json_int(json, "decay_from", where));
  }
  if (!json.contains("history") || !json["history"].is_array())
    return invalid_argument(where + ": 'history' is missing");
  for (const Json& epoch : json["history"]) {
    EpochFigures figures;
    YUPU_ASSIGN_OR_RETURN(figures.epoch, json_int(epoch, "epoch", where));
    YUPU_ASSIGN_OR_RETURN(figures.train_loss, json_number(epoch, "train_loss", where));
    YUPU_ASSIGN_OR_RETURN(figures.valid_figure, json_number(epoch, "valid_figure", where));
    position.history.push_back(figures);
  }
  return position;
}

Result<StateFolder> StateFolder::open(const std::string& out, std::string fingerprint) {
  const std::string path = out + "/.state";
  YUPU_RETURN_IF_ERROR(make_directories(path));
  return StateFolder(path, std::move(fingerprint));
}

std::string StateFolder::best_path(std::int64_t step) const {
  return fmt::format("{}/best-{}.safetensors", path_, step);
}

Result<std::optional<Position>> StateFolder::restore(engine::AdamW& optimizer,
                                                     std::span<const NamedTensor> also) const {
  const std::string path = path_ + "/state.safetensors";
  if (!file_exists(path)) return std::optional<Position>();
  YUPU_ASSIGN_OR_RETURN(const model::Safetensors file, model::Safetensors::open(path));
  const auto text = file.metadata().find("yupu");
  if (text == file.metadata().end())
    return invalid_argument(path + ": not a checkpoint; remove the folder to begin anew");
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_json(text->second));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t format, json_int(json, "format", path));
  YUPU_ASSIGN_OR_RETURN(const std::string fingerprint, json_string(json, "fingerprint", path));
  if (format != kFormat || fingerprint != fingerprint_) return std::optional<Position>();
  YUPU_ASSIGN_OR_RETURN(const Json members, json.contains("position")
                                                ? Result<Json>(json["position"])
                                                : Result<Json>(invalid_argument(path + ": 'position' is missing")));
  YUPU_ASSIGN_OR_RETURN(Position position, position_of(members, path));
  YUPU_RETURN_IF_ERROR(restore_weights(file, optimizer));
  for (const auto& [name, tensor] : optimizer.state()) YUPU_RETURN_IF_ERROR(copy_into(file, name, tensor));
  for (const auto& [name, tensor] : also) YUPU_RETURN_IF_ERROR(copy_into(file, name, tensor));
  optimizer.set_step_count(position.step);
  return std::optional<Position>(std::move(position));
}

Status StateFolder::save(engine::AdamW& optimizer, const Position& position, std::span<const NamedTensor> also) const {
  NamedTensors tensors = weights_of(optimizer);
  for (auto& tensor : optimizer.state()) tensors.push_back(std::move(tensor));
  tensors.insert(tensors.end(), also.begin(), also.end());
  const Json json = {{"format", kFormat}, {"fingerprint", fingerprint_}, {"position", json_of(position)}};
  return model::write_safetensors(path_ + "/state.safetensors", tensors, {{"yupu", to_text(json)}});
}

Status StateFolder::save_best(const engine::AdamW& optimizer, std::int64_t step) const {
  return model::write_safetensors(best_path(step), weights_of(optimizer));
}

Status StateFolder::load_best(engine::AdamW& optimizer, std::int64_t step) const {
  YUPU_ASSIGN_OR_RETURN(const model::Safetensors file, model::Safetensors::open(best_path(step)));
  return restore_weights(file, optimizer);
}

void StateFolder::forget_other_bests(std::int64_t step) const {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("best-") && entry.path().string() != best_path(step)) {
      std::error_code ignored;  // a left-over costs space, nothing else
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

Status StateFolder::remove() const { return remove_tree(path_); }

}  // namespace yupu::training
