// Any bytes as what other networks deliver: XML and JSON of callbacks, as if they had been signed; base64 and what was
// encrypted. Refused, or a message that holds together.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "base/check.h"
#include "products/service/connectors/dingtalk_connector.h"
#include "products/service/connectors/feishu_connector.h"
#include "products/service/connectors/wecom_connector.h"

namespace {

using namespace yupu::products;

void check(const yupu::Result<Callback>& callback) {
  if (!callback.ok() || !callback->message) return;
  const Incoming& message = *callback->message;
  CHECK(check_incoming(message).ok(), "a message has an id and a sender");
  CHECK(!message.text.empty() && message.reply_to.is_object(), "a message says something, and can be answered");
}

void read_secrets(std::string_view bytes) {
  static const WecomKeys keys{.token = "t", .aes_key = std::string(32, 'k'), .receive_id = "corp"};
  const std::string text(bytes);
  if (const auto plain = yupu::bytes_of_base64(bytes); plain.ok() && bytes.find('=') == std::string_view::npos)
    CHECK(yupu::base64_of(*plain) == bytes, "base64 without padding is written one way");
  const auto said = wecom_decrypt(keys, text);
  if (said.ok()) CHECK(said->size() <= text.size(), "nothing is made up");
  const auto event = feishu_decrypt("key", text);
  if (event.ok()) CHECK(event->size() <= text.size(), "nothing is made up");
  // What is written is read.
  const auto again = wecom_decrypt(keys, wecom_encrypt(keys, bytes, "0123456789abcdef"));
  CHECK(again.ok() && *again == bytes, "a secret is read back");
}

void read_xml(std::string_view bytes) {
  check(read_wecom_message(bytes));
  if (bytes.find('\0') != std::string_view::npos) return;
  const auto xml = WecomXml::read("<xml><Content>" + wecom_cdata(bytes) + "</Content></xml>");
  // XML reads line ends its own way.
  if (xml.ok() && bytes.find('\r') == std::string_view::npos)
    CHECK(xml->text("Content").size() <= bytes.size(), "nothing comes in beside the text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      read_xml(bytes);
      break;
    case 1:
      check(read_dingtalk_body(bytes));
      break;
    case 2:
      check(read_feishu_event(bytes, "token"));
      break;
    default:
      read_secrets(bytes);
  }
  return 0;
}
