/** What processes use, from /proc. */
import { readFile, readdir } from 'node:fs/promises';

export interface Memory {
	rssMb: number;
	/** Pages that several processes share count in parts. */
	pssMb: number;
}

const mebibyte = 1024;

async function kibibytes(file: string, field: string): Promise<number> {
	const text = await readFile(file, 'utf8');
	const value = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
	if (!value) throw new Error(`${file} has no ${field}.`);
	return Number(value);
}

async function childrenOf(pid: number): Promise<number[]> {
	const threads = await readdir(`/proc/${pid}/task`);
	const lists = await Promise.all(
		threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
	);
	return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** A process and all that it started. */
async function tree(pid: number): Promise<number[]> {
	const below = await Promise.all((await childrenOf(pid)).map(tree));
	return [pid, ...below.flat()];
}

export async function memoryOf(pid: number): Promise<Memory> {
	let rss = 0;
	let pss = 0;
	for (const member of await tree(pid)) {
		rss += await kibibytes(`/proc/${member}/status`, 'VmRSS');
		pss += await kibibytes(`/proc/${member}/smaps_rollup`, 'Pss');
	}
	return { rssMb: rss / mebibyte, pssMb: pss / mebibyte };
}

/** Clock ticks of Linux on every architecture that Debian has. */
const tickMs = 10;

/** Time on a processor, of all threads, in user and in kernel mode. */
export async function processorMs(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	// The name in parentheses may hold spaces: count from behind it. Fields 14 and 15 of the whole line.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * tickMs;
}
