// What makes the lists of `yupu serve`: releases of it, and two beside each other.
#pragma once

#include "app/arguments.h"
#include "base/status.h"

namespace yupu::app {

Status retrain_recommend(Arguments& arguments);
Status list_recommend_releases(Arguments& arguments);
Status promote_recommend(Arguments& arguments);
Status roll_back_recommend(Arguments& arguments);
Status show_experiment(Arguments& arguments);

}  // namespace yupu::app
