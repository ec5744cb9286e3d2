// A folder of adapter directories as an AdapterSource.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/file_stamp.h"
#include "serving/adapter_pool.h"

namespace yupu::serving {
namespace {

constexpr std::size_t kNameBytesMax = 255;

// A name comes from a stranger and becomes part of a path: one component, nothing hidden, no way up.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && name.front() != '.' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c != '/' && c != '\\' && static_cast<unsigned char>(c) >= ' '; });
}

class AdapterFolder final : public AdapterSource {
 public:
  AdapterFolder(std::string folder, ModelLoader loader) : folder_(std::move(folder)), loader_(std::move(loader)) {}

  std::string stamp(std::string_view name) const override {
    if (!is_plain_name(name)) return {};
    const std::string at = directory(name);
    const std::string config = file_stamp(at + "/adapter_config.json");
    if (config.empty()) return {};
    return fmt::format("{};{};{}", config, file_stamp(at + "/adapter_model.safetensors"),
                       file_stamp(at + "/yupu.json"));
  }
  std::string directory(std::string_view name) const override { return fmt::format("{}/{}", folder_, name); }
  // Errors name the file from the folder on: tenants read them.
  Result<std::unique_ptr<TextModel>> open(const std::string& name) override {
    auto opened = loader_(directory(name));
    if (opened.ok()) return opened;
    std::string message = opened.status().message();
    const std::string prefix = folder_ + "/";
    for (std::size_t at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    return Status(opened.status().code(), message);
  }

 private:
  const std::string folder_;
  const ModelLoader loader_;
};

}  // namespace

std::unique_ptr<AdapterSource> folder_source(std::string folder, ModelLoader loader) {
  return std::make_unique<AdapterFolder>(std::move(folder), std::move(loader));
}

}  // namespace yupu::serving
