/** Docker's own API over its socket: a witness that is not the panel, and quicker than its command line. */
import { request } from 'node:http';

const answerLimitMs = 20_000;

export class Engine {
	readonly #socket: string;

	constructor(socket = '/var/run/docker.sock') {
		this.#socket = socket;
	}

	send(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
		return new Promise((resolve, reject) => {
			const outgoing = request(
				{
					socketPath: this.#socket,
					method,
					path: `/v1.41${path}`,
					timeout: answerLimitMs,
					headers: { host: 'docker', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
				},
				(answer) => {
					let text = '';
					answer.setEncoding('utf8');
					answer.on('data', (piece: string) => (text += piece));
					answer.on('error', reject);
					answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
				}
			);
			outgoing.on('timeout', () => outgoing.destroy(new Error('Docker does not answer')));
			outgoing.on('error', reject);
			outgoing.end(body === undefined ? undefined : JSON.stringify(body));
		});
	}

	async get<T>(path: string): Promise<T> {
		const { status, text } = await this.send('GET', path);
		if (status !== 200) throw new Error(`Docker, GET ${path}: ${status} ${text}`);
		return JSON.parse(text) as T;
	}

	/** `kind`: containers, images, networks or volumes with this label. */
	labelled<T>(kind: string, label: string): Promise<T> {
		const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
		return this.get(
			`/${kind === 'networks' || kind === 'volumes' ? kind : `${kind}/json`}?all=1&filters=${filters}`
		);
	}
}
