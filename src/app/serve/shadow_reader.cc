#include "app/serve/shadow_reader.h"

#include "serving/embedder_model.h"
#include "strategy/strategy.h"

namespace yupu::app {

ShadowReader::ShadowReader(const House& house)
    : engine(1, house.options.precision),
      shadow(house.clock, house.store, serving::text_model_loader(engine, bases),
             serving::candidate_resolver(house.store, house.options.workdir),
             {.model = house.options.strategy->name, .mask_read = house.options.strategy->privacy.mask}) {}

}  // namespace yupu::app
