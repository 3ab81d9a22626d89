/** One repository on the git server of the journeys: made, committed to and pushed to by the git program itself. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Refusal } from '../git-server.ts';
import { command } from './command.ts';
import { shared } from './shared.ts';

/** Path to content; null takes a file away. */
export type Files = Record<string, string | Buffer | null>;

const identity: NodeJS.ProcessEnv = {
	GIT_CONFIG_NOSYSTEM: '1',
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_TERMINAL_PROMPT: '0',
	GIT_AUTHOR_NAME: 'Lena Berg',
	GIT_AUTHOR_EMAIL: 'lena@example.com',
	GIT_COMMITTER_NAME: 'Lena Berg',
	GIT_COMMITTER_EMAIL: 'lena@example.com'
};

export class Repository {
	readonly name: string;
	readonly #bare: string;
	readonly #work: string;

	private constructor(name: string) {
		const { gitRoot } = shared();
		this.name = name;
		this.#bare = join(gitRoot, `${name}.git`);
		this.#work = join(gitRoot, 'work', name);
	}

	/** A bare repository without any branch. */
	static async createEmpty(name: string): Promise<Repository> {
		const repository = new Repository(name);
		await command('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository.#bare]);
		// As the well-known hosts are set up.
		for (const setting of ['http.receivepack', 'uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant']) {
			await command('git', ['-C', repository.#bare, 'config', setting, 'true']);
		}
		return repository;
	}

	static async create(name: string, files: Files, message = 'First commit'): Promise<Repository> {
		const repository = await Repository.createEmpty(name);
		await mkdir(repository.#work, { recursive: true });
		await repository.#git('init', '--quiet', '--initial-branch=main');
		await repository.#git('remote', 'add', 'origin', repository.address);
		await repository.push(files, message);
		return repository;
	}

	/** The address that people paste. */
	get address(): string {
		return `http://127.0.0.1:${shared().gitPort}/${this.name}.git`;
	}

	/** Changes files, commits, pushes; returns the commit. */
	async push(files: Files, message: string): Promise<string> {
		for (const [path, content] of Object.entries(files)) {
			const file = join(this.#work, path);
			if (content === null) await rm(file, { recursive: true, force: true });
			else {
				await mkdir(dirname(file), { recursive: true });
				await writeFile(file, content);
			}
		}
		await this.#git('add', '--all');
		await this.#git('commit', '--quiet', '--message', message);
		await this.#git('push', '--quiet', 'origin', 'HEAD:main');
		return this.head();
	}

	async head(): Promise<string> {
		return (await this.#git('rev-parse', 'HEAD')).trim();
	}

	/** Any git command in the work tree: what `push` cannot do, such as going backwards. */
	git(...args: string[]): Promise<string> {
		return this.#git(...args);
	}

	async refuse(how: Refusal | null): Promise<void> {
		const file = join(this.#bare, 'refuse');
		if (how) await writeFile(file, how);
		else await rm(file, { force: true });
	}

	#git(...args: string[]): Promise<string> {
		return command('git', args, { cwd: this.#work, env: identity });
	}
}
