/** Generated from the back end's OpenAPI document by `npm run generate:api`. Do not edit. */
export interface paths {
    "/auth/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the first administrator is still to be made */
        get: operations["get_auth_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the first administrator, with the one-time token */
        post: operations["post_auth_setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in */
        post: operations["post_auth_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change a refresh token for new tokens */
        post: operations["post_auth_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session of the token sent */
        post: operations["post_auth_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user who is signed in */
        get: operations["get_auth_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/detect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look at a repository: how it would be built, and why */
        post: operations["post_projects_detect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Projects, newest first */
        get: operations["get_projects"];
        put?: never;
        /** Create a project */
        post: operations["post_projects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One project */
        get: operations["get_projects_project_id"];
        put?: never;
        post?: never;
        /** Remove a project, its containers and its files */
        delete: operations["delete_projects_project_id"];
        options?: never;
        head?: never;
        /** Change settings; null returns one to "detected" */
        patch: operations["patch_projects_project_id"];
        trace?: never;
    };
    "/projects/{project_id}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep the live release until the pin is released */
        put: operations["put_projects_project_id_pin"];
        post?: never;
        /** Release the pin: pushes deploy again */
        delete: operations["delete_projects_project_id_pin"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the live release printed */
        get: operations["get_projects_project_id_logs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the live release uses */
        get: operations["get_projects_project_id_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Addresses and secret to enter at the git server */
        get: operations["get_projects_project_id_webhook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/environment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Environment variables, secrets without values */
        get: operations["get_projects_project_id_environment"];
        /** Replace the environment variables */
        put: operations["put_projects_project_id_environment"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/environment/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove one environment variable */
        delete: operations["delete_projects_project_id_environment_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/domains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Domains, the primary first */
        get: operations["get_projects_project_id_domains"];
        put?: never;
        /** Add a domain */
        post: operations["post_projects_project_id_domains"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/domains/{domain_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a domain */
        delete: operations["delete_projects_project_id_domains_domain_id"];
        options?: never;
        head?: never;
        /** Change a domain */
        patch: operations["patch_projects_project_id_domains_domain_id"];
        trace?: never;
    };
    "/projects/{project_id}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deployments of a project, newest first */
        get: operations["get_projects_project_id_deployments"];
        put?: never;
        /** Deploy */
        post: operations["post_projects_project_id_deployments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deployments of all projects, newest first */
        get: operations["get_deployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One deployment with steps, plan and explanation */
        get: operations["get_deployments_deployment_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a deployment that has not ended */
        post: operations["post_deployments_deployment_id_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment_id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start the kept release of this deployment again */
        post: operations["post_deployments_deployment_id_rollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment_id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The build log from a byte on */
        get: operations["get_deployments_deployment_id_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{provider}/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A push, told by a git server */
        post: operations["post_webhooks_provider_project_id"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this machine has and uses */
        get: operations["get_server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/server/disk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the disk goes, and what may be removed */
        get: operations["get_server_disk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/server/disk/clean": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove what may be removed; a dry run only says what */
        post: operations["post_server_disk_clean"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** WebSocket: live logs and states, by topics */
        get: operations["get_ws"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** That the process answers */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** That database, Docker and Caddy answer; 503 says which does not */
        get: operations["get_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics in Prometheus's text format */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["get_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AuthStatus: {
            setup_required: boolean;
        };
        SetupInput: {
            token: string;
            email: string;
            password: string;
            name: string;
        };
        Tokens: {
            access_token: string;
            refresh_token: string;
            /** Format: int64 */
            expires_in: number;
            user: components["schemas"]["User"];
        };
        User: {
            /** Format: int64 */
            id: number;
            email: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "user";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        LoginInput: {
            email: string;
            password: string;
        };
        RefreshInput: {
            refresh_token: string;
        };
        LogoutInput: {
            refresh_token?: string | null;
        };
        DetectInput: {
            git_url: string;
            git_branch?: string | null;
            root_directory?: string | null;
        };
        Plan: {
            framework: string;
            framework_name: string;
            language: string;
            package_manager: string;
            kind: string;
            runtime: string;
            runtime_version: string;
            install_command: string | null;
            build_command: string | null;
            start_command: string | null;
            output_dir: string | null;
            /** Format: int32 */
            port: number | null;
            single_page_app: boolean;
            fallback_page: string | null;
            dockerfile_path: string | null;
            root_directory: string;
            environment_keys: string[];
            warnings: string[];
            evidence: components["schemas"]["Evidence"][];
            repository?: components["schemas"]["Repository"];
        };
        Evidence: {
            field: string;
            value: string;
            source: string;
            file: string;
            detail: string;
        };
        Repository: {
            branch: string;
            branches: string[];
            commit_hash: string;
            commit_message: string;
            commit_author: string;
            /** Format: date-time */
            committed_at: string;
        };
        Project: {
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            user_id: number;
            name: string;
            git_url: string;
            git_branch: string;
            root_directory: string;
            framework: string | null;
            framework_pinned: boolean;
            baas_type: string | null;
            /** Format: int64 */
            frontend_port: number;
            /** Format: int64 */
            backend_port: number | null;
            install_command: string | null;
            build_command: string | null;
            start_command: string | null;
            output_dir: string | null;
            /** Format: int32 */
            port: number | null;
            dockerfile_path: string | null;
            /** Format: int64 */
            memory_limit_mb: number | null;
            cpu_limit: number | null;
            /** Format: int64 */
            process_limit: number | null;
            health_path: string;
            auto_deploy: boolean;
            /** @enum {string} */
            release_strategy: "rolling" | "blue_green";
            /** Format: int32 */
            watch_seconds: number;
            /** @enum {string} */
            status: "pending" | "active" | "failed" | "stopped";
            status_reason: string | null;
            url: string;
            /** Format: int64 */
            live_deployment_id: number | null;
            /** Format: int64 */
            pinned_deployment_id: number | null;
            latest_deployment: components["schemas"]["Deployment"] | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Deployment: {
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            project_id: number;
            project_name: string;
            commit_hash: string | null;
            commit_message: string | null;
            commit_author: string | null;
            branch: string;
            /** @enum {string} */
            status: "pending" | "building" | "deploying" | "success" | "failed" | "cancelled" | "superseded";
            /** @enum {string} */
            triggered_by: "manual" | "webhook" | "api" | "rollback" | "schedule";
            /** Format: int64 */
            rollback_of: number | null;
            is_live: boolean;
            can_roll_back: boolean;
            is_pinned: boolean;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            completed_at: string | null;
            duration: number | null;
            error_message: string | null;
            /** Format: date-time */
            created_at: string;
            url: string | null;
            /** @enum {string} */
            watch: "none" | "watching" | "passed" | "failed";
            /** Format: date-time */
            watch_until: string | null;
            /** Format: int64 */
            switch_back_of: number | null;
            steps?: components["schemas"]["Step"][];
            plan?: components["schemas"]["Plan"] | null;
            explanation?: components["schemas"]["Explanation"] | null;
            not_restored?: string[];
        };
        Step: {
            /** @enum {string} */
            name: "queued" | "clone" | "detect" | "build" | "start" | "health" | "switch" | "drain" | "finish";
            /** @enum {string} */
            status: "pending" | "running" | "success" | "failed" | "skipped" | "cancelled";
            /** Format: date-time */
            started_at: string | null;
            /** Format: int64 */
            duration_ms: number | null;
        };
        Explanation: {
            reason: string;
            sentence: string;
            visitors: string;
            next_step: string;
            /** Format: int64 */
            log_line: number | null;
            log_text: string | null;
        };
        ProjectList: {
            items: components["schemas"]["Project"][];
            next_cursor: string | null;
        };
        ProjectInput: {
            name: string;
            git_url: string;
            git_branch?: string | null;
            root_directory?: string | null;
            framework?: string | null;
            install_command?: string | null;
            build_command?: string | null;
            start_command?: string | null;
            output_dir?: string | null;
            /** Format: int32 */
            port?: number | null;
            dockerfile_path?: string | null;
            /** Format: int64 */
            memory_limit_mb?: number | null;
            cpu_limit?: number | null;
            /** Format: int64 */
            process_limit?: number | null;
            health_path?: string | null;
            auto_deploy?: boolean | null;
            release_strategy?: ("rolling" | "blue_green") | null;
            /** Format: int32 */
            watch_seconds?: number | null;
            environment?: components["schemas"]["EnvironmentVariableInput"][] | null;
        };
        EnvironmentVariableInput: {
            key: string;
            value?: string | null;
            is_secret?: boolean | null;
            scope?: ("build" | "runtime" | "all") | null;
        };
        ProjectPatch: {
            name?: string;
            git_url?: string;
            git_branch?: string;
            root_directory?: string;
            framework?: string | null;
            install_command?: string | null;
            build_command?: string | null;
            start_command?: string | null;
            output_dir?: string | null;
            /** Format: int32 */
            port?: number | null;
            dockerfile_path?: string | null;
            /** Format: int64 */
            memory_limit_mb?: number | null;
            cpu_limit?: number | null;
            /** Format: int64 */
            process_limit?: number | null;
            health_path?: string;
            auto_deploy?: boolean;
            /** @enum {string} */
            release_strategy?: "rolling" | "blue_green";
            /** Format: int32 */
            watch_seconds?: number;
        };
        PinInput: {
            /** Format: int64 */
            deployment_id: number;
        };
        Metrics: {
            cpu_percent: number;
            /** Format: int64 */
            memory_bytes: number;
            /** Format: int64 */
            memory_limit_bytes: number;
            running: boolean;
            slot: string | null;
            /** Format: int32 */
            open_requests: number;
        };
        Webhook: {
            urls: components["schemas"]["WebhookUrls"];
            secret: string;
        };
        WebhookUrls: {
            github: string;
            gitlab: string;
            gitea: string;
            bitbucket: string;
        };
        EnvironmentVariable: {
            key: string;
            value: string | null;
            is_secret: boolean;
            /** @enum {string} */
            scope: "build" | "runtime" | "all";
        };
        EnvironmentVariableList: {
            items: components["schemas"]["EnvironmentVariable"][];
            next_cursor: string | null;
        };
        Domain: {
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            project_id: number;
            domain: string;
            is_primary: boolean;
            tls: boolean;
            /** Format: date-time */
            created_at: string;
        };
        DomainList: {
            items: components["schemas"]["Domain"][];
            next_cursor: string | null;
        };
        DomainInput: {
            domain: string;
            is_primary?: boolean | null;
            tls?: boolean | null;
        };
        DomainPatch: {
            is_primary?: boolean;
            tls?: boolean;
        };
        DeploymentList: {
            items: components["schemas"]["Deployment"][];
            next_cursor: string | null;
        };
        DeploymentInput: {
            branch?: string | null;
            commit_hash?: string | null;
            release_pin?: boolean | null;
        };
        RollbackInput: {
            pin?: boolean | null;
        };
        WebhookOutcome: {
            /** Format: int64 */
            deployment_id?: number;
            ignored?: string;
        };
        ServerStatus: {
            hostname: string;
            version: string;
            cpu_percent: number;
            /** Format: int32 */
            cpu_count: number;
            /** Format: int64 */
            memory_used_bytes: number;
            /** Format: int64 */
            memory_total_bytes: number;
            /** Format: int64 */
            disk_used_bytes: number;
            /** Format: int64 */
            disk_total_bytes: number;
            warnings: string[];
            app_limits: components["schemas"]["ServerLimits"];
            build_limits: components["schemas"]["BuildLimits"];
        };
        ServerLimits: {
            /** Format: int64 */
            memory_limit_mb: number | null;
            cpu_limit: number | null;
            /** Format: int64 */
            process_limit: number | null;
        };
        BuildLimits: {
            /** Format: int64 */
            memory_limit_mb: number | null;
            cpu_limit: number | null;
            /** Format: int64 */
            process_limit: number | null;
            /** Format: int32 */
            slots: number;
        };
        Disk: {
            /** Format: int64 */
            total_bytes: number;
            /** Format: int64 */
            free_bytes: number;
            /** Format: int64 */
            reserve_bytes: number;
            /** Format: int64 */
            panel_bytes: number;
            /** Format: date-time */
            full_at: string | null;
            categories: components["schemas"]["DiskCategory"][];
            removable: components["schemas"]["DiskRemoval"][];
        };
        DiskCategory: {
            name: string;
            /** Format: int64 */
            bytes: number;
            /** Format: int64 */
            budget_bytes: number | null;
        };
        DiskRemoval: {
            /** @enum {string} */
            kind: "image" | "static_files" | "build_log" | "access_log" | "repository" | "build_cache" | "database";
            name: string;
            /** Format: int64 */
            project_id: number | null;
            /** Format: int64 */
            bytes: number;
            reason: string;
        };
        DiskCleanInput: {
            dry_run?: boolean | null;
        };
        DiskCleaned: {
            removed: components["schemas"]["DiskRemoval"][];
            /** Format: int64 */
            freed_bytes: number;
        };
        Health: {
            status: string;
            version: string;
        };
        Readiness: {
            status: string;
            checks: {
                [key: string]: string;
            };
        };
        Problem: {
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            code: string;
            detail: string;
            request_id: string;
            errors?: components["schemas"]["FieldProblem"][];
        };
        FieldProblem: {
            field: string;
            message: string;
        };
    };
    responses: {
        /** @description An error, as an RFC 9457 problem document */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_auth_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the first administrator is still to be made */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_auth_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupInput"];
            };
        };
        responses: {
            /** @description Make the first administrator, with the one-time token */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_auth_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginInput"];
            };
        };
        responses: {
            /** @description Sign in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_auth_refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshInput"];
            };
        };
        responses: {
            /** @description Change a refresh token for new tokens */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_auth_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogoutInput"];
            };
        };
        responses: {
            /** @description End the session of the token sent */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    get_auth_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user who is signed in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_projects_detect: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DetectInput"];
            };
        };
        responses: {
            /** @description Look at a repository: how it would be built, and why */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_projects: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Projects, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_projects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectInput"];
            };
        };
        responses: {
            /** @description Create a project */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_projects_project_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One project */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_projects_project_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove a project, its containers and its files */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    patch_projects_project_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectPatch"];
            };
        };
        responses: {
            /** @description Change settings; null returns one to "detected" */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    put_projects_project_id_pin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PinInput"];
            };
        };
        responses: {
            /** @description Keep the live release until the pin is released */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_projects_project_id_pin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Release the pin: pushes deploy again */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_projects_project_id_logs: {
        parameters: {
            query?: {
                tail?: number;
            };
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the live release printed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_projects_project_id_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the live release uses */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Metrics"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_projects_project_id_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Addresses and secret to enter at the git server */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_projects_project_id_environment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Environment variables, secrets without values */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentVariableList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    put_projects_project_id_environment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnvironmentVariableInput"][];
            };
        };
        responses: {
            /** @description Replace the environment variables */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentVariableList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_projects_project_id_environment_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove one environment variable */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    get_projects_project_id_domains: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Domains, the primary first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_projects_project_id_domains: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DomainInput"];
            };
        };
        responses: {
            /** @description Add a domain */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Domain"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_projects_project_id_domains_domain_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
                domain_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove a domain */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    patch_projects_project_id_domains_domain_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
                domain_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DomainPatch"];
            };
        };
        responses: {
            /** @description Change a domain */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Domain"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_projects_project_id_deployments: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deployments of a project, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_projects_project_id_deployments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeploymentInput"];
            };
        };
        responses: {
            /** @description Deploy */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_deployments: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deployments of all projects, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_deployments_deployment_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One deployment with steps, plan and explanation */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_deployments_deployment_id_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancel a deployment that has not ended */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_deployments_deployment_id_rollback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackInput"];
            };
        };
        responses: {
            /** @description Start the kept release of this deployment again */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_deployments_deployment_id_log: {
        parameters: {
            query?: {
                offset?: number;
            };
            header?: never;
            path: {
                deployment_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The build log from a byte on */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_webhooks_provider_project_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: "github" | "gitlab" | "gitea" | "bitbucket";
                project_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ignored, with the reason */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A push, told by a git server */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookOutcome"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_server: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this machine has and uses */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_server_disk: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where the disk goes, and what may be removed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Disk"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    post_server_disk_clean: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiskCleanInput"];
            };
        };
        responses: {
            /** @description Remove what may be removed; a dry run only says what */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiskCleaned"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_ws: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description WebSocket: live logs and states, by topics */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description That the process answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description That database, Docker and Caddy answer; 503 says which does not */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metrics in Prometheus's text format */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
}
