/**
 * Rows in bulk, written into the database of a panel that does not run: 100 deployments of a project, the newest with a build log
 * of 2,000 lines. Real ones would take minutes and say nothing else.
 */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

const steps = ['queued', 'clone', 'detect', 'build', 'start', 'health', 'switch', 'drain', 'finish'];
const chunkBytes = 4096;

export interface Seeded {
	projectId: number;
	/** The deployment with the log. */
	deploymentId: number;
	logBytes: number;
}

/** Lines as long as those of a real build: about 90 bytes. */
function logText(lines: number, start: number): string {
	const line = (index: number) => {
		const time = new Date(start + index * 7).toISOString();
		return `${time} #12 ${(index / 37).toFixed(3)} transforming (${index}) src/lib/components/part-${index % 97}.svelte\n`;
	};
	return Array.from({ length: lines }, (_, index) => line(index)).join('');
}

function writeLog(database: DatabaseSync, deploymentId: number, text: string): void {
	const insert = database.prepare(
		'INSERT INTO log_chunks (deployment_id, start_offset, bytes) VALUES (?, ?, ?)'
	);
	for (let offset = 0; offset < text.length; offset += chunkBytes) {
		insert.run(deploymentId, offset, text.slice(offset, offset + chunkBytes));
	}
	database.prepare('UPDATE deployments SET log_bytes = ? WHERE id = ?').run(text.length, deploymentId);
}

function writeDeployments(database: DatabaseSync, projectId: number, count: number, start: number): number {
	const deployment = database.prepare(
		`INSERT INTO deployments (project_id, commit_hash, commit_message, commit_author, branch, status, triggered_by,
			started_at, completed_at, duration, created_at) VALUES (?, ?, ?, 'Lena Berg', 'main', 'success', 'webhook', ?, ?, ?, ?)`
	);
	const step = database.prepare(
		`INSERT INTO deployment_steps (deployment_id, name, status, started_at, duration_ms) VALUES (?, ?, 'success', ?, ?)`
	);
	let last = 0;
	for (let index = 0; index < count; index += 1) {
		const at = start + index * 600_000;
		const commit = index.toString(16).padStart(40, '0');
		const message = `Change the heading of page ${index}`;
		last = Number(
			deployment.run(projectId, commit, message, at + 100, at + 34_600, 34_500, at).lastInsertRowid
		);
		steps.forEach((name, place) => step.run(last, name, at + place * 3000, 2900));
	}
	return last;
}

export function seed(
	data: string,
	file: string,
	projectId: number,
	deployments: number,
	lines: number
): Seeded {
	const database = new DatabaseSync(join(data, file));
	try {
		const start = Date.UTC(2026, 0, 31);
		database.exec('PRAGMA foreign_keys = ON; BEGIN IMMEDIATE');
		const deploymentId = writeDeployments(database, projectId, deployments, start);
		const text = logText(lines, start);
		writeLog(database, deploymentId, text);
		database.exec('COMMIT');
		return { projectId, deploymentId, logBytes: text.length };
	} finally {
		database.close();
	}
}
