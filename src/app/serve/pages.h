// Pages of a running server that no product draws: those of the web room, and the technical report.
#pragma once

#include <string>
#include <vector>

#include "http/router.h"
#include "serving/assets.h"
#include "serving/visitors/visitor_door.h"

namespace yupu::app {

// Pages of the web room, as serving wants them. The public bot's own page stands under /chat/NAME and may be framed by
// pages of its origins; without a public bot (null) there is none.
std::vector<serving::Asset> web_pages(const serving::PublicBot* bot);

// The technical report is a file of the working folder: written by one stage, served as it stands.
void add_report(http::Router& router, const std::string& workdir);

}  // namespace yupu::app
