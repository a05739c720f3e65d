#include "cli/run.h"

int main(int argc, char** argv) { return culprit::run(argc, argv); }
