#pragma once
// Looks at a repository before there is a project: its branches, its newest commit and the plan that
// detection makes of it. Loop thread; suspends for git and the pool. Errors are those of GitClient and of
// framework::detect.

#include "base/result.hpp"
#include "models/git_ref.hpp"
#include "models/git_url.hpp"
#include "services/framework/plan.hpp"
#include "services/git/git_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <optional>
#include <string>
#include <vector>

namespace panel::deployment {

struct DetectedRepository {
    framework::Plan plan;
    std::string branch;
    std::vector<std::string> branches;
    git::Commit commit;
};

// Without a branch the remote's own default is taken.
boost::asio::awaitable<Result<DetectedRepository>> detect_repository(git::GitClient& git,
                                                                     boost::asio::thread_pool& pool,
                                                                     GitUrl url, std::optional<GitRef> branch,
                                                                     framework::Overrides overrides);

} // namespace panel::deployment
