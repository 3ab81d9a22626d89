import { fail, redirect } from '@sveltejs/kit';
import { parseDotenv } from '#lib/dotenv.ts';
import { rowsFromForm, emptyRow, mergeDotenv, type EnvRow } from '#lib/env-form.ts';
import { nameFromGitUrl, paths } from '#lib/paths.ts';
import { changedSettings, planFields, type PlanField } from '#lib/plan-form.ts';
import { startDeployment } from '#lib/server/deployments.ts';
import { BackendError, refused } from '#lib/server/problem.ts';
import { createProject, detectProject } from '#lib/server/projects.ts';
import type { Plan } from '#lib/types.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ gitUrl: url.searchParams.get('git_url') ?? '' });

/** Everything that the two steps hold; comes back to the page whatever happens. */
interface Draft {
	git_url: string;
	git_branch: string;
	root_directory: string;
	name: string;
	health_path: string;
	auto_deploy: boolean;
	typed: Record<PlanField, string>;
	environment: EnvRow[];
	dotenv: string;
	plan: Plan | null;
	missingKeys: string[];
}

const text = (data: FormData, name: string) => String(data.get(name) ?? '').trim();

function readPlan(data: FormData): Plan | null {
	try {
		const plan = JSON.parse(String(data.get('plan') ?? 'null')) as Plan | null;
		return plan && Array.isArray(plan.evidence) && Array.isArray(plan.environment_keys) ? plan : null;
	} catch {
		return null;
	}
}

function readDraft(data: FormData): Draft {
	const plan = readPlan(data);
	const typed = Object.fromEntries(planFields.map((field) => [field, text(data, field)])) as Draft['typed'];
	const environment = rowsFromForm(data);
	return {
		git_url: text(data, 'git_url'),
		git_branch: text(data, 'git_branch'),
		root_directory: text(data, 'root_directory'),
		name: text(data, 'name'),
		health_path: text(data, 'health_path'),
		auto_deploy: data.get('auto_deploy') !== null,
		typed,
		environment,
		dotenv: String(data.get('dotenv') ?? ''),
		plan,
		missingKeys: plan?.environment_keys.filter((key) => !environment.some((row) => row.key === key)) ?? []
	};
}

function afterDetection(draft: Draft, plan: Plan): Draft {
	const typed = Object.fromEntries(
		planFields.map((field) => [field, plan[field] === null ? '' : String(plan[field])])
	) as Draft['typed'];
	return {
		...draft,
		plan,
		typed,
		git_branch: draft.git_branch || (plan.repository?.branch ?? ''),
		name: draft.name || nameFromGitUrl(draft.root_directory ? draft.root_directory : draft.git_url),
		health_path: draft.health_path || '/',
		auto_deploy: true,
		environment: plan.environment_keys.map((key) => emptyRow(key)),
		missingKeys: []
	};
}

export const actions: Actions = {
	detect: async ({ locals, request }) => {
		const draft = readDraft(await request.formData());
		const first = { ...draft, plan: null };
		if (!draft.git_url) {
			const message = 'Enter the address of a git repository.';
			return fail(422, {
				step: 1,
				message,
				fields: { git_url: message } as Record<string, string>,
				values: first
			});
		}
		try {
			const plan = await detectProject(locals.backend, {
				git_url: draft.git_url,
				git_branch: draft.git_branch || undefined,
				root_directory: draft.root_directory || undefined
			});
			return {
				step: 2,
				message: '',
				fields: {} as Record<string, string>,
				values: afterDetection(first, plan)
			};
		} catch (error) {
			const failure = refused(error, first);
			return fail(failure.status, { ...failure.data, step: 1 });
		}
	},

	deploy: async ({ locals, request }) => {
		const draft = readDraft(await request.formData());
		const back = (status: number, message: string, fields: Record<string, string>) =>
			fail(status, { step: draft.plan ? 2 : 1, message, fields, values: draft });
		if (!draft.plan) return back(422, 'Read the repository first.', {});

		const problems = parseDotenv(draft.dotenv).problems.filter(({ kind }) => kind === 'unreadable');
		if (problems.length) {
			const list = problems.map((problem) => `Line ${problem.line} ${problem.message}`).join(' ');
			return back(422, 'The pasted .env has lines that cannot be read.', { dotenv: list });
		}
		const { settings, fields } = changedSettings(draft.plan, draft.typed);
		if (Object.keys(fields).length) return back(422, Object.values(fields)[0] ?? '', fields);

		const environment = mergeDotenv(draft.environment, draft.dotenv).rows.filter(
			(row) => row.key && row.value
		);
		let projectId: number;
		try {
			const project = await createProject(locals.backend, {
				name: draft.name,
				git_url: draft.git_url,
				...settings,
				...(draft.git_branch ? { git_branch: draft.git_branch } : {}),
				...(draft.root_directory ? { root_directory: draft.root_directory } : {}),
				...(draft.health_path && draft.health_path !== '/' ? { health_path: draft.health_path } : {}),
				auto_deploy: draft.auto_deploy,
				...(environment.length ? { environment } : {})
			});
			projectId = project.id;
		} catch (error) {
			const failure = refused(error, draft);
			return fail(failure.status, { ...failure.data, step: 2 });
		}
		let target = paths.project(projectId);
		try {
			const deployment = await startDeployment(locals.backend, String(projectId));
			target = paths.deployment(projectId, deployment.id);
		} catch (error) {
			// The project is there: its page says that nothing has been deployed and offers to.
			if (!(error instanceof BackendError)) throw error;
		}
		redirect(303, target);
	}
};
