// Which documents a shelf has, by name. A shelf is a tenant's documents, or the working folder's own (kOwnShelf).
// Outcomes  those of the store.        Threads  any.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "store/store.h"

namespace yupu::products {

// Whose the working folder's own documents are: no tenant's, whose ids begin with "tn_".
inline constexpr const char* kOwnShelf = "local";

// Whether there is any document.
Result<bool> has_documents(store::Store& store, const std::string& tenant_id);
// Whether there is one of this name.
Result<bool> has_document(store::Store& store, const std::string& tenant_id, const std::string& source);
// Sources that this origin added (NewDocument::origin), in order.
Result<std::vector<std::string>> sources_of_origin(store::Store& store, const std::string& tenant_id,
                                                   const std::string& origin);

}  // namespace yupu::products
