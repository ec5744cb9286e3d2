// tasks::PairModel as a TextModel of kind kRelevance: what POST /v1/rerank asks.
#pragma once

#include <memory>
#include <string>

#include "engine/execution_context.h"
#include "serving/text_model.h"

namespace yupu::serving {

// `context` must outlive the model; only the engine's owner thread runs it.  Outcomes  tasks::PairModel::load's;
// kInvalidArgument: classes none of which is the positive one say nothing of relevance.
Result<std::unique_ptr<TextModel>> load_ranker(const std::string& directory, engine::ExecutionContext& context);

}  // namespace yupu::serving
