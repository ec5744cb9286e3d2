#include "products/service/knowledge/shelf.h"

namespace yupu::products {
namespace {

Result<std::vector<std::string>> read_sources(store::Store& store, const std::string& rest,
                                              const std::vector<store::Value>& values) {
  std::vector<std::string> sources;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT source FROM knowledge_document WHERE removed_ns IS NULL AND tenant_id = ? " + rest,
                          std::span<const store::Value>(values)));
    for (const store::Row& row : rows) sources.push_back(row.text(0));
    return ok_status();
  }));
  return sources;
}

}  // namespace

Result<bool> has_documents(store::Store& store, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto sources, read_sources(store, "LIMIT 1", {tenant_id}));
  return !sources.empty();
}

Result<bool> has_document(store::Store& store, const std::string& tenant_id, const std::string& source) {
  YUPU_ASSIGN_OR_RETURN(const auto sources, read_sources(store, "AND source = ?", {tenant_id, source}));
  return !sources.empty();
}

Result<std::vector<std::string>> sources_of_origin(store::Store& store, const std::string& tenant_id,
                                                   const std::string& origin) {
  return read_sources(store, "AND origin = ? ORDER BY source", {tenant_id, origin});
}

}  // namespace yupu::products
