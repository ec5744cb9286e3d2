// tasks::Classifier as a TextModel: what `yupu serve` loads.
#pragma once

#include "engine/execution_context.h"
#include "serving/model_host.h"

namespace yupu::serving {

// Opens model directories as classifiers. All of them run in `context`, which only the EngineWorker's thread may use
// while it lives; it must outlive every model loaded.
ModelLoader classifier_loader(engine::ExecutionContext& context);

}  // namespace yupu::serving
