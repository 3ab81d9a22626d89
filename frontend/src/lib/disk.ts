/** What takes up the disk, as the server page draws it. Pure. */
import { count, dateTime } from './format.ts';
import type { ServerDisk } from './types.ts';

/** In words, and the tint of its part of the bar. */
const looks: Record<string, { label: string; tint: string }> = {
	images: { label: 'Images of releases', tint: 'fill-a4' },
	build_cache: { label: 'Build cache', tint: 'fill-a6' },
	static_files: { label: 'Files of static sites', tint: 'fill-a2' },
	logs: { label: 'Logs', tint: 'fill-a3' },
	repositories: { label: 'Repositories', tint: 'fill-a5' },
	database: { label: 'Database', tint: 'fill-fg-2' },
	reserve: { label: 'Held back for the panel', tint: 'fill-fg-3' },
	other: { label: 'Everything else on this disk', tint: 'fill-line-strong' }
};

export interface DiskPart {
	name: string;
	label: string;
	tint: string;
	bytes: number;
	budget: number | null;
	/** Of the whole disk, in percent: where its part of the bar begins and how wide it is. */
	from: number;
	width: number;
}

type Measured = Pick<ServerDisk, 'total_bytes' | 'free_bytes' | 'reserve_bytes' | 'categories'>;

/** What the panel keeps, what it holds back, and all that is not its own: together what is used of the disk. */
export function diskParts(disk: Measured): DiskPart[] {
	const total = Math.max(1, disk.total_bytes);
	const own = disk.categories.filter(({ name }) => name !== 'other');
	const known = own.reduce((sum, { bytes }) => sum + bytes, disk.reserve_bytes);
	const rest = [
		{ name: 'reserve', bytes: disk.reserve_bytes, budget_bytes: null },
		{ name: 'other', bytes: Math.max(0, total - disk.free_bytes - known), budget_bytes: null }
	];
	let from = 0;
	return [...own, ...rest].map(({ name, bytes, budget_bytes }) => {
		const width = Math.min(100 - from, (bytes / total) * 100);
		const part = { name, ...look(name), bytes, budget: budget_bytes, from, width };
		from += width;
		return part;
	});
}

const look = (name: string) => looks[name] ?? { label: name, tint: 'fill-fg-3' };

/** When the disk is full if it goes on as it does. */
export function forecast(fullAt: string | null, now: number): string {
	if (fullAt === null) return 'At the present pace it does not fill up.';
	const days = Math.floor((Date.parse(fullAt) - now) / 86_400_000);
	if (days < 1) return 'At the present pace it is full within a day.';
	return `At the present pace it is full in ${count(days, 'day')}, on ${dateTime(fullAt).slice(0, 10)}.`;
}

export const removableBytes = (removable: ServerDisk['removable']): number =>
	removable.reduce((sum, { bytes }) => sum + bytes, 0);
