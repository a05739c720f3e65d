#include "report/html_page.h"

#include <fmt/format.h>

#include "report/html_parts.h"
#include "report/html_text.h"

namespace culprit::html {

namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
constexpr std::string_view kIcon =
    "data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%270 0 16 16%27%3E%3Ccircle "
    "cx=%278%27 cy=%278%27 r=%276%27 fill=%27none%27 stroke=%27%235b6ee1%27 "
    "stroke-width=%272.5%27/%3E%3Ccircle "
    "cx=%278%27 cy=%278%27 r=%272%27 fill=%27%235b6ee1%27/%3E%3C/svg%3E";

}  // namespace

std::string contents(const std::vector<Section>& sections) {
  std::string out = "<ol>\n";
  for (const auto& s : sections)
    out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", s.id, escape(s.title));
  return out + "</ol>\n";
}

std::string page(std::string_view title, std::string_view contents, std::string_view main) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<link rel=\"icon\" "
      "href=\"{}\">\n"
      "<style>\n{}</style>\n</head>\n",
      kPolicy, escape(title), kIcon, style());
  out += fmt::format(
      "<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
      "<div class=\"topbar\"><span class=\"brand\">Culprit</span>"
      "<details class=\"menu\"><summary>Contents</summary>{0}</details>"
      "<button type=\"button\" class=\"theme\" hidden aria-label=\"Switch between light and "
      "dark\">Theme</button></div>\n"
      "<div class=\"layout\">\n<nav class=\"toc\" aria-label=\"Contents\">{0}</nav>\n<main id=\"main\">\n",
      contents);
  out += main;
  return out + fmt::format("</main>\n</div>\n<script>\n{}</script>\n</body>\n</html>\n", script());
}

}  // namespace culprit::html
