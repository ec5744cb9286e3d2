#include "strategy/privacy_reader.h"

#include <fmt/format.h>

namespace yupu::strategy {

Status read_privacy(const toml::table& table, Strategy& strategy) {
  PrivacyPlan plan;
  TomlReader reader(table, strategy.path, "privacy");
  std::vector<std::string> kinds = plan.mask.names();
  reader.texts("mask", kinds);
  plan.mask = {};
  for (const std::string& name : kinds) {
    if (const auto kind = text::find_personal_kind(name)) {
      plan.mask.add(*kind);
    } else {
      reader.fail("mask",
                  fmt::format("\"{}\" is none of {}", name, fmt::join(text::PersonalKinds::all().names(), ", ")));
    }
  }
  std::string conversations = "keep";
  reader.one_of("conversations", conversations, {"keep", "mask"});
  plan.masks_conversations = conversations == "mask";
  YUPU_RETURN_IF_ERROR(reader.finish());
  strategy.privacy = plan;
  return ok_status();
}

}  // namespace yupu::strategy
