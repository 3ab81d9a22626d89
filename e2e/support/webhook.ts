/** A push told to the panel as git hosts tell it: the signature is the HMAC of the very bytes of the body. */
import { createHmac } from 'node:crypto';
import type { Repository } from './repository.ts';

const zero = '0'.repeat(40);

function pushBody(repository: Repository, commit: string, message: string): string {
	const person = { name: 'Lena Berg', email: 'lena@example.com', username: 'lena' };
	const head = { id: commit, message, timestamp: '2026-01-31T09:05:00Z', author: person, committer: person };
	return JSON.stringify({
		ref: 'refs/heads/main',
		before: zero,
		after: commit,
		commits: [head],
		head_commit: head,
		repository: {
			name: repository.name,
			full_name: `lena/${repository.name}`,
			clone_url: repository.address,
			default_branch: 'main'
		},
		pusher: person
	});
}

export async function tellGitea(
	hook: { url: string; secret: string },
	repository: Repository,
	commit: string,
	message: string
): Promise<Response> {
	const body = pushBody(repository, commit, message);
	return fetch(hook.url, {
		method: 'POST',
		body,
		headers: {
			'content-type': 'application/json',
			'x-gitea-event': 'push',
			'x-gitea-delivery': crypto.randomUUID(),
			'x-gitea-signature': createHmac('sha256', hook.secret).update(body).digest('hex')
		}
	});
}

export async function tellGitHub(
	hook: { url: string; secret: string },
	repository: Repository,
	commit: string,
	message: string
): Promise<Response> {
	const body = pushBody(repository, commit, message);
	return fetch(hook.url, {
		method: 'POST',
		body,
		headers: {
			'content-type': 'application/json',
			'x-github-event': 'push',
			'x-github-delivery': crypto.randomUUID(),
			'x-hub-signature-256': `sha256=${createHmac('sha256', hook.secret).update(body).digest('hex')}`
		}
	});
}
