#pragma once
// What carries our label, or lies in our directories, and is on no record: images, networks, files of static
// releases, markers of projects that are gone, files that were half-written. It goes when it is seen again
// some seconds later, and never while a deployment of its project is under way. Only by name: never a prune.
// Owned by Reconcile. Loop thread; database failures are exceptions.

#include "services/deployment/execution.hpp"
#include "services/deployment/repairs.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace panel::deployment {

class Orphans {
  public:
    static constexpr std::chrono::seconds grace{8};
    static constexpr std::chrono::minutes temporary_file_age{2};

    Orphans(Ports& ports, Repairs& repairs) : ports_(ports), repairs_(repairs) {}

    boost::asio::awaitable<void> run();
    // The last run saw something for the first time: it is to be looked at again soon.
    [[nodiscard]] bool has_suspects() const { return has_suspects_; }

  private:
    // Something that may be one; `reference` is what a release that accounts for it would hold.
    struct Suspect {
        enum class Kind { image, network, files, marker } kind;
        std::int64_t project_id = 0;
        std::string name; // an image's id, a network's name, the deployment whose files they are
        std::string reference;
        std::vector<std::string> tags; // of an image
        [[nodiscard]] std::string key() const;
    };
    boost::asio::awaitable<std::optional<std::vector<Suspect>>> look();
    std::vector<Suspect> look_at_files();
    boost::asio::awaitable<void> judge(Suspect suspect);
    boost::asio::awaitable<bool> is_accounted_for(const Suspect& suspect);
    boost::asio::awaitable<Result<void>> remove_image(const Suspect& suspect);
    boost::asio::awaitable<Result<void>> remove(const Suspect& suspect);

    Ports& ports_;
    Repairs& repairs_;
    std::map<std::string, Timestamp> seen_; // since when, by key
    bool has_suspects_ = false;
};

} // namespace panel::deployment
