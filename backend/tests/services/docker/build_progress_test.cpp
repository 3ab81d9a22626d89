// What BuildKit's progress reads like in the cases that a short recording does not hold.

#include "services/docker/build_progress.hpp"

#include "services/docker/buildkit_status.pb.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdint>
#include <string>

using namespace panel::docker;

namespace {

class Message {
  public:
    Message& starts(const std::string& digest, const std::string& name, std::int64_t at) {
        auto* vertex = status_.add_vertexes();
        vertex->set_digest(digest);
        vertex->set_name(name);
        vertex->mutable_started()->set_seconds(at);
        return *this;
    }
    Message& ends(const std::string& digest, const std::string& name, std::int64_t from, std::int64_t to,
                  const std::string& error = "") {
        starts(digest, name, from);
        auto* vertex = status_.mutable_vertexes(status_.vertexes_size() - 1);
        vertex->mutable_completed()->set_seconds(to);
        vertex->set_error(error);
        return *this;
    }
    Message& prints(const std::string& digest, const std::string& text, std::int64_t stream = 1) {
        auto* log = status_.add_logs();
        log->set_vertex(digest);
        log->set_msg(text);
        log->set_stream(stream);
        return *this;
    }
    Message& downloads(const std::string& digest, const std::string& id, std::int64_t current,
                       std::int64_t total, bool ended) {
        auto* entry = status_.add_statuses();
        entry->set_id(id);
        entry->set_vertex(digest);
        entry->set_current(current);
        entry->set_total(total);
        if (ended) entry->mutable_completed()->set_seconds(1);
        return *this;
    }
    [[nodiscard]] std::string bytes() const { return status_.SerializeAsString(); }

  private:
    buildkit::StatusResponse status_;
};

} // namespace

TEST_CASE("what one message starts, prints and ends reads in this order") {
    BuildProgress progress;
    CHECK(progress.feed(Message().ends("a", "[1/2] RUN one", 10, 13).prints("a", "half").bytes()) ==
          "#1 [1/2] RUN one\nhalf\n#1 DONE 3.0s\n");
    CHECK(progress.finish().empty());
}

TEST_CASE("a step beside the headed one is prefixed, and headed again when it is alone") {
    BuildProgress progress;
    auto text = progress.feed(Message().starts("a", "RUN a", 1).bytes());
    text += progress.feed(Message().starts("b", "RUN b", 1).bytes());
    text += progress.feed(Message().prints("a", "from a\n").prints("b", "from b\n").bytes());
    text += progress.feed(Message().ends("b", "RUN b", 1, 2).bytes());
    text += progress.feed(Message().prints("a", "again a\nand a\n").bytes());
    CHECK(text == "#1 RUN a\n#2 RUN b\n#1 from a\nfrom b\n#2 DONE 1.0s\n#1 RUN a\nagain a\nand a\n");
}

TEST_CASE("an internal step is silent unless it fails") {
    BuildProgress progress;
    CHECK(progress.feed(Message().ends("i", "[internal] load remote build context", 1, 2).bytes()).empty());
    CHECK(progress.feed(
              Message()
                  .ends("m", "[internal] load metadata for docker.io/library/node:99", 1, 2, "not found")
                  .bytes()) == "#1 [internal] load metadata for node:99\n#1 ERROR: not found\n");
    REQUIRE(progress.failed_step());
    CHECK(progress.failed_step()->name == "load metadata for node:99");
}

TEST_CASE("the first step that fails by itself is the failed one") {
    BuildProgress progress;
    auto text = progress.feed(Message().starts("a", "[1/2] RUN a", 1).starts("b", "[2/2] RUN b", 1).bytes());
    text =
        progress.feed(Message().ends("a", "[1/2] RUN a", 1, 2, "exit code: 137: context canceled").bytes());
    CHECK(text == "#1 CANCELED\n");
    CHECK_FALSE(progress.failed_step());
    text = progress.feed(Message().ends("b", "[2/2] RUN b", 1, 2, "broke: exit code: 1").bytes());
    CHECK(text == "#2 ERROR: broke: exit code: 1\n");
    CHECK(progress.failed_step()->name == "RUN b");
    CHECK(progress.feed(Message().ends("b", "[2/2] RUN b", 1, 2, "broke: exit code: 1").bytes())
              .empty()); // once
}

TEST_CASE("a step that runs again is told when it took time") {
    BuildProgress progress;
    const auto first = progress.feed(Message().ends("a", "FROM x", 1, 1).bytes());
    CHECK(first == "#1 FROM x\n#1 DONE 0.0s\n");
    CHECK(progress.feed(Message().ends("a", "FROM x", 2, 2).bytes()).empty());
    CHECK(progress.feed(Message().starts("a", "FROM x", 3).bytes()).empty());
    CHECK(progress.feed(Message().ends("a", "FROM x", 3, 12).bytes()) == "#1 DONE 9.0s\n");
    CHECK(progress.feed(Message().ends("a", "FROM x", 3, 12).bytes()).empty());
}

TEST_CASE("downloads are told when they are complete, once") {
    BuildProgress progress;
    CHECK(progress.feed(
              Message().starts("a", "FROM x", 1).downloads("a", "sha256:1", 1, 2'500'000, false).bytes()) ==
          "#1 FROM x\n");
    const auto ended = Message().downloads("a", "sha256:1", 2'500'000, 2'500'000, true).bytes();
    CHECK(progress.feed(ended) == "sha256:1 2.5 MB\n");
    CHECK(progress.feed(ended).empty());
}

TEST_CASE("a name of several lines or of any length is one heading") {
    BuildProgress progress;
    CHECK(progress.feed(Message().starts("a", "[1/1] RUN <<EOF (echo a\necho b\t\x1B[31m...)", 1).bytes()) ==
          "#1 [1/1] RUN <<EOF (echo a echo b  [31m...)\n");
    const auto text = progress.feed(Message().starts("b", "RUN " + std::string(100'000, 'x'), 1).bytes());
    CHECK(text.size() < 600);
}

TEST_CASE("mounts are left out of a heading and of the failed step") {
    BuildProgress progress;
    CHECK(progress.feed(
              Message()
                  .ends("a",
                        "[2/2] RUN --mount=type=cache,target=/c --mount=type=bind,source=e,target=/e npm ci",
                        1, 2, "exit code: 1")
                  .bytes()) == "#1 [2/2] RUN npm ci\n#1 ERROR: exit code: 1\n");
    CHECK(progress.failed_step()->name == "RUN npm ci");
}

TEST_CASE("steps without end, output of unknown steps and odd times do not matter") {
    BuildProgress progress;
    for (int i = 0; i < 3000; ++i) {
        static_cast<void>(progress.feed(Message()
                                            .starts(fmt::format("d{}", i), "RUN x", 1)
                                            .prints(fmt::format("d{}", i), "part")
                                            .bytes()));
    }
    CHECK(progress.feed(Message().prints("never seen", "text\n").bytes()).empty());
    CHECK(progress.feed(Message().ends("d1", "RUN x", 9'000'000'000'000'000, -5).bytes())
              .find("#2 DONE 0.0s\n") != std::string::npos);
    CHECK(progress.finish().size() < 1024 * 100);
    CHECK(progress.feed("\xFF\xFF\xFF").empty());
}

TEST_CASE("a quoted command is shown as it was typed, without our own plumbing, and short") {
    BuildProgress progress;
    CHECK(
        progress.feed(
            Message()
                .starts(
                    "a",
                    R"([b 1/2] RUN --mount=type=bind,source=panel/env,target=/run/panel/env ["/bin/sh", "-c", ". /run/panel/env && echo \"hi\" \\n"])",
                    1)
                .bytes()) == "#1 [b 1/2] RUN echo \"hi\" \\n\n");
    const auto text = progress.feed(Message().starts("b", "RUN " + std::string(900, 'x'), 1).bytes());
    CHECK(text.size() < 300);
}
