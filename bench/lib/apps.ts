/** Repositories of the apps that are deployed, on the git server of the stack. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fixture, type FixtureName } from '../../e2e/support/apps.ts';
import { Repository, type Files } from '../../e2e/support/repository.ts';

const own = join(import.meta.dirname, '..', 'apps');

export async function publishFixture(name: FixtureName, repository: string = name): Promise<Repository> {
	return Repository.create(repository, await fixture(name));
}

/** An app of this folder; under a name of its own, because several projects may use one. */
export async function publishOwn(name: string, repository: string): Promise<Repository> {
	const files: Files = {};
	for (const file of await readdir(join(own, name))) files[file] = await readFile(join(own, name, file));
	return Repository.create(repository, files);
}
