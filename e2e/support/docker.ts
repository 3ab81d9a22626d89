/** What lies in the Docker engine, seen by its own command line: a witness that is not the panel. */
import { command } from './command.ts';
import { shared } from './shared.ts';

const lines = (text: string) => text.split('\n').filter(Boolean);

export async function containersOf(projectId: number, data = shared().data): Promise<string[]> {
	const filters = [`label=vps-panel.data=${data}`, `label=vps-panel.project=${projectId}`];
	return lines(await command('docker', ['ps', '-aq', ...filters.flatMap((filter) => ['--filter', filter])]));
}

export async function imagesOf(projectId: number, data = shared().data): Promise<string[]> {
	const filters = [`label=vps-panel.data=${data}`, `label=vps-panel.project=${projectId}`];
	return lines(
		await command('docker', ['images', '-q', ...filters.flatMap((filter) => ['--filter', filter])])
	);
}

/** One figure of a container, by a Go template. */
export async function inspect(container: string, template: string): Promise<string> {
	return (await command('docker', ['inspect', '--format', template, container])).trim();
}

export const imageOf = (container: string): Promise<string> => inspect(container, '{{.Image}}');

/** Everything that the image tells about how it was made, and its own environment. */
export async function storyOf(image: string): Promise<string> {
	const history = await command('docker', ['history', '--no-trunc', '--format', '{{json .}}', image]);
	return history + (await command('docker', ['image', 'inspect', image]));
}

export async function environmentOf(container: string): Promise<string[]> {
	const text = await command('docker', ['inspect', '--format', '{{json .Config.Env}}', container]);
	return JSON.parse(text) as string[];
}

/** Removes every container, image and network that belongs to this data directory, and nothing else. */
export async function removeAll(data: string): Promise<void> {
	const label = `label=vps-panel.data=${data}`;
	const containers = lines(await command('docker', ['ps', '-aq', '--filter', label]));
	if (containers.length) await command('docker', ['rm', '-f', ...containers]);
	const images = lines(await command('docker', ['images', '-q', '--filter', label]));
	if (images.length) await command('docker', ['rmi', '-f', ...new Set(images)]);
	const networks = lines(await command('docker', ['network', 'ls', '-q', '--filter', label]));
	if (networks.length) await command('docker', ['network', 'rm', ...networks]);
}
