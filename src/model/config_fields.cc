#include "model/config_fields.h"

#include <array>
#include <vector>

#include <fmt/ranges.h>

namespace yupu::model {
namespace {

struct ActivationName {
  std::string_view name;
  engine::Activation activation;
};
// The first name of an activation is the one written.
constexpr std::array kActivations = {
    ActivationName{"gelu", engine::Activation::kGelu},
    ActivationName{"gelu_new", engine::Activation::kGeluTanh},
    ActivationName{"gelu_pytorch_tanh", engine::Activation::kGeluTanh},
    ActivationName{"relu", engine::Activation::kRelu},
};

}  // namespace

Status unsupported(std::string_view where, std::string_view key, std::string_view value, std::string_view supported) {
  return invalid_argument(fmt::format("{}: {} \"{}\" is not supported ({})", where, key, value, supported),
                          std::string(key));
}

std::string_view activation_name(engine::Activation activation) {
  for (const ActivationName& row : kActivations) {
    if (row.activation == activation) return row.name;
  }
  return "gelu";
}

Status read_activation(const Json& json, const char* key, std::string_view where, engine::Activation& activation) {
  if (!json.contains(key)) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const std::string name, json_string(json, key, where));
  std::vector<std::string_view> known;
  for (const ActivationName& row : kActivations) {
    if (row.name == name) {
      activation = row.activation;
      return ok_status();
    }
    known.push_back(row.name);
  }
  return unsupported(where, key, name, fmt::format("supported: {}", fmt::join(known, ", ")));
}

}  // namespace yupu::model
