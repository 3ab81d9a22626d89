/** Global setup: PostgreSQL, and two web and two worker processes on it. Redis belongs to the tests: they take it away. */
import { freePort, startStack } from '../stack.ts';
import { Postgres } from '../support/postgres.ts';
import { Redis } from '../support/redis.ts';
import { databaseVariable, redisPortVariable } from './processes.ts';

export default async function start(): Promise<() => Promise<void>> {
	const postgres = new Postgres();
	const redis = new Redis(await freePort());
	process.env[redisPortVariable] = String(redis.port);
	await postgres.start();
	process.env[databaseVariable] = postgres.url;
	try {
		await redis.start();
		const stop = await startStack([
			...['--database', postgres.url, '--redis', redis.url],
			...['--instances', '2']
		]);
		return async () => {
			await stop();
			// Another process of the tests may have started it anew.
			await redis.ask('SHUTDOWN', 'NOSAVE').catch(() => undefined);
			await postgres.stop();
		};
	} catch (error) {
		await redis.kill();
		await postgres.stop();
		throw error;
	}
}
