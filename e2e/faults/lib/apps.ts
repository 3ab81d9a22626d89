/** Small apps that say which release they are, quick to build; some of them misbehave on purpose. */
import { nodeApp } from '../../support/apps.ts';
import type { Files } from '../../support/repository.ts';

const server = (
	release: string,
	before: string,
	answer: string
): string => `import { createServer } from 'node:http';
const release = ${JSON.stringify(release)};
let requests = 0;
${before}
const server = createServer((request, response) => {
	requests += 1;
	${answer}
});
server.listen(Number(process.env.PORT) || 3000, '0.0.0.0');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

export const says = (release: string): Files => nodeApp(server(release, '', 'response.end(release);'));

/** The health check sees a good answer at once; later requests wait: time to cancel behind the switch. */
export const slowBehindHealth = (release: string): Files =>
	nodeApp(server(release, '', 'setTimeout(() => response.end(release), requests > 1 ? 1500 : 0);'));

export const failsAtStart = (release: string): Files =>
	nodeApp(`console.log(${JSON.stringify(release)});\nprocess.exit(3);\n`);

export const site = (release: string): Files => ({ 'index.html': release });

/** Longer than the time between two beats of a claim. */
const slowBuildMs = 15_000;

export const buildsSlowly = (release: string): Files =>
	nodeApp(server(release, '', 'response.end(release);'), {
		build: `node -e "setTimeout(() => console.log('${release}'), ${slowBuildMs})"`
	});
