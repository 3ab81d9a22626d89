/** Every address of the page, and the addresses of the back end that the browser itself opens. */
export const paths = {
	dashboard: () => '/',
	login: (next?: string) => (next && next !== '/' ? `/login?next=${encodeURIComponent(next)}` : '/login'),
	setup: () => '/setup',
	logout: () => '/logout',
	theme: () => '/theme',
	activity: () => '/activity',
	server: () => '/server',
	projects: () => '/projects',
	newProject: () => '/projects/new',
	project: (id: number) => `/projects/${id}`,
	deployments: (id: number) => `/projects/${id}/deployments`,
	deployment: (id: number, deployment: number, line?: number | null) =>
		`/projects/${id}/deployments/${deployment}${line ? `#L${line}` : ''}`,
	/** Asks before a rollback. */
	rollback: (id: number, deployment: number) => `/projects/${id}/deployments/${deployment}/rollback`,
	/** Asks before a pinned project is deployed. */
	deployPinned: (id: number, what: { branch?: string; commit_hash?: string } = {}) => {
		const query = new URLSearchParams(what);
		return `/projects/${id}/deploy${query.size ? `?${query}` : ''}`;
	},
	/** The one home of the deployment forms: deploy, redeploy, rollback, cancel, pin, release. */
	deploymentAction: (id: number, action: DeploymentAction) => `/projects/${id}/deployments?/${action}`,
	settings: (id: number, section?: 'release' | 'environment' | 'domains' | 'git' | 'danger') =>
		`/projects/${id}/settings${section ? `/${section}` : ''}`
};

export type DeploymentAction = 'deploy' | 'rollback' | 'cancel' | 'pin' | 'release';

export const apiPaths = {
	socket: () => '/api/v1/ws',
	ready: () => '/api/v1/ready',
	authStatus: () => '/api/v1/auth/status',
	deploymentLog: (id: number, offset = 0) =>
		`/api/v1/deployments/${id}/log${offset ? `?offset=${offset}` : ''}`,
	runtimeLog: (projectId: number, tail = 500) => `/api/v1/projects/${projectId}/logs?tail=${tail}`,
	metrics: (projectId: number) => `/api/v1/projects/${projectId}/metrics`,
	projects: (cursor: string | null) =>
		`/api/v1/projects?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`
};

export const topics = {
	projects: () => 'projects',
	projectDeployments: (id: number) => `project:${id}:deployments`,
	runtimeLog: (id: number) => `project:${id}:logs`,
	deployment: (id: number) => `deployment:${id}`,
	deploymentLog: (id: number) => `deployment:${id}:log`
};

/**
 * The path to go to after signing in, or `/`. Only a path on this very origin is followed: `//host`, `/\host`, a scheme
 * and control characters (which browsers strip before they parse) would lead elsewhere.
 */
export function safeNext(next: string | null | undefined): string {
	if (!next || !next.startsWith('/') || next.length > 2048) return '/';
	// eslint-disable-next-line no-control-regex
	if (/[\u0000-\u001f\u007f\\]/.test(next)) return '/';
	const base = 'http://panel.invalid';
	let url: URL;
	try {
		url = new URL(next, base);
	} catch {
		return '/';
	}
	if (url.origin !== base || url.pathname.startsWith('//')) return '/';
	if (url.pathname === '/login' || url.pathname === '/setup' || url.pathname === '/logout') return '/';
	return url.pathname + url.search + url.hash;
}

/** The page of one commit at the well-known git hosts; null where the form of the address is not known. */
export function commitUrl(gitUrl: string, sha: string | null): string | null {
	if (!sha) return null;
	const match = /^(?:https:\/\/(?:[^@/]*@)?|ssh:\/\/git@|git@)([^/:]+)(?::\d+)?[/:](.+?)(?:\.git)?\/?$/.exec(
		gitUrl
	);
	if (!match) return null;
	const [, host, path] = match;
	if (host === 'github.com') return `https://${host}/${path}/commit/${sha}`;
	if (host === 'gitlab.com') return `https://${host}/${path}/-/commit/${sha}`;
	if (host === 'bitbucket.org') return `https://${host}/${path}/commits/${sha}`;
	if (host === 'codeberg.org') return `https://${host}/${path}/commit/${sha}`;
	return null;
}

/** `https://git.example.com/acme/atlas-web.git` as people say it: `git.example.com/acme/atlas-web`. */
export function shortGitUrl(gitUrl: string): string {
	return gitUrl
		.replace(/^[a-z+]+:\/\//i, '')
		.replace(/^[^@/]*@/, '')
		.replace(/\.git\/?$/, '');
}

/** A project name made of a git address: the last part, in the letters that a host name may have. */
export function nameFromGitUrl(gitUrl: string): string {
	const last =
		gitUrl
			.replace(/\/+$/, '')
			.replace(/\.git$/i, '')
			.split(/[/:]/)
			.pop() ?? '';
	return last
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.slice(0, 40)
		.replace(/^-+|-+$/g, '');
}
