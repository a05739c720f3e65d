// `culprit store export`: evidence as plain files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/interrupt.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/store_damage.h"
#include "cli/store_options.h"
#include "store/plain_export.h"

namespace culprit {

namespace {

struct Arguments {
  StoreOptions store;
  std::string out;
};

struct Written {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

Written count(const std::filesystem::path& directory) {
  Written out;
  std::error_code ec;
  for (std::filesystem::recursive_directory_iterator it(directory, ec), end; !ec && it != end;
       it.increment(ec)) {
    if (!it->is_regular_file(ec)) continue;
    ++out.files;
    out.bytes += it->file_size(ec);
  }
  return out;
}

// Into a directory of our own, so that half an export can be taken away again.
Result<Written> run_export(const Arguments& arguments) {
  std::error_code ec;
  if (std::filesystem::exists(arguments.out, ec))
    return fail(ErrorCode::kUsage, "already exists", arguments.out, "Name a new directory.");
  const RemovedOnInterrupt guard(arguments.out);
  auto exported = export_plain(arguments.store.directory, arguments.out);
  if (exported) return count(arguments.out);
  std::filesystem::remove_all(arguments.out, ec);
  return tl::unexpected(exported.error());
}

int run(const Arguments& arguments) {
  const auto written = run_export(arguments);
  if (!written) return print_failure(written.error());
  if (arguments.store.json()) {
    const boost::json::object out{{"command", "export"},
                                  {"store", shown_path(arguments.store.directory)},
                                  {"out", shown_path(arguments.out)},
                                  {"files", written->files},
                                  {"bytes", written->bytes}};
    fmt::print("{}\n", boost::json::serialize(out));
  } else {
    fmt::print("{} files, {}, in {}\n", grouped(written->files), size_text(written->bytes), arguments.out);
  }
  return 0;
}

}  // namespace

void add_store_export(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "export", "Write plain files: logs/, metrics/*.csv, aws/*.json, journal.jsonl, gaps.json");
  arguments->store.add_as_argument(*command);
  command->add_option("-o,--out", arguments->out, "Directory to create")->required()->type_name("DIR");
  command->footer(R"(Examples:
  culprit store export incident -o plain && less plain/logs/*/*.log)");
  command->callback([arguments, &exit] { exit = run(*arguments); });
}

}  // namespace culprit
