// tasks::MultilabelModel as a TextModel of kind kScores with a threshold a label: POST /v1/classify.
#pragma once

#include <memory>
#include <string>

#include "engine/execution_context.h"
#include "serving/text_model.h"

namespace yupu::serving {

// `context` must outlive the model; only the engine's owner thread runs it.  Outcomes  tasks::MultilabelModel::load's.
Result<std::unique_ptr<TextModel>> load_multilabel(const std::string& directory, engine::ExecutionContext& context);

}  // namespace yupu::serving
