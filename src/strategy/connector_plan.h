// [[connector]] of the strategy file: other networks whose messages the bot answers. Keys: docs/connectors.md.
// Secrets stand in the environment or in files of their own, never in the strategy file.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"

namespace yupu::products {
class Connector;
}

namespace yupu::strategy {

struct Strategy;

struct SecretPlace {  // one of them
  std::string variable = {};
  std::string file = {};  // as written; relative to the strategy file's folder
};

struct ConnectorPlan {
  std::string name;     // in the address: /v1/connectors/NAME
  std::string kind;     // "webhook", "wecom", "dingtalk", "feishu"
  std::string tenant;   // whose key pays
  std::string channel;  // of answers; the kind where none is given
  std::string url;      // where texts go, or where the vendor's API is found
  bool allow_private = false;
  std::int64_t window_ns = 0;                       // of a signature's time
  bool at_once = false;                             // wecom: texts in the callback's answer
  std::string id;                                   // wecom: corp_id; feishu: app_id
  std::int64_t agent_id = 0;                        // wecom
  std::map<std::string, SecretPlace> secrets = {};  // "secret", "token", "aes_key", "encrypt_key"
};

// With the secrets read. Errors: a secret that is not there, that others may read, or that is none of its kind.
Result<std::vector<std::unique_ptr<products::Connector>>> make_connectors(const Strategy& strategy);

}  // namespace yupu::strategy
