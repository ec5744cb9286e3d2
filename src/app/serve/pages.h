// Pages of a running server that no product draws: those of the web room, and the technical report.
#pragma once

#include <string>
#include <vector>

#include "http/router.h"
#include "serving/assets.h"
#include "serving/visitors/visitor_door.h"

namespace yupu::app {

// Where the public bot's own page stands, and who may frame it. Both empty: there is no public bot.
struct ChatPage {
  std::string path;
  std::string framed_by;
};
ChatPage chat_page_of(const serving::PublicBot& bot);

// Pages of the web room, as serving wants them: they look into `chat`, which outlives them.
std::vector<serving::Asset> web_pages(const ChatPage& chat);

// The technical report is a file of the working folder: written by one stage, served as it stands.
void add_report(http::Router& router, const std::string& workdir);

}  // namespace yupu::app
