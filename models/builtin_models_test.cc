#include "models/builtin_models.h"

#include <gtest/gtest.h>

#include "base/builtin.h"
#include "tasks/classify/classifier.h"
#include "tasks/mlm/masked_model.h"

namespace yupu::models {
namespace {

TEST(BuiltinModels, EveryOneIsABase) {
  add_builtin_models();
  const std::vector<std::string> folders = builtin_folders();
  if (folders.empty()) GTEST_SKIP() << "no model is embedded in this build";
  for (const std::string& folder : folders) {
    const auto model = tasks::MaskedModel::load(folder, 1, 0.0f);
    EXPECT_TRUE(model.ok()) << model.status().to_string();
    const std::string name = folder.substr(kBuiltinPrefix.size());
    const auto classifier =
        tasks::Classifier::from_base(directory_or_builtin(name), {.labels = {"a", "b"}, .max_length = 32});
    ASSERT_TRUE(classifier.ok()) << classifier.status().to_string();
    EXPECT_GT((*classifier)->encode("where is my parcel? 我的包裹在哪里？").ids.size(), 10u);
  }
}

}  // namespace
}  // namespace yupu::models
