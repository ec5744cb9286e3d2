// tasks::Embedder as a TextModel, and what `yupu serve` opens a directory with, whatever its task.
#pragma once

#include "engine/execution_context.h"
#include "serving/model_host.h"
#include "tasks/classify/adapter_base.h"

namespace yupu::serving {

// A directory of an embedder, of pairs (ranker_model.h) or of any number of labels (multilabel_model.h) as one, any
// other as classifier_loader does; the same rules for both arguments.
ModelLoader text_model_loader(engine::ExecutionContext& context, tasks::BaseCache& bases);

}  // namespace yupu::serving
