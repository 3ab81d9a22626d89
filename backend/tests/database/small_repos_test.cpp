#include "database/domain_repo.hpp"
#include "database/environment_repo.hpp"
#include "database/release_repo.hpp"
#include "database/settings_repo.hpp"
#include "database/user_repo.hpp"
#include "database/webhook_repo.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace panel;
using namespace panel::database;
using namespace std::chrono_literals;

namespace {

struct Setting {
    test::TempDatabase temp;
    std::int64_t user = temp.add_user("a@example.com");
    std::int64_t project = temp.add_project(user, "one");
    Timestamp now() const { return temp.clock.now(); }

    std::int64_t add_domain(std::int64_t to, const std::string& name, bool primary = false) {
        return temp
            .write([&](soci::session& session) {
                return insert_domain(session, {0, to, name, primary, false, now()});
            })
            .value();
    }
};

} // namespace

TEST_CASE("users are found by id and by e-mail, and an e-mail is taken once") {
    Setting setting;
    setting.temp.write([&](soci::session& session) {
        CHECK(has_admin(session));
        CHECK(find_user(session, setting.user)->role == Role::admin);
        CHECK(find_user_by_email(session, "a@example.com")->second == "-");
        CHECK_FALSE(find_user_by_email(session, "A@example.com"));
        CHECK_FALSE(find_user(session, 99));
        User same;
        same.email = "a@example.com";
        CHECK(insert_user(session, same, "-").error().code == Code::conflict);
        set_password_hash(session, setting.user, "new");
        CHECK(find_user_by_email(session, "a@example.com")->second == "new");
    });
}

TEST_CASE("a session is revoked once, and expired ones are deleted with their tokens") {
    Setting setting;
    const auto now = setting.now();
    setting.temp.write([&](soci::session& session) {
        insert_session(session, {"s1", setting.user, now, now + 1h, {}}, "agent");
        insert_session(session, {"s2", setting.user, now, now + 2h, {}}, "agent");
        insert_refresh_token(session, {"t1", "s1", now + 1h, {}, now});
        CHECK(find_session(session, "s1")->expires_at == now + 1h);
        CHECK_FALSE(find_session(session, "s3"));
        revoke_session(session, "s1", now + 1s);
        revoke_session(session, "s1", now + 2s);
        CHECK(find_session(session, "s1")->revoked_at == now + 1s);
        CHECK(use_refresh_token(session, "t1", now + 3s));
        CHECK_FALSE(use_refresh_token(session, "t1", now + 4s));
        CHECK(find_refresh_token(session, "t1")->used_at == now + 3s);
        delete_expired_sessions(session, now + 1h);
        CHECK_FALSE(find_session(session, "s1"));
        CHECK_FALSE(find_refresh_token(session, "t1"));
        CHECK(find_session(session, "s2"));
    });
}

TEST_CASE("a domain belongs to one project, and one of a project's is primary") {
    Setting setting;
    const auto other = setting.temp.add_project(setting.user, "two");
    const auto first = setting.add_domain(setting.project, "a.example.com", true);
    const auto second = setting.add_domain(setting.project, "b.example.com", true);
    const auto third = setting.add_domain(other, "c.example.com", true);
    setting.temp.write([&](soci::session& session) {
        CHECK(insert_domain(session, {0, other, "a.example.com", false, false, setting.now()}).error().code ==
              Code::conflict);
        CHECK(find_domain_owner(session, "a.example.com") == setting.project);
        CHECK_FALSE(find_domain_owner(session, "x.example.com"));
        CHECK(list_domains(session, setting.project).at(0).id == second); // the primary first
        CHECK_FALSE(find_domain(session, setting.project, first)->is_primary);
        auto changed = *find_domain(session, setting.project, first);
        changed.is_primary = true;
        changed.tls = true;
        update_domain(session, changed);
        CHECK(list_domains(session, setting.project).at(0).id == first);
        CHECK(list_domains(session, setting.project).at(0).tls);
        CHECK_FALSE(find_domain(session, setting.project, second)->is_primary);
        CHECK(find_domain(session, other, third)->is_primary);
        CHECK_FALSE(find_domain(session, other, first));
        CHECK_FALSE(delete_domain(session, other, first));
        CHECK(list_domains_of(session, {setting.project, other}).at(setting.project).size() == 2);
        CHECK(list_domains_of(session, {other}).at(other).size() == 1);
        CHECK(list_all_domains(session).size() == 2);
        CHECK(delete_domain(session, setting.project, first));
        CHECK_FALSE(delete_domain(session, setting.project, first));
    });
}

TEST_CASE("environment rows keep their columns, and a key is there once") {
    Setting setting;
    setting.temp.write([&](soci::session& session) {
        EnvironmentRow row{0, setting.project, "B", "", true, EnvironmentScope::build, setting.now()};
        row.id = insert_environment(session, row);
        row.ciphertext = "sealed";
        row.scope = EnvironmentScope::runtime;
        update_environment(session, row);
        insert_environment(session,
                           {0, setting.project, "A", "x", false, EnvironmentScope::all, setting.now()});
        const auto rows = list_environment(session, setting.project);
        REQUIRE(rows.size() == 2);
        CHECK(rows[0].key == "A");
        CHECK(rows[1].ciphertext == "sealed");
        CHECK(rows[1].is_secret);
        CHECK(rows[1].scope == EnvironmentScope::runtime);
        CHECK(delete_environment(session, setting.project, "A"));
        CHECK_FALSE(delete_environment(session, setting.project, "A"));
    });
    const auto twice = [&] {
        setting.temp.write([&](soci::session& session) {
            insert_environment(session,
                               {0, setting.project, "B", "", false, EnvironmentScope::all, setting.now()});
        });
    };
    CHECK_THROWS_AS(twice(), soci::soci_error);
}

TEST_CASE("a release is replaced as a whole, its slot and image by themselves") {
    Setting setting;
    const auto id = setting.temp.add_deployment(setting.project);
    setting.temp.write([&](soci::session& session) {
        Release release{id,   setting.project, "server", "sha256:1", "{}",         "sealed", "/up",
                        3000, "green",         7,        true,       setting.now()};
        put_release(session, release);
        release.image_id = "sha256:2";
        put_release(session, release);
        set_release_slot(session, id, "blue");
        set_release_image_available(session, id, false);
        const auto found = find_release(session, id);
        REQUIRE(found);
        CHECK(found->image_id == "sha256:2");
        CHECK(found->environment == "sealed");
        CHECK(found->container_port == 3000);
        CHECK(found->slot == "blue");
        CHECK_FALSE(found->image_available);
        CHECK_FALSE(find_release(session, id + 1));
    });
}

TEST_CASE("a delivery is recorded once for each project and provider") {
    Setting setting;
    const auto other = setting.temp.add_project(setting.user, "two");
    setting.temp.write([&](soci::session& session) {
        WebhookDelivery delivery{setting.project, "github", "guid", std::nullopt, "queued", setting.now()};
        CHECK_FALSE(has_webhook_delivery(session, setting.project, "github", "guid"));
        CHECK(insert_webhook_delivery(session, delivery));
        CHECK_FALSE(insert_webhook_delivery(session, delivery));
        CHECK(has_webhook_delivery(session, setting.project, "github", "guid"));
        delivery.provider = "gitea";
        CHECK(insert_webhook_delivery(session, delivery));
        delivery.project_id = other;
        CHECK(insert_webhook_delivery(session, delivery));
    });
}

TEST_CASE("deliveries of long ago are forgotten, ten at a time") {
    Setting setting;
    const auto long_ago = setting.now() - std::chrono::days{91};
    setting.temp.write([&](soci::session& session) {
        for (int i = 0; i < 12; ++i)
            insert_webhook_delivery(
                session, {setting.project, "github", std::to_string(i), std::nullopt, "queued", long_ago});
        insert_webhook_delivery(session,
                                {setting.project, "github", "new", std::nullopt, "queued", setting.now()});
        const auto is_known = [&](const std::string& id) {
            return has_webhook_delivery(session, setting.project, "github", id);
        };
        forget_webhook_deliveries(session, setting.now() - std::chrono::days{90});
        CHECK_FALSE(is_known("9"));
        CHECK(is_known("10"));
        forget_webhook_deliveries(session, setting.now() - std::chrono::days{90});
        CHECK_FALSE(is_known("11"));
        CHECK(is_known("new"));
    });
}

TEST_CASE("a setting has one value") {
    Setting setting;
    setting.temp.write([](soci::session& session) {
        CHECK_FALSE(find_setting(session, "a"));
        put_setting(session, "a", "1");
        put_setting(session, "a", "2");
        CHECK(find_setting(session, "a") == "2");
    });
}
