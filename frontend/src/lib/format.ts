/** Times, durations and sizes as people read them. Pure; the caller gives the present time. */

/** Seconds as a clock: `0:31`, `12:04`, `1:02:03`. */
export function clock(seconds: number): string {
	const total = Math.max(0, Math.floor(seconds));
	const s = String(total % 60).padStart(2, '0');
	const m = Math.floor(total / 60) % 60;
	const h = Math.floor(total / 3600);
	return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** Seconds in words: `0.2 s`, `34.6 s`, `2 min 5 s`, `1 h 4 min`. */
export function duration(seconds: number | null | undefined): string {
	if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
	if (seconds < 59.95)
		return `${seconds < 9.95 ? seconds.toFixed(1) : seconds.toFixed(1).replace(/\.0$/, '')} s`;
	const total = Math.round(seconds);
	if (total < 3600) {
		const rest = total % 60;
		return rest ? `${Math.floor(total / 60)} min ${rest} s` : `${total / 60} min`;
	}
	const minutes = Math.round(total / 60);
	return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** `now`, `4m ago`, `2h ago`, `3d ago`, `5w ago`, `2y ago`. */
export function ago(iso: string | null | undefined, now: number): string {
	if (!iso) return '–';
	const seconds = (now - Date.parse(iso)) / 1000;
	if (!Number.isFinite(seconds)) return '–';
	if (seconds < 45) return 'now';
	if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))}m ago`;
	if (seconds < 86400) return `${Math.round(seconds / 3600)}h ago`;
	if (seconds < 14 * 86400) return `${Math.round(seconds / 86400)}d ago`;
	if (seconds < 365 * 86400) return `${Math.round(seconds / (7 * 86400))}w ago`;
	return `${Math.floor(seconds / (365 * 86400))}y ago`;
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Bytes with 1024 to the step: `512 B`, `18.2 KB`, `5.1 GB`. */
export function bytes(count: number | null | undefined): string {
	if (count === null || count === undefined || !Number.isFinite(count)) return '–';
	let value = Math.max(0, count);
	let unit = 0;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1024;
		unit += 1;
	}
	const text = unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
	return `${text} ${units[unit]}`;
}

/** `5.1 / 8 GB`: two amounts in the unit of the second. */
export function bytesOf(used: number, total: number): string {
	const [amount = '', unit = ''] = bytes(total).split(' ');
	const step = 1024 ** Math.max(0, units.indexOf(unit));
	return `${(used / step).toFixed(1).replace(/\.0$/, '')} / ${amount} ${unit}`;
}

export function percent(value: number | null | undefined): string {
	return value === null || value === undefined || !Number.isFinite(value) ? '–' : `${Math.round(value)}%`;
}

/** The first seven characters of a commit. */
export function sha(hash: string | null | undefined): string {
	return hash ? hash.slice(0, 7) : '';
}

/** `2026-01-31 09:05 UTC`: the same words on the server and in every browser. */
export function dateTime(iso: string | null | undefined): string {
	return iso ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : '–';
}

export function count(n: number, one: string, many = `${one}s`): string {
	return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** The host of an address, for people: `http://atlas.localhost:8088/` -> `atlas.localhost:8088`. */
export function host(url: string | null | undefined): string {
	return url ? url.replace(/^https?:\/\//, '').replace(/\/.*$/, '') : '';
}
