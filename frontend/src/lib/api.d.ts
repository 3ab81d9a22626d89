/**
 * The wire types, in the shape that openapi-typescript gives them. Replace by `npm run generate:api -- <openapi.json>`.
 */
export interface components {
	schemas: {
		User: {
			id: number;
			email: string;
			name: string;
			role: 'admin' | 'user';
			created_at: string;
			updated_at: string;
		};
		Tokens: {
			access_token: string;
			refresh_token: string;
			expires_in: number;
			user: components['schemas']['User'];
		};
		AuthStatus: { setup_required: boolean };
		Project: {
			id: number;
			user_id: number;
			name: string;
			git_url: string;
			git_branch: string;
			root_directory: string;
			framework: string | null;
			framework_pinned: boolean;
			baas_type: string | null;
			frontend_port: number | null;
			backend_port: number | null;
			install_command: string | null;
			build_command: string | null;
			start_command: string | null;
			output_dir: string | null;
			port: number | null;
			dockerfile_path: string | null;
			health_path: string;
			auto_deploy: boolean;
			status: 'pending' | 'active' | 'failed' | 'stopped';
			url: string;
			live_deployment_id: number | null;
			latest_deployment: components['schemas']['Deployment'] | null;
			created_at: string;
			updated_at: string;
		};
		Deployment: {
			id: number;
			project_id: number;
			project_name: string;
			commit_hash: string | null;
			commit_message: string | null;
			commit_author: string | null;
			branch: string;
			status: 'pending' | 'building' | 'deploying' | 'success' | 'failed' | 'cancelled' | 'superseded';
			triggered_by: 'manual' | 'webhook' | 'api' | 'rollback' | 'schedule';
			rollback_of: number | null;
			is_live: boolean;
			can_roll_back: boolean;
			started_at: string | null;
			completed_at: string | null;
			duration: number | null;
			error_message: string | null;
			created_at: string;
			url: string | null;
			steps?: components['schemas']['Step'][];
			plan?: components['schemas']['Plan'] | null;
			explanation?: components['schemas']['Explanation'] | null;
		};
		Step: {
			name: 'queued' | 'clone' | 'detect' | 'build' | 'start' | 'health' | 'switch' | 'drain' | 'finish';
			status: 'pending' | 'running' | 'success' | 'failed' | 'skipped' | 'cancelled';
			started_at: string | null;
			duration_ms: number | null;
		};
		Explanation: {
			reason: string;
			sentence: string;
			visitors: string;
			next_step: string;
			log_line: number | null;
			log_text: string | null;
		};
		Plan: {
			framework: string | null;
			framework_name: string | null;
			language: string | null;
			package_manager: string | null;
			kind: 'static' | 'server';
			install_command: string | null;
			build_command: string | null;
			start_command: string | null;
			output_dir: string | null;
			port: number | null;
			runtime_version: string | null;
			environment_keys: string[];
			warnings: string[];
			evidence: components['schemas']['Evidence'][];
			repository?: components['schemas']['Repository'];
		};
		Evidence: {
			field: string;
			value: string | number | null;
			source: 'dependency' | 'script' | 'lockfile' | 'config' | 'file' | 'setting' | 'default' | 'guess';
			file: string | null;
			detail: string | null;
		};
		Repository: {
			branch: string;
			branches: string[];
			commit_hash: string;
			commit_message: string;
			commit_author: string;
			committed_at: string;
		};
		EnvironmentVariable: {
			key: string;
			value: string | null;
			is_secret: boolean;
			scope: 'build' | 'runtime' | 'all';
		};
		Domain: {
			id: number;
			domain: string;
			is_primary: boolean;
			tls: boolean | string;
			created_at: string;
		};
		Webhook: {
			urls: { github: string; gitlab: string; gitea: string; bitbucket: string };
			secret: string;
		};
		Metrics: {
			cpu_percent: number | null;
			memory_bytes: number | null;
			memory_limit_bytes: number | null;
			running: boolean;
			slot: string | null;
			open_requests: number | null;
		};
		ServerStatus: {
			hostname: string;
			version: string;
			cpu_percent: number;
			cpu_count: number;
			memory_used_bytes: number;
			memory_total_bytes: number;
			disk_used_bytes: number;
			disk_total_bytes: number;
			warnings: string[];
		};
		Problem: {
			type: string;
			title: string;
			status: number;
			code: string;
			detail: string;
			request_id: string;
			errors?: { field: string; message: string }[];
		};
	};
}
