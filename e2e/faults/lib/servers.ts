/** A PostgreSQL and a Redis for one run. */
import { freePort } from '../../stack.ts';
import { Postgres } from '../../support/postgres.ts';
import { Redis } from '../../support/redis.ts';

export interface Servers {
	postgres: Postgres | null;
	redis: Redis | null;
	stop: () => Promise<void>;
}

export async function startServers(wanted: { postgres: boolean; redis: boolean }): Promise<Servers> {
	const postgres = wanted.postgres ? new Postgres() : null;
	const redis = wanted.redis ? new Redis(await freePort()) : null;
	const stop = async () => {
		await redis?.kill();
		await postgres?.stop();
	};
	try {
		await postgres?.start();
		await redis?.start();
	} catch (error) {
		await stop();
		throw error;
	}
	return { postgres, redis, stop };
}
