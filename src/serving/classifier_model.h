// tasks::Classifier as a TextModel: what `yupu serve` loads.
#pragma once

#include "engine/execution_context.h"
#include "serving/model_host.h"
#include "tasks/classify/adapter_base.h"

namespace yupu::serving {

// Opens model directories as classifiers; adapters share their base through `bases`, and so travel in one batch. All of
// them run in `context`, which only the EngineWorker's thread may use while it lives; both must outlive the loader, the
// context every model loaded.
ModelLoader classifier_loader(engine::ExecutionContext& context, tasks::BaseCache& bases);

}  // namespace yupu::serving
