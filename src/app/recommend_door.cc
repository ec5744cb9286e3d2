#include "app/recommend_door.h"

#include "products/service/agents/agent_routes.h"

namespace yupu::app {

recommend::BoardRoutes::Door recommend_door(store::Store& store) {
  return [&store](const http::Request& request) -> Result<recommend::BoardRoutes::Person> {
    YUPU_ASSIGN_OR_RETURN(const products::Agent agent, products::agent_of_request(store, request));
    return recommend::BoardRoutes::Person{
        .name = agent.name, .tenant_id = agent.tenant_id, .is_manager = agent.is_manager};
  };
}

}  // namespace yupu::app
