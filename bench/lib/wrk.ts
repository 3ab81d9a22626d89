/** Load by the wrk program. Anything but success in its report is an error: a fast 429 is no figure. */
import { command } from '../../e2e/support/command.ts';

export interface Load {
	perSecond: number;
	p50Ms: number;
	p99Ms: number;
	requests: number;
	/** Head and body of one answer, on average. */
	answerBytes: number;
}

const unitBytes: Record<string, number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const unitMs: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function latencyMs(text: string, share: string): number {
	const [, number, unit] = new RegExp(`^\\s+${share}%\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(text) ?? [];
	if (!number || !unit) throw new Error(`wrk printed no ${share}% latency:\n${text}`);
	return Number(number) * (unitMs[unit] ?? Number.NaN);
}

export function parseWrk(text: string): Load {
	const bad = /^\s*(Non-2xx or 3xx responses|Socket errors):.*$/m.exec(text);
	if (bad) throw new Error(`wrk reports: ${bad[0].trim()}`);
	const rate = /^Requests\/sec:\s+([\d.]+)$/m.exec(text)?.[1];
	const [, requests, read, unit] =
		/^\s+(\d+) requests in [\d.]+\w+, ([\d.]+)([KMG]?)B read$/m.exec(text) ?? [];
	if (!rate || !requests || !read) throw new Error(`wrk printed no rate:\n${text}`);
	return {
		perSecond: Number(rate),
		requests: Number(requests),
		answerBytes: (Number(read) * (unitBytes[unit ?? ''] ?? Number.NaN)) / Number(requests),
		p50Ms: latencyMs(text, '50'),
		p99Ms: latencyMs(text, '99')
	};
}

const threads = 2;
const connections = 32;

/** The command for people: the token is this run's own, and ends with it. */
export const wrkCommand = (address: string, seconds: number): string =>
	`wrk --latency -t${threads} -c${connections} -d${seconds}s -H 'Authorization: Bearer …' ${address}`;

export async function wrk(address: string, token: string, seconds: number): Promise<Load> {
	const args = ['--latency', `-t${threads}`, `-c${connections}`, `-d${seconds}s`];
	return parseWrk(
		await command('wrk', [...args, '-H', `Authorization: Bearer ${token}`, address], {
			timeoutMs: (seconds + 30) * 1000
		})
	);
}
