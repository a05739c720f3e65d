// A comparison of incidents for terminals and for pages.
#include "report/comparison_outline.h"
#include "report/comparison_tellers.h"
#include "report/markdown.h"
#include "report/text_canvas.h"

namespace culprit {

namespace {

void put(TextCanvas& canvas, const Block& b) {
  switch (b.kind) {
    case Block::Kind::kTable:
      return canvas.table(b.table);
    case Block::Kind::kList:
      for (const auto& item : b.items)
        canvas.paragraph(
            "  " + item.label + std::string(12 - std::min<std::size_t>(12, item.label.size()), ' '),
            item.phrase);
      return;
    default:
      return canvas.paragraph("  ", b.phrase);
  }
}

}  // namespace

std::string render_comparison_text(const IncidentComparison& comparison, const TextStyle& style) {
  TextCanvas canvas(style);
  for (const auto& section : comparison_outline(comparison)) {
    canvas.rule(section.title);
    for (const auto& block : section.blocks) put(canvas, block);
  }
  return canvas.take();
}

std::string render_comparison_markdown(const IncidentComparison& comparison) {
  return markdown_of("Incidents compared", comparison_outline(comparison));
}

}  // namespace culprit
